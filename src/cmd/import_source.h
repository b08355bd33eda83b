/*
 * What an import comes from, and what is missing from a full one.
 *
 * A source is a name: that of --source, or the real path. What it brings is kept. A full import
 * that came in whole withdraws what the source had brought before and does not bring now; where
 * that is much of it at once, a broken export is likelier than a clearing, and nothing is
 * withdrawn.
 */
#ifndef CMD_IMPORT_SOURCE_H
#define CMD_IMPORT_SOURCE_H

#include "cmd/program.h"

enum { IMPORT_MISSING_FEW = 3, IMPORT_MISSING_PERCENT = 20 }; /* so many, and such a share, go */

struct import_source;

struct import_source_options {
    const char *name; /* NULL: the real path of `path`; nothing is kept of "-" */
    const char *path;
    bool full, yes, dry_run;
};

/* *source NULL where it has no name. FAILURE_USAGE for a name that is none. */
bool import_source_open(struct program *program, const struct import_source_options *options,
                        struct import_source **source, struct failure *why) MUST_CHECK;
void import_source_close(struct import_source *source); /* accepts NULL */

/* For comparison_save(), which keeps what it brings; 0 for NULL, and in a dry run of a new one. */
int64_t import_source_id(const struct import_source *source);

/* It has brought that comparison: a full import does not miss it. `source` may be NULL. */
void import_source_brings(struct import_source *source, int64_t comparison_id);

/* What was withdrawn; of the program's arena. */
struct import_missing {
    int64_t *ids;
    const char **slugs;
    size_t count;
};

/* Of a full import: withdraws what is missing, in one transaction; a dry run says what it would.
 * `whole` false: some of it was bad. FAILURE_DATA, and nothing is withdrawn, where it was not whole
 * or too much is missing. */
bool import_source_end(struct import_source *source, struct program *program, bool whole,
                       struct import_missing *missing, struct failure *why) MUST_CHECK;

#endif
