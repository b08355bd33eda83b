#include "store/rest.h"

#include "store/delivery_sql.h"

#define REST_COLUMNS "relay, queue, began_at, until, probes, answers, sentence, reply, remedy"

static struct rest read_rest(struct query *query, struct arena *arena)
{
    return (struct rest){.relay = query_copy(query, 0, arena),
                         .queue = query_int(query, 1),
                         .began_at = query_int(query, 2),
                         .until = query_int(query, 3),
                         .probes = query_int(query, 4),
                         .answers = query_int(query, 5),
                         .sentence = query_copy(query, 6, arena),
                         .reply = query_copy(query, 7, arena),
                         .remedy = query_copy(query, 8, arena)};
}

bool rest_find(struct store *store, struct arena *arena, const char *relay,
               struct delivery_queue queue, struct rest **rest, struct failure *why)
{
    SQL(find_sql, "SELECT " REST_COLUMNS " FROM relay_rest WHERE relay = ?1 AND "
                  "(queue = -1 OR queue = ?2) ORDER BY queue LIMIT 1");
    struct query *query;
    bool found = false;
    *rest = NULL;
    bool ok = query_open(store, find_sql, BIND_LIST(BIND_TEXT(relay), BIND_INT(queue.issue_id)),
                         &query, why) &&
              query_next(query, &found, why);
    if (ok && found) {
        *rest = arena_alloc(arena, sizeof **rest);
        **rest = read_rest(query, arena);
    }
    query_close(query);
    return ok;
}

bool rest_list(struct store *store, struct arena *arena, struct rest **rests, size_t *count,
               struct failure *why)
{
    enum { REST_MAX = 50 };
    SQL(list_sql, "SELECT " REST_COLUMNS " FROM relay_rest ORDER BY relay, queue LIMIT 50");
    struct query *query;
    bool row = true;
    *count = 0;
    *rests = arena_array(arena, REST_MAX, sizeof **rests);
    bool ok = query_open(store, list_sql, BIND_NOTHING, &query, why);
    while (ok && *count < REST_MAX && (ok = query_next(query, &row, why)) && row) {
        (*rests)[(*count)++] = read_rest(query, arena);
    }
    query_close(query);
    return ok;
}

bool rest_begin(struct store *store, const struct rest *rest, int64_t now, struct failure *why)
{
    SQL(begin_sql, "INSERT INTO relay_rest (relay, queue, began_at, since, until, probes, answers, "
                   "sentence, reply, remedy) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                   "ON CONFLICT (relay, queue) DO UPDATE SET until = ?4, probes = ?5, "
                   "answers = answers + ?6, sentence = ?7, reply = ?8, remedy = ?9");
    return query_run(store, begin_sql,
                     BIND_LIST(BIND_TEXT(rest->relay), BIND_INT(rest->queue), BIND_INT(now),
                               BIND_INT(rest->until), BIND_INT(rest->probes),
                               BIND_INT(rest->answers), BIND_TEXT(rest->sentence),
                               BIND_TEXT(rest->reply), BIND_TEXT(rest->remedy)),
                     NULL, why);
}

/* max_age counts from first_at, which is moved forward by the part of the rest that the row has
 * seen. ?1 relay, ?2 queue, ?3 now. */
#define SINCE     "(SELECT since FROM relay_rest WHERE relay = ?1 AND queue = ?2)"
#define SLEPT     "SET first_at = first_at + max(0, ?3 - max(first_at, " SINCE ")) "
#define UNSETTLED "state <> 'sent' AND state <> 'refused' AND state <> 'gave_up' AND "

static bool make_younger(struct store *store, const struct rest *rest, int64_t now,
                         struct failure *why)
{
    SQL(issues_sql,
        "UPDATE delivery " SLEPT "WHERE " UNSETTLED "first_at IS NOT NULL AND issue_id IN "
        "(SELECT id FROM issue WHERE state = 'sending' AND (?2 = -1 OR id = ?2))");
    SQL(mails_sql,
        "UPDATE outgoing " SLEPT "WHERE (?2 = -1 OR ?2 = 0) AND " UNSETTLED "first_at IS NOT NULL");
    SQL(since_sql, "UPDATE relay_rest SET since = ?3 WHERE relay = ?1 AND queue = ?2");
    const struct bind *binds =
        BIND_LIST(BIND_TEXT(rest->relay), BIND_INT(rest->queue), BIND_INT(now));
    return query_run(store, issues_sql, binds, NULL, why) &&
           query_run(store, mails_sql, binds, NULL, why) &&
           query_run(store, since_sql, binds, NULL, why);
}

static bool take_probe(struct store *store, const struct rest *rest, int64_t until, bool *taken,
                       struct failure *why)
{
    SQL(probe_sql, "UPDATE relay_rest SET until = ?4 WHERE relay = ?1 AND queue = ?2 AND "
                   "until = ?3");
    int64_t changes = 0;
    bool ok = query_run(store, probe_sql,
                        BIND_LIST(BIND_TEXT(rest->relay), BIND_INT(rest->queue),
                                  BIND_INT(rest->until), BIND_INT(until)),
                        &changes, why);
    *taken = ok && changes == 1;
    return ok;
}

bool rest_take_probe(struct store *store, const struct rest *rest, int64_t now, int64_t until,
                     bool *taken, struct failure *why)
{
    *taken = false;
    bool ok = store_begin(store, why) && take_probe(store, rest, until, taken, why) &&
              (!*taken || make_younger(store, rest, now, why));
    return store_end(store, ok, why);
}

bool rest_put_off(struct store *store, const struct rest *rest, int64_t probes, int64_t until,
                  struct failure *why)
{
    SQL(put_off_sql, "UPDATE relay_rest SET probes = ?3, until = ?4 WHERE relay = ?1 AND "
                     "queue = ?2");
    return query_run(
        store, put_off_sql,
        BIND_LIST(BIND_TEXT(rest->relay), BIND_INT(rest->queue), BIND_INT(probes), BIND_INT(until)),
        NULL, why);
}

bool rest_end(struct store *store, const struct rest *rest, int64_t now, struct failure *why)
{
    SQL(end_sql, "DELETE FROM relay_rest WHERE relay = ?1 AND queue = ?2");
    bool ok = store_begin(store, why) && make_younger(store, rest, now, why) &&
              query_run(store, end_sql, BIND_LIST(BIND_TEXT(rest->relay), BIND_INT(rest->queue)),
                        NULL, why);
    return store_end(store, ok, why);
}

#define RETURN_ROW(T)                                                                              \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'queued', next_at = ?3, done_at = NULL, "                                    \
        "first_at = CASE WHEN attempts > 1 THEN first_at END, "                                    \
        "attempts = max(0, attempts - 1), rests = rests + 1 WHERE " ROW(                           \
            T) " AND (state = 'deferred' OR state = 'refused' OR state = 'gave_up')"
BOTH(return_row_sql, RETURN_ROW);

bool rest_return_row(struct store *store, struct delivery_queue queue, int64_t id, int64_t now,
                     struct failure *why)
{
    return query_run(store, delivery_pick(return_row_sql, queue),
                     BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(id), BIND_INT(now)), NULL, why);
}
