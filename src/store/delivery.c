#include "store/delivery.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "store/private.h"

static const char *const state_names[DELIVERY_STATES] = {
    "queued", "sending", "in_doubt", "sent", "deferred", "refused", "gave_up", "skipped"};

const char *delivery_state_name(enum delivery_state state)
{
    assert((size_t)state < DELIVERY_STATES);
    return state_names[state];
}

bool delivery_state_find(const char *name, enum delivery_state *state)
{
    int found = store_find_name(state_names, DELIVERY_STATES, name);
    if (found >= 0) {
        *state = (enum delivery_state)found;
    }
    return found >= 0;
}

/*
 * One text for both tables. Each statement is a macro over T, which is OUTGOING or DELIVERY, and
 * BOTH() makes the pair; pick() takes the right one. In every statement ?1 is the issue (0 of the
 * single mails), and where one row is meant, ?2 is its id.
 */
#define BOTH(name, TEXT) static const char *const name[2] = {TEXT(OUTGOING), TEXT(DELIVERY)}

#define OUTGOING_TABLE     "outgoing"
#define OUTGOING_ID        "id"
#define OUTGOING_ALL       "?1 = 0"
#define OUTGOING_TOPICS    "''"
#define OUTGOING_OF_TOPICS "?2 = ''"
#define OUTGOING_EXTRA     "kind, data, created_at"
#define OUTGOING_CANCELLED "0"

#define DELIVERY_TABLE     "delivery"
#define DELIVERY_ID        "subscriber_id"
#define DELIVERY_ALL       "issue_id = ?1"
#define DELIVERY_TOPICS    "topics"
#define DELIVERY_OF_TOPICS "topics = ?2"
#define DELIVERY_EXTRA     "NULL, NULL, NULL"
#define DELIVERY_CANCELLED "(SELECT i.state = 'cancelled' FROM issue i WHERE i.id = ?1)"

#define ROW(T) T##_ALL " AND " T##_ID " = ?2"
#define COLUMNS(T)                                                                                 \
    T##_ID ", subscriber_id, address, domain, name, " T##_TOPICS                                   \
        ", message_id, state, attempts, "                                                          \
        "next_at, first_at, generation, dot_noted, doubted, code, enhanced, reply, relay, "        \
        "done_at, " T##_EXTRA

static const char *pick(const char *const texts[2], struct delivery_queue queue)
{
    return texts[queue.issue_id != 0];
}

/* Texts live in `arena`, or where it is NULL until the next step. */
static void read_row(struct query *query, struct arena *arena, struct delivery *row)
{
    *row = (struct delivery){
        .id = query_int(query, 0),
        .subscriber_id = query_int(query, 1),
        .address = query_keep(query, 2, arena),
        .domain = query_keep(query, 3, arena),
        .name = query_keep(query, 4, arena),
        .topics = query_keep(query, 5, arena),
        .message_id = query_keep(query, 6, arena),
        .attempts = query_int(query, 8),
        .next_at = query_int(query, 9),
        .first_at = query_int(query, 10),
        .generation = query_int(query, 11),
        .dot_noted = query_int(query, 12) != 0,
        .doubted = query_int(query, 13),
        .code = query_int(query, 14),
        .enhanced = query_keep(query, 15, arena),
        .reply = query_keep(query, 16, arena),
        .relay = query_keep(query, 17, arena),
        .done_at = query_int(query, 18),
        .kind = query_keep(query, 19, arena),
        .data = query_keep(query, 20, arena),
        .created_at = query_int(query, 21),
    };
    bool known = delivery_state_find(query_text(query, 7), &row->state);
    assert(known); /* the schema allows no other */
}

/* --- is the person still to be mailed? --- */

/* Why a row is not to be sent; NULL where it is. The names of a subscriber's status are reasons. A
 * single mail may go to somebody who is not confirmed (that is what a confirmation mail is for),
 * but not to one who complained or is erased. */
