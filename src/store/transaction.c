/* Transactions, which may be nested. */
#include <assert.h>
#include <time.h>

#include "base/clock.h"
#include "store/private.h"

enum { BUSY_POLL_MS = 4, GIVE_WAY_MS = 15, GIVE_WAY_MAX_MS = 330 };

static void pause_ms(int64_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* SQLite's own busy handler ends up retrying every tenth of a second, and would miss the gaps that
 * long work leaves. */
static int wait_for_lock(void *context, int asked)
{
    struct store *store = context;
    int64_t now = clock_monotonic_ms();
    if (asked == 0) {
        store->busy_since = now;
    }
    if (now - store->busy_since >= store->busy_ms) {
        return 0;
    }
    pause_ms(asked < 3 ? 1 : BUSY_POLL_MS);
    return 1;
}

void store_wait_patiently(struct store *store)
{
    sqlite3_busy_handler(store->db, wait_for_lock, store);
}

void store_wait_up_to(struct store *store, int ms)
{
    store->busy_ms = ms;
}

/* Inner begins and commits never fail: only the outermost one talks to the database, and a caller
 * that rolls back after any failure is right in every case. */
static bool begin(struct store *store, const char *sql, bool locks, struct failure *why)
{
    if (store->depth == 0) {
        bool good = query_run(store, sql, BIND_NOTHING, NULL, why);
        bool in_vain = !good && why->kind == FAILURE_TRY_AGAIN;
        if (locks) { /* a reader that succeeds says nothing about the writers' lock */
            store_wait_up_to(store, in_vain ? store->then_ms : store->first_ms);
        }
        if (!good) {
            return false;
        }
        store->broken = false;
    }
    store->depth++;
    return true;
}

bool store_begin(struct store *store, struct failure *why)
{
    SQL(immediate_sql, "BEGIN IMMEDIATE");
    if (store->mode == STORE_READ_ONLY) {
        return store_begin_reading(store, why);
    }
    bool first = store->depth == 0 && store->before_writing != NULL;
    return (!first || store->before_writing(store, why)) && begin(store, immediate_sql, true, why);
}

bool store_begin_reading(struct store *store, struct failure *why)
{
    SQL(deferred_sql, "BEGIN");
    return begin(store, deferred_sql, false, why);
}

static void take_back(struct store *store)
{
    store->depth = 0;
    store->broken = false;
    if (sqlite3_get_autocommit(store->db) == 0) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

bool store_commit(struct store *store, struct failure *why)
{
    SQL(commit, "COMMIT");
    assert(store->depth > 0);
    if (store->depth > 1) {
        store->depth--;
        return true;
    }
    bool ok = !store->broken ||
              fail(why, FAILURE_INTERNAL,
                   "%s: a part of the transaction failed; nothing of it was saved", store->path);
    ok = ok && query_run(store, commit, BIND_NOTHING, NULL, why);
    if (ok) {
        store->depth = 0;
    } else {
        take_back(store);
    }
    return ok;
}

void store_rollback(struct store *store)
{
    if (store->depth > 1) {
        store->depth--;
        store->broken = true;
    } else if (store->depth == 1) {
        take_back(store);
    }
}

bool store_end(struct store *store, bool ok, struct failure *why)
{
    if (!ok) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, why);
}

/* PRAGMA data_version changes when another connection has written. */
bool store_give_way(struct store *store, struct failure *why)
{
    SQL(version_sql, "PRAGMA data_version");
    int64_t before, after = 0;
    assert(store->depth == 0);
    bool ok = query_number(store, version_sql, BIND_NOTHING, &before, why);
    for (int waited = 0; ok && waited < GIVE_WAY_MAX_MS; waited += GIVE_WAY_MS) {
        pause_ms(GIVE_WAY_MS);
        ok = query_number(store, version_sql, BIND_NOTHING, &after, why);
        if (after == before) {
            break;
        }
        before = after;
    }
    return ok;
}
