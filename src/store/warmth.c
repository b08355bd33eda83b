#include "store/warmth.h"

#include "store/private.h"

bool warmth_read(struct store *store, const char *relay, int64_t day, int64_t *days_before,
                 int64_t *sent, struct failure *why)
{
    SQL(read_sql, "SELECT count(*) FILTER (WHERE day < ?2), "
                  "coalesce(sum(sent) FILTER (WHERE day = ?2), 0) "
                  "FROM relay_day WHERE relay = ?1 AND sent > 0");
    struct query *query;
    bool row = false;
    *days_before = 0;
    *sent = 0;
    bool ok =
        query_open(store, read_sql, BIND_LIST(BIND_TEXT(relay), BIND_INT(day)), &query, why) &&
        query_next(query, &row, why);
    if (ok && row) {
        *days_before = query_int(query, 0);
        *sent = query_int(query, 1);
    }
    query_close(query);
    return ok;
}

bool warmth_take(struct store *store, const char *relay, int64_t day, int64_t most, bool *taken,
                 struct failure *why)
{
    SQL(take_sql, "INSERT INTO relay_day (relay, day, sent) SELECT ?1, ?2, 1 WHERE ?3 > 0 "
                  "ON CONFLICT (relay, day) DO UPDATE SET sent = sent + 1 WHERE sent < ?3");
    int64_t changes = 0;
    bool ok = query_run(store, take_sql, BIND_LIST(BIND_TEXT(relay), BIND_INT(day), BIND_INT(most)),
                        &changes, why);
    *taken = ok && changes == 1;
    return ok;
}

bool warmth_return(struct store *store, const char *relay, int64_t day, struct failure *why)
{
    SQL(return_sql, "UPDATE relay_day SET sent = max(0, sent - 1) WHERE relay = ?1 AND day = ?2");
    return query_run(store, return_sql, BIND_LIST(BIND_TEXT(relay), BIND_INT(day)), NULL, why);
}
