/* Token buckets, kept in the database so that a restart does not reset a limit. */
#ifndef STORE_BUCKET_H
#define STORE_BUCKET_H

#include "store/store.h"

struct bucket {
    const char *name;
    double tokens; /* at `at_ms` */
    int64_t at_ms;
};

/* *found false if there is none of that name. */
bool bucket_find(struct store *store, const char *name, struct bucket *bucket, bool *found,
                 struct failure *why) MUST_CHECK;
bool bucket_save(struct store *store, const struct bucket *bucket, struct failure *why) MUST_CHECK;
/* A bucket that was touched so far in the future was touched by a clock that has been set back
 * since: it counts as new. Less is a small step of the same clock, which is waited for. */
enum { BUCKET_AHEAD_MS = 60 * 1000 };

/* Takes `cost` tokens of a bucket that holds at most `size` and fills at `per_second`, in one
 * transaction. `*wait_ms` 0: taken; otherwise nothing was taken, and so long until it could be. */
bool bucket_take(struct store *store, const char *name, double size, double per_second, double cost,
                 int64_t now_ms, int64_t *wait_ms, struct failure *why) MUST_CHECK;
/* Whether all tokens of such a bucket are there; one that nobody has touched is full. */
bool bucket_is_full(struct store *store, const char *name, double size, double per_second,
                    int64_t now_ms, bool *full, struct failure *why) MUST_CHECK;
/* Removes buckets not touched since `before_ms` (they are full again); those whose name begins with
 * `slow`, which count in longer, where they were not touched since `slow_before_ms`. */
bool bucket_purge(struct store *store, int64_t before_ms, const char *slow, int64_t slow_before_ms,
                  struct failure *why) MUST_CHECK;

#endif
