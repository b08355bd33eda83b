/*
 * What an issue is signed with. As long as nothing of it has left, that is what the settings say:
 * domain, selectors and keys are taken together, just before the first copy leaves. The signature
 * stands in front of the bytes that were approved and changes none of them, so a key that is
 * rotated between approval and sending needs nobody's hand; a selector of then with a key of now
 * would break the signature of every copy. Only another domain is told, since the approved From
 * goes with that of then. Which fields are signed, and by which algorithms, is fixed with the
 * approval: who wants them otherwise says so with `send --force`.
 *
 * From the first copy on the three are the issue's: domain, selectors and the SHA-256 of each
 * public key are kept with it. So a copy that is sent again is the same to the byte, and a key that
 * was replaced on the way is told instead of signed with: receivers would look for its public key
 * under a selector that has another one. An issue that was begun unsigned stays so; signing that
 * was switched on begins with the next.
 */
#ifndef ISSUE_SIGNING_H
#define ISSUE_SIGNING_H

#include "mail/dkim.h"
#include "settings/settings.h"
#include "store/issue.h"

struct signing {
    struct dkim_signer *signer; /* NULL: unsigned */
    const char *sender;         /* the issue's sender with the keys in it; NULL: as it is stored */
};

/* For a frozen issue; `left`: copies of it may have left, see issue_may_have_left().
 * FAILURE_CONFIG, in words that go on from "issue N: ", where a key is not the one that the issue
 * was begun with, or is missing; with `force` the rest is signed as the settings say now. */
bool signing_open(struct arena *arena, const struct settings *settings, const struct issue *issue,
                  bool left, bool force, struct signing *signing, struct failure *why) MUST_CHECK;
/* Before the issue is begun or gone on with: keeps what all its copies have to be like.
 * FAILURE_TRY_AGAIN where another run was faster and has kept something else. */
bool signing_keep(struct store *store, const struct issue *issue, const struct signing *signing,
                  struct failure *why) MUST_CHECK;
void signing_close(struct signing *signing); /* accepts a zeroed struct */

/* The signer of the settings' DKIM keys, for mails that belong to no issue: NULL where nothing is
 * signed. dkim_close() releases it. A key that is too short for today is a warning in the log. */
bool signing_open_settings(const struct settings *settings, struct dkim_signer **signer,
                           struct failure *why) MUST_CHECK;

#endif
