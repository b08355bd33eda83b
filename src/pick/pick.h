/*
 * Which comparisons, in what order, and why.
 *
 * Selected = published before the window's end, in no other issue, not older than
 * issue.max_age_days counted from the window's end (what a thin week or max_items held back does
 * not age out). Limits count comparisons, not stories. Order: stories by how clear their answer is,
 * then by votes, by how many comparisons they join and by time (the whole rule stands in
 * pick/story.h). Each comparison in reach carries a reason; dates in it are UTC.
 *
 * Where there are more than issue.max_items, seats go first to what the editor has placed, then to
 * what was held back before, longest first, then to the rest in the order in which it would stand
 * in the issue; stories are joined anew from what has a seat. So nothing that was held back can be
 * pushed out for ever by newer comparisons: each issue takes max_items off the front of that
 * queue. What this week's own selection holds back (held_at at or after the window's end) has no
 * such claim yet: building a draft again gives the same draft.
 *
 * issue.min_items is compared with what could go in, before max_items cuts. What is
 * withdrawn is never in. What an editor left out stays out, of later issues too, until it is put
 * back; meanwhile it is not held back, and ages.
 */
#ifndef PICK_PICK_H
#define PICK_PICK_H

#include "base/model.h"
#include "pick/week.h"
#include "settings/settings.h"
#include "store/comparison.h"
#include "store/issue.h"

struct pick_item {
    const struct comparison *comparison;
    bool in;
    const char
        *reason;   /* "new this week", "held back since 2026-11-13", "in issue 3 (2026-W46)" … */
    int64_t story; /* from 1; 0 where out */
    int64_t position; /* from 1; 0 where out */
};

struct pick {
    struct week week;
    struct pick_item *items; /* those in, by position; then those out, newest first */
    size_t count, in_count;
    struct story *stories; /* of those in, in order */
    size_t story_count;
    bool thin;     /* fewer than min_items: nothing is to be sent, in_count is 0 */
    int64_t *held; /* ids that this selection would hold back (thin week, max_items) */
    size_t held_count;
};

/* Selects and orders. `issue_id` (0: none) is the draft that is built again: its own items count
 * as free. `order`: an editor's order of comparison ids, which wins over ours (may be NULL). */
bool pick_week(struct store *store, struct arena *arena, const struct settings *settings,
               const struct week *week, int64_t issue_id, const int64_t *order, size_t order_count,
               struct pick *pick, struct failure *why) MUST_CHECK;

/* What an issue that is frozen holds, as it stands in `items`, in order; then what else is in
 * reach, which waits for a later issue. `stories` is NULL: their comparisons may have changed
 * since. */
bool pick_frozen(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct week *week, const struct issue *issue, const struct issue_item *items,
                 size_t item_count, struct pick *pick, struct failure *why) MUST_CHECK;

/* Joins comparisons into stories and orders them: the pure part. `positions` of the items follow.
 */
void pick_stories(struct arena *arena, const struct comparison *const *items, size_t count,
                  struct story **stories, size_t *story_count);

/* Fills `shared` of stories whose items are there already, as pick_stories() would. */
void pick_shared(struct story *stories, size_t count);

/* The stories for readers who chose topics: what of `stories` has a tool of one of the categories
 * (`topics` as in subscriber.topics). Stories keep their order; a story of one left over becomes a
 * head-to-head. */
void pick_topics(struct arena *arena, const struct story *stories, size_t story_count,
                 const char *topics, struct story **chosen, size_t *chosen_count);

#endif
