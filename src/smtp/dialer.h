/*
 * Turns a relay into a connection that is ready for a message: picks the address and logs in.
 *
 * A name may stand for several hosts, and each of its addresses is tried (RFC 5321 5.1): not only
 * when nobody listens, but also when the first one greets with 421 or 554, closes the connection,
 * stays silent or fails at TLS. An address that failed backs off, so that the next connection
 * starts with another one. Among the rest libcurl takes the first that answers (RFC 8305).
 *
 * A refused login concerns the account, not the address: the next mechanism is tried
 * (smtp/login.h), each of them once, and when all are refused nobody tries again for
 * DIALER_LOGIN_PAUSE. So a wrong password causes a few failed logins, however many connections are
 * wanted. A caller with many short runs, such as the mailer, keeps the dialer and with it what it
 * has learned.
 *
 * Blocks: a look-up takes as long as the resolver does, each address and mechanism at most the
 * relay's connect_timeout.
 */
#ifndef SMTP_DIALER_H
#define SMTP_DIALER_H

#include "smtp/relay.h"

enum { DIALER_LOGIN_PAUSE = 600 /* seconds */ };

/* Zero-initialise. Belongs to one thread. */
struct dialer {
    struct dial *first;
};

/* An open connection. */
struct dialed {
    CURL *curl;
    curl_socket_t fd;
    struct relay_offer offer;
    struct relay_trace trace;
};

void dialer_free(struct dialer *dialer); /* accepts a zeroed struct */

/* The state of a relay and its login, created by the first call; lives as long as the dialer. May
 * be used by several threads at once. */
struct dial *dialer_find(struct dialer *dialer, const struct relay *relay);

/* Connects, reads the greeting and logs in. The failure is the operator's line: which relay, what
 * went wrong, what the server said; FAILURE_UNAVAILABLE, or FAILURE_SYSTEM for a fault of this
 * machine. `dialed->curl` is NULL then, and `trace` shows how far it got. */
bool dial_connect(struct dial *dial, const struct relay *relay, struct relay_stop *stop,
                  struct dialed *dialed, struct failure *why) MUST_CHECK;

/* Whether a working login is known by now, or none is needed. Until then only one connection at a
 * time should be opened: others would repeat the same search. */
bool dial_knows_login(struct dial *dial, const struct relay *relay);

#endif
