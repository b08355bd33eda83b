/*
 * Which DKIM keys sign the copies of an issue.
 *
 *   the issue               domain, selectors, keys        signed fields, algorithms
 *   ----------------------  -----------------------------  ------------------------------------
 *   no copy was sent        those of the settings now; a   as approved; of an issue that was
 *                           domain other than the          approved unsigned, the settings'
 *                           approved one is refused
 *   copies were sent        those it was begun with; the   as it was begun
 *                           settings' must be the same,
 *                           or sending is refused
 *   `send --force`          the settings'                  the settings'
 *
 * The signature precedes the approved bytes and changes none of them, so a key may be rotated
 * between approval and sending. Domain, selectors and keys are taken together, just before the
 * first copy is sent: an old selector with a new key would break the signature of every copy.
 * Another domain is refused because the approved From would not be aligned with it.
 *
 * From the first copy on, domain, selectors and the SHA-256 of each public key are stored with the
 * issue, so that a copy that is sent again is the same byte for byte. A key that was replaced in
 * between is refused: receivers would look up its public key under a selector that has another one.
 * An issue that was begun unsigned stays unsigned.
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

/* For a frozen issue; `left`: copies of it may have been sent, see issue_may_have_left().
 * FAILURE_CONFIG, in words that follow "issue N: ", if a key is not the one that the issue was
 * begun with, or is missing; with `force` the rest is signed as the settings say now. */
bool signing_open(struct arena *arena, const struct settings *settings, const struct issue *issue,
                  bool left, bool force, struct signing *signing, struct failure *why) MUST_CHECK;
/* Call it before the issue is started or continued: stores what all its copies have to be like.
 * FAILURE_TRY_AGAIN if another run was faster and has stored something else. */
bool signing_keep(struct store *store, const struct issue *issue, const struct signing *signing,
                  struct failure *why) MUST_CHECK;
void signing_close(struct signing *signing); /* accepts a zeroed struct */

/* The signer of the settings' DKIM keys, for mails that belong to no issue; NULL if mails are not
 * signed. dkim_close() releases it. Logs a warning about a key that is too short by today's
 * standards. */
bool signing_open_settings(const struct settings *settings, struct dkim_signer **signer,
                           struct failure *why) MUST_CHECK;

#endif
