/* Rows whose relay was away: set aside all at once, and due again as soon as somebody looks. */
#include "store/delivery_sql.h"

/* ?2 now, ?3 the latest first attempt that is too old, ?4 reply, ?5 relay. */
#define GIVE_UP(T)                                                                                 \
    "UPDATE " T##_TABLE " SET state = 'gave_up', reply = ?4, relay = ?5, code = NULL, "            \
                        "enhanced = NULL, done_at = ?2 WHERE " T##_ALL " AND " T##_DUE             \
        " AND first_at <= ?3 AND next_at <= ?2"
BOTH(give_up_sql, GIVE_UP);

/* ?2 now, ?3 next_at, ?4 reply, ?5 relay. */
#define DEFER(T)                                                                                   \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'deferred', reply = ?4, relay = ?5, code = NULL, "                           \
        "enhanced = NULL, next_at = ?3, first_at = coalesce(first_at, ?2) WHERE " T##_ALL          \
        " AND " T##_DUE " AND next_at <= ?2"
BOTH(defer_sql, DEFER);

bool delivery_defer_due(struct store *store, struct delivery_queue queue, int64_t now,
                        int64_t next_at, int64_t max_age, const char *reply, const char *relay,
                        int64_t *deferred, struct failure *why)
{
    *deferred = 0;
    bool ok = store_begin(store, why) &&
              query_run(store, delivery_pick(give_up_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now), BIND_INT(now - max_age),
                                  BIND_TEXT(reply), BIND_TEXT(relay)),
                        NULL, why) &&
              query_run(store, delivery_pick(defer_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now), BIND_INT(next_at),
                                  BIND_TEXT(reply), BIND_TEXT(relay)),
                        deferred, why);
    return store_end(store, ok, why);
}

/* ?2 now, ?3 the words that the reply begins with. */
#define WAKE(T)                                                                                    \
    "UPDATE " T##_TABLE " SET next_at = ?2 WHERE " T##_ALL " AND " T##_WAITING                     \
        " AND code IS NULL AND substr(reply, 1, length(?3)) = ?3 AND next_at > ?2"
#define DELIVERY_WAITING "state = 'deferred' AND " DELIVERY_OPEN
#define OUTGOING_WAITING "state = 'deferred' AND " OUTGOING_DUE
BOTH(wake_sql, WAKE);

bool delivery_wake(struct store *store, struct delivery_queue queue, int64_t now, int64_t *woken,
                   struct failure *why)
{
    return query_run(store, delivery_pick(wake_sql, queue),
                     BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now), BIND_TEXT(DELIVERY_AWAY)),
                     woken, why);
}
