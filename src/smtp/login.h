/*
 * Which mechanism a login tries next (RFC 4954, RFC 9051 6.2).
 *
 * The server offers mechanisms, we support some, and the setting `auth` may leave one. A server
 * that offers a mechanism may still be unable to use it: where passwords are stored hashed,
 * CRAM-MD5 always fails. So a mechanism that is refused gives way to the next. Each is tried once,
 * as a server that counts failures locks the account; one that has worked is used from then on.
 *
 * Inside TLS, where a password may travel, PLAIN and LOGIN come first: nearly every server supports
 * them, and a mechanism that never works would be a failed login in every run.
 *
 * State of one account; knows no connection. The caller reports what the server said, and tries
 * what it is given.
 */
#ifndef SMTP_LOGIN_H
#define SMTP_LOGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* In the order in which they are tried. */
enum login_mechanism {
    LOGIN_PLAIN,
    LOGIN_LOGIN,
    LOGIN_COMMAND, /* IMAP's own LOGIN, which is no SASL mechanism */
    LOGIN_CRAM_MD5,
    LOGIN_DIGEST_MD5,
    LOGIN_NTLM,
    LOGIN_OAUTHBEARER, /* RFC 7628 */
    LOGIN_XOAUTH2,
    LOGIN_MECHANISMS
};

struct login {
    unsigned ours;    /* bits: 1 << mechanism */
    unsigned offered; /* by the server, where `heard` */
    unsigned refused;
    bool heard;
    bool token;  /* an access token is used, no password */
    int working; /* the mechanism that has worked; -1: none yet */
};

/* `token`: with an access token instead of a password. `fixed`: the one mechanism to be used, NULL:
 * any. `command`: the server has a command of its own, too. */
void login_init(struct login *login, bool token, const char *fixed, bool command);

/* What to let the server choose from: bits, 0 where nothing is left. One alone once it is known
 * what is offered. */
unsigned login_next(const struct login *login);

/* The mechanisms among `bits` as CURLOPT_LOGIN_OPTIONS wants them: "AUTH=PLAIN;AUTH=LOGIN". */
void login_write_options(unsigned bits, struct buf *out);
/* For people: "PLAIN, LOGIN". */
void login_write_names(unsigned bits, struct buf *out);

/* The bit of a name, in any case; 0 if we do not know it. */
unsigned login_find(const char *name, size_t len);
/* Those of a list with blanks between, as in "250 AUTH PLAIN LOGIN". */
unsigned login_find_all(const char *words);

/* What the server offers. */
void login_hear(struct login *login, unsigned offered);
/* `mechanism` (a bit) was refused, or has worked. */
void login_refuse(struct login *login, unsigned mechanism);
void login_accept(struct login *login, unsigned mechanism);

/* Nothing is left, and something was tried: all that is offered was refused. */
bool login_is_refused(const struct login *login);

/* A password was refused; is it that the provider takes access tokens alone? By what is offered,
 * and by what the server `said`, which differs from provider to provider. */
bool login_wants_token(const struct login *login, const char *said);

#endif
