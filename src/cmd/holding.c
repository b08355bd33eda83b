#include "cmd/holding.h"

#include <stdio.h>

#include "base/clock.h"

bool holding_find(struct program *program, struct hold **hold, struct failure *why)
{
    int64_t now = clock_now();
    return hold_lapse(program->store, now, why) &&
           hold_find(program->store, &program->arena, now, hold, why);
}

const char *holding_line(struct arena *arena, const struct hold *hold)
{
    char since[CLOCK_TEXT], until[CLOCK_TEXT] = "";
    clock_format(hold->since, since);
    if (hold->until != 0) {
        clock_format(hold->until, until);
    }
    return arena_format(arena,
                        "sending is held since %s by %s%s%s%s%s%s; `verdicts release` lets it go "
                        "on",
                        since, hold->who, until[0] != '\0' ? ", until " : "", until,
                        hold->everything ? ", confirmation mails too" : "",
                        hold->reason[0] != '\0' ? ": " : "", hold->reason);
}

const char *holding_paused_line(struct arena *arena, const struct issue *issue)
{
    char since[CLOCK_TEXT];
    clock_format(issue->paused_at, since);
    return arena_format(arena,
                        "issue %lld (%s) is paused since %s; `verdicts issue resume %lld` lets it "
                        "go on",
                        (long long)issue->number, issue->iso_week, since, (long long)issue->number);
}

/* FAILURE_TRY_AGAIN with the line of whichever keeps it. */
static bool refuse(struct arena *arena, const struct hold *hold, const struct issue *issue,
                   struct failure *why)
{
    if (hold != NULL && (issue != NULL || hold->everything)) {
        return fail(why, FAILURE_TRY_AGAIN, "%s", holding_line(arena, hold));
    }
    return issue == NULL || issue->paused_at == 0 ||
           fail(why, FAILURE_TRY_AGAIN, "%s", holding_paused_line(arena, issue));
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
    *line = issue != NULL ? holding_paused_line(&program->arena, issue)
                          : holding_line(&program->arena, hold);
    if (first || aloud) {
        fprintf(stderr, "verdicts: %s\n", *line);
    }
    return true;
}