#define DELIVERY_REASON                                                                            \
    "SELECT CASE WHEN i.state = 'cancelled' THEN 'cancelled' "                                     \
    "WHEN s.status <> 'confirmed' THEN s.status "                                                  \
    "WHEN s.paused_until > ?3 THEN 'paused' END "                                                  \
    "FROM delivery d JOIN issue i ON i.id = d.issue_id JOIN subscriber s ON s.id = "               \
    "d.subscriber_id WHERE d.issue_id = ?1 AND d.subscriber_id = ?2"
#define OUTGOING_REASON                                                                            \
    "SELECT CASE WHEN s.status IN ('complained', 'forgotten') THEN s.status END "                  \
    "FROM outgoing o LEFT JOIN subscriber s ON s.id = o.subscriber_id "                            \
    "WHERE ?1 = 0 AND o.id = ?2 AND ?3 = ?3"
#define REASON(T) T##_REASON
BOTH(reason_sql, REASON);

static const char *const reasons[] = {"cancelled",  "pending",   "left",  "bounced",
                                      "complained", "forgotten", "paused"};

/* A row that is gone belonged to an issue that was cancelled and freed. */
static bool find_reason(struct store *store, struct delivery_queue queue, int64_t id, int64_t now,
                        const char **reason, struct failure *why)
{
    struct query *query;
    bool row = false;
    *reason = NULL;
    bool ok =
        query_open(store, pick(reason_sql, queue),
                   BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(id), BIND_INT(now)), &query, why) &&
        query_next(query, &row, why);
    const char *name = !ok ? NULL : row ? query_text(query, 0) : "cancelled";
    if (name != NULL) {
        int found = store_find_name(reasons, sizeof reasons / sizeof *reasons, name);
        assert(found >= 0);
        *reason = reasons[found];
    }
    query_close(query);
    return ok;
}

bool delivery_still_wanted(struct store *store, struct delivery_queue queue, int64_t id,
                           const char **reason, struct failure *why)
{
    return find_reason(store, queue, id, clock_now(), reason, why);
}

/* --- claims --- */

/* Rows wait in the order of topics, next_at, id. Topics are walked one by one, so that the rows of
 * one choice that are not due yet are not stepped over for those of the next. */
#define DELIVERY_NEXT_TOPICS                                                                       \
    "SELECT min(topics) FROM delivery WHERE issue_id = ?1 AND " DELIVERY_DUE " AND topics > ?2"
#define OUTGOING_NEXT_TOPICS "SELECT NULL WHERE ?1 = ?2"
#define NEXT_TOPICS(T)       T##_NEXT_TOPICS
BOTH(next_topics_sql, NEXT_TOPICS);

#define DUE(T)                                                                                     \
    "SELECT " T##_ID ", domain FROM " T##_TABLE " WHERE " T##_ALL " AND " T##_OF_TOPICS            \
        " AND " T##_DUE " AND next_at <= ?3 ORDER BY next_at, " T##_ID
BOTH(due_sql, DUE);

#define SKIP(T)                                                                                    \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'skipped', reply = ?3, done_at = ?4 WHERE " ROW(T) " AND " T##_DUE
BOTH(skip_sql, SKIP);

#define CLAIM(T)                                                                                   \
    "UPDATE " T##_TABLE " SET state = 'sending', generation = generation + 1, lane = ?3, "         \
                        "boot_id = ?4, lease = ?5, dot_noted = 0 WHERE " ROW(T) " AND " T##_DUE    \
        " RETURNING " COLUMNS(T)
BOTH(claim_sql, CLAIM);

/* What one call of delivery_claim() works with. */
struct claim {
    struct store *store;
    struct arena *arena;
    struct delivery_queue queue;
    const struct delivery_claimer *claimer;
    int64_t now;
    const char *const *skip_domains;
    size_t limit;
    int64_t *ids; /* candidates of one pass, at most `limit` */
    size_t id_count;
    struct delivery *rows;
    size_t count, skipped;
};

static bool domain_is_skipped(const char *const *domains, const char *domain)
{
    for (; domains != NULL && *domains != NULL; domains++) {
        if (strcmp(*domains, domain) == 0) {
            return true;
        }
    }
    return false;
}

