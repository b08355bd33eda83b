#include "deliver/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/lane.h"

enum {
    LOOP_TICK_MS = 250,     /* signals, deadlines and reopening are looked at so often */
    LOOP_QUIT_MS = 2000,    /* for the goodbyes at the end */
    LOOP_DEATHS = 5,        /* connections in a row on which MAIL was never answered */
    LOOP_ROUNDS = 5,        /* rounds of openings that all failed, after others had succeeded */
    LOOP_REWANTED_MS = 1000 /* older knowledge of who is wanted is renewed before the dot */
};

struct loop {
    struct shift *shift;
    const struct settings_relay *settings;
    struct connector *connector;
    struct lane *lanes;
    size_t lane_count;
    struct pollfd *polls;    /* the connector's, then one a lane */
    struct letter **fetched; /* of a round of give_letters(), one a lane */
    struct deliver_message **messages;
    enum trust trust;
    struct lane_limits limits;
    bool opened_ever;
    int failures; /* openings that failed in a row, */
    int rounds;   /* and how often that left no connection */
    int deaths;
    bool stalls;     /* the last of them was one that did not answer */
    int64_t wait_ms; /* until the pace lets something go; -1: nothing waits for it */
    bool starved;    /* the last look for a letter found none */
    int64_t most;    /* messages that the relay takes on a connection, as it showed; 0: not yet */
    int64_t ended_after; /* so many the last connection had taken that the relay ended */
};

static size_t count_lanes(const struct loop *loop, enum lane_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < loop->lane_count; i++) {
        count += loop->lanes[i].state == state;
    }
    return count;
}

/* --- endings --- */

/* A relay that takes N messages a connection ends each of them after N. Once can be a restart;
 * twice after the same number is a rule, and from then on we say goodbye first. */
static void learn_most(struct loop *loop, const struct lane *lane, const struct ending *ending)
{
    bool tired = ending->how == ENDED_REPLIED && ending->reply.code == 421;
    bool left = ending->how == ENDED_LOST && ending->stage <= STAGE_MAIL;
    int64_t taken = lane->talk.completed;
    if (ending->fresh || (!tired && !left)) {
        return;
    }
    if (taken == loop->ended_after && (loop->most == 0 || taken < loop->most)) {
        loop->most = taken;
        log_event(LOG_LEVEL_INFO, "relay", "messages_per_connection",
                  LOG_STR("relay", loop->shift->relay->name), LOG_INT("most", taken));
    }
    loop->ended_after = taken;
}

static void take_endings(struct loop *loop, struct lane *lane)
{
    struct ending ending;
    struct judgement judgement;
    while (talk_take_ending(&lane->talk, &ending)) {
        bool silent = (ending.how == ENDED_LOST || ending.how == ENDED_TIMED_OUT) && ending.fresh &&
                      ending.stage <= STAGE_MAIL;
        loop->deaths = silent ? loop->deaths + 1 : 0;
        loop->stalls = ending.how == ENDED_TIMED_OUT;
        learn_most(loop, lane, &ending);
        shift_end(loop->shift, &ending, &judgement);
        if (judgement.distrust && loop->trust == TRUST_UNPROVEN) {
            loop->trust = TRUST_BROKEN;
            log_event(LOG_LEVEL_INFO, "relay", "pipelining_broken",
                      LOG_STR("relay", loop->shift->relay->name));
        }
    }
}

static void work(struct loop *loop, struct lane *lane, bool readable)
{
    lane_work(lane, readable, &loop->limits, clock_monotonic_ms());
    take_endings(loop, lane);
}

static void drop(struct loop *loop, struct lane *lane, enum how how, const char *text)
{
    lane_drop(lane, how, text);
    take_endings(loop, lane);
}

static void drop_all(struct loop *loop, const char *text)
{
    for (size_t i = 0; i < loop->lane_count; i++) {
        drop(loop, &loop->lanes[i], ENDED_LOST, text);
    }
}

static bool dot_is_out(const struct lane *lane)
{
    return lane->state == LANE_OPEN && lane->talk.phase == TALK_DOT && lane->talk.handed;
}

/* --- opening --- */

/* A lane whose dot is out waits for its answer all the same: cut off by us, its letter would be in
 * doubt and perhaps come twice, while the server lives. */
