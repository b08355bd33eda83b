/*
 * What an issue is signed with. Domain and selectors are frozen with the issue; the private keys
 * stay in their files, and the issue keeps the SHA-256 of each public key from the moment when it
 * is begun. So a copy that is sent again is the same to the byte, and a key file that was replaced
 * on the way is told instead of signed with: receivers would look for its public key under a
 * selector that has another one.
 *
 * An issue that was begun unsigned stays so; signing that was switched on begins with the next.
 */
#ifndef ISSUE_SIGNING_H
#define ISSUE_SIGNING_H

#include "base/settings.h"
#include "compose/dkim.h"
#include "store/issue.h"

struct signing {
    struct dkim_signer *signer; /* NULL: unsigned */
    const char *sender;         /* the issue's sender with the keys in it; NULL: as it is stored */
};

/* For a frozen issue. FAILURE_CONFIG where a key is not the one that the issue was begun with, or
 * is missing; with `force` the rest is signed as the settings say now. */
bool signing_open(struct arena *arena, const struct settings *settings, const struct issue *issue,
                  bool force, struct signing *signing, struct failure *why) MUST_CHECK;
/* Once the issue is begun and before a message leaves: keeps what the others have to be like. */
bool signing_keep(struct store *store, const struct issue *issue, const struct signing *signing,
                  struct failure *why) MUST_CHECK;
void signing_close(struct signing *signing); /* accepts a zeroed struct */

#endif
