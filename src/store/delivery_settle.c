/* Changes rows outside of a lane: recovers claims of dead processes, requeues, counts, walks. */
#include <assert.h>
#include <inttypes.h>

#include "store/delivery_sql.h"

/* --- claims of dead processes --- */

/* ?2 this boot, ?3 its clock, ?4 whether leases of this boot are ignored, ?5 now. Doubtful rows are
 * settled first: a dead claim that is left then has certainly not sent its dot. */
#define DEAD(T)    T##_ALL " AND state = 'sending' AND " T##_OPEN " AND "
#define EXPIRED    "(?4 OR lease IS NULL OR lease <= ?3)"
#define OTHER_BOOT "boot_id IS NOT ?2"
#define TO_DOUBT(T)                                                                                \
    "UPDATE " T##_OPEN_TABLE " SET state = 'in_doubt', doubted = doubted + 1, "                    \
                             "first_at = coalesce(first_at, ?5), " RELEASED                        \
                             " WHERE " DEAD(T) "(" OTHER_BOOT " OR (dot_noted = 1 AND " EXPIRED    \
                                               "))"
BOTH(to_doubt_sql, TO_DOUBT);

#define TO_QUEUE(T)                                                                                \
    "UPDATE " T##_OPEN_TABLE " SET state = CASE WHEN " T##_CANCELLED                               \
        " THEN 'skipped' ELSE 'queued' "                                                           \
        "END, reply = CASE WHEN " T##_CANCELLED " THEN 'cancelled' ELSE reply END, "               \
                                                "done_at = CASE WHEN " T##_CANCELLED               \
        " THEN ?5 END, next_at = ?5, " RELEASED                                                    \
        " WHERE " DEAD(T) "NOT (" OTHER_BOOT ") AND dot_noted = 0 AND " EXPIRED
BOTH(to_queue_sql, TO_QUEUE);

bool delivery_recover(struct store *store, struct delivery_queue queue, const char *boot_id,
                      int64_t boottime_ms, bool everything, int64_t now, int64_t *queued,
                      int64_t *in_doubt, struct failure *why)
{
    const struct bind *binds =
        BIND_LIST(BIND_INT(queue.issue_id), BIND_TEXT(boot_id), BIND_INT(boottime_ms),
                  BIND_INT(everything), BIND_INT(now));
    *queued = 0;
    *in_doubt = 0;
    bool ok = store_begin(store, why) &&
              query_run(store, delivery_pick(to_doubt_sql, queue), binds, in_doubt, why) &&
              query_run(store, delivery_pick(to_queue_sql, queue), binds, queued, why);
    return store_end(store, ok, why);
}

/* --- settling rows --- */

/* ?2 the state, ?3 and ?4 code and domain, NULL any. */
#define FILTERED(T)                                                                                \
    T##_ALL " AND state = ?2 AND (?3 IS NULL OR enhanced = ?3 OR CAST(code AS TEXT) = ?3) "        \
            "AND (?4 IS NULL OR domain = ?4)"

/* max_age counts from the first attempt, and waits grow with each attempt. A row that had ended
 * starts again; a row in doubt keeps its age. ?5 now. */
#define REQUEUE(T, ROWS)                                                                           \
    "UPDATE " ROWS " SET state = 'queued', next_at = ?5, done_at = NULL, dot_noted = 0, "          \
    "first_at = CASE WHEN ?2 = 'in_doubt' THEN first_at END, "                                     \
    "attempts = CASE WHEN ?2 = 'in_doubt' THEN attempts ELSE 0 END WHERE " FILTERED(T)
#define DELIVERY_REQUEUE REQUEUE(DELIVERY, DELIVERY_OPEN_TABLE) " AND " DELIVERY_OPEN
#define OUTGOING_REQUEUE REQUEUE(OUTGOING, OUTGOING_TABLE)
#define REQUEUE_ROWS(T)  T##_REQUEUE
BOTH(requeue_sql, REQUEUE_ROWS);

