/*
 * What an editor's approval covers: the Date, and a digest of all that approving freezes.
 *
 * An issue that is approved long after it was due gets a new Date, because receivers distrust one
 * that lies hours in the past (SpamAssassin's DATE_IN_PAST_*). What an editor was shown is what is
 * sent, to the byte, so that Date is chosen when the issue is shown and comes back with the
 * approval.
 */
#ifndef ISSUE_APPROVAL_DIGEST_H
#define ISSUE_APPROVAL_DIGEST_H

#include "base/hash.h"
#include "issue/sender.h"
#include "issue/words.h"
#include "store/issue.h"

struct approval_digest {
    int64_t date;
    char digest[HASH_HEX];
};

/* The Date of an issue that is built, or approved by somebody who was shown none: the one it has
 * (the instant it was due, or was built first), or `now` where that is more than three hours old.
 */
int64_t approval_date(int64_t date, int64_t now);

/* The Date to show: the one it has, or else `shown`, which an earlier look had (0: none), as long
 * as at least an hour remains to approve it in; else `now`. A look that is renewed keeps its Date
 * by that. */
int64_t approval_date_to_show(int64_t date, int64_t shown, int64_t now);

/* Whether a Date that was shown for an issue of that date may still be frozen: not older than three
 * hours, nor to come. `shown` may be any number: it comes back in a request. */
bool approval_date_holds(int64_t date, int64_t shown, int64_t now);

/* Over everything that approving freezes: the sender, subject and preheader, what an
 * editor has written, and each variant.
 * `approved->date` is part of it and set before. */
void approval_digest_make(struct arena *arena, const struct issue *issue,
                          const struct sender *sender, const struct words *words,
                          const struct issue_variant *variants, size_t count,
                          struct approval_digest *approved);

#endif