static bool give_up_relay(struct loop *loop, const struct failure *relay_why, struct failure *why)
{
    for (size_t i = 0; i < loop->lane_count; i++) {
        if (!dot_is_out(&loop->lanes[i])) {
            drop(loop, &loop->lanes[i], ENDED_LOST, "the relay is away");
        }
    }
    return shift_relay_away(loop->shift, relay_why, why);
}

static int64_t back_off(int times)
{
    return clock_monotonic_ms() + (1000LL << (times < 6 ? times - 1 : 5));
}

/* All that was opened together has failed. A relay that is restarted refuses every lane at the same
 * moment: that counts once, and all wait together. */
static bool end_round(struct loop *loop, const struct failure *relay_why, struct failure *why)
{
    loop->rounds++;
    for (size_t i = 0; i < loop->lane_count; i++) {
        loop->lanes[i].reopen_ms = back_off(loop->rounds);
    }
    bool away = !loop->opened_ever || loop->rounds >= LOOP_ROUNDS;
    if (away && relay_why->kind == FAILURE_SYSTEM) {
        *why = *relay_why; /* this machine's fault, not the relay's: nothing is deferred for it */
        return false;
    }
    return !away || give_up_relay(loop, relay_why, why);
}

/* Other lanes that work show that the relay is there, and only takes no more connections. */
static bool on_failed(struct loop *loop, struct lane *lane, const struct failure *relay_why,
                      struct failure *why)
{
    loop->failures++;
    lane->reopen_ms = back_off(loop->failures);
    if (count_lanes(loop, LANE_OPEN) > 0 || connector_pending(loop->connector) > 0) {
        log_event(LOG_LEVEL_INFO, "relay", "no_connection", LOG_STR("why", relay_why->text));
        return true;
    }
    return end_round(loop, relay_why, why);
}

static bool take_connections(struct loop *loop, struct failure *why)
{
    struct connection connection;
    while (connector_take(loop->connector, &connection)) {
        struct lane *lane = &loop->lanes[connection.lane];
        lane->state = LANE_CLOSED;
        if (connection.curl == NULL) {
            if (!on_failed(loop, lane, &connection.why, why)) {
                return false;
            }
            continue;
        }
        loop->opened_ever = true;
        loop->failures = 0;
        loop->rounds = 0;
        lane_open(lane, &connection);
        work(loop, lane, true);
    }
    return true;
}

static bool lane_is_idle(const struct lane *lane)
{
    return lane->state == LANE_OPEN && lane->talk.phase == TALK_IDLE;
}

/* While no connection is open and some could not be, those under way are waited for: were others
 * begun meanwhile, there would always be one left to hope for. */
static bool waits_for_round(const struct loop *loop)
{
    return loop->failures > 0 && connector_pending(loop->connector) > 0 &&
           count_lanes(loop, LANE_OPEN) == 0;
}

/* As many connections as letters wait, at most one a lane. */
static bool open_lanes(struct loop *loop, struct failure *why)
{
    size_t demand;
    int64_t wait_ms;
    if (!shift_may_begin(loop->shift) || count_lanes(loop, LANE_CLOSED) == 0 ||
        waits_for_round(loop)) {
        return true;
    }
    if (!outbox_demand(loop->shift->outbox, &demand, &wait_ms, why)) {
        return false;
    }
    bool fresh = outbox_wants_fresh(loop->shift->outbox);
    size_t ready = count_lanes(loop, LANE_OPENING);
    for (size_t i = 0; i < loop->lane_count; i++) {
        ready += lane_is_idle(&loop->lanes[i]) && (loop->lanes[i].begun == 0 || !fresh);
    }
    bool alone = loop->shift->resting.probing || !connector_knows_login(loop->connector);
    if (alone && demand > 1) {
        demand = 1;
    }
    int64_t now_ms = clock_monotonic_ms();
    for (size_t i = 0; i < loop->lane_count && ready < demand; i++) {
        struct lane *lane = &loop->lanes[i];
        if (lane->state == LANE_CLOSED && lane->reopen_ms <= now_ms &&
            connector_open(loop->connector, i)) {
            lane->state = LANE_OPENING;
            ready++;
        }
    }
    return true;
}

/* --- letters --- */

static bool used_up(const struct loop *loop, const struct lane *lane)
{
    int64_t limit = loop->settings->messages_per_connection;
    return (limit > 0 && lane->begun >= limit) || (loop->most > 0 && lane->begun >= loop->most);
}

