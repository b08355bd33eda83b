/*
 * Who we are to an IMAP server: the mechanism, the password or token, and what the server made of
 * it. Private to mailbox*.c.
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
    const char *auth;                   /* the one mechanism to be used; NULL: any */
    const struct settings_oauth *oauth; /* NULL: there is a password */
    struct buf password;
    struct oauth_token token;
    bool renewed;      /* the token is a second one, the first was refused */
    unsigned choice;   /* mechanisms that the server could choose from at the last transfer */
    int untried;       /* how often since a login was taken the server offered none of them */
    unsigned used;     /* the mechanism of the last login; 0: none was tried */
    char offered[200]; /* the mechanisms, as the server offers them */
};

/* By bounce.username, password_file, auth, oauth. To be closed also where it fails. */
bool mailbox_login_open(struct mailbox_login *login, const struct settings *settings,
                        struct failure *why) MUST_CHECK;
void mailbox_login_close(struct mailbox_login *login);

/* Before each transfer, which may have to log in. Asks for a token where that at hand runs out. */
bool mailbox_login_apply(struct mailbox_login *login, CURL *curl, struct failure *why) MUST_CHECK;

/* A piece of libcurl's trace. */
void mailbox_login_hear(struct mailbox_login *login, curl_infotype type, const char *line,
                        size_t len);

/* A transfer went well: what was used works. */
void mailbox_login_accept(struct mailbox_login *login);
/* The server denies the login; true where there is another way to try. */
bool mailbox_login_refuse(struct mailbox_login *login);

/* What the operator has to know where nothing is left; `said` are the server's words. Always false.
 */
bool mailbox_login_fail(const struct mailbox_login *login, const char *mailbox, const char *said,
                        struct failure *why);

#endif
