/* Rows whose relay was away: set aside all at once, and due again as soon as somebody looks. */
#include "store/delivery_sql.h"

/* ?2 now, ?3 the latest first attempt that is too old, ?4 reply, ?5 relay. */
#define GIVE_UP(T)                                                                                 \
    "UPDATE " T##_TABLE " SET state = 'gave_up', reply = ?4, relay = ?5, code = NULL, "            \
                        "enhanced = NULL, fault = NULL, done_at = ?2 WHERE " T##_ALL               \
        " AND " T##_DUE " AND first_at <= ?3 AND next_at <= ?2"
BOTH(give_up_sql, GIVE_UP);

/* ?2 now, ?3 next_at, ?4 reply, ?5 relay, ?6 whether the relay is away. */
#define DEFER(T)                                                                                   \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'deferred', reply = ?4, relay = ?5, away = ?6, code = NULL, "                \
        "enhanced = NULL, fault = NULL, next_at = ?3, first_at = coalesce(first_at, ?2) "          \
        "WHERE " T##_ALL " AND " T##_DUE " AND next_at <= ?2"
BOTH(defer_sql, DEFER);

bool delivery_defer_due(struct store *store, struct delivery_queue queue, int64_t now,
                        const struct delivery_deferral *deferral, int64_t *deferred,
                        struct failure *why)
{
    const struct bind reply = BIND_TEXT(deferral->reply), relay = BIND_TEXT(deferral->relay);
    *deferred = 0;
    bool ok =
        store_begin(store, why) &&
        query_run(store, delivery_pick(give_up_sql, queue),
                  BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now),
                            BIND_INT(now - deferral->max_age), reply, relay),
                  NULL, why) &&
        query_run(store, delivery_pick(defer_sql, queue),
                  BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now), BIND_INT(deferral->next_at),
                            reply, relay, BIND_INT(deferral->away)),
                  deferred, why);
    return store_end(store, ok, why);
}

#define WAKE(T)                                                                                    \
    "UPDATE " T##_TABLE " SET next_at = ?2 WHERE " T##_ALL " AND " T##_WAITING                     \
        " AND away = 1 AND next_at > ?2"
#define DELIVERY_WAITING "state = 'deferred' AND " DELIVERY_OPEN
#define OUTGOING_WAITING "state = 'deferred' AND " OUTGOING_DUE
BOTH(wake_sql, WAKE);

bool delivery_wake(struct store *store, struct delivery_queue queue, int64_t now, int64_t *woken,
                   struct failure *why)
{
    return query_run(store, delivery_pick(wake_sql, queue),
                     BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now)), woken, why);
}
