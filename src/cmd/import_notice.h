/* What an import says that is no fault of a file: look-alikes, addresses that are guessed, dates
 * that are not those of --published. */
#ifndef CMD_IMPORT_NOTICE_H
#define CMD_IMPORT_NOTICE_H

#include "cmd/program.h"
#include "store/comparison.h"

enum { IMPORT_ALIKE_SHOWN = 20 }; /* lines of one run; the rest are counted */

/* Of one run; zeroed by the caller. */
struct import_notice {
    size_t alike;      /* that look like what was known */
    size_t guessed;    /* new comparisons without a url of their own */
    const char *guess; /* the address of the first one, of the program's arena; NULL: none */
    size_t dated;      /* known comparisons that keep another date than --published */
};

/* The same with its texts in the arena, cut to what is shown. */
struct look_alike import_notice_keep(struct arena *arena, const struct look_alike *alike);

/* A comparison of the file `name` that has come in. */
void import_notice_alike(struct import_notice *notice, const char *name, const char *slug,
                         const struct look_alike *alike);
/* A new comparison came without a url. */
void import_notice_guess(struct import_notice *notice, struct program *program, const char *slug);
/* One without a date of its own was known, and --published is another time than its date. */
void import_notice_dated(struct import_notice *notice);
/* Says what is said once a run. */
void import_notice_end(const struct import_notice *notice, const struct program *program);

#endif
