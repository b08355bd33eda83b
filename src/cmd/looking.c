#include "cmd/looking.h"

#include "cmd/common.h"

bool looking_find(struct program *program, const struct option_value *number,
                  const struct option_value *name, struct showing *showing, struct failure *why)
{
    struct issue *issue = NULL;
    struct week week;
    if (number->count > 0) {
        if (!common_find_issue(program, number->values[0], &issue, why) ||
            !common_find_week(program, issue->iso_week, &week, why)) {
            return false;
        }
    } else if (!common_find_week(program, name->count > 0 ? name->values[0] : NULL, &week, why) ||
               !issue_find_week(program->store, &program->arena, week.name, &issue, why)) {
        return false;
    }
    /* The due instant stands in for now: what is shown is the same on any day. */
    return showing_find(program->store, &program->arena, &program->settings, &week, issue, week.end,
                        showing, why);
}
