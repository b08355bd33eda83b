#include "deliver/loop.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "deliver/loop_private.h"

enum {
    LOOP_TICK_MS = 250,     /* how often signals, deadlines and reopening are checked */
    LOOP_GOODBYE_MS = 2000, /* how long to wait for the replies to QUIT at the end */
};

/* --- turns --- */

static void watch_descriptors(struct loop *loop)
{
    size_t relays = loop->run->transport_count;
    for (size_t i = 0; i < relays; i++) {
        loop->polls[i] = (struct pollfd){.fd = connector_fd(loop->run->transports[i].connector),
                                         .events = POLLIN};
    }
    struct seat seat = {0};
    while (loop_next_seat(loop, &seat)) {
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
    while (loop_next_seat(loop, &seat)) {
        short events = found > 0 ? loop->polls[relays + seat.number].revents : 0;
        if (seat.lane->state == LANE_OPEN && events != 0) {
            loop_work(loop, seat.transport, seat.lane, (events & ~POLLOUT) != 0);
        }
        lane_check_deadline(seat.lane, now_ms);
        loop_take_outcomes(loop, seat.transport, seat.lane);
    }
    return true;
}

static int64_t turn_timeout(const struct loop *loop)
{
    int64_t wait = loop->wait_ms;
    return wait >= 0 && wait < LOOP_TICK_MS ? wait : LOOP_TICK_MS;
}

static void say_goodbye(struct loop *loop)
{
    struct seat seat = {0};
    while (loop_next_seat(loop, &seat)) {
        if (loop_lane_is_idle(seat.lane)) {
            loop_quit(loop, seat.transport, seat.lane);
        }
    }
}

/* Whether a message is waiting for a lane of a relay that may start one, or for its pace. Asks the
 * outbox, because without an open lane nobody has looked for a message. */
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

/* Nothing is in hand, due or waiting for pace: `*over` says whether the run has ended. */
static bool check_end(struct loop *loop, bool *over, struct failure *why)
{
    enum delivery_run_step step = RUN_ENDS;
    bool demand = false;
    *over = false;
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
        if (!delivery_run_idle(loop->run, &step, why)) {
            return false;
        }
        say_goodbye(loop);
    }
    *over = step == RUN_ENDS;
    return true;
}

static bool turn(struct loop *loop, bool *over, struct failure *why)
{
    if (!loop_open_relays(loop, why) || !loop_give_claims(loop, why) ||
        !loop_note_dots(loop, why) || !loop_release_dots(loop, why) ||
        !outbox_commit(loop->run->outbox, why) || !check_end(loop, over, why)) {
        return false;
    }
    delivery_run_watch(loop->run, loop->lane_count, loop_count_open(loop), loop->run->in_hand);
    if (!*over && !poll_lanes(loop, turn_timeout(loop), why)) {
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
    while (loop_count_open(loop) > 0 && clock_monotonic_ms() < until_ms &&
           poll_lanes(loop, 100, &ignored)) {
    }
}

/* The run has failed. Messages whose dot was sent still get their reply: without it they would be
 * in doubt. Deadlines limit the wait. */
static void wait_for_answers(struct loop *loop)
{
    struct failure ignored = {0};
    size_t waiting = 1;
    while (waiting > 0) {
        struct seat seat = {0};
        waiting = 0;
        while (loop_next_seat(loop, &seat)) {
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
    bool over = false;
    bool good = set_up(&loop, run, why);
    while (good && !over) {
        good = turn(&loop, &over, why);
    }
    if (good) {
        wait_for_goodbyes(&loop);
    } else {
        wait_for_answers(&loop);
    }
    loop_drop_all(&loop, "the run was broken off");
    clean_up(&loop);
    return good;
}
