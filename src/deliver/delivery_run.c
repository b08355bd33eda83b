#include "deliver/delivery_run.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/retry.h"

enum { RUN_WATCH_MS = 200, RUN_COUNT_MS = 15000 };

static bool may_begin_any(struct delivery_run *run)
{
    const struct deliver_job *job = run->job;
    struct deliver_result *result = run->result;
    if (job->stop != NULL && *job->stop != 0) {
        result->stopped = true;
    }
    if (job->limit > 0 && run->left >= job->limit) {
        result->stopped = true;
    }
    bool full = job->limit > 0 && run->left + (int64_t)run->in_hand >= job->limit;
    return !result->stopped && !result->halted && !result->relay_away && !full;
}

static bool is_ready(const struct transport *transport)
{
    return !transport->away && (!transport->trial || transport->in_hand == 0) &&
           resting_may_begin(&transport->resting, transport->in_hand);
}

bool delivery_run_may_begin(struct delivery_run *run, const struct transport *transport)
{
    return is_ready(transport) && may_begin_any(run);
}

bool delivery_run_goes_on(struct delivery_run *run)
{
    bool some = false;
    for (size_t i = 0; i < run->transport_count; i++) {
        some = some || is_ready(&run->transports[i]);
    }
    return some && may_begin_any(run);
}

bool delivery_run_has_other(const struct delivery_run *run, const struct transport *transport)
{
    for (size_t i = 0; i < run->transport_count; i++) {
        const struct transport *other = &run->transports[i];
        if (other != transport && !other->away && other->resting.rest == NULL) {
            return true;
        }
    }
    return false;
}

/* --- which relays are unavailable --- */

static bool is_unavailable(const struct transport *transport)
{
    const struct resting *resting = &transport->resting;
    return transport->away || (resting->rest != NULL && !resting->probing);
}

static enum route_state state_of(const struct delivery_run *run, const struct transport *transport)
{
    if (is_unavailable(transport)) {
        return ROUTE_UNAVAILABLE;
    }
    if (!transport->trial && !transport->resting.probing) {
        return ROUTE_GOOD;
    }
    bool open = transport->in_hand == 0 && !outbox_has(run->outbox, transport->number);
    return open ? ROUTE_TRIAL : ROUTE_UNAVAILABLE;
}

static void review(struct delivery_run *run, struct transport *transport)
{
    struct route_relay *route = &run->routes.list[transport->number];
    const struct rest *rest = transport->resting.rest;
    route->state = state_of(run, transport);
    route->unavailable_since = rest != NULL ? rest->began_at : transport->away_since;
    if (route->state == ROUTE_TRIAL) {
        outbox_draw(run->outbox, transport->number);
    } else if (is_unavailable(transport) && outbox_has(run->outbox, transport->number)) {
        outbox_shed(run->outbox, transport->number);
    }
}

bool delivery_run_review(struct delivery_run *run, struct failure *why)
{
    int64_t now = clock_now();
    for (size_t i = 0; run->transport_count > 1 && i < run->transport_count; i++) {
        struct resting *resting = &run->transports[i].resting;
        bool due = resting->rest != NULL && !resting->probing && resting->rest->until <= now;
        if (due && !resting_refresh(resting, run->outbox, why)) {
            return false;
        }
        review(run, &run->transports[i]);
    }
    return true;
}

/* --- claims --- */

/* Keeps one line for the operator: the first of the run. */
static void tell_operator(struct delivery_run *run, const char *text)
{
    struct failure *line = &run->result->relay_why;
    if (line->kind == FAILURE_NONE) {
        fail(line, FAILURE_UNAVAILABLE, "%s", text);
    }
}

static void settle_unwanted(struct delivery_run *run, struct claim *claim, const char *reason)
{
    struct disposition disposition = {.state = DELIVERY_SKIPPED};
    struct reply reply;
    reply_say(&reply, "%s", reason);
    outbox_settle(run->outbox, claim, &disposition, &reply);
}

