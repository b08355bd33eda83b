/* Gives claims to idle lanes, and sends the dots of messages whose text has been sent. */
#include "base/clock.h"
#include "base/log.h"
#include "deliver/loop_private.h"

enum { LOOP_REWANTED_MS = 1000 /* older knowledge of who is wanted is renewed before the dot */ };

/* --- claims --- */

/* The next message, if one may be started. */
static bool next_claim(struct loop *loop, struct transport *transport, struct lane *lane,
                       struct claim **claim, struct failure *why)
{
    int64_t wait_ms;
    *claim = NULL;
    if (transport->starved || !delivery_run_may_begin(loop->run, transport)) {
        return true;
    }
    if (!delivery_run_next(loop->run, transport, lane->begun == 0,
                           transaction_vacant(&lane->transaction), claim, &wait_ms, why)) {
        return false;
    }
    if (wait_ms >= 0 && (loop->wait_ms < 0 || wait_ms < loop->wait_ms)) {
        loop->wait_ms = wait_ms;
    }
    transport->starved =
        *claim == NULL && !outbox_wants_fresh(loop->run->outbox, transport->number);
    lane->begun += *claim != NULL;
    return true;
}

/* Whether this lane has to QUIT and reopen: a message needs a fresh connection and all idle ones
 * have been used. One lane at a time does so, unless another is about to open. */
static bool has_to_be_fresh(const struct loop *loop, const struct transport *transport,
                            const struct lane *lane)
{
    if (lane->begun == 0 || !loop_lane_is_idle(lane) ||
        transport_count(transport, LANE_OPENING) > 0 ||
        !outbox_wants_fresh(loop->run->outbox, transport->number)) {
        return false;
    }
    for (size_t i = 0; i < transport->lane_count; i++) {
        const struct lane *other = &transport->lanes[i];
        if (other->state == LANE_OPEN && other->transaction.phase == TRANSACTION_QUIT) {
            return false;
        }
    }
    return true;
}

/* Composes a message for an idle lane; a lane that has carried its most messages sends QUIT
 * instead. */
static bool fetch_claim(struct loop *loop, struct transport *transport, struct lane *lane,
                        struct claim **claim, struct failure *why)
{
    *claim = NULL;
    if (!loop_lane_is_idle(lane)) {
        return true;
    }
    if (transport_used_up(transport, lane)) {
        loop_quit(loop, transport, lane);
        return true;
    }
    if (!next_claim(loop, transport, lane, claim, why)) {
        return false;
    }
    if (*claim == NULL && delivery_run_may_begin(loop->run, transport) &&
        has_to_be_fresh(loop, transport, lane)) {
        loop_quit(loop, transport, lane);
    }
    return true;
}

/* Fetches a message for each idle lane. */
static bool fetch_claims(struct loop *loop, size_t *count, struct failure *why)
{
    bool good = true;
    struct seat seat = {0};
    *count = 0;
    while (loop_next_seat(loop, &seat)) {
        struct claim *claim = NULL;
        good = good && fetch_claim(loop, seat.transport, seat.lane, &claim, why);
        /* a claim that could not be composed is already back in the outbox */
        loop->fetched[seat.number] = good ? claim : NULL;
        if (loop->fetched[seat.number] != NULL) {
            loop->messages[(*count)++] = transaction_vacant(&seat.lane->transaction);
        }
    }
    return good;
}

static bool begin_claim(struct lane *lane, struct claim *claim, struct failure *why)
{
    return transaction_begin(&lane->transaction, claim->row.address, claim, why) ||
           fail_context(why, "row %lld", (long long)claim->row.id);
}

static bool begin_claims(struct loop *loop, bool good, struct failure *why)
{
    struct seat seat = {0};
    while (loop_next_seat(loop, &seat)) {
        struct claim *claim = loop->fetched[seat.number];
        if (claim == NULL) {
            continue;
        }
        good = good && begin_claim(seat.lane, claim, why);
        if (good) {
            loop_work(loop, seat.transport, seat.lane, false);
        } else {
            delivery_run_hand_back(loop->run, seat.transport, claim);
        }
    }
    return good;
}