#define DELIVERY_FILTERED                                                                          \
    "SELECT count(*) FROM " DELIVERY_OPEN_TABLE " WHERE " FILTERED(DELIVERY) " AND " DELIVERY_OPEN
#define OUTGOING_FILTERED "SELECT count(*) FROM outgoing WHERE " FILTERED(OUTGOING)
#define FILTERED_ROWS(T)  T##_FILTERED
BOTH(filtered_sql, FILTERED_ROWS);

bool delivery_count_filtered(struct store *store, struct delivery_queue queue,
                             enum delivery_state from, const struct delivery_filter *filter,
                             int64_t *count, struct failure *why)
{
    return query_number(store, delivery_pick(filtered_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_TEXT(delivery_state_name(from)),
                                  BIND_TEXT(filter->code), BIND_TEXT(filter->domain)),
                        count, why);
}

/* A sent issue that has open rows again becomes sending. */
static bool reopen_issue(struct store *store, int64_t issue_id, struct failure *why)
{
    SQL(reopen_sql, "UPDATE issue SET state = 'sending', finished_at = NULL, told = '' "
                    "WHERE id = ?1 AND state = 'sent'");
    return query_run(store, reopen_sql, BIND_LIST(BIND_INT(issue_id)), NULL, why);
}

static bool refuse_cancelled(struct store *store, int64_t issue_id, struct failure *why)
{
    SQL(cancelled_sql, "SELECT number FROM issue WHERE id = ?1 AND state = 'cancelled'");
    int64_t number;
    if (!query_number(store, cancelled_sql, BIND_LIST(BIND_INT(issue_id)), &number, why)) {
        return false;
    }
    return number == 0 ||
           fail(why, FAILURE_USAGE,
                "issue %" PRId64 " was cancelled; its readers are not tried again", number);
}

bool delivery_requeue(struct store *store, struct delivery_queue queue, enum delivery_state from,
                      const struct delivery_filter *filter, int64_t now, int64_t *count,
                      struct failure *why)
{
    assert(from == DELIVERY_IN_DOUBT || from == DELIVERY_GAVE_UP || from == DELIVERY_REFUSED);
    *count = 0;
    bool ok =
        store_begin(store, why) && refuse_cancelled(store, queue.issue_id, why) &&
        query_run(store, delivery_pick(requeue_sql, queue),
                  BIND_LIST(BIND_INT(queue.issue_id), BIND_TEXT(delivery_state_name(from)),
                            BIND_TEXT(filter->code), BIND_TEXT(filter->domain), BIND_INT(now)),
                  count, why);
    if (ok && *count > 0) {
        ok = reopen_issue(store, queue.issue_id, why);
    }
    return store_end(store, ok, why);
}

/* ?2 now, ?3 the latest first attempt that is too old. */
#define STALE_DOUBT(T)                                                                             \
    "UPDATE " T##_OPEN_TABLE " SET state = 'gave_up', done_at = ?2 WHERE " T##_ALL                 \
        " AND state = 'in_doubt' AND " T##_OPEN " AND first_at <= ?3 AND NOT " T##_CANCELLED
BOTH(stale_doubt_sql, STALE_DOUBT);

/* ?2 now, ?3 and ?4 the first and the longest wait, in seconds. The first doubt is resent at once:
 * a connection died. A relay that accepts a message but never confirms it would otherwise receive
 * the same copy for ever, so after each further attempt that ends in doubt the wait doubles. The
 * death of our own process does not count as such an attempt, so a run that is killed and restarted
 * continues. */
#define RESEND(T)                                                                                  \
    "UPDATE " T##_OPEN_TABLE                                                                       \
        " SET state = 'queued', dot_noted = 0, next_at = ?2 + CASE "                               \
        "WHEN attempts > 1 THEN min(?4, ?3 << min(attempts - 1, 20)) ELSE 0 END "                  \
        "WHERE " T##_ALL " AND state = 'in_doubt' AND " T##_OPEN " AND NOT " T##_CANCELLED
