/*
 * From a relay to a connection that is ready for a message: which address, and which login.
 *
 * A name may stand for several hosts, and each of its addresses is tried (RFC 5321 5.1), not only
 * where nobody listens: also where the first greets with 421 or 554, closes, stays silent or fails
 * at TLS. An address that failed backs off, so that the next connection begins with another. Among
 * the rest libcurl takes the first that answers (RFC 8305).
 *
 * A refused login concerns the account, not the address: the next mechanism is tried
 * (smtp/login.h), each once, and when all are refused nobody asks again for DIALER_LOGIN_PAUSE. So
 * a wrong password makes a few failed logins, however many connections are wanted. A caller that
 * makes many short runs, as the mailer does, keeps the dialer, and with it what it has learned.
 *
 * Blocks: a look-up takes as long as the resolver does, each address and mechanism at most the
 * relay's connect_timeout.
 */
#ifndef SMTP_DIALER_H
#define SMTP_DIALER_H

#include "smtp/relay.h"

enum { DIALER_LOGIN_PAUSE = 600 /* seconds */ };

/* One for each relay and login; zero-initialise. Belongs to one thread. */
struct dialer {
    struct dial *first;
};

/* What was opened. */
struct dialed {
    CURL *curl;
    curl_socket_t fd;
    struct relay_offer offer;
    struct relay_trace trace;
};

void dialer_free(struct dialer *dialer); /* accepts a zeroed struct */

/* What is known of a relay and its login, made at the first question; stays as long as the dialer.
 * May be used from several threads at once. */
struct dial *dialer_find(struct dialer *dialer, const struct relay *relay);

/* Connects, greets, logs in. The failure is the operator's line: which relay, what went wrong, what
 * the server said; FAILURE_UNAVAILABLE, or FAILURE_SYSTEM for what is this machine's.
 * `dialed->curl` is then NULL, and `trace` tells how far it came. */
bool dial_connect(struct dial *dial, const struct relay *relay, struct relay_stop *stop,
                  struct dialed *dialed, struct failure *why) MUST_CHECK;

/* Whether the way to log in is known by now, or none is needed. Until then one connection at a time
 * is to be opened: others would repeat what it finds out. */
bool dial_knows_login(struct dial *dial, const struct relay *relay);

#endif
