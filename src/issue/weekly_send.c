#include "issue/weekly_private.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "issue/expire.h"
#include "issue/obstacle.h"

/* An operator keeps work back: by the hold, or by the pause of the issue. */
static bool keep_back(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    bool aloud = weekly->options->watched || weekly->options->summary;
    const char *line;
    if (!obstacle_say(weekly->run, weekly->hold, issue, aloud, &line, why)) {
        return false;
    }
    weekly->left = true;
    weekly_note(weekly, line);
    return true;
}

bool weekly_find_hold(struct weekly *weekly, struct failure *why)
{
    return obstacle_find_hold(weekly->run->store, weekly->run->arena, &weekly->hold, why) &&
           (weekly->hold == NULL || keep_back(weekly, NULL, why));
}

bool weekly_is_kept(struct weekly *weekly, const struct issue *issue, bool *kept,
                    struct failure *why)
{
    *kept = weekly->hold != NULL || issue->paused_at != 0;
    return issue->paused_at == 0 || keep_back(weekly, issue, why);
}

/* A hold or a pause began during sending, which has reported it. */
static bool note_halt(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    bool first;
    return obstacle_find_hold(run->store, run->arena, &weekly->hold, why) &&
           hold_tell(run->store, &first, why) &&
           issue_tell_pause(run->store, issue->id, &first, why);
}

void weekly_add_outcome(struct weekly *weekly, enum failure_kind outcome)
{
    bool open = weekly->left_kind == FAILURE_NONE || weekly->left_kind == FAILURE_TRY_AGAIN;
    if (outcome != FAILURE_NONE && open) {
        weekly->left_kind = outcome;
    }
}

bool weekly_send(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    const struct send_options options = {0};
    struct send_result result = {0};
    if (!send_issue(weekly->run, issue->id, &options, &result, why)) {
        return false;
    }
    send_summary(issue, result.delivered.counts, result.doubted, weekly->summary);
    weekly_add_outcome(weekly, send_outcome(&result));
    weekly->left = weekly->left || result.left;
    weekly->said = true;
    return weekly_say_sent(weekly, issue, &result, why) &&
           (!result.delivered.halted || note_halt(weekly, issue, why));
}

/* Handles what is left of an issue that was not sent in time. */
static bool expire(struct weekly *weekly, const struct issue *issue, bool *finished,
                   struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t counts[DELIVERY_STATES];
    int64_t doubted;
    if (!expire_issue(weekly->run, issue, "was not sent while it was news", finished, why)) {
        return false;
    }
    if (!*finished) {
        return true;
    }
    if (!delivery_counts(weekly->run->store, queue, counts, why) ||
        !delivery_doubted(weekly->run->store, queue, &doubted, why)) {
        return false;
    }
    send_summary(issue, counts, doubted, weekly->summary);
    size_t used = strlen(weekly->summary);
    snprintf(weekly->summary + used, sizeof weekly->summary - used,
             "; `verdicts send --issue %lld --retry gave_up` tries those again",
             (long long)issue->number);
    weekly_say(weekly, true);
    weekly->said = true;
    return true;
}

/* An issue that was not sent while it was news is left alone, and reported once. */
static bool send_unless_stale(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    struct failure line = {0};
    bool stale, first, finished = false;
    if (!expire_is_stale(run, issue, &stale, &line, why)) {
        return false;
    }
    if (!stale) {
        return weekly_send(weekly, issue, why);
    }
    if ((issue->state == ISSUE_SENDING && !expire(weekly, issue, &finished, why)) ||
        !issue_tell(run->store, issue->id, ISSUE_TOLD_STALE, &first, why)) {
        return false;
    }
    /* What the line suggests would have no effect on an issue that has just ended. */
    if (first && !finished) {
        weekly_warn(weekly, line.text);
    }
    weekly->stale = true;
    weekly_note(weekly, arena_format(run->arena, "issue %lld (%s) is too old",
                                     (long long)issue->number, issue->iso_week));
    return true;
}

bool weekly_tolerate(struct weekly *weekly, const struct failure *bad, struct failure *why)
{
    if (bad->kind == FAILURE_IO || bad->kind == FAILURE_SYSTEM || bad->kind == FAILURE_INTERNAL) {
        *why = *bad;
        return false;
    }
    weekly_warn(weekly, bad->text);
    if (weekly->refused.kind == FAILURE_NONE) {
        weekly->refused = *bad;
    }
    return true;
}

static bool try_one(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct failure bad = {0};
    bool kept;
    return weekly_is_kept(weekly, issue, &kept, why) &&
           (kept || send_unless_stale(weekly, issue, &bad) || weekly_tolerate(weekly, &bad, why));
}

/* The issues one after the other, the oldest first. */
static bool each_issue(struct weekly *weekly,
                       bool (*step)(struct weekly *weekly, const struct issue *issue,
                                    struct failure *why),
                       struct failure *why)
{
    const struct issue_run *run = weekly->run;
    struct issue *issues;
    size_t count;
    bool good = issue_list(run->store, run->arena, &issues, &count, why);
    for (size_t i = good ? count : 0; good && i-- > 0;) {
        good = step(weekly, &issues[i], why);
    }
    return good;
}

static bool resume(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    return issue->state != ISSUE_SENDING || *weekly->run->stop || try_one(weekly, issue, why);
}

bool weekly_resume(struct weekly *weekly, struct failure *why)
{
    return each_issue(weekly, resume, why);
}

/* A claim of a process that has died is settled in a cancelled issue, too. */
static bool settle(const struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t queued, in_doubt;
    return issue->state != ISSUE_CANCELLED ||
           delivery_recover(weekly->run->store, queue, clock_boot_id(), clock_boottime_ms(), false,
                            clock_now(), &queued, &in_doubt, why);
}

static bool send_approved(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    bool due = issue->state == ISSUE_APPROVED && issue->window_end <= clock_now();
    return settle(weekly, issue, why) &&
           (!due || *weekly->run->stop || try_one(weekly, issue, why));
}

bool weekly_send_approved(struct weekly *weekly, struct failure *why)
{
    return each_issue(weekly, send_approved, why);
}