static bool gather_topics(struct claim *claim, const char *topics, struct failure *why)
{
    struct query *query;
    bool row = true;
    bool ok = query_open(
        claim->store, pick(due_sql, claim->queue),
        BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_TEXT(topics), BIND_INT(claim->now)), &query,
        why);
    while (ok && claim->id_count < claim->limit && (ok = query_next(query, &row, why)) && row) {
        if (!domain_is_skipped(claim->skip_domains, query_text(query, 1))) {
            claim->ids[claim->id_count++] = query_int(query, 0);
        }
    }
    query_close(query);
    return ok;
}

/* *topics becomes the next choice of topics that has waiting rows; NULL behind the last. */
static bool next_topics(struct claim *claim, const char **topics, struct failure *why)
{
    struct query *query;
    bool row = false;
    bool ok =
        query_open(claim->store, pick(next_topics_sql, claim->queue),
                   BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_TEXT(*topics)), &query, why) &&
        query_next(query, &row, why);
    *topics = row ? query_copy(query, 0, claim->arena) : NULL;
    query_close(query);
    return ok;
}

/* '' comes first: it is the choice of those who want everything, and the only one of single
 * mails. */
static bool gather(struct claim *claim, struct failure *why)
{
    const char *topics = "";
    bool ok = true;
    claim->id_count = 0;
    while (ok && topics != NULL && claim->id_count < claim->limit) {
        ok = gather_topics(claim, topics, why) && next_topics(claim, &topics, why);
    }
    return ok;
}

static bool skip_row(struct claim *claim, int64_t id, const char *reason, struct failure *why)
{
    claim->skipped++;
    return query_run(claim->store, pick(skip_sql, claim->queue),
                     BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_INT(id), BIND_TEXT(reason),
                               BIND_INT(claim->now)),
                     NULL, why);
}

static bool claim_row(struct claim *claim, int64_t id, struct failure *why)
{
    struct query *query;
    bool row = false;
    bool ok =
        query_open(claim->store, pick(claim_sql, claim->queue),
                   BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_INT(id),
                             BIND_TEXT(claim->claimer->lane), BIND_TEXT(claim->claimer->boot_id),
                             BIND_INT(claim->claimer->lease_until)),
                   &query, why) &&
        query_next(query, &row, why);
    if (row) {
        read_row(query, claim->arena, &claim->rows[claim->count++]);
    }
    query_close(query);
    return ok;
}

static bool claim_or_skip(struct claim *claim, int64_t id, struct failure *why)
{
    const char *reason;
    if (!find_reason(claim->store, claim->queue, id, claim->now, &reason, why)) {
        return false;
    }
    return reason == NULL ? claim_row(claim, id, why) : skip_row(claim, id, reason, why);
}

/* Goes on while a pass gives only rows to be skipped: no row claimed means that none is due. */
static bool claim_due(struct claim *claim, struct failure *why)
{
    bool ok;
    do {
        ok = gather(claim, why);
        for (size_t i = 0; ok && i < claim->id_count; i++) {
            ok = claim_or_skip(claim, claim->ids[i], why);
        }
    } while (ok && claim->count == 0 && claim->id_count > 0);
    return ok;
}

bool delivery_claim(struct store *store, struct arena *arena, struct delivery_queue queue,
                    const struct delivery_claimer *claimer, int64_t now,
                    const char *const *skip_domains, size_t limit, struct delivery **rows,
                    size_t *count, size_t *skipped, struct failure *why)
{
    assert(claimer->lane != NULL && claimer->boot_id != NULL);
    struct claim claim = {.store = store,
                          .arena = arena,
                          .queue = queue,
                          .claimer = claimer,
                          .now = now,
                          .skip_domains = skip_domains,
                          .limit = limit};
    claim.ids = arena_array(arena, limit, sizeof *claim.ids);
    claim.rows = arena_array(arena, limit, sizeof *claim.rows);
    bool ok = store_begin(store, why) && claim_due(&claim, why);
    ok = store_end(store, ok, why);
    *rows = claim.rows;
    *count = ok ? claim.count : 0;
    *skipped = ok ? claim.skipped : 0;
    return ok;
}

/* --- notes and outcomes --- */

#define HELD(T) ROW(T) " AND generation = ?3 AND state = 'sending'"