bool loop_give_claims(struct loop *loop, struct failure *why)
{
    size_t count = 1;
    bool good = true;
    for (size_t i = 0; i < loop->run->transport_count; i++) {
        loop->run->transports[i].starved = false;
    }
    loop->wait_ms = -1;
    while (good && count > 0) {
        good = fetch_claims(loop, &count, why);
        good = good && signers_run(loop->run->signers, loop->messages, count, why);
        good = begin_claims(loop, good, why);
    }
    return good;
}

/* --- dots --- */

static struct claim *ready_claim(const struct lane *lane)
{
    bool ready = lane->state == LANE_OPEN && lane->transaction.phase == TRANSACTION_READY;
    return ready ? transaction_owner(&lane->transaction) : NULL;
}

/* Sending the text took time: is the reader still to be mailed, the issue not cancelled? During a
 * hold this message is still sent, as its text is out, but no other is started. */
static bool check_wanted(struct loop *loop, const struct seat *seat, struct failure *why)
{
    struct claim *claim = ready_claim(seat->lane);
    const char *reason = NULL;
    bool halted = false;
    if (clock_monotonic_ms() < claim->wanted_ms + LOOP_REWANTED_MS) {
        return true;
    }
    if (!outbox_wanted(loop->run->outbox, claim, &reason, &halted, why)) {
        return false;
    }
    loop->run->result->halted = loop->run->result->halted || halted;
    if (reason != NULL) {
        loop_drop(loop, seat->transport, seat->lane, OUTCOME_UNWANTED, reason);
    }
    return true;
}

bool loop_note_dots(struct loop *loop, struct failure *why)
{
    struct seat seat = {0};
    while (loop_next_seat(loop, &seat)) {
        if (ready_claim(seat.lane) == NULL) {
            continue;
        }
        if (!check_wanted(loop, &seat, why)) {
            return false;
        }
        if (ready_claim(seat.lane) != NULL) {
            outbox_note_dot(loop->run->outbox, ready_claim(seat.lane));
        }
    }
    return outbox_commit(loop->run->outbox, why);
}

static bool release_dot(struct loop *loop, struct transport *transport, struct lane *lane,
                        struct failure *why)
{
    struct claim *ahead = NULL;
    if (transport->relay.settings->pipeline_ahead && transaction_may_ride(&lane->transaction) &&
        !transport_used_up(transport, lane) && !next_claim(loop, transport, lane, &ahead, why)) {
        return false;
    }
    struct smtp_message *message = transaction_vacant(&lane->transaction);
    bool good = ahead == NULL || signers_run(loop->run->signers, &message, 1, why);
    good = good && transaction_release(&lane->transaction,
                                       ahead != NULL ? ahead->row.address : NULL, ahead, why);
    if (!good && ahead != NULL) {
        fail_context(why, "row %lld", (long long)ahead->row.id);
        delivery_run_hand_back(loop->run, transport, ahead);
    }
    if (good) {
        loop_work(loop, transport, lane, false);
    }
    return good;
}

bool loop_release_dots(struct loop *loop, struct failure *why)
{
    struct seat seat = {0};
    while (loop_next_seat(loop, &seat)) {
        const struct claim *claim = ready_claim(seat.lane);
        if (claim == NULL || !claim->noted) {
            continue;
        }
        /* The server may have replied or closed the connection while the text was being sent. */
        loop_work(loop, seat.transport, seat.lane, true);
        if (ready_claim(seat.lane) == NULL) {
            continue;
        }
        if (!claim->held) {
            log_event(LOG_LEVEL_WARN, "delivery", "claim_lost", LOG_INT("row", claim->row.id));
            loop_drop(loop, seat.transport, seat.lane, OUTCOME_LOST, "the claim was lost");
        } else if (!release_dot(loop, seat.transport, seat.lane, why)) {
            return false;
        }
    }
    return true;
}
