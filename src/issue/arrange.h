/* An editor's hand on a draft: order and omissions, each on top of the last. */
#ifndef ISSUE_ARRANGE_H
#define ISSUE_ARRANGE_H

#include "base/settings.h"
#include "store/issue.h"

/* Comparison ids. An id stands in one of the three lists, once. */
struct arrangement {
    const int64_t *first; /* to the front, in this order; the others keep theirs behind */
    size_t first_count;
    const int64_t *leave_out; /* out of this issue, for a later one */
    size_t leave_out_count;
    const int64_t *put_back; /* no longer left out */
    size_t put_back_count;
};

/* Changes the arrangement of a draft and builds it again, in one transaction: FAILURE_DATA, and
 * nothing has changed, where it is no draft any more, an id is named twice or is not in reach of
 * the draft, or where too little would be left for an issue (issue.min_items). */
bool issue_rearrange(struct store *store, struct arena *arena, const struct settings *settings,
                     const struct issue *issue, const struct arrangement *arrangement, int64_t now,
                     struct failure *why) MUST_CHECK;

#endif