BOTH(resend_sql, RESEND);

bool delivery_resend(struct store *store, struct delivery_queue queue, int64_t now,
                     const struct delivery_patience *patience, int64_t *count, struct failure *why)
{
    *count = 0;
    bool ok = store_begin(store, why) &&
              query_run(store, delivery_pick(stale_doubt_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now),
                                  BIND_INT(now - patience->max_age)),
                        NULL, why) &&
              query_run(store, delivery_pick(resend_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now),
                                  BIND_INT(patience->first), BIND_INT(patience->longest)),
                        count, why);
    return store_end(store, ok, why);
}

/* One pass without sorting; the columns are in the order of enum delivery_state. */
#define TOTALS                                                                                     \
    "total(state = 'queued'), total(state = 'sending'), total(state = 'in_doubt'), "               \
    "total(state = 'sent'), total(state = 'deferred'), total(state = 'refused'), "                 \
    "total(state = 'gave_up'), total(state = 'skipped')"
#define COUNTS(T) "SELECT " TOTALS " FROM " T##_TABLE " WHERE " T##_ALL
BOTH(counts_sql, COUNTS);

bool delivery_counts(struct store *store, struct delivery_queue queue,
                     int64_t counts[DELIVERY_STATES], struct failure *why)
{
    struct query *query;
    bool row = false;
    bool ok = query_open(store, delivery_pick(counts_sql, queue),
                         BIND_LIST(BIND_INT(queue.issue_id)), &query, why) &&
              query_next(query, &row, why);
    for (int i = 0; i < DELIVERY_STATES; i++) {
        counts[i] = row ? query_int(query, i) : 0;
    }
    query_close(query);
    return ok;
}

bool delivery_shares(struct store *store, struct arena *arena, int64_t issue_id,
                     struct delivery_share **shares, size_t *count, struct failure *why)
{
    SQL(shares_sql, "SELECT relay, " TOTALS " FROM delivery WHERE issue_id = ?1 AND relay <> '' "
                    "GROUP BY relay ORDER BY relay LIMIT 50");
    struct query *query;
    bool row = true;
    *count = 0;
    *shares = arena_array(arena, DELIVERY_RELAYS, sizeof **shares);
    bool ok = query_open(store, shares_sql, BIND_LIST(BIND_INT(issue_id)), &query, why);
    while (ok && *count < DELIVERY_RELAYS && (ok = query_next(query, &row, why)) && row) {
        struct delivery_share *share = &(*shares)[(*count)++];
        share->relay = query_copy(query, 0, arena);
        for (int state = 0; state < DELIVERY_STATES; state++) {
            share->counts[state] = query_int(query, 1 + state);
        }
    }
    query_close(query);
    return ok;
}

/* The first row of each choice of topics, by one seek each. */
#define DELIVERY_NEXT_DUE                                                                          \
    "WITH RECURSIVE choice (topics) AS (SELECT min(topics) FROM delivery WHERE issue_id = ?1 "     \
    "AND " DELIVERY_DUE " UNION ALL SELECT (SELECT min(topics) FROM delivery WHERE "               \
    "issue_id = ?1 AND " DELIVERY_DUE " AND topics > choice.topics) FROM choice "                  \
    "WHERE choice.topics IS NOT NULL) "                                                            \
    "SELECT min((SELECT min(next_at) FROM delivery WHERE issue_id = ?1 AND " DELIVERY_DUE          \
    " AND topics = choice.topics)) FROM choice"
#define OUTGOING_NEXT_DUE "SELECT min(next_at) FROM outgoing WHERE " OUTGOING_DUE " AND ?1 = 0"
#define NEXT_DUE(T)       T##_NEXT_DUE
BOTH(next_due_sql, NEXT_DUE);

