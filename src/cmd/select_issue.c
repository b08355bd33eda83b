#include "cmd/select_issue.h"

#include <stdio.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "issue/at_hand.h"

static bool find(struct program *program, const struct option_value *number,
                 const struct option_value *name, bool anew, struct issue_view *view,
                 struct failure *why)
{
    struct issue *issue = NULL;
    struct week week;
    bool next = false;
    if (number->count > 0 && name->count > 0) {
        return fail(why, FAILURE_USAGE, "--issue and --week each name an issue; give one of them");
    }
    if (number->count > 0) {
        if (!common_find_issue(program, number->values[0], &issue, why) ||
            !week_named(&program->settings, issue->iso_week, &week, why)) {
            return false;
        }
    } else if (!(name->count > 0
                     ? week_named(&program->settings, name->values[0], &week, why)
                     : at_hand_to_show(program->store, &program->arena, &program->settings,
                                       clock_now(), &week, &next, why)) ||
               !issue_find_week(program->store, &program->arena, week.name, &issue, why)) {
        return false;
    }
    common_say_next(program, &week, next);
    /* The due instant is used instead of the current time: what is shown is the same on any day. */
    return (anew ? issue_view_find_anew : issue_view_find)(
        program->store, &program->arena, &program->settings, &week, issue, week.end, view, why);
}

/* Editing templates does not change a frozen issue: an editor who does not know that would look for
 * the fault elsewhere. */
static void tell_frozen(const struct program *program, const struct issue_view *view)
{
    const struct issue *issue = &view->issue;
    if (program->quiet) {
        return;
    }
    if (issue_view_is_frozen(view)) {
        fprintf(stderr,
                "verdicts: showing issue %lld, %s: its bytes are frozen; --anew shows its "
                "comparisons with today's templates\n",
                (long long)issue->number, issue_state_name(issue->state));
    } else if (view->anew) {
        fprintf(stderr,
                "verdicts: showing issue %lld, %s, with today's templates: these bytes are not "
                "those that are frozen\n",
                (long long)issue->number, issue_state_name(issue->state));
    }
}

bool select_issue_view(struct program *program, const struct option_value *number,
                       const struct option_value *week, bool anew, struct issue_view *view,
                       struct failure *why)
{
    if (!find(program, number, week, anew, view, why)) {
        return false;
    }
    tell_frozen(program, view);
    return true;
}
