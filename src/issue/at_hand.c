#include "issue/at_hand.h"

#include "issue/moves.h"
#include "store/issue.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* Whether the week whose window has ended still has something to be done. */
static bool is_open(struct store *store, struct arena *arena, const struct settings *settings,
                    const struct week *week, bool *open, struct failure *why)
{
    struct issue *issue;
    struct pick pick;
    struct moves moves;
    if (!issue_find_week(store, arena, week->name, &issue, why)) {
        return false;
    }
    if (issue != NULL) {
        *open = issue->state != ISSUE_SENT && issue->state != ISSUE_CANCELLED;
        return true;
    }
    if (!moves_pick(store, arena, settings, week, 0, NULL, 0, &pick, &moves, why)) {
        return false;
    }
    *open = !pick.thin;
    return true;
}

bool at_hand_find(struct store *store, struct arena *arena, const struct settings *settings,
                  int64_t now, struct week *week, bool *next, struct failure *why)
{
    bool open;
    week_due(settings, now, week);
    if (!is_open(store, arena, settings, week, &open, why)) {
        return false;
    }
    *next = !open;
    if (*next) {
        week_due(settings, week_next_due(settings, now), week);
    }
    return true;
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
