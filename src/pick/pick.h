/*
 * Decides which comparisons an issue contains, in what order, and why.
 *
 * A comparison is selected if it was published before the end of the window, is in no other issue,
 * and is not older than issue.max_age_days, counted from the end of the window (comparisons that a
 * thin week or max_items held back do not age out). Limits count comparisons, not stories. Stories
 * are ordered by how clear their answer is, then by votes, by the number of comparisons and by time
 * (pick/story.h has the whole rule). Each candidate has a reason for being in or out; dates in it
 * are UTC.
 *
 * The rules, in this order; the first that applies decides:
 *
 *   the comparison is …                              it is …
 *   in another issue                                 out
 *   withdrawn                                        out
 *   published at or after the window's end           out, for a later issue
 *   left out by an editor, until put back            out; it ages meanwhile
 *   older than max_age_days, and not held back       out, for good
 *   one of fewer than min_items                      out, held back: no issue is made
 *   placed by an editor                              in, while there are seats (max_items)
 *   held back before this week, longest first        in, while there are seats
 *   any other, in the order of the issue             in, while there are seats
 *   without a seat                                   out, held back
 *
 * Comparisons with a seat are joined into stories again. Since each issue takes max_items off the
 * front of the queue of those held back, newer comparisons cannot push one out forever. What this
 * week's own selection holds back (held_at at or after the window's end) has no precedence yet, so
 * that rebuilding a draft gives the same draft. min_items is compared with what could go in, before
 * max_items cuts.
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

/* Whether a category is one of those topics. */
bool pick_is_topic(const char *topics, const char *category);

#endif
