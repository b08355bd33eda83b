/*
 * Runs an import of people from a path: one at a time for each database, because two at once would
 * each count what the other left unfinished as their own. The list of those who are not confirmed
 * is published when it is complete. The reading itself is in list.h and migrate.h.
 */
#ifndef SUBSCRIBERS_LIST_RUN_H
#define SUBSCRIBERS_LIST_RUN_H

#include "subscribers/migrate.h"

/* All of these hold the lock "DATABASE.import" while they run; FAILURE_TRY_AGAIN at once if another
 * run holds it. */

/* list_import() of the file at `path`; "-" is standard input. */
bool list_run_import(struct store *store, const char *database, const struct token_keys *keys,
                     const char *path, const struct list_import_options *options, int64_t now,
                     list_import_report report, void *context, struct list_import_counts *counts,
                     struct failure *why) MUST_CHECK;

/* list_undo(). */
bool list_run_undo(struct store *store, const char *database, int64_t id, int64_t now,
                   struct import_undone *undone, struct failure *why) MUST_CHECK;

/* migrate_run(), with those who are not confirmed in the file `rest`, which only its owner can
 * read: it is written to a staging file that is renamed when the run has succeeded. A dry run
 * writes none. The field `rest` of `options` is ignored. */
bool list_run_migrate(struct store *store, const char *database, const struct token_keys *keys,
                      struct arena *arena, const char *const *paths, size_t path_count,
                      const struct migrate_options *options, const char *rest, int64_t now,
                      struct migrate_result *result, struct failure *why) MUST_CHECK;

#endif
