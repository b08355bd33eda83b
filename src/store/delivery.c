#include "store/delivery.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "store/delivery_sql.h"

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

void delivery_read(struct query *query, int first, struct arena *arena, struct delivery *row)
{
    *row = (struct delivery){
        .id = query_int(query, first),
        .subscriber_id = query_int(query, first + 1),
        .address = query_keep(query, first + 2, arena),
        .domain = query_keep(query, first + 3, arena),
        .name = query_keep(query, first + 4, arena),
        .topics = query_keep(query, first + 5, arena),
        .message_id = query_keep(query, first + 6, arena),
        .attempts = query_int(query, first + 8),
        .next_at = query_int(query, first + 9),
        .first_at = query_int(query, first + 10),
        .generation = query_int(query, first + 11),
        .dot_noted = query_int(query, first + 12) != 0,
        .doubted = query_int(query, first + 13),
        .code = query_int(query, first + 14),
        .enhanced = query_keep(query, first + 15, arena),
        .reply = query_keep(query, first + 16, arena),
        .relay = query_keep(query, first + 17, arena),
        .done_at = query_int(query, first + 18),
        .fault = query_keep(query, first + 19, arena),
        .kind = query_keep(query, first + 20, arena),
        .data = query_keep(query, first + 21, arena),
        .created_at = query_int(query, first + 22),
    };
    bool known = delivery_state_find(query_text(query, first + 7), &row->state);
    assert(known); /* the schema allows no other */
}

/* --- does the person still want the mail? --- */

/* Why a row must not be sent; NULL if it may. ?1 the issue, ?2 now. The names of a subscriber's
 * status are reasons. A single mail may go to somebody who is not confirmed (that is what a
 * confirmation mail is for), but not to somebody who complained or was erased, except a mail that
 * somebody who complained before has asked for. A welcome is only for people who are still on the
 * list, a goodbye only for people who are still off it, a reminder and an invitation only for
 * people who are still pending. */
#define DELIVERY_REASON                                                                            \
    "(SELECT CASE WHEN i.state = 'cancelled' THEN 'cancelled' "                                    \
    "WHEN s.status <> 'confirmed' THEN s.status "                                                  \
    "WHEN s.paused_until > ?2 THEN 'paused' END FROM issue i JOIN subscriber s "                   \
    "WHERE i.id = ?1 AND s.id = delivery.subscriber_id)"
#define OUTGOING_REASON                                                                            \
    "(SELECT CASE WHEN s.status = 'forgotten' THEN s.status "                                      \
    "WHEN s.status = 'complained' AND NOT (outgoing.kind = 'confirm' "                             \
    "AND outgoing.created_at >= s.left_at) THEN s.status "                                         \
    "WHEN outgoing.kind = 'welcome' AND s.status <> 'confirmed' THEN s.status "                    \
    "WHEN outgoing.kind = 'left' AND s.status <> 'left' THEN s.status "                            \
    "WHEN (outgoing.kind = 'reminder' OR outgoing.kind = 'invite') AND s.status <> 'pending' "     \
    "THEN s.status END "                                                                           \
    "FROM subscriber s WHERE s.id = outgoing.subscriber_id)"

/* The row with id ?3, with the reason before its columns. */
#define REASON(T)                                                                                  \
    "SELECT " T##_REASON ", " COLUMNS(T) " FROM " T##_TABLE " WHERE " T##_ALL " AND " T##_ID " = " \
                                                                                             "?3"
BOTH(reason_sql, REASON);

/* The same for a claimed row that is about to be sent, and whether a hold or a pause stops all
 * sending. Evaluated for each message: it walks no table, and `hold` is one page. */
#define HOLD_STANDS   "EXISTS (SELECT 1 FROM hold WHERE (until IS NULL OR until > ?2)"
#define DELIVERY_HALT HOLD_STANDS ") OR (SELECT paused_at FROM issue WHERE id = ?1) IS NOT NULL"
#define OUTGOING_HALT HOLD_STANDS " AND everything = 1)"
#define WANTED(T)                                                                                  \
    "SELECT " T##_REASON ", " T##_HALT " FROM " T##_TABLE " WHERE " T##_ALL " AND " T##_ID " = ?3"
BOTH(wanted_sql, WANTED);

static const char *const reasons[] = {"cancelled", "pending",    "confirmed", "left",
                                      "bounced",   "complained", "forgotten", "paused"};

