/*
 * Tries a relay as an issue would use it: connect, EHLO, TLS, login, QUIT. No message is begun, and
 * nothing is written.
 */
#ifndef SMTP_PROBE_H
#define SMTP_PROBE_H

#include "smtp/relay.h"

struct probe {
    struct relay relay; /* of a local backend (maildir:, null:) that is all; texts in the arena */
    struct relay_offer offer; /* by the last EHLO */
    int64_t ms;               /* until the connection was ready for a message */
    struct relay_trace trace; /* what was agreed on */
};

/* FAILURE_UNAVAILABLE is the operator's line: what of it failed, and what the server said. */
bool probe_relay(struct arena *arena, const struct settings_relay *settings, struct probe *probe,
                 struct failure *why) MUST_CHECK;

#endif
