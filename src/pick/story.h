/*
 * Joins comparisons into stories, and orders both.
 *
 * A story has one shared tool. The tool that is in most comparisons takes them first (ties: by
 * slug), then the next one of what is left, and so on; a comparison that is left alone is a
 * head-to-head. Within a story the rivals are ordered by panel, then community (none last), then
 * newest first, then slug. Stories are ordered by how clear their answer is (the points by which
 * the best tool is ahead, if half of its panel would ship it), then by how many rivals readers have
 * voted on, then by the number of their comparisons, then newest first, then slug. An editor's
 * order takes precedence but does not split a story: the story stands where its first comparison
 * was put. Pure; the result depends only on the set of comparisons, not on the order in which they
 * are passed.
 */
#ifndef PICK_STORY_H
#define PICK_STORY_H

#include "base/arena.h"
#include "base/model.h"

/* `order` (may be NULL): comparison ids in the editor's order; others follow. The comparisons have
 * different slugs. */
void story_join(struct arena *arena, const struct comparison *const *items, size_t count,
                const int64_t *order, size_t order_count, struct story **stories,
                size_t *story_count);

#endif