static const char *reason_of(struct query *query)
{
    const char *name = query_text(query, 0);
    if (name == NULL) {
        return NULL;
    }
    int found = store_find_name(reasons, sizeof reasons / sizeof *reasons, name);
    assert(found >= 0);
    return reasons[found];
}

/* If the row does not exist, its issue was cancelled and freed. `row` (may be NULL) receives the
 * row if it exists, with its texts in the arena. */
static bool find_reason(struct store *store, struct arena *arena, struct delivery_queue queue,
                        int64_t id, int64_t now, const char **reason, struct delivery *row,
                        struct failure *why)
{
    struct query *query;
    bool found = false;
    bool ok =
        query_open(store, delivery_pick(reason_sql, queue),
                   BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now), BIND_INT(id)), &query, why) &&
        query_next(query, &found, why);
    *reason = found ? reason_of(query) : "cancelled";
    if (found && *reason == NULL && row != NULL) {
        delivery_read(query, 1, arena, row);
    }
    query_close(query);
    return ok;
}

bool delivery_still_wanted(struct store *store, struct delivery_queue queue, int64_t id,
                           const char **reason, bool *halted, struct failure *why)
{
    struct query *query;
    bool found = false;
    bool ok = query_open(store, delivery_pick(wanted_sql, queue),
                         BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(clock_now()), BIND_INT(id)),
                         &query, why) &&
              query_next(query, &found, why);
    *reason = found ? reason_of(query) : "cancelled";
    *halted = found && query_int(query, 1) != 0;
    query_close(query);
    return ok;
}

/* --- claims --- */

/* Rows wait in the order of topics, next_at, id. Choices of topics are visited one by one, so that
 * rows of one choice that are not due yet need not be scanned to reach those of the next. */
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
                        "boot_id = ?4, lease = ?5, dot_noted = 0 WHERE " ROW(T) " AND " T##_DUE
BOTH(claim_sql, CLAIM);

/* The state of one call of delivery_claim(). */
struct claim_pass {
    struct store *store;
    struct arena *arena;
    struct delivery_queue queue;
    const struct delivery_claimer *claimer;
    int64_t now;
    const struct delivery_sieve *sieve;
    size_t limit;
    int64_t *ids; /* candidates of one pass, at most `limit` */
    size_t id_count;
    struct delivery *rows;
    size_t count, skipped;
};

static bool passes(const struct claim_pass *claim, const char *domain, int64_t id)
{
    return claim->sieve == NULL || claim->sieve->passes(claim->sieve->context, domain, id);
}

static bool gather_topics(struct claim_pass *claim, const char *topics, struct failure *why)
{
    struct query *query;
    bool row = true;
    bool ok = query_open(
        claim->store, delivery_pick(due_sql, claim->queue),
        BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_TEXT(topics), BIND_INT(claim->now)), &query,
        why);
    while (ok && claim->id_count < claim->limit && (ok = query_next(query, &row, why)) && row) {
        if (passes(claim, query_text(query, 1), query_int(query, 0))) {
            claim->ids[claim->id_count++] = query_int(query, 0);
        }
    }
    query_close(query);
    return ok;
}

/* *topics becomes the next choice of topics that has waiting rows; NULL after the last. */
static bool next_topics(struct claim_pass *claim, const char **topics, struct failure *why)
{
    struct query *query;
    bool row = false;
    bool ok =
        query_open(claim->store, delivery_pick(next_topics_sql, claim->queue),
                   BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_TEXT(*topics)), &query, why) &&
        query_next(query, &row, why);
    *topics = row ? query_copy(query, 0, claim->arena) : NULL;
    query_close(query);
    return ok;
}

/* '' is first: it is the choice of people who want everything, and the only one of single mails. */
static bool gather(struct claim_pass *claim, struct failure *why)
{
    const char *topics = "";
    bool ok = true;
    claim->id_count = 0;
    while (ok && topics != NULL && claim->id_count < claim->limit) {
        ok = gather_topics(claim, topics, why) && next_topics(claim, &topics, why);
    }
    return ok;
}

static bool skip_row(struct claim_pass *claim, int64_t id, const char *reason, struct failure *why)
{
    claim->skipped++;
    return query_run(claim->store, delivery_pick(skip_sql, claim->queue),
                     BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_INT(id), BIND_TEXT(reason),
                               BIND_INT(claim->now)),
                     NULL, why);
}

