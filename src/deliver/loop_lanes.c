/* Moves lanes on; passes their outcomes to the run and learns from them about the relay. */
#include "base/clock.h"
#include "base/log.h"
#include "deliver/loop_private.h"

bool loop_next_seat(const struct loop *loop, struct seat *seat)
{
    struct transport *end = loop->run->transports + loop->run->transport_count;
    seat->number += seat->lane != NULL;
    if (seat->transport == NULL) {
        seat->transport = loop->run->transports;
    }
    while (seat->transport != end && seat->next == seat->transport->lane_count) {
        seat->transport++;
        seat->next = 0;
    }
    if (seat->transport == end) {
        return false;
    }
    seat->lane = &seat->transport->lanes[seat->next++];
    return true;
}

/* If the relay never answers the message on trial, it is still away. */
static void note_silence(struct transport *transport, const struct outcome *outcome)
{
    bool silent = (outcome->kind == OUTCOME_LOST || outcome->kind == OUTCOME_TIMED_OUT) &&
                  outcome->fresh && outcome->stage <= STAGE_MAIL;
    transport->deaths = !silent ? 0 : transport->trial ? LOOP_DEATHS : transport->deaths + 1;
    transport->stalls = outcome->kind == OUTCOME_TIMED_OUT;
}

void loop_take_outcomes(struct loop *loop, struct transport *transport, struct lane *lane)
{
    struct outcome outcome;
    struct disposition disposition;
    while (transaction_take_outcome(&lane->transaction, &outcome)) {
        note_silence(transport, &outcome);
        transport_learn_most(transport, lane, &outcome);
        delivery_run_end(loop->run, transport, &outcome, &disposition);
        if (disposition.distrust && transport->trust == TRUST_UNPROVEN) {
            transport->trust = TRUST_BROKEN;
            log_event(LOG_LEVEL_INFO, "relay", "pipelining_broken",
                      LOG_STR("relay", transport->relay.name));
        }
        if (outcome.kind == OUTCOME_REPLIED && outcome.reply.code != 421 && !loop->failed) {
            loop->failed = !delivery_run_relay_answers(loop->run, transport, &loop->failure);
        }
    }
}

void loop_work(struct loop *loop, struct transport *transport, struct lane *lane, bool readable)
{
    lane_work(lane, readable, &transport->limits, clock_monotonic_ms());
    loop_take_outcomes(loop, transport, lane);
}

void loop_drop(struct loop *loop, struct transport *transport, struct lane *lane,
               enum outcome_kind kind, const char *text)
{
    lane_drop(lane, kind, text);
    loop_take_outcomes(loop, transport, lane);
}

void loop_drop_all(struct loop *loop, const char *text)
{
    struct seat seat = {0};
    while (loop_next_seat(loop, &seat)) {
        loop_drop(loop, seat.transport, seat.lane, OUTCOME_LOST, text);
    }
}

bool loop_lane_is_idle(const struct lane *lane)
{
    return lane->state == LANE_OPEN && lane->transaction.phase == TRANSACTION_IDLE;
}

void loop_quit(struct loop *loop, struct transport *transport, struct lane *lane)
{
    transaction_quit(&lane->transaction);
    loop_work(loop, transport, lane, false);
}

size_t loop_count_open(const struct loop *loop)
{
    size_t open = 0;
    for (size_t i = 0; i < loop->run->transport_count; i++) {
        open += transport_count(&loop->run->transports[i], LANE_OPEN);
    }
    return open;
}