/* The next letter, where one may be begun. */
static bool next_letter(struct loop *loop, struct lane *lane, struct letter **letter,
                        struct failure *why)
{
    *letter = NULL;
    if (loop->starved || !shift_may_begin(loop->shift)) {
        return true;
    }
    if (!shift_next(loop->shift, lane->begun == 0, talk_vacant(&lane->talk), letter, &loop->wait_ms,
                    why)) {
        return false;
    }
    loop->starved = *letter == NULL && !outbox_wants_fresh(loop->shift->outbox);
    lane->begun += *letter != NULL;
    return true;
}

/* A letter that could not be begun goes back. Always false. */
static bool hand_back(struct loop *loop, struct letter *letter)
{
    loop->shift->in_hand--;
    outbox_return(loop->shift->outbox, letter);
    return false;
}

/* One lane at a time makes itself fresh, where none is about to be: for a letter that goes by a
 * fresh connection alone, and that found nobody but used ones without work. */
static bool has_to_be_fresh(const struct loop *loop, const struct lane *lane)
{
    if (lane->begun == 0 || !lane_is_idle(lane) || count_lanes(loop, LANE_OPENING) > 0 ||
        !outbox_wants_fresh(loop->shift->outbox)) {
        return false;
    }
    for (size_t i = 0; i < loop->lane_count; i++) {
        if (loop->lanes[i].state == LANE_OPEN && loop->lanes[i].talk.phase == TALK_QUIT) {
            return false;
        }
    }
    return true;
}

static void part(struct loop *loop, struct lane *lane)
{
    talk_quit(&lane->talk);
    work(loop, lane, false);
}

/* A letter for an idle lane, composed; a lane that has done its share says goodbye instead. */
static bool fetch_letter(struct loop *loop, struct lane *lane, struct letter **letter,
                         struct failure *why)
{
    *letter = NULL;
    if (!lane_is_idle(lane)) {
        return true;
    }
    if (used_up(loop, lane)) {
        part(loop, lane);
        return true;
    }
    if (!next_letter(loop, lane, letter, why)) {
        return false;
    }
    if (*letter == NULL && shift_may_begin(loop->shift) && has_to_be_fresh(loop, lane)) {
        part(loop, lane);
    }
    return true;
}

/* A letter for each idle lane. */
static bool fetch_letters(struct loop *loop, size_t *count, struct failure *why)
{
    bool good = true;
    *count = 0;
    for (size_t i = 0; i < loop->lane_count; i++) {
        struct letter *letter = NULL;
        good = good && fetch_letter(loop, &loop->lanes[i], &letter, why);
        /* What could not be composed has gone back to the outbox already. */
        loop->fetched[i] = good ? letter : NULL;
        if (loop->fetched[i] != NULL) {
            loop->messages[(*count)++] = talk_vacant(&loop->lanes[i].talk);
        }
    }
    return good;
}

static bool begin_letters(struct loop *loop, bool good, struct failure *why)
{
    for (size_t i = 0; i < loop->lane_count; i++) {
        struct lane *lane = &loop->lanes[i];
        struct letter *letter = loop->fetched[i];
        if (letter == NULL) {
            continue;
        }
        good = good && talk_begin(&lane->talk, letter, why);
        if (good) {
            work(loop, lane, false);
        } else {
            hand_back(loop, letter);
        }
    }
    return good;
}

/* Round after round, as a letter may end at once and its lane be idle again. The messages of a
 * round are finished together. */
static bool give_letters(struct loop *loop, struct failure *why)
{
    size_t count = 1;
    bool good = true;
    loop->starved = false;
    loop->wait_ms = -1;
    while (good && count > 0) {
        good = fetch_letters(loop, &count, why);
        good = good && finisher_run(loop->shift->finisher, loop->messages, count, why);
        good = begin_letters(loop, good, why);
    }
    return good;
}

/* --- dots --- */

static struct letter *ready_letter(const struct lane *lane)
{
    bool ready = lane->state == LANE_OPEN && lane->talk.phase == TALK_READY;
    return ready ? talk_letter(&lane->talk) : NULL;
}

/* The text took its time: is the person still to be mailed, the issue not cancelled? Under a hold
 * this one still goes, as its text is out, and no other is begun. */
static bool check_wanted(struct loop *loop, struct lane *lane, struct failure *why)
{
    struct letter *letter = ready_letter(lane);
    const char *reason = NULL;
    bool halted = false;
    if (clock_monotonic_ms() < letter->wanted_ms + LOOP_REWANTED_MS) {
        return true;
    }
    if (!outbox_wanted(loop->shift->outbox, letter, &reason, &halted, why)) {
        return false;
    }
    loop->shift->result->halted = loop->shift->result->halted || halted;
    if (reason != NULL) {
        drop(loop, lane, ENDED_UNWANTED, reason);
    }
    return true;
}

