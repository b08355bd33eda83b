/*
 * Reports the state of a service to the service manager: the protocol of sd_notify(3), without the
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
    int fd;              /* -1: no manager asked for reports */
    int64_t watchdog_ms; /* the service is killed when it is silent for so long; 0: no watchdog */
};

/* Reads the manager's socket and watchdog from the environment and removes the variables, so that
 * no program that we start can report for us. FAILURE_CONFIG where the socket cannot be reached:
 * the manager would wait in vain. */
bool notify_open(struct notify *notify, struct failure *why) MUST_CHECK;
/* Does nothing for one that is not open. */
void notify_close(struct notify *notify);

/* Sends assignments, one a line: "READY=1\nSTATUS=listening". Does not block; a message that the
 * manager does not accept is lost. */
void notify_send(const struct notify *notify, const char *format, ...) FORMAT(2, 3);

/* Reports that a reload has begun; READY=1 reports its end. */
void notify_reloading(const struct notify *notify);

#endif
