/*
 * `adopt`: settles the rollback guard (deliver/guard.h) at any time. This database becomes the one
 * that sends; issues that readers have from the lost one can be marked as sent.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "deliver/guard.h"
#include "issue/build.h"
#include "issue/transition.h"
#include "store/run.h"

enum adopt_option { ADOPT_ISSUE_SENT };

static const struct option_spec adopt_options[] = {
    [ADOPT_ISSUE_SENT] = {"issue-sent", 0, "N|YYYY-Www",
                          "readers have this issue already; repeat for each", true},
    {0},
};

/* Builds the draft of a week for which this database has no issue. */
static bool build_lost(struct program *program, const char *name, struct issue **issue,
                       struct failure *why)
{
    struct week week;
    enum issue_built outcome;
    if (!week_named(&program->settings, name, &week, why) ||
        !issue_build(program->store, &program->arena, &program->settings, &week, clock_now(),
                     &outcome, issue, why)) {
        return false;
    }
    return outcome != ISSUE_THIN ||
           fail(why, FAILURE_NO_INPUT,
                "%s has too few comparisons here for an issue; import again what it was made of",
                name);
}

/* Finds an issue by number or by week. One that was built after the backup is built again, by its
 * week. */
static bool find_issue(struct program *program, const char *name, struct issue **issue,
                       struct failure *why)
{
    int64_t number;
    if (strchr(name, 'W') != NULL) {
        return issue_find_week(program->store, &program->arena, name, issue, why) &&
               (*issue != NULL || build_lost(program, name, issue, why));
    }
    if (name[strspn(name, "0123456789")] != '\0') {
        return fail(why, FAILURE_USAGE,
                    "--issue-sent takes the number of an issue, or its week as in 2026-W47, not "
                    "\"%.100s\"",
                    name);
    }
    if (!options_number("--issue-sent", name, 1, INT32_MAX, &number, why) ||
        !issue_find_number(program->store, &program->arena, number, issue, why)) {
        return false;
    }
    return *issue != NULL || fail(why, FAILURE_NO_INPUT,
                                  "this database has no issue %lld; name its week instead, as in "
                                  "--issue-sent 2026-W47",
                                  (long long)number);
}

/* A draft has nothing that could be kept: it is frozen first. */
static bool take_as_sent(struct program *program, const char *name, struct failure *why)
{
    struct issue *issue;
    enum issue_cancelled outcome;
    bool changed;
    int64_t now = clock_now();
    if (!find_issue(program, name, &issue, why) ||
        (issue->state == ISSUE_DRAFT &&
         (!issue_freeze(program->store, &program->arena, &program->settings, issue, NULL, now,
                        &changed, why) ||
          !issue_get(program->store, &program->arena, issue->id, &issue, why))) ||
        !transition_cancel(program->store, issue, now, true, &outcome, why)) {
        return false;
    }
    if (outcome == ISSUE_CANCEL_LATE) {
        printf("issue %lld (%s) is %s already\n", (long long)issue->number, issue->iso_week,
               issue_state_name(issue->state));
    } else {
        printf("issue %lld (%s) is taken as sent: nobody gets it from here\n",
               (long long)issue->number, issue->iso_week);
    }
    return true;
}

/* Reports what can be sent now that the guard is settled. */
static bool tell_next(struct program *program, struct failure *why)
{
    struct issue *issues;
    size_t count;
    if (!issue_list(program->store, &program->arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = count; i-- > 0;) {
        if (issues[i].state == ISSUE_APPROVED || issues[i].state == ISSUE_SENDING) {
            printf("issue %lld (%s) is %s: the next `verdicts weekly` goes on with it\n",
                   (long long)issues[i].number, issues[i].iso_week,
                   issue_state_name(issues[i].state));
        }
    }
    return true;
}

/* The issues first: if the guard were settled before them, an hourly run could send one meanwhile.
 */
static bool adopt(struct program *program, const char **found, struct failure *why)
{
    const struct option_value *sent = &program->options[ADOPT_ISSUE_SENT];
    for (size_t i = 0; i < sent->count; i++) {
        if (!take_as_sent(program, sent->values[i], why)) {
            return false;
        }
    }
    if (!guard_adopt(program->store, &program->settings, &program->arena, found, why)) {
        return false;
    }
    if (*found == NULL) {
        printf("%s agrees with the record: nothing else to settle\n", program->settings.database);
    } else {
        printf("%s is the one that sends from now on (it %s)\n", program->settings.database,
               *found);
    }
    return tell_next(program, why);
}

static bool adopt_run(struct program *program, int *status, struct failure *why)
{
    int64_t run;
    const char *found = NULL;
    struct failure late = {0};
    (void)status;
    if (!common_no_operands(program, 0, why) || !settings_require_relay(&program->settings, why) ||
        !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !run_begin(program->store, "adopt", clock_now(), &run, why)) {
        return false;
    }
    bool good = adopt(program, &found, why);
    const char *summary = !good ? why->text : found != NULL ? found : "nothing to settle";
    int code = good ? EXIT_FINE : failure_exit_code(why->kind);
    bool ended = run_end(program->store, run, clock_now(), code, summary, good ? why : &late);
    return good && ended;
}

const struct verb verb_adopt = {
    .name = "adopt",
    .needs = NEEDS_STORE,
    .options = adopt_options,
    .usage = "[--issue-sent N|YYYY-Www ...]",
    .help = "Let a database that was put back or moved send from now on",
    .examples = "  verdicts adopt\n"
                "  verdicts adopt --issue-sent 7 --issue-sent 2026-W47\n",
    .run = adopt_run,
};
