#include "deliver/shift.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/retry.h"

enum { SHIFT_WATCH_MS = 200, SHIFT_COUNT_MS = 15000 };

bool shift_may_begin(struct shift *shift)
{
    const struct deliver_job *job = shift->job;
    struct deliver_result *result = shift->result;
    if (job->stop != NULL && *job->stop != 0) {
        result->stopped = true;
    }
    if (job->limit > 0 && shift->left >= job->limit) {
        result->stopped = true;
    }
    bool full = job->limit > 0 && shift->left + (int64_t)shift->in_hand >= job->limit;
    return !result->stopped && !result->halted && !result->relay_away && !full &&
           resting_may_begin(&shift->resting, shift->in_hand);
}

/* One line for the operator: the first of the run. */
static void tell_operator(struct shift *shift, const char *text)
{
    struct failure *line = &shift->result->relay_why;
    if (line->kind == FAILURE_NONE) {
        fail(line, FAILURE_UNAVAILABLE, "%s", text);
    }
}

static void settle_unwanted(struct shift *shift, struct letter *letter, const char *reason)
{
    struct judgement judgement = {.state = DELIVERY_SKIPPED};
    struct reply reply;
    reply_say(&reply, "%s", reason);
    outbox_settle(shift->outbox, letter, &judgement, &reply);
}

/* A single mail that cannot be written is our fault and must not keep the others back; an issue
 * that cannot be written stops. */
static bool settle_unwritten(struct shift *shift, struct letter **letter, struct failure *why)
{
    if (shift->job->queue.issue_id != 0) {
        outbox_return(shift->outbox, *letter);
        return false;
    }
    struct judgement judgement = {.state = DELIVERY_DEFERRED};
    struct reply reply;
    reply_say(&reply, "%s", why->text);
    tell_operator(shift, why->text);
    outbox_settle(shift->outbox, *letter, &judgement, &reply);
    *letter = NULL;
    *why = (struct failure){0};
    return true;
}

static bool compose(struct shift *shift, struct letter **letter, struct deliver_message *message,
                    struct failure *why)
{
    buf_reset(&message->bytes);
    message->envelope_sender[0] = '\0';
    if (!shift->job->compose(shift->job->context, &(*letter)->row, message, why)) {
        fail_context(why, "row %lld", (long long)(*letter)->row.id);
        return settle_unwritten(shift, letter, why);
    }
    return true;
}

/* The next letter of which the person is still to be mailed; NULL: there is none, or nothing is to
 * leave any more. */
static bool take_wanted(struct shift *shift, bool fresh, struct letter **letter, int64_t *wait_ms,
                        struct failure *why)
{
    const char *reason = NULL;
    do {
        bool halted = false;
        if (!outbox_take(shift->outbox, fresh, letter, wait_ms, why)) {
            return false;
        }
        if (*letter == NULL) {
            return true;
        }
        bool good = outbox_wanted(shift->outbox, *letter, &reason, &halted, why);
        if (!good || halted) {
            outbox_return(shift->outbox, *letter);
            *letter = NULL;
            shift->result->halted = halted;
            return good;
        }
        if (reason != NULL) {
            settle_unwanted(shift, *letter, reason);
        }
    } while (reason != NULL);
    return true;
}

bool shift_next(struct shift *shift, bool fresh, struct deliver_message *message,
                struct letter **letter, int64_t *wait_ms, struct failure *why)
{
    *letter = NULL;
    *wait_ms = -1;
    while (*letter == NULL) {
        if (!take_wanted(shift, fresh, letter, wait_ms, why)) {
            return false;
        }
        if (*letter == NULL) {
            return true;
        }
        if (!compose(shift, letter, message, why)) {
            return false;
        }
    }
    (*letter)->started_ms = clock_monotonic_ms();
    shift->in_hand++;
    shift->linger_until = 0;
    return true;
}

/* What was said of us, or of the message, and will not pass by itself: the operator must know,
 * once. How many have heard it, the end of the run tells. */
static void blame(struct shift *shift, const struct ending *ending,
                  const struct judgement *judgement)
{
    const struct refusal *refusal = &judgement->refusal;
    char text[REPLY_TEXT + 500];
    if (judgement->again || shift->result->relay_why.kind != FAILURE_NONE) {
        return;
    }
    if (ending->how == ENDED_OURS) {
        tell_operator(shift, ending->reply.text);
        return;
    }
    bool ours = refusal->fault == REFUSAL_OURS || refusal->fault == REFUSAL_RECEIVER ||
                refusal->fault == REFUSAL_CONTENT;
    if (judgement->refused && refusal->permanent && ours) {
        snprintf(text, sizeof text, "%s answered %s with \"%s\"%s%s", shift->relay->name,
                 stage_name(ending->stage), ending->reply.text, refusal->remedy != NULL ? ": " : "",
                 refusal->remedy != NULL ? refusal->remedy : "");
        tell_operator(shift, text);
        sentence_mask(ending->reply.text, ending->letter->row.address, shift->result->topic);
    }
}

