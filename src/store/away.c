/* Rows whose relay was away: set aside all at once, and due again as soon as somebody looks. */
#include "store/delivery.h"
#include "store/private.h"

/* ?1 issue, ?2 now, ?3 next_at, ?4 reply, ?5 relay, ?6 the first attempt that is too old. */
#define GIVE_UP                                                                                    \
    " SET state = 'gave_up', reply = ?4, relay = ?5, code = NULL, enhanced = NULL, done_at = ?2 "
#define DEFER                                                                                      \
    " SET state = 'deferred', reply = ?4, relay = ?5, code = NULL, enhanced = NULL, "              \
    "next_at = ?3, first_at = coalesce(first_at, ?2) "
#define OLD " AND first_at <= ?6 AND next_at <= ?2"
#define DUE " AND next_at <= ?2"

static const char *const give_up_sql[2] = {
    "UPDATE outgoing" GIVE_UP "WHERE ?1 = 0 AND " OUTGOING_DUE OLD " AND ?3 = ?3",
    "UPDATE delivery" GIVE_UP "WHERE issue_id = ?1 AND " DELIVERY_DUE OLD " AND ?3 = ?3",
};
static const char *const defer_sql[2] = {
    "UPDATE outgoing" DEFER "WHERE ?1 = 0 AND " OUTGOING_DUE DUE " AND ?6 = ?6",
    "UPDATE delivery" DEFER "WHERE issue_id = ?1 AND " DELIVERY_DUE DUE " AND ?6 = ?6",
};
/* ?2 now, ?3 the words that the reply begins with. */
static const char *const wake_sql[2] = {
    "UPDATE outgoing SET next_at = ?2 WHERE ?1 = 0 AND state = 'deferred' AND code IS NULL "
    "AND substr(reply, 1, length(?3)) = ?3 AND next_at > ?2",
    "UPDATE delivery SET next_at = ?2 WHERE issue_id = ?1 AND state = 'deferred' AND code IS NULL "
    "AND substr(reply, 1, length(?3)) = ?3 AND next_at > ?2",
};

bool delivery_defer_due(struct store *store, struct delivery_queue queue, int64_t now,
                        int64_t next_at, int64_t max_age, const char *reply, const char *relay,
                        int64_t *deferred, struct failure *why)
{
    const struct bind *binds =
        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now), BIND_INT(next_at), BIND_TEXT(reply),
                  BIND_TEXT(relay), BIND_INT(now - max_age));
    int which = queue.issue_id != 0;
    *deferred = 0;
    bool ok = store_begin(store, why) && query_run(store, give_up_sql[which], binds, NULL, why) &&
              query_run(store, defer_sql[which], binds, deferred, why);
    return store_end(store, ok, why);
}

bool delivery_wake(struct store *store, struct delivery_queue queue, int64_t now, int64_t *woken,
                   struct failure *why)
{
    return query_run(store, wake_sql[queue.issue_id != 0],
                     BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now), BIND_TEXT(DELIVERY_AWAY)),
                     woken, why);
}
