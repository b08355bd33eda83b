#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "issue/approve.h"
#include "issue/build.h"
#include "issue/obstacle.h"
#include "issue/weekly_private.h"
#include "store/issue_word.h"
#include "store/subscriber.h"

/* The summary says why the issue is not sent; it is reported once. */
static bool tell_once(struct weekly *weekly, const struct issue *issue, enum issue_told told,
                      struct failure *why)
{
    bool first;
    if (!issue_tell(weekly->run->store, issue->id, told, &first, why)) {
        return false;
    }
    if (first) {
        weekly_say(weekly, true);
        weekly->said = true;
    }
    return true;
}

/* An issue for nobody would use up the week's comparisons. An operator may take a list for complete
 * on which people have not been asked to confirm: that is reported once. */
static bool has_readers(struct weekly *weekly, const struct issue *issue, bool *has,
                        struct failure *why)
{
    const struct issue_run *run = weekly->run;
    int64_t readers;
    const char *list;
    if (!subscriber_eligible(run->store, &readers, why)) {
        return false;
    }
    *has = readers > 0;
    if (*has) {
        return true;
    }
    if (!obstacle_list(run->store, run->arena, &list, why)) {
        return false;
    }
    snprintf(weekly->summary, sizeof weekly->summary, "issue %lld (%s) waits: %s",
             (long long)issue->number, issue->iso_week,
             list != NULL ? list : "the list has no confirmed reader yet");
    return list == NULL || tell_once(weekly, issue, ISSUE_TOLD_WAITS, why);
}

/* A draft that no editor has approved: the editors are asked once. Cron's mail mentions it if there
 * is nobody to ask, and once when the deadline has passed. */
static bool wait_for_editors(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    const struct settings *settings = weekly->run->settings;
    const char *const *editors = settings->issue.editors;
    bool nobody = editors == NULL || editors[0] == NULL;
    bool held = approve_answer(settings, issue, clock_now()) == APPROVE_HOLD;
    bool asked;
    enum failure_kind outcome;
    snprintf(weekly->summary, sizeof weekly->summary,
             held ? "issue %lld (%s) is held, as nobody approved it in time: verdicts issue "
                    "approve %lld"
                  : "issue %lld (%s) waits for approval: verdicts issue approve %lld",
             (long long)issue->number, issue->iso_week, (long long)issue->number);
    if (!approve_ask(weekly->run, weekly->mailer, issue, &asked, &outcome, why)) {
        return false;
    }
    if ((held || nobody) &&
        !tell_once(weekly, issue, held ? ISSUE_TOLD_HELD : ISSUE_TOLD_WAITS, why)) {
        return false;
    }
    weekly_add_outcome(weekly, outcome);
    return true;
}

static void tell_unapproved(const struct weekly *weekly, const struct issue *issue)
{
    if (weekly->run->settings->issue.approval == APPROVAL_REQUIRED) {
        weekly_warn(weekly,
                    arena_format(weekly->run->arena,
                                 "issue %lld (%s) is sent without approval: its deadline has "
                                 "passed and issue.after_deadline is send",
                                 (long long)issue->number, issue->iso_week));
    }
}

/* Freezes a draft that may be sent now: `*id` is what to send, 0 if nothing. A draft that is kept
 * back stays a draft, which can still be changed. */
static bool freeze(struct weekly *weekly, struct arena *arena, const struct issue *issue,
                   int64_t *id, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    bool readers, changed, kept = false;
    if (approve_answer(run->settings, issue, clock_now()) != APPROVE_SEND) {
        return wait_for_editors(weekly, issue, why);
    }
    if (!has_readers(weekly, issue, &readers, why) ||
        (readers && !weekly_is_kept(weekly, issue, &kept, why))) {
        return false;
    }
    if (!readers || kept) {
        return true;
    }
    if (!approve_check(run, issue, why) ||
        !issue_freeze(run->store, arena, run->settings, issue, NULL, clock_now(), &changed, why)) {
        return false;
    }
    tell_unapproved(weekly, issue);
    *id = issue->id;
    return true;
}

/* What an editor wrote for a draft goes with it, so that is reported. */
static bool has_words(const struct weekly *weekly, const struct issue *issue, bool *has,
                      struct failure *why)
{
    struct issue_word *words;
    size_t count = 0;
    bool good = issue == NULL || issue_word_list(weekly->run->store, weekly->run->arena, issue->id,
                                                 &words, &count, why);
    *has = count > 0;
    return good;
}

