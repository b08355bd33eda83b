/*
 * An issue as a whole: picked, rendered, kept, frozen, and made into a reader's message. The only
 * folder besides cmd/ and web/ that strings steps together, so that preview, test send, the weekly
 * run and the web archive share one path (one renderer, the same bytes).
 */
#ifndef ISSUE_BUILD_H
#define ISSUE_BUILD_H

#include "base/settings.h"
#include "base/token.h"
#include "pick/pick.h"
#include "store/issue.h"

enum issue_built {
    ISSUE_BUILT, /* a draft was made, or made again */
    ISSUE_KEPT,  /* the week's issue is approved, sending, sent or cancelled: nothing to do */
    ISSUE_THIN,  /* too few comparisons: nothing is sent, they carry over */
};

/* Picks and renders the issue of `week` into a draft; a draft that is there is built again. */
bool issue_build(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct week *week, int64_t now, enum issue_built *outcome,
                 struct issue **issue, struct failure *why) MUST_CHECK;

/* Approves a draft: builds it once more, freezes every setting that shapes a message. */
bool issue_freeze(struct store *store, struct arena *arena, const struct settings *settings,
                  struct issue *issue, int64_t now, bool *changed, struct failure *why) MUST_CHECK;

#endif