#define NOTE_DOT(T) "UPDATE " T##_TABLE " SET dot_noted = 1 WHERE " HELD(T)
BOTH(note_dot_sql, NOTE_DOT);

bool delivery_note_dot(struct store *store, struct delivery_queue queue, int64_t id,
                       int64_t generation, bool *held, struct failure *why)
{
    int64_t changes = 0;
    bool ok = query_run(store, pick(note_dot_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(id), BIND_INT(generation)),
                        &changes, why);
    *held = ok && changes == 1;
    return ok;
}

/*
 * ?4 state, ?5 next_at, ?6 attempts to add, ?7 code, ?8 enhanced, ?9 reply, ?10 relay, ?11 now,
 * ?12 whether this was an attempt.
 *
 * A row of a cancelled issue does not wait again: it is skipped. A row that goes back unsent keeps
 * the reply of the attempt before. The reply of a row whose person was erased meanwhile is not
 * kept: it may name the address.
 */
#define REPLY_KEPT(reply) "CASE WHEN address = '' THEN NULL ELSE " reply " END"
#define GOES_BACK         "?4 IN ('queued', 'deferred')"
#define RECORD(T)                                                                                  \
    "UPDATE " T##_TABLE " SET state = CASE WHEN " GOES_BACK " AND " T##_CANCELLED                  \
        " THEN 'skipped' ELSE ?4 END, "                                                            \
        "next_at = CASE WHEN " GOES_BACK " THEN ?5 ELSE next_at END, attempts = attempts + ?6, "   \
        "first_at = CASE WHEN ?12 THEN coalesce(first_at, ?11) ELSE first_at END, "                \
        "code = CASE WHEN ?4 = 'queued' THEN coalesce(?7, code) ELSE ?7 END, "                     \
        "enhanced = CASE WHEN ?4 = 'queued' THEN coalesce(?8, enhanced) ELSE ?8 END, "             \
        "reply = CASE WHEN " GOES_BACK " AND " T##_CANCELLED                                       \
        " THEN 'cancelled' "                                                                       \
        "WHEN ?4 = 'queued' AND ?9 IS NULL THEN reply ELSE " REPLY_KEPT(                           \
            "?9") " END, "                                                                         \
                  "relay = coalesce(?10, relay), doubted = doubted + (?4 = 'in_doubt'), "          \
                  "lane = NULL, boot_id = NULL, lease = NULL, "                                    \
                  "done_at = CASE WHEN ?4 IN ('sent', 'refused', 'gave_up', 'skipped') "           \
                  "OR (" GOES_BACK " AND " T##_CANCELLED ") THEN ?11 END WHERE " HELD(T)
BOTH(record_sql, RECORD);

static bool record_held(struct store *store, struct delivery_queue queue,
                        const struct delivery_outcome *outcome, int64_t now, bool *held,
                        struct failure *why)
{
    int64_t changes = 0;
    bool attempt = outcome->count_attempt || outcome->state != DELIVERY_QUEUED;
    const struct bind *binds = BIND_LIST(
        BIND_INT(queue.issue_id), BIND_INT(outcome->id), BIND_INT(outcome->generation),
        BIND_TEXT(delivery_state_name(outcome->state)), BIND_INT(outcome->next_at),
        BIND_INT(outcome->count_attempt), BIND_SOME(outcome->code), BIND_TEXT(outcome->enhanced),
        BIND_TEXT(outcome->reply), BIND_TEXT(outcome->relay), BIND_INT(now), BIND_INT(attempt));
    bool ok = query_run(store, pick(record_sql, queue), binds, &changes, why);
    *held = changes == 1;
    return ok;
}

/* ?3 attempts to add, ?4 code, ?5 enhanced, ?6 reply, ?7 relay, ?8 now. A server's 2xx is true
 * whoever holds the row by now. Taking the row out of `sending` makes the note of whoever claimed
 * it meanwhile fail, so that no further copy leaves. */
