/*
 * Rows whose relay was unreachable: deferred all at once, and made due again by the next run.
 *
 * Deferring a long list in one transaction would block unsubscribing and confirming for seconds, in
 * every hour in which the relay is unreachable. So it is done in pieces, in order of ids, with a
 * gap between two; what a run that dies leaves undone, the next one does.
 */
#include "store/delivery_sql.h"

enum { PIECE_ROWS = 4000 };

/* ?3 the id after which a piece begins, ?4 the last one in it. */
#define IN_PIECE(T) T##_ID " > ?3 AND " T##_ID " <= ?4"

/* ?2 now, ?4 how many rows; gives the last id of the next piece. */
#define PIECE_END(T, WHICH)                                                                        \
    "SELECT max(id) FROM (SELECT " T##_ID " AS id FROM " WHICH " AND " T##_ID                      \
        " > ?3 ORDER BY " T##_ID " LIMIT ?4)"

#define DUE_NOW(T) T##_TABLE " WHERE " T##_ALL " AND " T##_DUE " AND next_at <= ?2"
#define DUE_END(T) PIECE_END(T, DUE_NOW(T))
BOTH(due_end_sql, DUE_END);

#define DELIVERY_ASLEEP                                                                            \
    DELIVERY_OPEN_TABLE " WHERE " DELIVERY_ALL " AND state = 'deferred' AND " DELIVERY_OPEN
#define OUTGOING_ASLEEP                                                                            \
    OUTGOING_TABLE " WHERE " OUTGOING_ALL " AND state = 'deferred' AND " OUTGOING_DUE
#define ASLEEP(T)     T##_ASLEEP " AND away = 1 AND next_at > ?2"
#define ASLEEP_END(T) PIECE_END(T, ASLEEP(T))
BOTH(asleep_end_sql, ASLEEP_END);

/* ?9 a JSON list of domains, NULL for all; ?10 true: all domains but these. */
#define OF_DOMAINS "(?9 IS NULL OR (domain IN (SELECT value FROM json_each(?9))) <> ?10)"

/* ?2 now, ?5 the latest first attempt that is too old, ?6 reply, ?7 relay. */
#define GIVE_UP(T)                                                                                 \
    "UPDATE " T##_TABLE " SET state = 'gave_up', reply = ?6, relay = ?7, code = NULL, "            \
                        "enhanced = NULL, fault = NULL, done_at = ?2 WHERE " T##_ALL               \
        " AND " T##_DUE " AND first_at <= ?5 AND next_at <= ?2 AND " OF_DOMAINS                    \
                        " AND " IN_PIECE(T)
BOTH(give_up_sql, GIVE_UP);

/* ?2 now, ?5 next_at, ?6 reply, ?7 relay, ?8 whether the relay is away. */
#define DEFER(T)                                                                                   \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'deferred', reply = ?6, relay = ?7, away = ?8, code = NULL, "                \
        "enhanced = NULL, fault = NULL, next_at = ?5, first_at = coalesce(first_at, ?2) "          \
        "WHERE " T##_ALL " AND " T##_DUE " AND next_at <= ?2 AND " OF_DOMAINS " AND " IN_PIECE(T)
BOTH(defer_sql, DEFER);

#define WAKE(T)                                                                                    \
    "UPDATE " T##_TABLE " SET next_at = ?2 WHERE " T##_ALL " AND state = 'deferred' AND " T##_DUE  \
        " AND away = 1 AND next_at > ?2 AND " IN_PIECE(T)
BOTH(wake_sql, WAKE);

/* The work on one piece; `count` grows by the rows that were changed. */
struct away_work {
    struct delivery_queue queue;
    int64_t now;
    const struct delivery_deferral *deferral; /* NULL: wake */
    int64_t count;
};

static bool defer_piece(struct store *store, struct away_work *work, int64_t after, int64_t last,
                        struct failure *why)
{
    const struct delivery_deferral *deferral = work->deferral;
    const struct bind issue = BIND_INT(work->queue.issue_id), now = BIND_INT(work->now);
    const struct bind reply = BIND_TEXT(deferral->reply), relay = BIND_TEXT(deferral->relay);
    const struct bind away = BIND_INT(deferral->away), domains = BIND_TEXT(deferral->domains);
    const struct bind others = BIND_INT(deferral->others);
    int64_t deferred = 0;
    bool ok = query_run(store, delivery_pick(give_up_sql, work->queue),
                        BIND_LIST(issue, now, BIND_INT(after), BIND_INT(last),
                                  BIND_INT(work->now - deferral->max_age), reply, relay, away,
                                  domains, others),
                        NULL, why) &&
              query_run(store, delivery_pick(defer_sql, work->queue),
                        BIND_LIST(issue, now, BIND_INT(after), BIND_INT(last),
                                  BIND_INT(deferral->next_at), reply, relay, away, domains, others),
                        &deferred, why);
    work->count += deferred;
    return ok;
}

static bool wake_piece(struct store *store, struct away_work *work, int64_t after, int64_t last,
                       struct failure *why)
{
    int64_t woken = 0;
    bool ok = query_run(store, delivery_pick(wake_sql, work->queue),
                        BIND_LIST(BIND_INT(work->queue.issue_id), BIND_INT(work->now),
                                  BIND_INT(after), BIND_INT(last)),
                        &woken, why);
    work->count += woken;
    return ok;
}

static bool in_pieces(struct store *store, struct away_work *work, struct failure *why)
{
    const char *end_sql =
        delivery_pick(work->deferral != NULL ? due_end_sql : asleep_end_sql, work->queue);
    int64_t after = 0, last = 0;
    bool ok = true;
    do {
        after = last;
        ok = query_number(store, end_sql,
                          BIND_LIST(BIND_INT(work->queue.issue_id), BIND_INT(work->now),
                                    BIND_INT(after), BIND_INT(PIECE_ROWS)),
                          &last, why);
        if (ok && last != 0) {
            ok = (after == 0 || store_give_way(store, why)) && store_begin(store, why);
            ok = ok && (work->deferral != NULL ? defer_piece(store, work, after, last, why)
                                               : wake_piece(store, work, after, last, why));
            ok = store_end(store, ok, why);
        }
    } while (ok && last != 0);
    return ok;
}

bool delivery_defer_due(struct store *store, struct delivery_queue queue, int64_t now,
                        const struct delivery_deferral *deferral, int64_t *deferred,
                        struct failure *why)
{
    struct away_work work = {.queue = queue, .now = now, .deferral = deferral};
    bool ok = in_pieces(store, &work, why);
    *deferred = work.count;
    return ok;
}

bool delivery_wake(struct store *store, struct delivery_queue queue, int64_t now, int64_t *woken,
                   struct failure *why)
{
    struct away_work work = {.queue = queue, .now = now};
    bool ok = in_pieces(store, &work, why);
    *woken = work.count;
    return ok;
}