static bool note_dots(struct loop *loop, struct failure *why)
{
    for (size_t i = 0; i < loop->lane_count; i++) {
        struct lane *lane = &loop->lanes[i];
        if (ready_letter(lane) == NULL) {
            continue;
        }
        if (!check_wanted(loop, lane, why)) {
            return false;
        }
        if (ready_letter(lane) != NULL) {
            outbox_note_dot(loop->shift->outbox, ready_letter(lane));
        }
    }
    return outbox_commit(loop->shift->outbox, why);
}

static bool release_dot(struct loop *loop, struct lane *lane, struct failure *why)
{
    struct letter *ahead = NULL;
    if (loop->settings->pipeline_ahead && talk_may_ride(&lane->talk) && !used_up(loop, lane) &&
        !next_letter(loop, lane, &ahead, why)) {
        return false;
    }
    struct deliver_message *message = talk_vacant(&lane->talk);
    if ((ahead != NULL && !finisher_run(loop->shift->finisher, &message, 1, why)) ||
        !talk_release(&lane->talk, ahead, why)) {
        return hand_back(loop, ahead);
    }
    work(loop, lane, false);
    return true;
}

/* What was noted may go; a letter whose claim is lost must not. */
static bool release_dots(struct loop *loop, struct failure *why)
{
    for (size_t i = 0; i < loop->lane_count; i++) {
        struct lane *lane = &loop->lanes[i];
        const struct letter *letter = ready_letter(lane);
        if (letter == NULL || !letter->noted) {
            continue;
        }
        /* Has the server left, or made up its mind, while the text flowed? */
        work(loop, lane, true);
        if (ready_letter(lane) == NULL) {
            continue;
        }
        if (!letter->held) {
            log_event(LOG_LEVEL_WARN, "delivery", "claim_lost", LOG_INT("row", letter->row.id));
            drop(loop, lane, ENDED_LOST, "the claim was lost");
        } else if (!release_dot(loop, lane, why)) {
            return false;
        }
    }
    return true;
}

/* --- turns --- */

static void watch_descriptors(struct loop *loop)
{
    loop->polls[0] = (struct pollfd){.fd = connector_fd(loop->connector), .events = POLLIN};
    for (size_t i = 0; i < loop->lane_count; i++) {
        const struct lane *lane = &loop->lanes[i];
        loop->polls[i + 1] = (struct pollfd){
            .fd = lane->state == LANE_OPEN ? lane->fd : -1,
            .events = (short)(POLLIN | (lane->wants_write ? POLLOUT : 0)),
        };
    }
}

static bool poll_lanes(struct loop *loop, int64_t timeout_ms, struct failure *why)
{
    watch_descriptors(loop);
    int found = poll(loop->polls, loop->lane_count + 1, (int)timeout_ms);
    if (found < 0 && errno != EINTR) {
        return fail_errno(why, FAILURE_SYSTEM, "poll");
    }
    int64_t now_ms = clock_monotonic_ms();
    for (size_t i = 0; i < loop->lane_count; i++) {
        struct lane *lane = &loop->lanes[i];
        short events = found > 0 ? loop->polls[i + 1].revents : 0;
        if (lane->state == LANE_OPEN && events != 0) {
            work(loop, lane, (events & ~POLLOUT) != 0);
        }
        lane_check_deadline(lane, now_ms);
        take_endings(loop, lane);
    }
    return true;
}

static int64_t turn_timeout(const struct loop *loop)
{
    int64_t wait = loop->wait_ms;
    return wait >= 0 && wait < LOOP_TICK_MS ? wait : LOOP_TICK_MS;
}

/* A relay that takes connections and drops them unheard, or says nothing more, is away too. */
static bool check_deaths(struct loop *loop, struct failure *why)
{
    if (loop->deaths < LOOP_DEATHS || loop->shift->result->relay_away) {
        return true;
    }
    struct failure line = {0};
    fail(&line, FAILURE_UNAVAILABLE, "the relay %s %s", loop->shift->relay->name,
         loop->stalls ? "takes connections and does not answer MAIL in time"
                      : "closes every connection before it answers MAIL");
    return give_up_relay(loop, &line, why);
}