#define RECORD_SENT(T)                                                                             \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'sent', attempts = attempts + ?3, "                                          \
        "first_at = coalesce(first_at, ?8), code = ?4, enhanced = ?5, reply = " REPLY_KEPT(        \
            "?6") ", "                                                                             \
                  "relay = coalesce(?7, relay), dot_noted = 1, lane = NULL, boot_id = NULL, "      \
                  "lease = NULL, "                                                                 \
                  "done_at = ?8 WHERE " ROW(T) " AND state <> 'sent'"
BOTH(record_sent_sql, RECORD_SENT);

static bool record_sent(struct store *store, struct delivery_queue queue,
                        const struct delivery_outcome *outcome, int64_t now, struct failure *why)
{
    return query_run(store, pick(record_sent_sql, queue),
                     BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(outcome->id),
                               BIND_INT(outcome->count_attempt), BIND_SOME(outcome->code),
                               BIND_TEXT(outcome->enhanced), BIND_TEXT(outcome->reply),
                               BIND_TEXT(outcome->relay), BIND_INT(now)),
                     NULL, why);
}

bool delivery_record(struct store *store, struct delivery_queue queue,
                     const struct delivery_outcome *outcome, int64_t now, bool *held,
                     struct failure *why)
{
    assert(outcome->state != DELIVERY_SENDING);
    *held = false;
    bool ok = store_begin(store, why) && record_held(store, queue, outcome, now, held, why);
    if (ok && !*held && outcome->state == DELIVERY_SENT) {
        ok = record_sent(store, queue, outcome, now, why);
    }
    ok = store_end(store, ok, why);
    *held = ok && *held;
    return ok;
}

#define RENEW(T)                                                                                   \
    "UPDATE " T##_TABLE " SET lease = ?3 WHERE " T##_ALL " AND state = 'sending' AND " T##_OPEN    \
        " AND lane = ?2"
BOTH(renew_sql, RENEW);

bool delivery_renew(struct store *store, struct delivery_queue queue, const char *lane,
                    int64_t lease_until, struct failure *why)
{
    return query_run(store, pick(renew_sql, queue),
                     BIND_LIST(BIND_INT(queue.issue_id), BIND_TEXT(lane), BIND_INT(lease_until)),
                     NULL, why);
}

/* --- claims of the dead --- */

/* ?2 this boot, ?3 its clock, ?4 whether leases of this boot are ignored, ?5 now. The doubtful
 * ones first: what is then left and dead has surely not sent its dot. */
#define DEAD(T)    T##_ALL " AND state = 'sending' AND " T##_OPEN " AND "
#define RELEASED   "lane = NULL, boot_id = NULL, lease = NULL"
#define EXPIRED    "(?4 OR lease IS NULL OR lease <= ?3)"
#define OTHER_BOOT "boot_id IS NOT ?2"
#define TO_DOUBT(T)                                                                                \
    "UPDATE " T##_TABLE " SET state = 'in_doubt', doubted = doubted + 1, "                         \
                        "first_at = coalesce(first_at, ?5), " RELEASED                             \
                        " WHERE " DEAD(T) "(" OTHER_BOOT " OR (dot_noted = 1 AND " EXPIRED "))"
BOTH(to_doubt_sql, TO_DOUBT);

#define TO_QUEUE(T)                                                                                \
    "UPDATE " T##_TABLE " SET state = CASE WHEN " T##_CANCELLED                                    \
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
              query_run(store, pick(to_doubt_sql, queue), binds, in_doubt, why) &&
              query_run(store, pick(to_queue_sql, queue), binds, queued, why);
    return store_end(store, ok, why);
}

/* --- settling what is left --- */

/* max_age counts from the first attempt: who gave up starts afresh, a doubt does not make a row
 * younger. */
#define REQUEUE(T)                                                                                 \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'queued', next_at = ?3, done_at = NULL, dot_noted = 0, "                     \
        "first_at = CASE WHEN ?2 = 'gave_up' THEN NULL ELSE first_at END WHERE " T##_ALL           \
        " AND state = ?2"
#define DELIVERY_REQUEUE REQUEUE(DELIVERY) " AND " DELIVERY_OPEN
#define OUTGOING_REQUEUE REQUEUE(OUTGOING)
#define REQUEUE_ROWS(T)  T##_REQUEUE
BOTH(requeue_sql, REQUEUE_ROWS);

