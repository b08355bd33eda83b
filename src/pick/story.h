/*
 * Joining comparisons into stories, and the order of both.
 *
 * A story has one shared tool. The tool that joins the most comparisons takes them first (ties: by
 * slug), then the next one of what is left, and so on; a comparison that is left alone is a
 * head-to-head. Within a story the rivals stand by panel, then community (none last), then newest
 * first, then slug. Stories stand by how clear their answer is
 * (the points by which the best tool is ahead, where half of its panel would ship it), then by how
 * many rivals readers have voted on, then by how many comparisons they join, then newest first,
 * then slug. An editor's order wins over all of it but does not take a story apart: the
 * story stands where its first comparison was put. Pure; the result depends on the set of the
 * comparisons alone, not on the order in which they come.
 */
#ifndef PICK_STORY_H
#define PICK_STORY_H

#include "base/arena.h"
#include "base/model.h"

/* `order` (may be NULL): comparison ids as the editor wants them; others come behind. The
 * comparisons have different slugs. */
void story_join(struct arena *arena, const struct comparison *const *items, size_t count,
                const int64_t *order, size_t order_count, struct story **stories,
                size_t *story_count);

#endif
