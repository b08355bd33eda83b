#include "store/bucket.h"

#include <math.h>

#include "store/private.h"

bool bucket_find(struct store *store, const char *name, struct bucket *bucket, bool *found,
                 struct failure *why)
{
    SQL(find_sql, "SELECT tokens, at FROM bucket WHERE name = ?1");
    struct query *query;
    bool row = false;
    *bucket = (struct bucket){.name = name};
    bool ok = query_open(store, find_sql, BIND_LIST(BIND_TEXT(name)), &query, why) &&
              query_next(query, &row, why);
    if (row) {
        bucket->tokens = query_real(query, 0);
        bucket->at_ms = query_int(query, 1);
    }
    query_close(query);
    *found = row;
    return ok;
}

bool bucket_save(struct store *store, const struct bucket *bucket, struct failure *why)
{
    SQL(save_sql, "INSERT INTO bucket (name, tokens, at) VALUES (?1, ?2, ?3) "
                  "ON CONFLICT (name) DO UPDATE SET tokens = ?2, at = ?3");
    return query_run(
        store, save_sql,
        BIND_LIST(BIND_TEXT(bucket->name), BIND_REAL(bucket->tokens), BIND_INT(bucket->at_ms)),
        NULL, why);
}

/* After a small step back of the clock nothing is added until it has caught up. That wait is
 * bounded: otherwise a machine whose clock was once years ahead would not send until then. */
static void refill(struct bucket *bucket, double size, double per_second, int64_t now_ms)
{
    if (bucket->at_ms > now_ms + BUCKET_AHEAD_MS) {
        bucket->tokens = size;
    }
    double elapsed = now_ms > bucket->at_ms ? (double)(now_ms - bucket->at_ms) / 1000.0 : 0;
    bucket->tokens = fmin(size, bucket->tokens + elapsed * per_second);
    bucket->at_ms = now_ms;
}

/* Sums of fractions are inexact: a smaller shortfall counts as none. */
static const double TINY = 1e-6;

static int64_t wait_for(double missing, double per_second)
{
    double ms = per_second > 0 ? ceil(missing / per_second * 1000.0 - TINY) : INFINITY;
    if (ms >= 9e18) {
        return INT64_MAX;
    }
    return ms < 1 ? 1 : (int64_t)ms;
}

static bool take(struct store *store, const char *name, double size, double per_second, double cost,
                 int64_t now_ms, int64_t *wait_ms, struct failure *why)
{
    struct bucket bucket;
    bool found;
    if (!bucket_find(store, name, &bucket, &found, why)) {
        return false;
    }
    if (!found) {
        bucket = (struct bucket){.name = name, .tokens = size, .at_ms = now_ms};
    }
    refill(&bucket, size, per_second, now_ms);
    cost = fmin(cost, size); /* the bucket never holds more than its size */
    if (bucket.tokens + TINY < cost) {
        *wait_ms = wait_for(cost - bucket.tokens, per_second);
        return true;
    }
    bucket.tokens = fmax(0, bucket.tokens - cost);
    *wait_ms = 0;
    return bucket_save(store, &bucket, why);
}

bool bucket_take(struct store *store, const char *name, double size, double per_second, double cost,
                 int64_t now_ms, int64_t *wait_ms, struct failure *why)
{
    *wait_ms = 0;
    bool ok =
        store_begin(store, why) && take(store, name, size, per_second, cost, now_ms, wait_ms, why);
    return store_end(store, ok, why);
}

bool bucket_is_full(struct store *store, const char *name, double size, double per_second,
                    int64_t now_ms, bool *full, struct failure *why)
{
    struct bucket bucket;
    bool found;
    if (!bucket_find(store, name, &bucket, &found, why)) {
        return false;
    }
    refill(&bucket, size, per_second, now_ms);
    *full = !found || bucket.tokens + TINY >= size;
    return true;
}

bool bucket_purge(struct store *store, int64_t before_ms, const char *slow, int64_t slow_before_ms,
                  struct failure *why)
{
    SQL(purge_sql, "DELETE FROM bucket WHERE at < CASE WHEN substr(name, 1, length(?2)) = ?2 "
                   "THEN ?3 ELSE ?1 END");
    return query_run(store, purge_sql,
                     BIND_LIST(BIND_INT(before_ms), BIND_TEXT(slow), BIND_INT(slow_before_ms)),
                     NULL, why);
}
