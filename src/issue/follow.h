/* Builds drafts again after their comparisons were withdrawn, restored, or given another date. */
#ifndef ISSUE_FOLLOW_H
#define ISSUE_FOLLOW_H

#include "settings/settings.h"
#include "store/issue.h"

/* A draft that was built again. */
struct followed {
    int64_t number;
    const char *iso_week;
    bool gone; /* too little is left for an issue: its comparisons carry over */
};

/* Builds every draft again, each in its own transaction; `drafts` is in the arena. A failure names
 * the draft; those before it have been built. */
bool issue_follow(struct store *store, struct arena *arena, const struct settings *settings,
                  int64_t now, struct followed **drafts, size_t *count,
                  struct failure *why) MUST_CHECK;

#endif