/* Builds a week's issue; issues that were approved before this run have been tried by now. */
static bool prepare(struct weekly *weekly, struct arena *arena, const struct week *week,
                    int64_t *id, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    struct issue *issue;
    enum issue_built outcome;
    bool written;
    *id = 0;
    if (!issue_find_week(run->store, arena, week->name, &issue, why) ||
        !has_words(weekly, issue, &written, why)) {
        return false;
    }
    if (!issue_build(run->store, arena, run->settings, week, clock_now(), &outcome, &issue, why)) {
        return fail_context(why, "%s", week->name);
    }
    if (outcome == ISSUE_THIN && written) {
        weekly_warn(weekly,
                    arena_format(run->arena,
                                 "the draft of %s has too few comparisons left and is gone, "
                                 "with what an editor wrote for it",
                                 week->name));
    }
    if (outcome == ISSUE_THIN) {
        if (!weekly->said) {
            snprintf(weekly->summary, sizeof weekly->summary,
                     "nothing due: too few new comparisons for %s, they carry over", week->name);
        }
        return true;
    }
    return issue->state != ISSUE_DRAFT || freeze(weekly, arena, issue, id, why);
}

static bool send_frozen(struct weekly *weekly, int64_t id, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    struct issue *issue;
    return issue_get(run->store, run->arena, id, &issue, why) &&
           (issue->state != ISSUE_APPROVED || weekly_send(weekly, issue, why));
}

/* Does what a week's issue needs next. The memory for building it is freed before it is sent. */
static bool take_week(struct weekly *weekly, const struct week *week, struct failure *why)
{
    struct arena arena = {0};
    struct failure bad = {0};
    int64_t id;
    bool good = prepare(weekly, &arena, week, &id, &bad);
    arena_free(&arena);
    return (good && (id == 0 || send_frozen(weekly, id, &bad))) ||
           weekly_tolerate(weekly, &bad, why);
}

/* A draft that needs no approval was not sent in its week: there was no reader yet, check found
 * errors, or cron was not running. As nobody asks for it any more, it would keep its comparisons
 * from every issue; so they carry over to the next one. */
static bool release_draft(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    bool released, written;
    if (!has_words(weekly, issue, &written, why) ||
        !issue_release(run->store, run->arena, issue->id, clock_now(), &released, why)) {
        return false;
    }
    if (released && (issue->edited || written)) {
        weekly_warn(weekly, arena_format(run->arena,
                                         "the draft of %s, which an editor had %s, was not sent in "
                                         "its week; its comparisons go on to the next issue%s",
                                         issue->iso_week, written ? "written for" : "arranged",
                                         written ? ", what was written does not" : ""));
    }
    return true;
}

/* A draft of an earlier week: sent if the editors were told that it is sent after its deadline, and
 * it is not too old. One that is waiting for them, or is paused, stays. */
static bool take_old_draft(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    const struct settings *settings = weekly->run->settings;
    int64_t now = clock_now();
    struct week week;
    if (issue->paused_at != 0 || approve_answer(settings, issue, now) != APPROVE_SEND) {
        return true;
    }
    bool old = now - issue->window_end > settings->issue.max_age_days * 86400;
    bool promised = settings->issue.approval == APPROVAL_REQUIRED && !old;
    return week_named(settings, issue->iso_week, &week, why) &&
           (promised ? take_week(weekly, &week, why) : release_draft(weekly, issue, why));
}

static bool take_old_drafts(struct weekly *weekly, const struct week *due, struct failure *why)
{
    const struct issue_run *run = weekly->run;
    struct issue *issues;
    size_t count;
    if (!issue_list(run->store, run->arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = count; i-- > 0 && !*run->stop;) {
        bool earlier = strcmp(issues[i].iso_week, due->name) < 0;
        if (issues[i].state == ISSUE_DRAFT && earlier && !take_old_draft(weekly, &issues[i], why)) {
            return false;
        }
    }
    return true;
}

bool weekly_due(struct weekly *weekly, struct failure *why)
{
    struct week week;
    week_due(weekly->run->settings, clock_now(), &week);
    return take_old_drafts(weekly, &week, why) &&
           (*weekly->run->stop || take_week(weekly, &week, why));
}
