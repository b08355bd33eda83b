#include "deliver/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum {
    LOOP_TICK_MS = 250,     /* signals, deadlines and reopening are looked at so often */
    LOOP_GOODBYE_MS = 2000, /* for the goodbyes at the end */
    LOOP_DEATHS = 5,        /* connections in a row on which MAIL was never answered, */
    LOOP_DEATHS_SHARED = 2, /* and where another relay can take the messages (DISPOSITION_LOSSES) */
    LOOP_ROUNDS = 5,        /* rounds of openings that all failed, after others had succeeded */
    LOOP_REWANTED_MS = 1000 /* older knowledge of who is wanted is renewed before the dot */
};

struct loop {
    struct delivery_run *run;
    size_t lane_count;      /* of all relays */
    struct pollfd *polls;   /* one a relay for its connector, then one a lane */
    struct claim **fetched; /* of a round of give_claims(), one a lane */
    struct smtp_message **messages;
    int64_t wait_ms;        /* until the pace lets something go; -1: nothing waits for it */
    bool failed;            /* the database failed where nobody could be told: */
    struct failure failure; /* how */
};

/* Every lane of every relay, in order; `number` counts them all. */
struct seat {
    struct transport *transport;
    struct lane *lane;
    size_t number;
    size_t next; /* of its relay */
};

static bool next_seat(const struct loop *loop, struct seat *seat)
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

/* --- outcomes --- */

/* A message on trial that was never heard shows that the relay is still away. */
static void note_silence(struct transport *transport, const struct outcome *outcome)
{
    bool silent = (outcome->kind == OUTCOME_LOST || outcome->kind == OUTCOME_TIMED_OUT) &&
                  outcome->fresh && outcome->stage <= STAGE_MAIL;
    transport->deaths = !silent ? 0 : transport->trial ? LOOP_DEATHS : transport->deaths + 1;
    transport->stalls = outcome->kind == OUTCOME_TIMED_OUT;
}

static void take_outcomes(struct loop *loop, struct transport *transport, struct lane *lane)
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

static void work(struct loop *loop, struct transport *transport, struct lane *lane, bool readable)
{
    lane_work(lane, readable, &transport->limits, clock_monotonic_ms());
    take_outcomes(loop, transport, lane);
}

static void drop(struct loop *loop, struct transport *transport, struct lane *lane,
                 enum outcome_kind kind, const char *text)
{
    lane_drop(lane, kind, text);
    take_outcomes(loop, transport, lane);
}

static void drop_all(struct loop *loop, const char *text)
{
    struct seat seat = {0};
    while (next_seat(loop, &seat)) {
        drop(loop, seat.transport, seat.lane, OUTCOME_LOST, text);
    }
}

/* --- opening --- */

/* A lane whose dot is out waits for its answer all the same: cut off by us, its message would be in
 * doubt and perhaps come twice, while the server lives. */
static bool give_up_relay(struct loop *loop, struct transport *transport,
                          const struct failure *relay_why, struct failure *why)
{
    for (size_t i = 0; i < transport->lane_count; i++) {
        if (!transport_awaits_answer(&transport->lanes[i])) {
            drop(loop, transport, &transport->lanes[i], OUTCOME_LOST, "the relay is away");
        }
    }
    bool good = delivery_run_relay_away(loop->run, transport, relay_why, why);
    transport_put_off(transport);
    return good;
}

/* All that was opened together has failed. A relay that is restarted refuses every lane at the same
 * moment: that counts once, and all wait together. Where another relay is there, its messages need
 * not wait with it. */
static bool end_round(struct loop *loop, struct transport *transport,
                      const struct failure *relay_why, struct failure *why)
{
    transport->rounds++;
    transport_put_off(transport);
    bool away = transport->away || !transport->opened_ever || transport->rounds >= LOOP_ROUNDS ||
                delivery_run_has_other(loop->run, transport);
    if (away && relay_why->kind == FAILURE_SYSTEM) {
        *why = *relay_why; /* this machine's fault, not the relay's: nothing is deferred for it */
        return false;
    }
    return !away || give_up_relay(loop, transport, relay_why, why);
}