/* `row` is the row as it was before the claim. */
static bool claim_row(struct claim_pass *claim, struct delivery *row, struct failure *why)
{
    row->state = DELIVERY_SENDING;
    row->generation++;
    row->dot_noted = false;
    claim->count++;
    return query_run(claim->store, delivery_pick(claim_sql, claim->queue),
                     BIND_LIST(BIND_INT(claim->queue.issue_id), BIND_INT(row->id),
                               BIND_TEXT(claim->claimer->lane), BIND_TEXT(claim->claimer->boot_id),
                               BIND_INT(claim->claimer->lease_until)),
                     NULL, why);
}

static bool claim_or_skip(struct claim_pass *claim, int64_t id, struct failure *why)
{
    const char *reason;
    struct delivery *row = &claim->rows[claim->count];
    if (!find_reason(claim->store, claim->arena, claim->queue, id, claim->now, &reason, row, why)) {
        return false;
    }
    return reason == NULL ? claim_row(claim, row, why) : skip_row(claim, id, reason, why);
}

/* Repeats while a pass finds only rows to skip, so that "no row claimed" means that none is due. */
static bool claim_due(struct claim_pass *claim, struct failure *why)
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
                    const struct delivery_sieve *sieve, size_t limit, struct delivery **rows,
                    size_t *count, size_t *skipped, struct failure *why)
{
    assert(claimer->lane != NULL && claimer->boot_id != NULL);
    struct claim_pass claim = {.store = store,
                               .arena = arena,
                               .queue = queue,
                               .claimer = claimer,
                               .now = now,
                               .sieve = sieve,
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

bool delivery_newest(struct store *store, struct delivery_queue queue, int64_t now,
                     const struct delivery_sieve *sieve, int64_t count, int64_t *id,
                     struct failure *why)
{
    SQL(newest_sql, "SELECT subscriber_id, domain FROM delivery WHERE issue_id = ?1 "
                    "AND " DELIVERY_DUE " AND next_at <= ?2 ORDER BY subscriber_id DESC");
    struct query *query;
    bool row = true;
    *id = 0;
    bool ok = query_open(store, newest_sql, BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(now)),
                         &query, why);
    while (ok && *id == 0 && (ok = query_next(query, &row, why)) && row) {
        count -= sieve->passes(sieve->context, query_text(query, 1), query_int(query, 0));
        *id = count == 0 ? query_int(query, 0) : 0;
    }
    query_close(query);
    return ok;
}

/* --- notes and outcomes --- */

/* Compares the lane too: rows of an issue that was freed and begun again count generations from 1
 * again, and a process that was suspended meanwhile would take another's claim for its own. */
#define HELD(T, LANE) ROW(T) " AND generation = ?3 AND state = 'sending' AND lane = " LANE

#define NOTE_DOT(T) "UPDATE " T##_TABLE " SET dot_noted = 1, relay = ?5 WHERE " HELD(T, "?4")
BOTH(note_dot_sql, NOTE_DOT);

bool delivery_note_dot(struct store *store, struct delivery_queue queue, int64_t id,
                       int64_t generation, const char *lane, const char *relay, bool *held,
                       struct failure *why)
{
    int64_t changes = 0;
    assert(lane != NULL);
    bool ok = query_run(store, delivery_pick(note_dot_sql, queue),
                        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(id), BIND_INT(generation),
                                  BIND_TEXT(lane), BIND_TEXT(relay)),
                        &changes, why);
    *held = ok && changes == 1;
    return ok;
}

/*
 * ?4 state, ?5 next_at, ?6 attempts to add, ?7 code, ?8 enhanced, ?9 reply, ?10 relay, ?11 whether
 * this was an attempt, ?12 whether the state is final, ?13 the claimer's lane, ?14 now, ?15 fault.
 *
 * A row of a cancelled issue does not wait again: it is skipped. A row that is returned unsent
 * keeps the reply of the attempt before. The reply of a row whose person was erased meanwhile is
 * dropped, because it may contain the address.
 */
