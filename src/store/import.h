/*
 * Imports of people, in steps.
 *
 * An import begins, stores its rows in many short transactions, and is finished by the last one.
 * Until then the people whom it adds or confirms receive nothing; those whom it takes off the list
 * are taken off at once. The counts of its files are committed together with the rows that they
 * count, so that an interrupted import continues after them.
 *
 *   from        to          by
 *   none        running     import_begin()
 *   running     running     continuing it, from the same files with the same options
 *   running     finished    import_finish()
 *   either      undone      import_undo_end(), after import_undo_piece() for all its people
 */
#ifndef STORE_IMPORT_H
#define STORE_IMPORT_H

#include "base/arena.h"
#include "store/store.h"

/* lines is the sum of the others. */
struct import_counts {
    int64_t lines, added, already, left_before, taken_off, suppressed, bad;
};

struct import_run {
    int64_t id;
    const char *verb, *fingerprint;
    int64_t started_at, finished_at, undone_at; /* 0: not yet */
    const char *name;                           /* of the first file */
    int64_t files;
    struct import_counts counts; /* of all files so far */
};

bool import_begin(struct store *store, const char *verb, const char *fingerprint,
                  const char *const *names, size_t count, int64_t now, int64_t *id,
                  struct failure *why) MUST_CHECK;
/* Stores the counts of a file (numbered from 0) after its last row. Part of the caller's
 * transaction. */
bool import_note(struct store *store, int64_t id, size_t file, const struct import_counts *counts,
                 struct failure *why) MUST_CHECK;
bool import_noted(struct store *store, int64_t id, size_t file, struct import_counts *counts,
                  struct failure *why) MUST_CHECK;
bool import_finish(struct store *store, int64_t id, int64_t now, struct failure *why) MUST_CHECK;

/* Records that the import contained somebody whom it did not change. */
bool import_touch(struct store *store, int64_t id, int64_t subscriber_id,
                  struct failure *why) MUST_CHECK;

/* *run is NULL if there is none with that id. */
bool import_find(struct store *store, struct arena *arena, int64_t id, struct import_run **run,
                 struct failure *why) MUST_CHECK;
/* Imports that have not ended, the oldest first. */
bool import_unfinished(struct store *store, struct arena *arena, struct import_run **runs,
                       size_t *count, struct failure *why) MUST_CHECK;
/* Records that `weekly` has reported it; `*first` is false if it already had. */
bool import_tell(struct store *store, int64_t id, bool *first, struct failure *why) MUST_CHECK;
bool import_count_unfinished(struct store *store, int64_t *count, struct failure *why) MUST_CHECK;

/* Undoes the import for people whose id is greater than `*after`, at most `limit`; `*after`
 * becomes the last one that was examined, 0 at the end. People whom it added and who have not
 * acted since are removed, or become pending if a delivery or a bounce refers to them; people whom
 * it only confirmed become pending again. People who have left, meanwhile or by the import, stay
 * so. */
struct import_undone {
    int64_t removed, pending;
};
bool import_undo_piece(struct store *store, int64_t id, int64_t limit, int64_t *after,
                       struct import_undone *undone, struct failure *why) MUST_CHECK;
/* Marks it as undone and ended. */
bool import_undo_end(struct store *store, int64_t id, int64_t now, struct failure *why) MUST_CHECK;

/* The addresses that a dry run has seen, in a temporary table: it writes nothing to the file.
 * *status is -1 for an address that is new to it. */
bool import_seen_begin(struct store *store, struct failure *why) MUST_CHECK;
bool import_seen_find(struct store *store, const char *address_key, int *status,
                      struct failure *why) MUST_CHECK;
bool import_seen_note(struct store *store, const char *address_key, int status,
                      struct failure *why) MUST_CHECK;
bool import_seen_end(struct store *store, struct failure *why) MUST_CHECK;

#endif
