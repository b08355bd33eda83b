/*
 * What an editor's approval covers: the Date, and a digest of everything that approving freezes.
 *
 * An issue that is approved long after it was due gets a new Date, because receivers distrust one
 * that is hours in the past (SpamAssassin's DATE_IN_PAST_*). What an editor was shown is sent byte
 * for byte, so that Date is chosen when the issue is shown and returned with the approval.
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

/* The Date of an issue when it is built, or when it is approved by somebody who was not shown one:
 * the one it has (the instant it was due, or was first built), or `now` if that is more than three
 * hours old. */
int64_t approval_date(int64_t date, int64_t now);

/* The Date to show: the issue's own, otherwise `shown`, the one of an earlier showing (0: none), as
 * long as at least an hour remains to approve it; otherwise `now`. So a page that is reloaded keeps
 * its Date. */
int64_t approval_date_to_show(int64_t date, int64_t shown, int64_t now);

/* Whether a Date that was shown for an issue of that date may still be frozen: it must not be older
 * than three hours or in the future. `shown` may be any number: it comes from a request. */
bool approval_date_holds(int64_t date, int64_t shown, int64_t now);

/* Makes the digest of everything that approving freezes: the sender, subject and preheader, what an
 * editor has written, and each variant. `approved->date` is part of it and must be set before. */
void approval_digest_make(struct arena *arena, const struct issue *issue,
                          const struct sender *sender, const struct words *words,
                          const struct issue_variant *variants, size_t count,
                          struct approval_digest *approved);

#endif
