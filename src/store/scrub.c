#include "store/scrub.h"

#include <assert.h>

#include "store/bucket.h"
#include "store/private.h"

enum { SCRUB_WAIT_MS = 200 };

static const char bucket_name[] = "scrub";

bool scrub_ask(struct store *store, int64_t now, struct failure *why)
{
    const struct bucket asked = {.name = bucket_name, .tokens = 1, .at_ms = now * 1000};
    return bucket_save(store, &asked, why);
}

/* SQLite reports that it could not be done in the first column, or by failing. */
static bool empty_log(struct store *store, bool *done, struct failure *why)
{
    SQL(checkpoint_sql, "PRAGMA wal_checkpoint(TRUNCATE)");
    int64_t busy = 1;
    int patience = store->busy_ms;
    struct failure locked = {0};
    store_wait_up_to(store, SCRUB_WAIT_MS);
    bool ok = query_number(store, checkpoint_sql, BIND_NOTHING, &busy, &locked);
    store_wait_up_to(store, patience);
    *done = ok && busy == 0;
    if (!ok && locked.kind != FAILURE_TRY_AGAIN) {
        *why = locked;
        return false;
    }
    return true;
}

bool scrub_try(struct store *store, bool *done, struct failure *why)
{
    struct bucket asked;
    bool found;
    assert(store->depth == 0);
    *done = true;
    if (!bucket_find(store, bucket_name, &asked, &found, why)) {
        return false;
    }
    if (!found || asked.tokens < 1) {
        return true;
    }
    asked.tokens = 0;
    return empty_log(store, done, why) && (!*done || bucket_save(store, &asked, why));
}