/* A single mail that cannot be composed is our bug and must not hold up the others; for an issue
 * the run stops. */
static bool settle_unwritten(struct delivery_run *run, struct claim **claim, struct failure *why)
{
    if (run->job->queue.issue_id != 0) {
        outbox_return(run->outbox, *claim);
        return false;
    }
    struct disposition disposition = {.state = DELIVERY_DEFERRED};
    struct reply reply;
    reply_say(&reply, "%s", why->text);
    tell_operator(run, why->text);
    outbox_settle(run->outbox, *claim, &disposition, &reply);
    *claim = NULL;
    *why = (struct failure){0};
    return true;
}

static bool compose(struct delivery_run *run, struct claim **claim, struct smtp_message *message,
                    struct failure *why)
{
    buf_reset(&message->bytes);
    message->envelope_sender[0] = '\0';
    if (!run->job->compose(run->job->context, &(*claim)->row, message, why)) {
        fail_context(why, "row %lld", (long long)(*claim)->row.id);
        return settle_unwritten(run, claim, why);
    }
    return true;
}

/* The next claim whose reader is still to be mailed; NULL if there is none, or a hold has begun. */
static bool take_wanted(struct delivery_run *run, size_t relay, bool fresh, struct claim **claim,
                        int64_t *wait_ms, struct failure *why)
{
    const char *reason = NULL;
    do {
        bool halted = false;
        if (!outbox_take(run->outbox, relay, fresh, claim, wait_ms, why)) {
            return false;
        }
        if (*claim == NULL) {
            return true;
        }
        bool good = outbox_wanted(run->outbox, *claim, &reason, &halted, why);
        if (!good || halted) {
            outbox_return(run->outbox, *claim);
            *claim = NULL;
            run->result->halted = halted;
            return good;
        }
        if (reason != NULL) {
            settle_unwanted(run, *claim, reason);
        }
    } while (reason != NULL);
    return true;
}

bool delivery_run_next(struct delivery_run *run, struct transport *transport, bool fresh,
                       struct smtp_message *message, struct claim **claim, int64_t *wait_ms,
                       struct failure *why)
{
    *claim = NULL;
    *wait_ms = -1;
    while (*claim == NULL) {
        if (!take_wanted(run, transport->number, fresh, claim, wait_ms, why)) {
            return false;
        }
        if (*claim == NULL) {
            return true;
        }
        if (!compose(run, claim, message, why)) {
            return false;
        }
    }
    (*claim)->started_ms = clock_monotonic_ms();
    run->in_hand++;
    transport->in_hand++;
    run->linger_until = 0;
    return true;
}

void delivery_run_hand_back(struct delivery_run *run, struct transport *transport,
                            struct claim *claim)
{
    run->in_hand--;
    transport->in_hand--;
    outbox_return(run->outbox, claim);
}

/* Reports a permanent refusal that concerns us or the message, once. How many rows got it is
 * reported at the end of the run. */
static void blame(struct delivery_run *run, const struct transport *transport,
                  const struct outcome *outcome, const struct disposition *disposition)
{
    const struct refusal *refusal = &disposition->refusal;
    char text[REPLY_TEXT + 500];
    if (disposition->again || run->result->relay_why.kind != FAILURE_NONE) {
        return;
    }
    if (outcome->kind == OUTCOME_OURS) {
        tell_operator(run, outcome->reply.text);
        return;
    }
    bool ours = refusal->fault == REFUSAL_OURS || refusal->fault == REFUSAL_RECEIVER ||
                refusal->fault == REFUSAL_CONTENT;
    if (disposition->refused && refusal->permanent && ours) {
        snprintf(text, sizeof text, "%s answered %s with \"%s\"%s%s", transport->relay.label,
                 stage_name(outcome->stage), outcome->reply.text,
                 refusal->remedy != NULL ? ": " : "",
                 refusal->remedy != NULL ? refusal->remedy : "");
        tell_operator(run, text);
        const struct claim *claim = outcome->owner;
        sentence_mask(outcome->reply.text, claim->row.address, run->result->topic);
    }
}

