#include "issue/at_hand.h"

#include "issue/moves.h"
#include "store/issue.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* The week's issue (NULL: none), and whether it has one or enough to make one. */
static bool find_issue(struct store *store, struct arena *arena, const struct settings *settings,
                       const struct week *week, struct issue **issue, bool *enough,
                       struct failure *why)
{
    struct pick pick;
    struct moves moves;
    if (!issue_find_week(store, arena, week->name, issue, why)) {
        return false;
    }
    *enough = *issue != NULL;
    if (*enough) {
        return true;
    }
    if (!moves_pick(store, arena, settings, week, 0, NULL, 0, &pick, &moves, why)) {
        return false;
    }
    *enough = !pick.thin;
    return true;
}

bool at_hand_find(struct store *store, struct arena *arena, const struct settings *settings,
                  int64_t now, struct week *week, bool *next, struct failure *why)
{
    struct issue *issue;
    bool enough;
    week_due(settings, now, week);
    if (!find_issue(store, arena, settings, week, &issue, &enough, why)) {
        return false;
    }
    bool done = issue != NULL && (issue->state == ISSUE_SENT || issue->state == ISSUE_CANCELLED);
    *next = done || !enough;
    if (*next) {
        week_due(settings, week_next_due(settings, now), week);
    }
    return true;
}

bool at_hand_to_show(struct store *store, struct arena *arena, const struct settings *settings,
                     int64_t now, struct week *week, bool *next, struct failure *why)
{
    struct issue *issue, *issues;
    size_t count;
    bool enough = true;
    if (!at_hand_find(store, arena, settings, now, week, next, why) ||
        (*next && !find_issue(store, arena, settings, week, &issue, &enough, why))) {
        return false;
    }
    if (enough) {
        return true;
    }
    if (!issue_list(store, arena, &issues, &count, why)) {
        return false;
    }
    *next = count == 0;
    return *next || week_named(settings, issues[0].iso_week, week, why);
}

char *at_hand_words(struct arena *arena, const struct week *week, int64_t now)
{
    int64_t left = week->end - now;
    int64_t unit = left >= 2 * DAY ? DAY : left >= HOUR ? HOUR : MINUTE;
    const char *name = unit == DAY ? "d" : unit == HOUR ? "h" : "min";
    int64_t whole = (left + unit / 2) / unit;
    return arena_format(arena, "the next one is %s, due in %lld %s", week->name,
                        (long long)(whole > 0 ? whole : 1), name);
}
