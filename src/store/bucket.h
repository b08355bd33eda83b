/* Token buckets, kept in the database so that a restart does not reset a limit. */
#ifndef STORE_BUCKET_H
#define STORE_BUCKET_H

#include "store/store.h"

struct bucket {
    const char *name;
    double tokens; /* at `at_ms` */
    int64_t at_ms;
};

/* *found is false if there is no bucket of that name. */
bool bucket_find(struct store *store, const char *name, struct bucket *bucket, bool *found,
                 struct failure *why) MUST_CHECK;
bool bucket_save(struct store *store, const struct bucket *bucket, struct failure *why) MUST_CHECK;
/* If a bucket was changed this far in the future, the clock has been set back since, and the bucket
 * counts as new. Anything less is a small step of the clock, which is waited for. */
enum { BUCKET_AHEAD_MS = 60 * 1000 };

/* Takes `cost` tokens from a bucket that holds at most `size` and refills at `per_second`, in one
 * transaction. `*wait_ms` is 0 if they were taken; otherwise nothing was taken, and it says how
 * long to wait. */
bool bucket_take(struct store *store, const char *name, double size, double per_second, double cost,
                 int64_t now_ms, int64_t *wait_ms, struct failure *why) MUST_CHECK;
/* Whether such a bucket is full; one that was never used is. */
bool bucket_is_full(struct store *store, const char *name, double size, double per_second,
                    int64_t now_ms, bool *full, struct failure *why) MUST_CHECK;
/* Removes buckets that have not changed since `before_ms` (they are full again); buckets whose name
 * begins with `slow`, which refill more slowly, if they have not changed since `slow_before_ms`. */
bool bucket_purge(struct store *store, int64_t before_ms, const char *slow, int64_t slow_before_ms,
                  struct failure *why) MUST_CHECK;

#endif
