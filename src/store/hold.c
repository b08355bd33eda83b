#include "store/hold.h"

#include "store/private.h"

bool hold_set(struct store *store, const struct hold *hold, struct failure *why)
{
    SQL(set_sql,
        "INSERT INTO hold (one, since, until, everything, who, reason) VALUES (1, ?1, ?2, ?3, "
        "?4, ?5) ON CONFLICT (one) DO UPDATE SET until = excluded.until, told = 0, "
        "everything = excluded.everything, who = excluded.who, reason = excluded.reason");
    bool ok = store_begin(store, why) && hold_lapse(store, hold->since, why) &&
              query_run(store, set_sql,
                        BIND_LIST(BIND_INT(hold->since), BIND_SOME(hold->until),
                                  BIND_INT(hold->everything), BIND_TEXT(hold->who),
                                  BIND_TEXT(hold->reason)),
                        NULL, why);
    return store_end(store, ok, why);
}

/* The stored hold, in force or over; *hold is NULL if there is none. */
static bool find_row(struct store *store, struct arena *arena, struct hold **hold,
                     struct failure *why)
{
    SQL(find_sql, "SELECT since, until, everything, who, reason FROM hold");
    struct query *query;
    bool row = false;
    *hold = NULL;
    bool ok =
        query_open(store, find_sql, BIND_NOTHING, &query, why) && query_next(query, &row, why);
    if (row) {
        *hold = arena_alloc(arena, sizeof **hold);
        **hold = (struct hold){.since = query_int(query, 0),
                               .until = query_int(query, 1),
                               .everything = query_int(query, 2) != 0,
                               .who = query_copy(query, 3, arena),
                               .reason = query_copy(query, 4, arena)};
    }
    query_close(query);
    return ok;
}

static bool is_over(const struct hold *hold, int64_t now)
{
    return hold->until != 0 && hold->until <= now;
}

bool hold_find(struct store *store, struct arena *arena, int64_t now, struct hold **hold,
               struct failure *why)
{
    if (!find_row(store, arena, hold, why)) {
        return false;
    }
    if (*hold != NULL && is_over(*hold, now)) {
        *hold = NULL;
    }
    return true;
}

/* Rows that were tried before and still wait must not age during the hold. */
static bool make_younger(struct store *store, const struct hold *hold, int64_t end,
                         struct failure *why)
{
    SQL(rows_sql, "UPDATE delivery INDEXED BY delivery_open SET first_at = first_at + max(0, ?2 - "
                  "max(first_at, ?1)) WHERE "
                  "issue_id IN (SELECT id FROM issue WHERE state = 'sending') AND "
                  "state IN ('deferred', 'in_doubt') AND " DELIVERY_OPEN);
    SQL(mails_sql, "UPDATE outgoing SET first_at = first_at + max(0, ?2 - max(first_at, ?1)) WHERE "
                   "first_at IS NOT NULL AND " OUTGOING_DUE);
    const struct bind *binds = BIND_LIST(BIND_INT(hold->since), BIND_INT(end));
    return query_run(store, rows_sql, binds, NULL, why) &&
           (!hold->everything || query_run(store, mails_sql, binds, NULL, why));
}

static bool end_hold(struct store *store, const struct hold *hold, int64_t now, struct failure *why)
{
    SQL(end_sql, "DELETE FROM hold");
    return make_younger(store, hold, is_over(hold, now) ? hold->until : now, why) &&
           query_run(store, end_sql, BIND_NOTHING, NULL, why);
}

bool hold_release(struct store *store, int64_t now, bool *released, struct failure *why)
{
    struct arena arena = {0};
    struct hold *hold = NULL;
    *released = false;
    bool ok = store_begin(store, why) && find_row(store, &arena, &hold, why);
    if (ok && hold != NULL) {
        *released = !is_over(hold, now);
        ok = end_hold(store, hold, now, why);
    }
    arena_free(&arena);
    return store_end(store, ok, why);
}

bool hold_lapse(struct store *store, int64_t now, struct failure *why)
{
    SQL(over_sql, "SELECT 1 FROM hold WHERE until <= ?1");
    int64_t over;
    bool released;
    return query_number(store, over_sql, BIND_LIST(BIND_INT(now)), &over, why) &&
           (over == 0 || hold_release(store, now, &released, why));
}

bool hold_tell(struct store *store, bool *first, struct failure *why)
{
    SQL(tell_sql, "UPDATE hold SET told = 1 WHERE told = 0");
    int64_t changes;
    bool ok = query_run(store, tell_sql, BIND_NOTHING, &changes, why);
    *first = ok && changes == 1;
    return ok;
}