bool delivery_next_due(struct store *store, struct delivery_queue queue, int64_t *next_at,
                       struct failure *why)
{
    return query_number(store, delivery_pick(next_due_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id)), next_at, why);
}

/* Three ways to walk: all rows; rows of a state that the index of open rows has; rows of another
 * state, by walking all (the + keeps the planner from an index that would require a sort). */
#define WALK(T, ROWS) "SELECT " COLUMNS(T) " FROM " ROWS " WHERE " T##_ALL
#define IN_ORDER(T)   " ORDER BY " T##_ID
#define EACH(T)       WALK(T, T##_TABLE) IN_ORDER(T)
#define EACH_OPEN(T)  WALK(T, T##_OPEN_TABLE) " AND state = ?2 AND " T##_OPEN IN_ORDER(T)
#define EACH_STATE(T) WALK(T, T##_TABLE) " AND +state = ?2" IN_ORDER(T)
BOTH(each_sql, EACH);
BOTH(each_open_sql, EACH_OPEN);
BOTH(each_state_sql, EACH_STATE);

static const char *walk_of(struct delivery_queue queue, const enum delivery_state *state)
{
    if (state == NULL) {
        return delivery_pick(each_sql, queue);
    }
    bool open = *state == DELIVERY_SENDING || *state == DELIVERY_IN_DOUBT ||
                (queue.issue_id != 0 && *state != DELIVERY_QUEUED && *state != DELIVERY_SENT);
    return delivery_pick(open ? each_open_sql : each_state_sql, queue);
}

bool delivery_each(struct store *store, struct delivery_queue queue,
                   const enum delivery_state *state, delivery_visit each, void *context,
                   struct failure *why)
{
    struct query *query;
    struct delivery visited;
    bool row = true;
    const struct bind all[] = {BIND_INT(queue.issue_id), {.kind = BIND_KIND_END}};
    const struct bind some[] = {BIND_INT(queue.issue_id),
                                BIND_TEXT(state == NULL ? NULL : delivery_state_name(*state)),
                                {.kind = BIND_KIND_END}};
    bool ok = query_open(store, walk_of(queue, state), state == NULL ? all : some, &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        delivery_read(query, 0, NULL, &visited);
        ok = each(context, &visited, why);
    }
    query_close(query);
    return ok;
}

#define FIND(T) "SELECT " COLUMNS(T) " FROM " T##_TABLE " WHERE " ROW(T)
BOTH(find_sql, FIND);

bool delivery_find(struct store *store, struct arena *arena, struct delivery_queue queue,
                   int64_t id, struct delivery **row, struct failure *why)
{
    struct query *query;
    bool found = false;
    *row = NULL;
    bool ok = query_open(store, delivery_pick(find_sql, queue),
                         BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(id)), &query, why) &&
              query_next(query, &found, why);
    if (ok && found) {
        *row = arena_alloc(arena, sizeof **row);
        delivery_read(query, 0, arena, *row);
    }
    query_close(query);
    return ok;
}

bool delivery_count_unknown(struct store *store, int64_t issue_id, int64_t subscriber_id,
                            int64_t *count, struct failure *why)
{
    SQL(unknown_sql, "SELECT count(*) FROM delivery WHERE subscriber_id = ?2 AND issue_id <> ?1 "
                     "AND state = 'gave_up' AND fault = 'unknown'");
    return query_number(store, unknown_sql, BIND_LIST(BIND_INT(issue_id), BIND_INT(subscriber_id)),
                        count, why);
}

#define DOUBTED(T)                                                                                 \
    "SELECT count(*) FROM " T##_TABLE " WHERE " T##_ALL " AND doubted > 0 AND state <> 'in_doubt'"
BOTH(doubted_sql, DOUBTED);

bool delivery_doubted(struct store *store, struct delivery_queue queue, int64_t *count,
                      struct failure *why)
{
    return query_number(store, delivery_pick(doubted_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id)), count, why);
}
