/*
 * What an issue was built from, as it is kept with it: the comparisons as they were then, what has
 * moved, what is on the record, an editor's words, and from its approval on the templates and
 * settings. Nothing else shapes a copy of an approved issue.
 */
#ifndef ISSUE_STORED_H
#define ISSUE_STORED_H

#include "issue/sender.h"
#include "issue/variant.h"

/* The stories of a stored issue, from the snapshots of its items. */
bool stored_stories(struct store *store, struct arena *arena, int64_t issue_id,
                    struct story **stories, size_t *count, struct failure *why) MUST_CHECK;

/* Everything that its variants are rendered from. The templates and settings are those that it was
 * approved with; those of now where it is a draft or is begun, or was approved by a program that
 * did not keep them. */
bool stored_source(struct store *store, struct arena *arena, const struct settings *settings,
                   const struct issue *issue, const struct sender *sender,
                   struct variant_source *source, struct failure *why) MUST_CHECK;

#endif
