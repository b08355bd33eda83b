/*
 * Access tokens instead of passwords (OAuth 2.0, RFC 6749), for relays and bounce mailboxes: large
 * providers accept nothing else any more.
 *
 * A token comes from a program of the operator's, or from the provider's token server in exchange
 * for a refresh token (RFC 6749 6) or this program's own credentials (4.4). It is cached in a file
 * of mode 0600 for the next runs, and renewed before it expires or when a server has refused it.
 *
 * Some providers answer with a new refresh token and invalidate the old one: the last one is kept
 * in the same file and used until the operator's file changes.
 *
 * No token appears in a log or a failure. Blocks on the program, the token server, and other
 * processes that ask for the same token. A program, and the wait for other processes, ends at once
 * when another thread sets `stop`.
 */
#ifndef SMTP_OAUTH_H
#define SMTP_OAUTH_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"
#include "settings/settings.h"

enum {
    OAUTH_ANSWER_MAX = 64 * 1024, /* bytes of a program or a token server */
    OAUTH_SECONDS = 30,           /* that a program or a token server may take */
    OAUTH_MARGIN = 60,            /* seconds: a token that is used has so long to live */
};

struct oauth_token {
    struct buf text;    /* "" none yet; wipe it */
    int64_t expires_at; /* clock_now() */
};

void oauth_token_init(struct oauth_token *token);
void oauth_token_wipe(struct oauth_token *token); /* accepts a zeroed struct */

/* True if the settings name a source of tokens. */
bool oauth_is_set(const struct settings_oauth *settings);

/* A token that is good for OAUTH_MARGIN seconds at least, as far as its source tells. `refused`:
 * the one that a server has just refused, NULL: none. `user` is who logs in: accounts do not share
 * tokens. `stop`, set by another thread, ends the wait; NULL: nobody does. FAILURE_CONFIG for files
 * and programs that are not as they should be, else FAILURE_UNAVAILABLE; the failure says what to
 * do. */
bool oauth_get(const struct settings_oauth *settings, const char *user, const char *refused,
               const atomic_bool *stop, struct oauth_token *token, struct failure *why) MUST_CHECK;

#endif