/* Other lanes that work show that the relay is there, and only takes no more connections. */
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
        lane->state = LANE_CLOSED;
        if (connection.curl == NULL) {
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
        work(loop, transport, lane, true);
    }
    return true;
}

static bool lane_is_idle(const struct lane *lane)
{
    return lane->state == LANE_OPEN && lane->transaction.phase == TRANSACTION_IDLE;
}

/* While no connection is open and some could not be, those under way are waited for: were others
 * begun meanwhile, there would always be one left to hope for. */
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
            lane->state = LANE_OPENING;
            ready++;
        }
    }
}

/* While others work, one connection at a time looks whether a relay that was away is there. */
static void look_again(struct loop *loop, struct transport *transport)
{
    if (delivery_run_goes_on(loop->run)) {
        open_up_to(transport,
                   transport_count(transport, LANE_OPEN) + transport_count(transport, LANE_OPENING),
                   1);
    }
}

/* As many connections as messages wait, at most one a lane. */
static bool open_lanes(struct loop *loop, struct transport *transport, struct failure *why)
{
    size_t demand;
    int64_t wait_ms;
    if (transport->away) {
        if (!transport->unread) {
            look_again(loop, transport);
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
        ready += lane_is_idle(lane) && (lane->begun == 0 || !fresh);
    }
    bool single = transport->resting.probing || transport->trial ||
                  !connector_knows_login(transport->connector);
    open_up_to(transport, ready, single && demand > 1 ? 1 : demand);
    return true;
}

/* --- messages --- */

/* The next message, where one may be begun. */
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

/* One lane at a time makes itself fresh, where none is about to be: for a message that goes by a
 * fresh connection alone, and that found nobody but used ones without work. */
static bool has_to_be_fresh(const struct loop *loop, const struct transport *transport,
                            const struct lane *lane)
{
    if (lane->begun == 0 || !lane_is_idle(lane) || transport_count(transport, LANE_OPENING) > 0 ||
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

static void part(struct loop *loop, struct transport *transport, struct lane *lane)
{
    transaction_quit(&lane->transaction);
    work(loop, transport, lane, false);
}

/* A message for an idle lane, composed; a lane that has done its share says goodbye instead. */
static bool fetch_claim(struct loop *loop, struct transport *transport, struct lane *lane,
                        struct claim **claim, struct failure *why)
{
    *claim = NULL;
    if (!lane_is_idle(lane)) {
        return true;
    }
    if (transport_used_up(transport, lane)) {
        part(loop, transport, lane);
        return true;
    }
    if (!next_claim(loop, transport, lane, claim, why)) {
        return false;
    }
    if (*claim == NULL && delivery_run_may_begin(loop->run, transport) &&
        has_to_be_fresh(loop, transport, lane)) {
        part(loop, transport, lane);
    }
    return true;
}

/* A message for each idle lane. */
static bool fetch_claims(struct loop *loop, size_t *count, struct failure *why)
{
    bool good = true;
    struct seat seat = {0};
    *count = 0;
    while (next_seat(loop, &seat)) {
        struct claim *claim = NULL;
        good = good && fetch_claim(loop, seat.transport, seat.lane, &claim, why);
        /* What could not be composed has gone back to the outbox already. */
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
    while (next_seat(loop, &seat)) {
        struct claim *claim = loop->fetched[seat.number];
        if (claim == NULL) {
            continue;
        }
        good = good && begin_claim(seat.lane, claim, why);
        if (good) {
            work(loop, seat.transport, seat.lane, false);
        } else {
            delivery_run_hand_back(loop->run, seat.transport, claim);
        }
    }
    return good;
}

/* Round after round, as a message may end at once and its lane be idle again. The messages of a
 * round are finished together. */
static bool give_claims(struct loop *loop, struct failure *why)
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

/* The text took its time: is the person still to be mailed, the issue not cancelled? Under a hold
 * this one still goes, as its text is out, and no other is begun. */
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
        drop(loop, seat->transport, seat->lane, OUTCOME_UNWANTED, reason);
    }
    return true;
}

static bool note_dots(struct loop *loop, struct failure *why)
{
    struct seat seat = {0};
    while (next_seat(loop, &seat)) {
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

static bool release_with(struct lane *lane, struct claim *ahead, struct failure *why)
{
    if (ahead == NULL) {
        return transaction_release(&lane->transaction, NULL, NULL, why);
    }
    return transaction_release(&lane->transaction, ahead->row.address, ahead, why) ||
           fail_context(why, "row %lld", (long long)ahead->row.id);
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
    if ((ahead != NULL && !signers_run(loop->run->signers, &message, 1, why)) ||
        !release_with(lane, ahead, why)) {
        if (ahead != NULL) {
            delivery_run_hand_back(loop->run, transport, ahead);
        }
        return false;
    }
    work(loop, transport, lane, false);
    return true;
}

/* What was noted may go; a message whose claim is lost must not. */
static bool release_dots(struct loop *loop, struct failure *why)
{
    struct seat seat = {0};
    while (next_seat(loop, &seat)) {
        const struct claim *claim = ready_claim(seat.lane);
        if (claim == NULL || !claim->noted) {
            continue;
        }
        /* Has the server left, or made up its mind, while the text flowed? */
        work(loop, seat.transport, seat.lane, true);
        if (ready_claim(seat.lane) == NULL) {
            continue;
        }
        if (!claim->held) {
            log_event(LOG_LEVEL_WARN, "delivery", "claim_lost", LOG_INT("row", claim->row.id));
            drop(loop, seat.transport, seat.lane, OUTCOME_LOST, "the claim was lost");
        } else if (!release_dot(loop, seat.transport, seat.lane, why)) {
            return false;
        }
    }
    return true;
}

/* --- turns --- */

static void watch_descriptors(struct loop *loop)
{
    size_t relays = loop->run->transport_count;
    for (size_t i = 0; i < relays; i++) {
        loop->polls[i] = (struct pollfd){.fd = connector_fd(loop->run->transports[i].connector),
                                         .events = POLLIN};
    }
    struct seat seat = {0};
    while (next_seat(loop, &seat)) {
        loop->polls[relays + seat.number] = (struct pollfd){
            .fd = seat.lane->state == LANE_OPEN ? seat.lane->fd : -1,
            .events = (short)(POLLIN | (seat.lane->wants_write ? POLLOUT : 0)),
        };
    }
}

static bool poll_lanes(struct loop *loop, int64_t timeout_ms, struct failure *why)
{
    size_t relays = loop->run->transport_count;
    watch_descriptors(loop);
    int found = poll(loop->polls, relays + loop->lane_count, (int)timeout_ms);
    if (found < 0 && errno != EINTR) {
        return fail_errno(why, FAILURE_SYSTEM, "poll");
    }
    int64_t now_ms = clock_monotonic_ms();
    struct seat seat = {0};
    while (next_seat(loop, &seat)) {
        short events = found > 0 ? loop->polls[relays + seat.number].revents : 0;
        if (seat.lane->state == LANE_OPEN && events != 0) {
            work(loop, seat.transport, seat.lane, (events & ~POLLOUT) != 0);
        }
        lane_check_deadline(seat.lane, now_ms);
        take_outcomes(loop, seat.transport, seat.lane);
    }
    return true;
}

static int64_t turn_timeout(const struct loop *loop)
{
    int64_t wait = loop->wait_ms;
    return wait >= 0 && wait < LOOP_TICK_MS ? wait : LOOP_TICK_MS;
}

/* A relay that takes connections and drops them unheard, or says nothing more, is away too. */
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

static void say_goodbye(struct loop *loop)
{
    struct seat seat = {0};
    while (next_seat(loop, &seat)) {
        if (lane_is_idle(seat.lane)) {
            part(loop, seat.transport, seat.lane);
        }
    }
}

/* Whether a message waits for a lane of a relay that may begin one, or for its pace. The outbox is
 * asked: without an open lane nobody has looked for a message. */
static bool find_demand(struct loop *loop, bool *demand, struct failure *why)
{
    struct delivery_run *run = loop->run;
    *demand = loop->wait_ms >= 0;
    for (size_t i = 0; i < run->transport_count; i++) {
        size_t count = 0;
        int64_t wait_ms = -1;
        if (!delivery_run_may_begin(run, &run->transports[i])) {
            continue;
        }
        if (!outbox_demand(run->outbox, i, &count, &wait_ms, why)) {
            return false;
        }
        *demand = *demand || count > 0 || wait_ms >= 0;
    }
    return true;
}

/* Nothing in hand, nothing due, no pace to wait for: *home tells whether the run is over. */
static bool rest(struct loop *loop, bool *home, struct failure *why)
{
    enum delivery_run_rest answer = RUN_HOME;
    bool demand = false;
    *home = false;
    if (loop->run->in_hand > 0) {
        return true;
    }
    if (delivery_run_goes_on(loop->run)) {
        if (!find_demand(loop, &demand, why)) {
            return false;
        }
        if (demand) {
            return true;
        }
        if (!delivery_run_rest(loop->run, &answer, why)) {
            return false;
        }
        say_goodbye(loop);
    }
    *home = answer == RUN_HOME;
    return true;
}

static bool open_relays(struct loop *loop, struct failure *why)
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

static size_t count_open(const struct loop *loop)
{
    size_t open = 0;
    for (size_t i = 0; i < loop->run->transport_count; i++) {
        open += transport_count(&loop->run->transports[i], LANE_OPEN);
    }
    return open;
}

static bool turn(struct loop *loop, bool *home, struct failure *why)
{
    if (!open_relays(loop, why) || !give_claims(loop, why) || !note_dots(loop, why) ||
        !release_dots(loop, why) || !outbox_commit(loop->run->outbox, why) ||
        !rest(loop, home, why)) {
        return false;
    }
    delivery_run_watch(loop->run, loop->lane_count, count_open(loop), loop->run->in_hand);
    if (!*home && !poll_lanes(loop, turn_timeout(loop), why)) {
        return false;
    }
    if (loop->failed) {
        *why = loop->failure;
    }
    return !loop->failed;
}

/* --- the whole --- */

static bool set_up(struct loop *loop, struct delivery_run *run, struct failure *why)
{
    *loop = (struct loop){.run = run, .wait_ms = -1};
    bool good = relay_init(why);
    for (size_t i = 0; good && i < run->transport_count; i++) {
        good = transport_start(&run->transports[i], why);
        loop->lane_count += run->transports[i].lane_count;
    }
    size_t polls = loop->lane_count + run->transport_count;
    loop->polls = memory_resize(NULL, polls * sizeof *loop->polls);
    loop->fetched = memory_resize(NULL, (loop->lane_count + 1) * sizeof *loop->fetched);
    loop->messages = memory_resize(NULL, (loop->lane_count + 1) * sizeof *loop->messages);
    return good;
}

static void clean_up(struct loop *loop)
{
    for (size_t i = 0; i < loop->run->transport_count; i++) {
        transport_stop(&loop->run->transports[i]);
    }
    free(loop->polls);
    free(loop->fetched);
    free(loop->messages);
}

static void wait_for_goodbyes(struct loop *loop)
{
    struct failure ignored = {0};
    int64_t until_ms = clock_monotonic_ms() + LOOP_GOODBYE_MS;
    say_goodbye(loop);
    while (count_open(loop) > 0 && clock_monotonic_ms() < until_ms &&
           poll_lanes(loop, 100, &ignored)) {
    }
}

/* The run has failed. Messages whose dot is out get their answer all the same: without it they
 * would be in doubt. Deadlines end the wait. */
static void wait_for_answers(struct loop *loop)
{
    struct failure ignored = {0};
    size_t waiting = 1;
    while (waiting > 0) {
        struct seat seat = {0};
        waiting = 0;
        while (next_seat(loop, &seat)) {
            waiting += transport_awaits_answer(seat.lane);
        }
        if (waiting > 0 && !poll_lanes(loop, LOOP_TICK_MS, &ignored)) {
            return;
        }
    }
}

bool loop_run(struct delivery_run *run, struct failure *why)
{
    struct loop loop;
    bool home = false;
    bool good = set_up(&loop, run, why);
    while (good && !home) {
        good = turn(&loop, &home, why);
    }
    if (good) {
        wait_for_goodbyes(&loop);
    } else {
        wait_for_answers(&loop);
    }
    drop_all(&loop, "the run was broken off");
    clean_up(&loop);
    return good;
}
