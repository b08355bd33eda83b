#include "issue/obstacle.h"

#include "base/clock.h"
#include "store/import.h"
#include "store/subscriber.h"

const char *obstacle_hold(struct arena *arena, const struct hold *hold)
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

const char *obstacle_pause(struct arena *arena, const struct issue *issue)
{
    char since[CLOCK_TEXT];
    clock_format(issue->paused_at, since);
    return arena_format(arena,
                        "issue %lld (%s) is paused since %s; `verdicts issue resume %lld` lets it "
                        "go on",
                        (long long)issue->number, issue->iso_week, since, (long long)issue->number);
}

bool obstacle_find_hold(struct store *store, struct arena *arena, struct hold **hold,
                        struct failure *why)
{
    int64_t now = clock_now();
    return hold_lapse(store, now, why) && hold_find(store, arena, now, hold, why);
}

static bool refuse(struct arena *arena, const struct hold *hold, const struct issue *issue,
                   struct failure *why)
{
    if (hold != NULL && (issue != NULL || hold->everything)) {
        return fail(why, FAILURE_TRY_AGAIN, "%s", obstacle_hold(arena, hold));
    }
    return issue == NULL || issue->paused_at == 0 ||
           fail(why, FAILURE_TRY_AGAIN, "%s", obstacle_pause(arena, issue));
}

bool obstacle_refuse(struct store *store, const struct issue *issue, struct failure *why)
{
    struct arena arena = {0}; /* of its own: the mailer process asks in every turn */
    struct hold *hold;
    bool good = obstacle_find_hold(store, &arena, &hold, why) && refuse(&arena, hold, issue, why);
    arena_free(&arena);
    return good;
}

bool obstacle_say(const struct issue_run *run, const struct hold *hold, const struct issue *issue,
                  bool aloud, const char **line, struct failure *why)
{
    bool first;
    if (!(issue != NULL ? issue_tell_pause(run->store, issue->id, &first, why)
                        : hold_tell(run->store, &first, why))) {
        return false;
    }
    *line = issue != NULL ? obstacle_pause(run->arena, issue) : obstacle_hold(run->arena, hold);
    if (first || aloud) {
        run->say(run->context, ISSUE_SAY_WARNING, *line);
    }
    return true;
}

bool obstacle_list(struct store *store, struct arena *arena, const char **line, struct failure *why)
{
    int64_t people[SUBSCRIBER_FORGOTTEN + 1];
    *line = NULL;
    if (!subscriber_counts(store, people, why)) {
        return false;
    }
    int64_t pending = people[SUBSCRIBER_PENDING];
    if (people[SUBSCRIBER_CONFIRMED] == 0 && pending > 0) {
        *line = arena_format(arena,
                             "the list has %lld pending and no confirmed reader; verdicts "
                             "subscribers invite asks them to confirm",
                             (long long)pending);
    }
    return true;
}

bool obstacle_imports(struct store *store, struct arena *arena, struct obstacle_import **imports,
                      size_t *count, struct failure *why)
{
    struct import_run *runs;
    if (!import_unfinished(store, arena, &runs, count, why)) {
        return false;
    }
    *imports = arena_array(arena, *count, sizeof **imports);
    for (size_t i = 0; i < *count; i++) {
        (*imports)[i].id = runs[i].id;
        (*imports)[i].line = arena_format(
            arena,
            "import %lld of %s has not ended, and its people get no mail: the same subscribers %s "
            "again goes on, subscribers import --undo %lld takes it back",
            (long long)runs[i].id, runs[i].name, runs[i].verb, (long long)runs[i].id);
    }
    return true;
}
