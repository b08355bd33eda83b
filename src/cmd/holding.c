#include "cmd/holding.h"

#include <stdio.h>

#include "base/clock.h"
#include "issue/obstacle.h"

bool holding_find(struct program *program, struct hold **hold, struct failure *why)
{
    int64_t now = clock_now();
    return hold_lapse(program->store, now, why) &&
           hold_find(program->store, &program->arena, now, hold, why);
}

/* FAILURE_TRY_AGAIN with the line of whichever keeps it. */
static bool refuse(struct arena *arena, const struct hold *hold, const struct issue *issue,
                   struct failure *why)
{
    if (hold != NULL && (issue != NULL || hold->everything)) {
        return fail(why, FAILURE_TRY_AGAIN, "%s", obstacle_hold(arena, hold));
    }
    return issue == NULL || issue->paused_at == 0 ||
           fail(why, FAILURE_TRY_AGAIN, "%s", obstacle_pause(arena, issue));
}

bool holding_refuse(struct program *program, const struct issue *issue, struct failure *why)
{
    struct arena arena = {0}; /* the mailer asks for ever */
    struct hold *hold;
    int64_t now = clock_now();
    bool good = hold_lapse(program->store, now, why) &&
                hold_find(program->store, &arena, now, &hold, why) &&
                refuse(&arena, hold, issue, why);
    arena_free(&arena);
    return good;
}

bool holding_tell(struct program *program, const struct hold *hold, const struct issue *issue,
                  bool aloud, const char **line, struct failure *why)
{
    bool first;
    if (!(issue != NULL ? issue_tell_pause(program->store, issue->id, &first, why)
                        : hold_tell(program->store, &first, why))) {
        return false;
    }
    *line = issue != NULL ? obstacle_pause(&program->arena, issue)
                          : obstacle_hold(&program->arena, hold);
    if (first || aloud) {
        fprintf(stderr, "verdicts: %s\n", *line);
    }
    return true;
}
