/* Moves a list in from another system: all of its files in one import. */
#ifndef SUBSCRIBERS_MIGRATE_H
#define SUBSCRIBERS_MIGRATE_H

#include "subscribers/list.h"

/* A row of the report: list_import_report, with the file's name. */
typedef void (*migrate_report)(void *context, const char *name, int64_t line, const char *address,
                               const char *outcome, const char *reason);

struct migrate_options {
    const char *from;   /* a system of systems.table */
    const char *topics; /* "TAG,OTHER=Topic": tags that become topics; NULL: none */
    FILE *rest;         /* gets everyone who is not confirmed afterwards, as CSV; NULL: nowhere */
    migrate_report report; /* NULL: none */
    void *context;
    struct list_import_options list;
};

/* What became of one file: its rows are the sum of the counts. */
struct migrate_file {
    const char *name;
    struct import_counts counts;
};

struct migrate_result {
    struct migrate_file *files; /* in the arena */
    size_t count;
    struct list_import_counts total;
    const char *note;   /* who may have left and is in none of these files; NULL: nobody */
    const char *passed; /* files of a ZIP that hold no people: "\"posts.csv\", …"; "" */
};

/* Takes the files, or those in a ZIP, as `from` exports them; idempotent, in pieces, continued by
 * the same call (list_import()). People who are on the list there get at most the options' status.
 * The options' `rest` names file, line and reason of everybody who is not confirmed. */
bool migrate_run(struct store *store, const struct token_keys *keys, struct arena *arena,
                 const char *const *paths, size_t path_count, const struct migrate_options *options,
                 int64_t now, struct migrate_result *result, struct failure *why) MUST_CHECK;

#endif
