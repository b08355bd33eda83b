/* Moves a list from another system to this one: all of its files in one import. */
#ifndef SUBSCRIBERS_MIGRATE_H
#define SUBSCRIBERS_MIGRATE_H

#include "subscribers/list.h"

/* One row of the report: list_import_report, with the file's name. */
typedef void (*migrate_report)(void *context, const char *name, int64_t line, const char *address,
                               const char *outcome, const char *reason);

struct migrate_options {
    const char *from;      /* a system of systems.table */
    const char *topics;    /* "TAG,OTHER=Topic": tags that become topics; NULL: none */
    FILE *rest;            /* gets everyone who is not confirmed afterwards, as CSV; may be NULL */
    migrate_report report; /* may be NULL */
    void *context;
    struct list_import_options list;
};

/* The result of one file: the counts add up to its rows. */
struct migrate_file {
    const char *name;
    struct import_counts counts;
};

struct migrate_result {
    struct migrate_file *files; /* in the arena */
    size_t count;
    struct list_import_counts total;
    const char *note;   /* people who may have left and are in none of these files; NULL: none */
    const char *passed; /* files of a ZIP that contain no people: "\"posts.csv\", …"; "" */
};

/* Imports the files, or those in a ZIP, as `from` exports them; idempotent, in pieces, continued by
 * the same call (list_import()). People who are on the list there get at most the status of the
 * options. The options' `rest` gets file, line and reason for everybody who is not confirmed. */
bool migrate_run(struct store *store, const struct token_keys *keys, struct arena *arena,
                 const char *const *paths, size_t path_count, const struct migrate_options *options,
                 int64_t now, struct migrate_result *result, struct failure *why) MUST_CHECK;

#endif
