#include "issue/follow.h"

#include "issue/build.h"

static bool follow(struct store *store, struct arena *arena, const struct settings *settings,
                   const struct issue *draft, int64_t now, struct followed *followed,
                   struct failure *why)
{
    struct week week;
    struct issue *built;
    enum issue_built outcome;
    if (!week_named(settings, draft->iso_week, &week, why) ||
        !issue_build(store, arena, settings, &week, now, &outcome, &built, why)) {
        return fail_context(why, "the draft of issue %lld (%s)", (long long)draft->number,
                            draft->iso_week);
    }
    *followed = (struct followed){
        .number = draft->number, .iso_week = draft->iso_week, .gone = outcome == ISSUE_THIN};
    return true;
}

bool issue_follow(struct store *store, struct arena *arena, const struct settings *settings,
                  int64_t now, struct followed **drafts, size_t *count, struct failure *why)
{
    struct issue *issues;
    size_t issue_count;
    *count = 0;
    if (!issue_list(store, arena, &issues, &issue_count, why)) {
        return false;
    }
    *drafts = arena_array(arena, issue_count, sizeof **drafts);
    for (size_t i = issue_count; i-- > 0;) {
        if (issues[i].state == ISSUE_DRAFT &&
            !follow(store, arena, settings, &issues[i], now, &(*drafts)[(*count)++], why)) {
            return false;
        }
    }
    return true;
}