#define GOES_BACK  "?4 IN ('queued', 'deferred')"
#define REPLY_KEPT "CASE WHEN address = '' THEN NULL ELSE ?9 END"
#define RECORD(T)                                                                                  \
    "UPDATE " T##_TABLE " SET state = CASE WHEN " GOES_BACK " AND " T##_CANCELLED                  \
        " THEN 'skipped' ELSE ?4 END, "                                                            \
        "next_at = CASE WHEN " GOES_BACK " THEN ?5 ELSE next_at END, away = 0, "                   \
        "attempts = attempts + ?6, "                                                               \
        "first_at = CASE WHEN ?11 THEN coalesce(first_at, ?14) ELSE first_at END, "                \
        "code = CASE WHEN ?4 = 'queued' THEN coalesce(?7, code) ELSE ?7 END, "                     \
        "enhanced = CASE WHEN ?4 = 'queued' THEN coalesce(?8, enhanced) ELSE ?8 END, "             \
        "fault = CASE WHEN ?4 = 'queued' THEN coalesce(?15, fault) ELSE ?15 END, "                 \
        "reply = CASE WHEN " GOES_BACK " AND " T##_CANCELLED                                       \
        " THEN 'cancelled' "                                                                       \
        "WHEN ?4 = 'queued' AND ?9 IS NULL THEN reply ELSE " REPLY_KEPT " END, "                   \
        "relay = coalesce(?10, relay), doubted = doubted + (?4 = 'in_doubt'), " RELEASED ", "      \
        "done_at = CASE WHEN ?12 OR (" GOES_BACK " AND " T##_CANCELLED                             \
        ") THEN ?14 END WHERE " HELD(T, "?13")
BOTH(record_sql, RECORD);

/* A server's 2xx is true whoever holds the row by now. Because the row leaves `sending`, the note
 * of whoever has claimed it meanwhile fails, so that no further copy is sent. */
#define RECORD_SENT(T)                                                                             \
    "UPDATE " T##_TABLE                                                                            \
        " SET state = 'sent', attempts = attempts + ?6, "                                          \
        "first_at = coalesce(first_at, ?14), code = ?7, enhanced = ?8, fault = ?15, "              \
        "reply = " REPLY_KEPT ", "                                                                 \
        "relay = coalesce(?10, relay), dot_noted = 1, " RELEASED ", done_at = ?14 "                \
        "WHERE " ROW(T) " AND state <> 'sent'"
BOTH(record_sent_sql, RECORD_SENT);

static bool is_final(enum delivery_state state)
{
    return state == DELIVERY_SENT || state == DELIVERY_REFUSED || state == DELIVERY_GAVE_UP ||
           state == DELIVERY_SKIPPED;
}

static bool record_outcome(struct store *store, struct delivery_queue queue,
                           const struct delivery_outcome *outcome, int64_t now, bool *held,
                           struct failure *why)
{
    int64_t changes;
    bool attempt = outcome->count_attempt || outcome->state != DELIVERY_QUEUED;
    const struct bind *binds =
        BIND_LIST(BIND_INT(queue.issue_id), BIND_INT(outcome->id), BIND_INT(outcome->generation),
                  BIND_TEXT(delivery_state_name(outcome->state)), BIND_INT(outcome->next_at),
                  BIND_INT(outcome->count_attempt), BIND_SOME(outcome->code),
                  BIND_TEXT(outcome->enhanced), BIND_TEXT(outcome->reply),
                  BIND_TEXT(outcome->relay), BIND_INT(attempt), BIND_INT(is_final(outcome->state)),
                  BIND_TEXT(outcome->lane), BIND_INT(now), BIND_TEXT(outcome->fault));
    if (!query_run(store, delivery_pick(record_sql, queue), binds, &changes, why)) {
        return false;
    }
    *held = changes == 1;
    return *held || outcome->state != DELIVERY_SENT ||
           query_run(store, delivery_pick(record_sent_sql, queue), binds, NULL, why);
}

bool delivery_record(struct store *store, struct delivery_queue queue,
                     const struct delivery_outcome *outcome, int64_t now, bool *held,
                     struct failure *why)
{
    assert(outcome->state != DELIVERY_SENDING && outcome->lane != NULL);
    *held = false;
    bool ok = store_begin(store, why) && record_outcome(store, queue, outcome, now, held, why);
    ok = store_end(store, ok, why);
    *held = ok && *held;
    return ok;
}

#define RENEW(T)                                                                                   \
    "UPDATE " T##_OPEN_TABLE " SET lease = ?3 WHERE " T##_ALL                                      \
        " AND state = 'sending' AND " T##_OPEN " AND lane = ?2"
BOTH(renew_sql, RENEW);

bool delivery_renew(struct store *store, struct delivery_queue queue, const char *lane,
                    int64_t lease_until, struct failure *why)
{
    return query_run(store, delivery_pick(renew_sql, queue),
                     BIND_LIST(BIND_INT(queue.issue_id), BIND_TEXT(lane), BIND_INT(lease_until)),
                     NULL, why);
}
