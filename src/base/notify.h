/*
 * What a service manager is told of a running service: sd_notify(3), the protocol without the
 * library.
 *
 * It is a line of text in a datagram to the socket that $NOTIFY_SOCKET names, and systemd promises
 * to keep it so. libsystemd would bring its decompressors and libgcrypt into the process that reads
 * every secret, for these few lines; systemd's own manual advises against it for that reason.
 */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include <stdint.h>

#include "base/failure.h"

struct notify {
    int fd;              /* -1: nobody asked */
    int64_t watchdog_ms; /* without a word for so long the service is ended; 0: no watch is kept */
};

/* Who asked for it, by the environment, from which the variables are taken: no program that we
 * start speaks for us. FAILURE_CONFIG where the socket that is named cannot be reached: the manager
 * would wait for nothing. */
bool notify_open(struct notify *notify, struct failure *why) MUST_CHECK;
/* Accepts one that is not open. */
void notify_close(struct notify *notify);

/* Sends assignments, one a line: "READY=1\nSTATUS=listening". Nothing waits for it, and what the
 * manager does not take is lost. */
void notify_send(const struct notify *notify, const char *format, ...) FORMAT(2, 3);

/* A reload begins; READY=1 ends it. */
void notify_reloading(const struct notify *notify);

#endif
