#include "issue/rebuild.h"

#include <assert.h>

#include "issue/build.h"
#include "pick/week.h"

bool rebuild_get_draft(struct store *store, struct arena *arena, const struct issue *issue,
                       const char *what, struct issue **draft, struct failure *why)
{
    if (!issue_find_number(store, arena, issue->number, draft, why)) {
        return false;
    }
    if (*draft != NULL && (*draft)->state == ISSUE_APPROVED) {
        return fail(why, FAILURE_DATA,
                    "issue %lld is approved; only a draft can be %s: `verdicts issue cancel %lld` "
                    "lets a new one be built, without an editor's words, which `verdicts issue "
                    "show %lld` prints",
                    (long long)issue->number, what, (long long)issue->number,
                    (long long)issue->number);
    }
    return (*draft != NULL && (*draft)->state == ISSUE_DRAFT) ||
           fail(why, FAILURE_DATA, "issue %lld is %s; only a draft can be %s",
                (long long)issue->number,
                *draft != NULL ? issue_state_name((*draft)->state) : "gone", what);
}

bool rebuild_draft(struct store *store, struct arena *arena, const struct settings *settings,
                   const struct issue *draft, int64_t now, struct failure *why)
{
    struct week week;
    struct issue *built;
    enum issue_built outcome;
    if (!week_named(settings, draft->iso_week, &week, why) ||
        !issue_build(store, arena, settings, &week, now, &outcome, &built, why)) {
        return false;
    }
    assert(outcome != ISSUE_KEPT); /* in this transaction it is a draft */
    return outcome == ISSUE_BUILT ||
           fail(why, FAILURE_DATA,
                "too little would be left for an issue (issue.min_items = %lld); `verdicts "
                "issue cancel %lld` gives up the issue as a whole",
                (long long)settings->issue.min_items, (long long)draft->number);
}
