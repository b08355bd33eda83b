/* What `import` reports besides "new", "changed" and "bad": conflicts, similar comparisons, dates,
 * guessed addresses, and how texts were read. */
#ifndef CMD_IMPORT_NOTICE_H
#define CMD_IMPORT_NOTICE_H

#include "cmd/program.h"
#include "intake/ingest.h"

enum { IMPORT_ALIKE_SHOWN = 20 }; /* lines of one run; the rest are counted */

/* The state of one run; the caller zeroes it. */
struct import_notice {
    size_t alike;      /* comparisons that look like a known one */
    size_t guessed;    /* new comparisons without a url of their own */
    const char *guess; /* the address of the first one, in the program's arena; NULL: none */
};

/* All of these are about what `file` has brought in. */

/* How its texts were read, and JSON members that are not fields. */
void import_notice_way(const struct program *program, const char *file, const struct way *way);
void import_notice_conflict(const char *file, const struct tool_conflict *conflict);
void import_notice_alike(struct import_notice *notice, const char *file, const char *slug,
                         const struct look_alike *alike);
/* A new comparison came without a url. */
void import_notice_guess(struct import_notice *notice, struct program *program, const char *slug);
/* The source has a new date: it was followed, or came too late. */
void import_notice_date(const struct program *program, const char *file,
                        const struct ingested *item);
/* Warns of a date past INGEST_FUTURE_FINE: a wrong year keeps a comparison out of every issue. */
void import_notice_future(const char *file, const struct ingested *item);

/* Reports what is reported once per run. */
void import_notice_end(const struct import_notice *notice, const struct ingest_result *result,
                       const struct program *program);

#endif
