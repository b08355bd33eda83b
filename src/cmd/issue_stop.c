#include "cmd/issue_stop.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "issue/transition.h"
#include "pick/week.h"
#include "store/issue_word.h"

static bool cancel(struct program *program, const struct issue *issue, bool keep,
                   enum issue_cancelled *outcome, struct failure *why)
{
    if (keep && issue->state == ISSUE_DRAFT) {
        return fail(why, FAILURE_DATA,
                    "issue %lld is a draft, of which nothing can be kept; approve it first",
                    (long long)issue->number);
    }
    return transition_cancel(program->store, issue, clock_now(), keep, outcome, why);
}

/* No issue is built any more for a week that is over. */
static void say_freed(const struct program *program, const struct issue *issue, bool worded)
{
    struct week due;
    const char *words = worded ? ", with what an editor wrote for it" : "";
    week_due(&program->settings, clock_now(), &due);
    if (strcmp(issue->iso_week, due.name) < 0) {
        printf("issue %lld is gone%s; nothing had been sent, its comparisons are free for the next "
               "issue, but for those that are too old by then (issue.max_age_days)\n",
               (long long)issue->number, words);
        return;
    }
    printf("issue %lld is gone%s; nothing had been sent, its week and comparisons are free again: "
           "`verdicts issue build` or, once it is due, `verdicts weekly` builds it anew\n",
           (long long)issue->number, words);
}

bool issue_stop_cancel(struct program *program, const struct issue *issue, bool keep,
                       struct failure *why)
{
    enum issue_cancelled outcome;
    struct issue_word *words;
    size_t word_count;
    if (!issue_word_list(program->store, &program->arena, issue->id, &words, &word_count, why) ||
        !cancel(program, issue, keep, &outcome, why)) {
        return false;
    }
    switch (outcome) {
    case ISSUE_CANCEL_FREED:
        say_freed(program, issue, word_count > 0);
        return true;
    case ISSUE_CANCEL_STOPPED:
        printf("issue %lld is stopped; who has it keeps it, nobody else gets it\n",
               (long long)issue->number);
        return true;
    case ISSUE_CANCEL_LATE:
        break;
    }
    return fail(why, FAILURE_DATA, "issue %lld is %s already; nothing is left to cancel",
                (long long)issue->number, issue_state_name(issue->state));
}

/* Says why it cannot be stopped or resumed. */
static bool fail_ended(const struct issue *issue, const char *verb, struct failure *why)
{
    return fail(why, FAILURE_DATA, "issue %lld is %s already; there is nothing to %s",
                (long long)issue->number, issue_state_name(issue->state), verb);
}

bool issue_stop_pause(struct program *program, const struct issue *issue, struct failure *why)
{
    bool changed;
    if (!transition_pause(program->store, issue, clock_now(), &changed, why)) {
        return false;
    }
    if (issue->state == ISSUE_SENT || issue->state == ISSUE_CANCELLED) {
        return fail_ended(issue, "pause", why);
    }
    printf("issue %lld is paused%s: nothing of it is sent until `verdicts issue resume %lld`\n",
           (long long)issue->number, changed ? "" : " already", (long long)issue->number);
    return true;
}

bool issue_stop_resume(struct program *program, const struct issue *issue, struct failure *why)
{
    bool changed;
    if (!transition_resume(program->store, issue, clock_now(), &changed, why)) {
        return false;
    }
    if (issue->state == ISSUE_SENT || issue->state == ISSUE_CANCELLED) {
        return fail_ended(issue, "resume", why);
    }
    printf(changed ? "issue %lld is %s and no longer paused; the next run goes on with it\n"
                   : "issue %lld is %s and was not paused\n",
           (long long)issue->number, issue_state_name(issue->state));
    return true;
}