/* An issue that was sent has open rows again. */
static bool reopen_issue(struct store *store, int64_t issue_id, struct failure *why)
{
    SQL(reopen_sql, "UPDATE issue SET state = 'sending', finished_at = NULL WHERE id = ?1 "
                    "AND state = 'sent'");
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
                      int64_t now, int64_t *count, struct failure *why)
{
    assert(from == DELIVERY_IN_DOUBT || from == DELIVERY_GAVE_UP);
    *count = 0;
    bool ok = store_begin(store, why) && refuse_cancelled(store, queue.issue_id, why) &&
              query_run(store, pick(requeue_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_TEXT(delivery_state_name(from)),
                                  BIND_INT(now)),
                        count, why);
    if (ok && *count > 0) {
        ok = reopen_issue(store, queue.issue_id, why);
    }
    return store_end(store, ok, why);
}

/* One pass without a sort; the columns are in the order of enum delivery_state. */
#define COUNTS(T)                                                                                  \
    "SELECT total(state = 'queued'), total(state = 'sending'), total(state = 'in_doubt'), "        \
    "total(state = 'sent'), total(state = 'deferred'), total(state = 'refused'), "                 \
    "total(state = 'gave_up'), total(state = 'skipped') FROM " T##_TABLE " WHERE " T##_ALL
BOTH(counts_sql, COUNTS);

bool delivery_counts(struct store *store, struct delivery_queue queue,
                     int64_t counts[DELIVERY_STATES], struct failure *why)
{
    struct query *query;
    bool row = false;
    bool ok = query_open(store, pick(counts_sql, queue), BIND_LIST(BIND_INT(queue.issue_id)),
                         &query, why) &&
              query_next(query, &row, why);
    for (int i = 0; i < DELIVERY_STATES; i++) {
        counts[i] = row ? query_int(query, i) : 0;
    }
    query_close(query);
    return ok;
}

/* The first of each choice of topics, a seek each. */
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
    return query_number(store, pick(next_due_sql, queue), BIND_LIST(BIND_INT(queue.issue_id)),
                        next_at, why);
}

/* Three ways to walk: all rows; those of a state that the open rows' index has; those of another
 * state, by walking all (the + keeps the planner from an index that would need a sort). */
#define WALK(T)       "SELECT " COLUMNS(T) " FROM " T##_TABLE " WHERE " T##_ALL
#define IN_ORDER(T)   " ORDER BY " T##_ID
#define EACH(T)       WALK(T) IN_ORDER(T)
#define EACH_OPEN(T)  WALK(T) " AND state = ?2 AND " T##_OPEN IN_ORDER(T)
#define EACH_STATE(T) WALK(T) " AND +state = ?2" IN_ORDER(T)
BOTH(each_sql, EACH);
BOTH(each_open_sql, EACH_OPEN);
BOTH(each_state_sql, EACH_STATE);

static const char *walk_of(struct delivery_queue queue, const enum delivery_state *state)
{
    if (state == NULL) {
        return pick(each_sql, queue);
    }
    bool open = *state == DELIVERY_SENDING || *state == DELIVERY_IN_DOUBT ||
                (queue.issue_id != 0 && *state != DELIVERY_QUEUED && *state != DELIVERY_SENT);
    return pick(open ? each_open_sql : each_state_sql, queue);
}

#define FIND(T) "SELECT " COLUMNS(T) " FROM " T##_TABLE " WHERE " ROW(T)
BOTH(find_sql, FIND);

bool delivery_find(struct store *store, struct arena *arena, struct delivery_queue queue,
                   int64_t id, struct delivery **row, struct failure *why)
{
    struct query *query;
    bool found = false;
    *row = NULL;
    bool ok = query_open(store, pick(find_sql, queue),
                         BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(id)), &query, why) &&
              query_next(query, &found, why);
    if (ok && found) {
        *row = arena_alloc(arena, sizeof **row);
        read_row(query, arena, *row);
    }
    query_close(query);
    return ok;
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
        read_row(query, NULL, &visited);
        ok = each(context, &visited, why);
    }
    query_close(query);
    return ok;
}
