/*
 * OAuth 2.0 access tokens (RFC 6749) instead of passwords, for relays and bounce mailboxes: large
 * providers no longer accept anything else.
 *
 * A token comes from a program of the operator's, or from the provider's token server in exchange
 * for a refresh token (RFC 6749 6) or for client credentials (4.4). It is cached in a file of mode
 * 0600 for later runs, and renewed before it expires or when a server has refused it.
 *
 * Some providers return a new refresh token and invalidate the old one: the newest is kept in the
 * same file and used until the operator's file changes.
 *
 * No token appears in a log or a failure. Blocks on the program, the token server, and other
 * processes that ask for the same token. Waiting for a program or for other processes ends at once
 * when another thread sets `stop`.
 */
#ifndef SMTP_OAUTH_H
#define SMTP_OAUTH_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"
#include "settings/settings.h"

enum {
    OAUTH_ANSWER_MAX = 64 * 1024, /* most bytes read from a program or a token server */
    OAUTH_SECONDS = 30,           /* how long a program or a token server may take */
    OAUTH_MARGIN = 60,            /* seconds that a token must still be valid to be used */
};

struct oauth_token {
    struct buf text;    /* "" if there is none yet; wipe it */
    int64_t expires_at; /* clock_now() */
};

void oauth_token_init(struct oauth_token *token);
void oauth_token_wipe(struct oauth_token *token); /* accepts a zeroed struct */

/* True if the settings name a source of tokens. */
bool oauth_is_set(const struct settings_oauth *settings);

/* Gets a token that is valid for at least OAUTH_MARGIN seconds, as far as its source tells.
 * `refused` is the token that a server has just refused, or NULL. `user` is the account: accounts
 * do not share tokens. `stop`, set by another thread, ends the wait; may be NULL. FAILURE_CONFIG if
 * a file or program is not as it should be, otherwise FAILURE_UNAVAILABLE; the failure says what to
 * do. */
bool oauth_get(const struct settings_oauth *settings, const char *user, const char *refused,
               const atomic_bool *stop, struct oauth_token *token, struct failure *why) MUST_CHECK;

#endif
