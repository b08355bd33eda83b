/*
 * Tests a relay as an issue would use it: connect, EHLO, TLS, login, QUIT. Starts no message and
 * writes nothing.
 */
#ifndef SMTP_PROBE_H
#define SMTP_PROBE_H

#include "smtp/relay.h"

struct probe {
    struct relay relay; /* the only field set for a local backend (maildir:, null:); strings in
                           the arena */
    struct relay_offer offer; /* of the last EHLO */
    int64_t ms;               /* until the connection was ready for a message */
    struct relay_trace trace; /* what was negotiated */
};

/* FAILURE_UNAVAILABLE is the operator's line: which step failed, and what the server said. */
bool probe_relay(struct arena *arena, const struct settings_relay *settings, struct probe *probe,
                 struct failure *why) MUST_CHECK;

#endif
