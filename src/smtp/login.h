/*
 * Which authentication mechanism a login tries next (RFC 4954, RFC 9051 6.2).
 *
 * The server offers mechanisms, we support some, and the setting `auth` may allow only one. A
 * server that offers a mechanism may still be unable to use it: where passwords are stored hashed,
 * CRAM-MD5 always fails. So after a refusal the next mechanism is tried. Each is tried only once,
 * because a server that counts failures locks the account; one that has worked is used from then
 * on.
 *
 * Inside TLS, where a password may be sent, PLAIN and LOGIN come first: nearly every server
 * supports them, and starting with a mechanism that never works would mean a failed login in every
 * run.
 *
 * Holds the state of one account and knows no connection. The caller reports what the server said,
 * and tries what login_next() returns.
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
    LOGIN_COMMAND, /* IMAP's LOGIN command, which is not a SASL mechanism */
    LOGIN_CRAM_MD5,
    LOGIN_DIGEST_MD5,
    LOGIN_NTLM,
    LOGIN_OAUTHBEARER, /* RFC 7628 */
    LOGIN_XOAUTH2,
    LOGIN_MECHANISMS
};

struct login {
    unsigned ours;    /* bits: 1 << mechanism */
    unsigned offered; /* by the server, once `heard` */
    unsigned refused;
    bool heard;
    bool token;  /* log in with an access token instead of a password */
    int working; /* the mechanism that has worked; -1: none yet */
};

/* `token`: log in with an access token instead of a password. `fixed`: the only mechanism to use;
 * NULL: any. `command`: the protocol has a LOGIN command, too. */
void login_init(struct login *login, bool token, const char *fixed, bool command);

/* The mechanisms (bits) to let the server choose from; 0 if none is left. A single one once the
 * server's offer is known. */
unsigned login_next(const struct login *login);

/* The mechanisms among `bits` as CURLOPT_LOGIN_OPTIONS wants them: "AUTH=PLAIN;AUTH=LOGIN". */
void login_write_options(unsigned bits, struct buf *out);
/* For people: "PLAIN, LOGIN". */
void login_write_names(unsigned bits, struct buf *out);

/* The bit of a name, in any case; 0 if it is unknown. */
unsigned login_find(const char *name, size_t len);
/* The bits of a list separated by spaces, as in "250 AUTH PLAIN LOGIN". */
unsigned login_find_all(const char *words);

/* Records what the server offers. */
void login_hear(struct login *login, unsigned offered);
/* Records that `mechanism` (a bit) was refused, or has worked. */
void login_refuse(struct login *login, unsigned mechanism);
void login_accept(struct login *login, unsigned mechanism);

/* Whether everything on offer was tried and refused. */
bool login_is_refused(const struct login *login);

/* After a refused password: whether the provider accepts only access tokens. Judged by what is
 * offered and by what the server `said`, which differs from provider to provider. */
bool login_wants_token(const struct login *login, const char *said);

#endif