/* A message that this relay cannot take because it lacks SMTPUTF8 goes to another relay at once; if
 * none can take it, it waits for one. */
static void retry_elsewhere(struct delivery_run *run, const struct outcome *outcome,
                            struct disposition *disposition)
{
    if (outcome->utf8 && run->transport_count > 1) {
        disposition->again =
            outbox_needs_utf8(run->outbox, outcome->owner, outcome->kind == OUTCOME_OURS);
        disposition->state = DELIVERY_DEFERRED;
    }
}

void delivery_run_end(struct delivery_run *run, struct transport *transport,
                      const struct outcome *outcome, struct disposition *disposition)
{
    struct claim *claim = outcome->owner;
    assert(run->in_hand > 0 && transport->in_hand > 0);
    run->in_hand--;
    transport->in_hand--;
    claim->losses += disposition_counts_loss(outcome);
    *disposition = disposition_of(outcome, claim->losses, transport->relay.place);
    retry_elsewhere(run, outcome, disposition);
    bool answered = outcome->kind == OUTCOME_REPLIED && outcome->stage >= STAGE_MAIL;
    run->result->attempted += answered || outcome->handed;
    run->left += outcome->handed;
    blame(run, transport, outcome, disposition);
    if (disposition->again) {
        log_event(LOG_LEVEL_DEBUG, "delivery", "again", LOG_INT("row", claim->row.id),
                  LOG_STR("why", outcome->reply.text));
        outbox_return(run->outbox, claim);
    } else {
        const struct delivery row = claim->row;
        outbox_settle(run->outbox, claim, disposition, &outcome->reply);
        resting_hear(&transport->resting, run->outbox, &row, disposition, &outcome->reply);
    }
}

/* Settles due rows that no relay can take: they are deferred if their relays are away; if one of
 * those rests they stay, and `*rests` is true. */
static bool settle_unavailable(struct delivery_run *run, bool *rests, struct failure *why)
{
    const char *away[SETTINGS_RELAYS];
    for (size_t i = 0; i < run->transport_count; i++) {
        const struct transport *transport = &run->transports[i];
        away[i] = transport->away ? transport->away_why.text : NULL;
    }
    return outbox_defer_unavailable(run->outbox, away, rests, why);
}

static bool any_is_spent(const struct delivery_run *run)
{
    bool some = false;
    for (size_t i = 0; i < run->transport_count; i++) {
        some = some || outbox_spent(run->outbox, i) != NULL;
    }
    return some;
}

/* When the next row is due that a relay can take. `*rests`: a relay of rows that are due now rests,
 * or has used up today's allowance of its warm-up. */
static bool find_due(struct delivery_run *run, int64_t now, int64_t *due, bool *rests,
                     struct failure *why)
{
    *rests = false;
    if (!outbox_next_due(run->outbox, due, why)) {
        return false;
    }
    if (*due == 0 || *due > now) {
        return true;
    }
    if (run->transport_count > 1 &&
        !(settle_unavailable(run, rests, why) && outbox_next_due(run->outbox, due, why))) {
        return false;
    }
    *rests = *rests || (*due <= now && any_is_spent(run));
    return true;
}

bool delivery_run_idle(struct delivery_run *run, enum delivery_run_step *step, struct failure *why)
{
    int64_t due;
    bool rests;
    *step = RUN_ENDS;
    if (!delivery_run_goes_on(run)) {
        return true;
    }
    int64_t now = clock_now();
    if (!run->job->linger) {
        return run->transport_count == 1 || find_due(run, now, &due, &rests, why);
    }
    int64_t linger = run->job->settings->deliver.linger;
    if (run->linger_until == 0) {
        run->linger_until = now + linger;
    }
    if (!outbox_resend_doubtful(run->outbox, RETRY_FIRST, why) ||
        !find_due(run, now, &due, &rests, why)) {
        return false;
    }
    bool doubtful = outbox_resends_later(run->outbox) && now + RETRY_FIRST <= run->linger_until;
    if (!rests && ((due > 0 && due <= run->linger_until) || doubtful)) {
        *step = RUN_WAITS;
    }
    return true;
}

