/*
 * Logs in to an IMAP server: the mechanism, the password or token, and the server's reaction.
 * Private to mailbox*.c.
 */
#ifndef BOUNCE_MAILBOX_LOGIN_H
#define BOUNCE_MAILBOX_LOGIN_H

#include <curl/curl.h>

#include "settings/settings.h"
#include "smtp/login.h"
#include "smtp/oauth.h"

struct mailbox_login {
    struct login login;
    const char *username;
    const char *auth;                   /* the only mechanism to use; NULL: any */
    const struct settings_oauth *oauth; /* NULL: a password is used */
    struct buf password;
    struct oauth_token token;
    bool renewed;      /* the token is the second one; the first was refused */
    unsigned choice;   /* mechanisms that the server could choose from in the last transfer */
    int untried;       /* how often since the last accepted login the server offered none of them */
    unsigned used;     /* the mechanism of the last login; 0: none was tried */
    char offered[200]; /* the mechanisms, as the server lists them */
};

/* Uses bounce.username, password_file, auth and oauth. Must be closed even if it fails. */
bool mailbox_login_open(struct mailbox_login *login, const struct settings *settings,
                        struct failure *why) MUST_CHECK;
void mailbox_login_close(struct mailbox_login *login);

/* Call it before each transfer, which may have to log in. Fetches a new token if the current one
 * expires soon. */
bool mailbox_login_apply(struct mailbox_login *login, CURL *curl, struct failure *why) MUST_CHECK;

/* Takes a piece of libcurl's trace. */
void mailbox_login_hear(struct mailbox_login *login, curl_infotype type, const char *line,
                        size_t len);

/* A transfer succeeded: the mechanism works. */
void mailbox_login_accept(struct mailbox_login *login);
/* The server refused the login; true if another mechanism is left to try. */
bool mailbox_login_refuse(struct mailbox_login *login);

/* The operator's line when no mechanism is left; `said` are the server's words. Always false. */
bool mailbox_login_fail(const struct mailbox_login *login, const char *mailbox, const char *said,
                        struct failure *why);

#endif
