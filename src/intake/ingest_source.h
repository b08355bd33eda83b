/*
 * The source of an import, and what is missing from a full one.
 *
 * A source is identified by a name: that of --source, or the real path. The store keeps which
 * comparisons each source has brought. A full import that was read completely withdraws what its
 * source had brought before and does not bring now. If that is much at once, a broken export is
 * more likely than a deliberate removal, and nothing is withdrawn.
 */
#ifndef INTAKE_INGEST_SOURCE_H
#define INTAKE_INGEST_SOURCE_H

#include "store/store.h"

enum { INGEST_MISSING_FEW = 3, INGEST_MISSING_PERCENT = 20 };

/* Whether `missing` of the `before` comparisons are too many to be withdrawn without --yes: more
 * than INGEST_MISSING_FEW and a larger share than INGEST_MISSING_PERCENT. */
bool ingest_source_is_much(size_t missing, size_t before);

struct ingest_source;

struct ingest_source_options {
    const char *name; /* NULL: the real path of `path`; nothing is recorded for "-" */
    const char *path;
    bool full, yes, dry_run;
};

/* Lives in the arena. *source is NULL if it has no name. FAILURE_USAGE for an empty or overlong
 * name. */
bool ingest_source_open(struct store *store, struct arena *arena,
                        const struct ingest_source_options *options, struct ingest_source **source,
                        struct failure *why) MUST_CHECK;
void ingest_source_close(struct ingest_source *source); /* accepts NULL */

/* For comparison_save(), which records what the source brings; 0 for NULL, and in a dry run of a
 * new source. */
int64_t ingest_source_id(const struct ingest_source *source);

/* Records that the source has brought that comparison now, so that a full import does not withdraw
 * it. `source` may be NULL. */
void ingest_source_brings(struct ingest_source *source, int64_t comparison_id);

/* A withdrawn comparison; in the source's arena. */
struct ingest_missing {
    int64_t *ids;
    const char **slugs;
    size_t count;
};

/* Ends a full import: withdraws what is missing, in one transaction; a dry run only finds it.
 * `whole` false: part of it was bad. FAILURE_DATA, and nothing is withdrawn, if it was not whole or
 * too much is missing. Does nothing for other imports. */
bool ingest_source_end(struct ingest_source *source, bool whole, struct ingest_missing *missing,
                       struct failure *why) MUST_CHECK;

#endif
