/*
 * Builds an issue: picks the comparisons of its week, renders them, stores the draft, freezes it,
 * and begins to send it. Preview, test copies, the weekly run and the archive of past issues share
 * these functions, so that what an editor sees is what readers get.
 *
 * The table of an issue's states is in transition.h. Once it is approved, an issue is made from
 * nothing but what was frozen with it.
 */
#ifndef ISSUE_BUILD_H
#define ISSUE_BUILD_H

#include "issue/approval_digest.h"
#include "issue/variant.h"
#include "pick/pick.h"
#include "settings/settings.h"
#include "store/issue.h"

enum issue_built {
    ISSUE_BUILT, /* a draft was made, or made again */
    ISSUE_KEPT,  /* the week's issue is approved, sending, sent or cancelled: nothing to do */
    ISSUE_THIN,  /* too few comparisons: nothing is to be sent, they carry over */
};

/* An issue that was picked and rendered but not stored: what preview shows for a week without a
 * draft, and what a draft is made from. */
struct issue_proposal {
    bool again; /* the week has a draft already */
    struct pick pick;
    struct moves moves;
    struct predictions predictions;
    struct words words;
    struct variant_source source;
    struct issue issue;             /* id 0 if the week has no draft */
    struct issue_variant *variants; /* first the one for everything */
    size_t variant_count;
};

/* Picks the week and renders it, for every choice of topics that confirmed subscribers have made.
 * Writes nothing. `draft` is the week's draft or NULL; its number, date, order and editor's words
 * are kept. If pick.thin, nothing is rendered. */
bool issue_propose(struct store *store, struct arena *arena, const struct settings *settings,
                   const struct week *week, const struct issue *draft, int64_t now,
                   struct issue_proposal *proposal, struct failure *why) MUST_CHECK;

/* Makes the draft of the week, or makes it again, in one transaction. The comparisons of a week
 * with too few, and those that max_items pushed out, are marked as held back, so that they do not
 * age out. `*issue` is NULL if ISSUE_THIN. */
bool issue_build(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct week *week, int64_t now, enum issue_built *outcome,
                 struct issue **issue, struct failure *why) MUST_CHECK;

/* Removes a draft whose week is over: the week stays without an issue, and the draft's comparisons
 * are held back for the next one, so that they do not age out. `*released` is false if it was no
 * longer a draft. */
bool issue_release(struct store *store, struct arena *arena, int64_t issue_id, int64_t now,
                   bool *released, struct failure *why) MUST_CHECK;

/*
 * Approves a draft: builds it once more, so that what is frozen is what a preview shows at this
 * moment, then freezes every setting that shapes a message. `*changed` is false if it was no longer
 * a draft. FAILURE_DATA if too few comparisons are left for an issue.
 *
 * `shown` is what an editor has seen, NULL if nobody has: the issue then gets the Date of
 * approval_date(). FAILURE_DATA, and nothing has changed, if what was built differs from what was
 * shown, or if the Date that was shown is too old to send.
 */
bool issue_freeze(struct store *store, struct arena *arena, const struct settings *settings,
                  const struct issue *issue, const struct approval_digest *shown, int64_t now,
                  bool *changed, struct failure *why) MUST_CHECK;

/* FAILURE_DATA if comparisons of an approved issue were withdrawn since: it must not be sent, and
 * the line says what can be done. */
bool issue_refuse_withdrawn(struct store *store, struct arena *arena, const struct issue *issue,
                            struct failure *why) MUST_CHECK;

/* Starts sending an approved issue: renders choices of topics that were made since it was built,
 * then creates the ledger's rows. Fails like issue_refuse_withdrawn(), and nothing has changed
 * then. */
bool issue_begin(struct store *store, struct arena *arena, const struct settings *settings,
                 const struct issue *issue, int64_t now, bool *started, int64_t *readers,
                 struct failure *why) MUST_CHECK;

#endif