void shift_end(struct shift *shift, const struct ending *ending, struct judgement *judgement)
{
    assert(shift->in_hand > 0);
    shift->in_hand--;
    ending->letter->losses += ending_is_loss(ending);
    *judgement = ending_judge(ending, shift->relay->name);
    bool answered = ending->how == ENDED_REPLIED && ending->stage >= STAGE_MAIL;
    shift->result->attempted += answered || ending->handed;
    shift->left += ending->handed;
    blame(shift, ending, judgement);
    if (judgement->again) {
        log_event(LOG_LEVEL_DEBUG, "delivery", "again", LOG_INT("row", ending->letter->row.id),
                  LOG_STR("why", ending->reply.text));
        outbox_return(shift->outbox, ending->letter);
    } else {
        const struct delivery row = ending->letter->row;
        outbox_settle(shift->outbox, ending->letter, judgement, &ending->reply);
        resting_hear(&shift->resting, shift->outbox, &row, judgement, &ending->reply);
    }
}

bool shift_rest(struct shift *shift, enum shift_rest *rest, struct failure *why)
{
    int64_t due;
    *rest = SHIFT_HOME;
    if (!shift->job->linger || !shift_may_begin(shift)) {
        return true;
    }
    int64_t now = clock_now();
    int64_t linger = shift->job->settings->deliver.linger;
    if (shift->linger_until == 0) {
        shift->linger_until = now + linger;
    }
    if (!outbox_resend_doubtful(shift->outbox, RETRY_FIRST, why) ||
        !outbox_next_due(shift->outbox, &due, why)) {
        return false;
    }
    bool doubtful = outbox_resends_later(shift->outbox) && now + RETRY_FIRST <= shift->linger_until;
    if ((due > 0 && due <= shift->linger_until) || doubtful) {
        *rest = SHIFT_WAIT;
    }
    return true;
}

bool shift_relay_away(struct shift *shift, const struct failure *relay_why, struct failure *why)
{
    shift->result->relay_away = true;
    snprintf(shift->result->topic, sizeof shift->result->topic, "away");
    shift->result->relay_why = *relay_why;
    return outbox_defer_all(shift->outbox, relay_why->text, why);
}

static void count_anew(struct shift *shift, int64_t now_ms)
{
    struct failure ignored = {0};
    int64_t counts[DELIVERY_STATES];
    if (now_ms >= shift->counted_ms + SHIFT_COUNT_MS &&
        outbox_counts(shift->outbox, counts, &ignored)) {
        memcpy(shift->start, counts, sizeof counts);
        memcpy(shift->recorded, outbox_recorded(shift->outbox), sizeof shift->recorded);
        shift->counted_ms = now_ms;
    }
}

/* The states now; what is in none of the others is queued. */
static void fill_counts(const struct shift *shift, struct deliver_progress *progress)
{
    const int64_t *recorded = outbox_recorded(shift->outbox);
    int64_t others = 0;
    for (int state = 0; state < DELIVERY_STATES; state++) {
        progress->total += shift->start[state];
        if (state != DELIVERY_QUEUED && state != DELIVERY_SENDING) {
            progress->counts[state] =
                shift->start[state] + recorded[state] - shift->recorded[state];
            others += progress->counts[state];
        }
    }
    progress->counts[DELIVERY_QUEUED] = progress->total > others ? progress->total - others : 0;
}

void shift_watch(struct shift *shift, size_t lanes, size_t open, size_t busy)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!shift->job->progress || shift->job->watch == NULL ||
        now_ms < shift->watched_ms + SHIFT_WATCH_MS) {
        return;
    }
    shift->watched_ms = now_ms;
    count_anew(shift, now_ms);
    struct deliver_progress progress = {.lanes = lanes, .open = open, .busy = busy};
    fill_counts(shift, &progress);
    int64_t finished = 0;
    for (int state = DELIVERY_IN_DOUBT; state < DELIVERY_STATES; state++) {
        finished += outbox_recorded(shift->outbox)[state];
    }
    progress_measure(&shift->meter, now_ms, finished);
    progress_fill(&progress, &shift->meter);
    shift->job->watch(shift->job->watch_context, &progress);
}