static void say_goodbye(struct loop *loop)
{
    for (size_t i = 0; i < loop->lane_count; i++) {
        if (lane_is_idle(&loop->lanes[i])) {
            part(loop, &loop->lanes[i]);
        }
    }
}

/* Nothing in hand, nothing due, no pace to wait for: *home tells whether the run is over. */
static bool rest(struct loop *loop, bool *home, struct failure *why)
{
    enum shift_rest answer = SHIFT_HOME;
    size_t demand = 0;
    int64_t wait_ms = -1;
    *home = false;
    if (loop->shift->in_hand > 0) {
        return true;
    }
    if (shift_may_begin(loop->shift)) {
        if (!outbox_demand(loop->shift->outbox, &demand, &wait_ms, why)) {
            return false;
        }
        /* The outbox is asked too: without an open lane nobody has looked for a letter. */
        if (demand > 0 || loop->wait_ms >= 0 || wait_ms >= 0) {
            return true;
        }
        if (!shift_rest(loop->shift, &answer, why)) {
            return false;
        }
        say_goodbye(loop);
    }
    *home = answer == SHIFT_HOME;
    return true;
}

static bool turn(struct loop *loop, bool *home, struct failure *why)
{
    if (!take_connections(loop, why) || !outbox_renew(loop->shift->outbox, why) ||
        !check_deaths(loop, why) || !open_lanes(loop, why) || !give_letters(loop, why) ||
        !note_dots(loop, why) || !release_dots(loop, why) ||
        !outbox_commit(loop->shift->outbox, why) || !rest(loop, home, why)) {
        return false;
    }
    shift_watch(loop->shift, loop->lane_count, count_lanes(loop, LANE_OPEN), loop->shift->in_hand);
    return *home || poll_lanes(loop, turn_timeout(loop), why);
}

/* --- the whole --- */

static void set_up(struct loop *loop, struct shift *shift)
{
    const struct settings_relay *settings = shift->relay->settings;
    int64_t lanes = settings->connections > 0 ? settings->connections : 1;
    *loop = (struct loop){
        .shift = shift,
        .settings = settings,
        .lane_count = (size_t)lanes,
        .wait_ms = -1,
        .limits = {.reply_ms = settings->reply_timeout * 1000,
                   .dot_ms = settings->dot_timeout * 1000,
                   .quit_ms = LOOP_QUIT_MS},
    };
    loop->lanes = memory_resize(NULL, loop->lane_count * sizeof *loop->lanes);
    loop->polls = memory_resize(NULL, (loop->lane_count + 1) * sizeof *loop->polls);
    loop->fetched = memory_resize(NULL, loop->lane_count * sizeof *loop->fetched);
    loop->messages = memory_resize(NULL, loop->lane_count * sizeof *loop->messages);
}

static void clean_up(struct loop *loop)
{
    connector_stop(loop->connector);
    for (size_t i = 0; i < loop->lane_count; i++) {
        lane_free(&loop->lanes[i]);
    }
    free(loop->lanes);
    free(loop->polls);
    free(loop->fetched);
    free(loop->messages);
}

static void wait_for_goodbyes(struct loop *loop)
{
    struct failure ignored = {0};
    int64_t until_ms = clock_monotonic_ms() + LOOP_QUIT_MS;
    say_goodbye(loop);
    while (count_lanes(loop, LANE_OPEN) > 0 && clock_monotonic_ms() < until_ms &&
           poll_lanes(loop, 100, &ignored)) {
    }
}

/* The run has failed. Letters whose dot is out get their answer all the same: without it they
 * would be in doubt. Deadlines end the wait. */
static void wait_for_answers(struct loop *loop)
{
    struct failure ignored = {0};
    size_t waiting = 1;
    while (waiting > 0) {
        waiting = 0;
        for (size_t i = 0; i < loop->lane_count; i++) {
            waiting += dot_is_out(&loop->lanes[i]);
        }
        if (waiting > 0 && !poll_lanes(loop, LOOP_TICK_MS, &ignored)) {
            return;
        }
    }
}

bool loop_run(struct shift *shift, struct failure *why)
{
    struct loop loop;
    bool home = false;
    set_up(&loop, shift);
    for (size_t i = 0; i < loop.lane_count; i++) {
        lane_init(&loop.lanes[i], &loop.trust);
    }
    bool good =
        relay_init(why) && connector_start(shift->relay, shift->dialer, &loop.connector, why);
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
