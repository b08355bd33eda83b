/* Runs of verbs: when each began and ended, with which exit code, for `status` and `doctor`. */
#ifndef STORE_RUN_H
#define STORE_RUN_H

#include "store/store.h"

struct run {
    int64_t id;
    const char *verb;
    int64_t started_at, finished_at; /* 0: still running, or died */
    int64_t pid, exit_code;          /* -1: none yet */
    const char *boot_id, *summary;
};

bool run_begin(struct store *store, const char *verb, int64_t now, int64_t *id,
               struct failure *why) MUST_CHECK;
bool run_end(struct store *store, int64_t id, int64_t now, int exit_code, const char *summary,
             struct failure *why) MUST_CHECK;
/* The newest run of each verb, and the newest `failures` runs that ended with an exit code other
 * than 0, which an hourly verb must not push out. Newest first, at most `limit` in all. */
bool run_latest(struct store *store, struct arena *arena, size_t failures, size_t limit,
                struct run **runs, size_t *count, struct failure *why) MUST_CHECK;

#endif
