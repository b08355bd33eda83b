/* An editor's changes to a draft: the order of its comparisons, and which are left out. Each change
 * is applied on top of the earlier ones. */
#ifndef ISSUE_ARRANGE_H
#define ISSUE_ARRANGE_H

#include "settings/settings.h"
#include "store/issue.h"

/* The ids of the comparisons with those slugs, in the same order; FAILURE_NO_INPUT names an unknown
 * one. */
bool arrange_find(struct store *store, struct arena *arena, const char *const *slugs, size_t count,
                  int64_t **ids, struct failure *why) MUST_CHECK;

/* Changes the arrangement of a draft and builds it again, in one transaction. FAILURE_DATA, and
 * nothing has changed, if it is no longer a draft, if an id is given twice, is not in reach of the
 * draft or is withdrawn, or if too few comparisons would be left for an issue (issue.min_items). */
bool issue_rearrange(struct store *store, struct arena *arena, const struct settings *settings,
                     const struct issue *issue, const struct arrangement *arrangement, int64_t now,
                     struct failure *why) MUST_CHECK;

#endif
