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
    int64_t story; /* from 1; 0 if not in the issue */
    int64_t position; /* from 1; 0 if not in the issue */
};

struct pick {
    struct week week;
    struct pick_item *items; /* those in the issue by position; then the others, newest first */
    size_t count, in_count;
    struct story *stories; /* of those in the issue, in order */
    size_t story_count;
    bool thin;     /* fewer than min_items: nothing is sent, and in_count is 0 */
    int64_t *held; /* ids that this selection holds back (thin week, max_items) */
    size_t held_count;
};

/* Selects and orders. `issue_id` (0: none) is a draft that is being rebuilt: its own items count as
 * free. `order`: comparison ids in an editor's order, which takes precedence over ours (may be
 * NULL). */
bool pick_week(struct store *store, struct arena *arena, const struct settings *settings,
               const struct week *week, int64_t issue_id, const int64_t *order, size_t order_count,
               struct pick *pick, struct failure *why) MUST_CHECK;

/* The content of a frozen issue: `items`, in order; then the other comparisons in reach, which wait
 * for a later issue. `stories` is NULL, because the comparisons may have changed since. */
bool pick_frozen(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct week *week, const struct issue *issue, const struct issue_item *items,
                 size_t item_count, struct pick *pick, struct failure *why) MUST_CHECK;

/* Joins comparisons into stories and orders them; the part without side effects. */
void pick_stories(struct arena *arena, const struct comparison *const *items, size_t count,
                  struct story **stories, size_t *story_count);

/* Sets `shared` of stories whose items are set already, as pick_stories() would. */
void pick_shared(struct story *stories, size_t count);

/* The stories for readers who chose topics: the comparisons of `stories` with a tool in one of the
 * categories (`topics` as in subscriber.topics). Stories keep their order; a story with one
 * comparison left becomes a head-to-head. */
void pick_topics(struct arena *arena, const struct story *stories, size_t story_count,
                 const char *topics, struct story **chosen, size_t *chosen_count);

/* Whether a category is among those topics. */
bool pick_is_topic(const char *topics, const char *category);

#endif
