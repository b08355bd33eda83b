/* A draft built again, as part of an editor's change to it. */
#ifndef ISSUE_REBUILD_H
#define ISSUE_REBUILD_H

#include "settings/settings.h"
#include "store/issue.h"

/* The issue as it stands in the caller's transaction, in which it is to be changed: FAILURE_DATA
 * unless it is a draft; `what` says what is done to one ("arranged"). */
bool rebuild_get_draft(struct store *store, struct arena *arena, const struct issue *issue,
                       const char *what, struct issue **draft, struct failure *why) MUST_CHECK;

/* Builds the draft again. FAILURE_DATA where too little would be left for an issue
 * (issue.min_items). */
bool rebuild_draft(struct store *store, struct arena *arena, const struct settings *settings,
                   const struct issue *draft, int64_t now, struct failure *why) MUST_CHECK;

#endif