/* --- relays that are away --- */

static bool all_are_away(const struct delivery_run *run)
{
    bool all = true;
    for (size_t i = 0; i < run->transport_count; i++) {
        all = all && run->transports[i].away;
    }
    return all;
}

static bool defer_all(struct delivery_run *run, const struct transport *transport,
                      struct failure *why)
{
    bool rests;
    if (run->transport_count == 1) {
        return outbox_defer_all(run->outbox, transport->number, transport->away_why.text, why);
    }
    return outbox_give_back(run->outbox, why) && settle_unavailable(run, &rests, why);
}

bool delivery_run_relay_away(struct delivery_run *run, struct transport *transport,
                             const struct failure *relay_why, struct failure *why)
{
    transport->away = true;
    transport->trial = false;
    transport->deaths = 0;
    transport->away_why = *relay_why;
    transport->away_since = transport->away_since != 0 ? transport->away_since : clock_now();
    log_event(LOG_LEVEL_INFO, "relay", "away", LOG_STR("relay", transport->relay.name),
              LOG_STR("why", relay_why->text));
    if (!outbox_note_absence(run->outbox, transport->relay.name, relay_why->text, why)) {
        return false;
    }
    if (run->transport_count > 1) {
        review(run, transport);
    }
    run->result->relay_away = all_are_away(run);
    return !run->result->relay_away || defer_all(run, transport, why);
}

void delivery_run_relay_opens(struct delivery_run *run, struct transport *transport)
{
    transport->trial = transport->away && run->transport_count > 1;
    transport->away = false;
}

bool delivery_run_relay_answers(struct delivery_run *run, struct transport *transport,
                                struct failure *why)
{
    if (transport->away_since == 0) {
        return true;
    }
    transport->trial = false;
    transport->rounds = 0;
    transport->away_since = 0;
    return outbox_end_absence(run->outbox, transport->relay.name, why);
}

static void count_anew(struct delivery_run *run, int64_t now_ms)
{
    struct failure ignored = {0};
    int64_t counts[DELIVERY_STATES];
    if (now_ms >= run->counted_ms + RUN_COUNT_MS && outbox_counts(run->outbox, counts, &ignored)) {
        memcpy(run->start, counts, sizeof counts);
        memcpy(run->recorded, outbox_recorded(run->outbox), sizeof run->recorded);
        run->counted_ms = now_ms;
    }
}

/* Fills in the current states; every row that is in no other state is queued. */
static void fill_counts(const struct delivery_run *run, struct deliver_progress *progress)
{
    const int64_t *recorded = outbox_recorded(run->outbox);
    int64_t others = 0;
    for (int state = 0; state < DELIVERY_STATES; state++) {
        progress->total += run->start[state];
        if (state != DELIVERY_QUEUED && state != DELIVERY_SENDING) {
            progress->counts[state] = run->start[state] + recorded[state] - run->recorded[state];
            others += progress->counts[state];
        }
    }
    progress->counts[DELIVERY_QUEUED] = progress->total > others ? progress->total - others : 0;
}

void delivery_run_watch(struct delivery_run *run, size_t lanes, size_t open, size_t busy)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!run->job->progress || run->job->watch == NULL || now_ms < run->watched_ms + RUN_WATCH_MS) {
        return;
    }
    run->watched_ms = now_ms;
    count_anew(run, now_ms);
    struct deliver_progress progress = {.lanes = lanes, .open = open, .busy = busy};
    fill_counts(run, &progress);
    int64_t finished = 0;
    for (int state = DELIVERY_IN_DOUBT; state < DELIVERY_STATES; state++) {
        finished += outbox_recorded(run->outbox)[state];
    }
    progress_measure(&run->meter, now_ms, finished);
    progress_fill(&progress, &run->meter);
    run->job->watch(run->job->watch_context, &progress);
}
