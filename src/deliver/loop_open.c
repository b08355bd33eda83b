/* Opens as many connections as claims need, and decides from failed attempts whether a relay is
 * away. */
#include "base/clock.h"
#include "base/log.h"
#include "deliver/loop_private.h"

enum {
    LOOP_ROUNDS = 5, /* rounds of openings that all failed, after earlier ones had succeeded */
};

/* Drops the relay's lanes, except those whose dot was sent and not answered: if we closed them,
 * their messages would be in doubt and perhaps sent twice, although the server is alive. */
static bool give_up_relay(struct loop *loop, struct transport *transport,
                          const struct failure *relay_why, struct failure *why)
{
    for (size_t i = 0; i < transport->lane_count; i++) {
        if (!transport_awaits_answer(&transport->lanes[i])) {
            loop_drop(loop, transport, &transport->lanes[i], OUTCOME_LOST, "the relay is away");
        }
    }
    bool good = delivery_run_relay_away(loop->run, transport, relay_why, why);
    transport_put_off(transport);
    return good;
}

/* All openings of a round have failed. A relay that restarts refuses every lane at the same moment:
 * that counts as one failure, and all lanes wait together. If there is another relay, the messages
 * go there instead. */
static bool end_round(struct loop *loop, struct transport *transport,
                      const struct failure *relay_why, struct failure *why)
{
    transport->rounds++;
    transport_put_off(transport);
    bool away = transport->away || !transport->opened_ever || transport->rounds >= LOOP_ROUNDS ||
                delivery_run_has_other(loop->run, transport);
    if (away && relay_why->kind == FAILURE_SYSTEM) {
        *why = *relay_why; /* this machine's fault, not the relay's: nothing is deferred */
        return false;
    }
    return !away || give_up_relay(loop, transport, relay_why, why);
}

/* If other lanes work, the relay is there and merely accepts no more connections. */
static bool on_failed(struct loop *loop, struct transport *transport, struct lane *lane,
                      const struct failure *relay_why, struct failure *why)
{
    transport->failures++;
    lane->reopen_ms = transport_back_off(transport, transport->failures);
    if (transport_count(transport, LANE_OPEN) > 0 || connector_pending(transport->connector) > 0) {
        log_event(LOG_LEVEL_INFO, "relay", "no_connection", LOG_STR("why", relay_why->text));
        return true;
    }
    return end_round(loop, transport, relay_why, why);
}

static bool take_connections(struct loop *loop, struct transport *transport, struct failure *why)
{
    struct connection connection;
    while (connector_take(transport->connector, &connection)) {
        struct lane *lane = &transport->lanes[connection.lane];
        if (connection.curl == NULL) {
            lane_miss(lane, connection.why.text);
            if (!on_failed(loop, transport, lane, &connection.why, why)) {
                return false;
            }
            continue;
        }
        transport->opened_ever = true;
        loop->run->routes.list[transport->number].no_utf8 = !connection.offer.smtputf8;
        transport->failures = 0;
        transport->rounds = transport->away || transport->trial ? transport->rounds : 0;
        delivery_run_relay_opens(loop->run, transport);
        lane_open(lane, &connection);
        loop_work(loop, transport, lane, true);
    }
    return true;
}

/* While no connection is open and some openings have failed, wait for those still pending:
 * otherwise one would always be pending and the round would never end. */
static bool waits_for_round(const struct transport *transport)
{
    return transport->failures > 0 && connector_pending(transport->connector) > 0 &&
           transport_count(transport, LANE_OPEN) == 0;
}

static void open_up_to(struct transport *transport, size_t ready, size_t demand)
{
    int64_t now_ms = clock_monotonic_ms();
    for (size_t i = 0; i < transport->lane_count && ready < demand; i++) {
        struct lane *lane = &transport->lanes[i];
        if (lane->state == LANE_CLOSED && lane->reopen_ms <= now_ms &&
            connector_open(transport->connector, i)) {
            lane_expect(lane);
            ready++;
        }
    }
}

/* Tries one connection at a time to a relay that was away, while others work. */
static void probe_again(struct loop *loop, struct transport *transport)
{
    if (delivery_run_goes_on(loop->run)) {
        open_up_to(transport,
                   transport_count(transport, LANE_OPEN) + transport_count(transport, LANE_OPENING),
                   1);
    }
}

/* Opens as many connections as messages are waiting, at most one per lane. */
static bool open_lanes(struct loop *loop, struct transport *transport, struct failure *why)
{
    size_t demand;
    int64_t wait_ms;
    if (transport->away) {
        if (!transport->unread) {
            probe_again(loop, transport);
        }
        return true;
    }
    if (!delivery_run_may_begin(loop->run, transport) ||
        transport_count(transport, LANE_CLOSED) == 0 || waits_for_round(transport)) {
        return true;
    }
    if (!outbox_demand(loop->run->outbox, transport->number, &demand, &wait_ms, why)) {
        return false;
    }
    bool fresh = outbox_wants_fresh(loop->run->outbox, transport->number);
    size_t ready = transport_count(transport, LANE_OPENING);
    for (size_t i = 0; i < transport->lane_count; i++) {
        const struct lane *lane = &transport->lanes[i];
        ready += loop_lane_is_idle(lane) && (lane->begun == 0 || !fresh);
    }
    bool single = transport->resting.probing || transport->trial ||
                  !connector_knows_login(transport->connector);
    open_up_to(transport, ready, single && demand > 1 ? 1 : demand);
    return true;
}

/* A relay that accepts connections and drops them before it answers, or stops answering, is away
 * too. */
static bool check_deaths(struct loop *loop, struct transport *transport, struct failure *why)
{
    int most = delivery_run_has_other(loop->run, transport) ? LOOP_DEATHS_SHARED : LOOP_DEATHS;
    if (transport->deaths < most || loop->run->result->relay_away) {
        return true;
    }
    struct failure line = {0};
    fail(&line, FAILURE_UNAVAILABLE, "the relay %s %s", transport->relay.label,
         transport->stalls ? "takes connections and does not answer MAIL in time"
                           : "closes every connection before it answers MAIL");
    transport->rounds++;
    return give_up_relay(loop, transport, &line, why);
}

bool loop_open_relays(struct loop *loop, struct failure *why)
{
    struct delivery_run *run = loop->run;
    for (size_t i = 0; i < run->transport_count; i++) {
        if (!take_connections(loop, &run->transports[i], why) ||
            !check_deaths(loop, &run->transports[i], why)) {
            return false;
        }
    }
    if (!outbox_renew(run->outbox, why) || !delivery_run_review(run, why)) {
        return false;
    }
    for (size_t i = 0; i < run->transport_count; i++) {
        if (!open_lanes(loop, &run->transports[i], why)) {
            return false;
        }
    }
    return true;
}
