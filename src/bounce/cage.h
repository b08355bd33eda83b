/*
 * The cage: strangers' messages are parsed by a process that can do nothing else.
 *
 * libetpan dies of some messages that anybody can send (a quoted boundary overflows its heap,
 * nesting overflows its stack or takes minutes). So a message is read by this same program, started
 * anew with one argument: it has an empty environment, one socket and no other descriptor, no key,
 * no database and no memory of ours; before the first byte it gives up every file and all system
 * calls but reading, writing, memory and its own end (base/confine.h), and limits its processor
 * time, stack, memory and files. It answers in the fixed form of answer.h. A process that dies,
 * hangs or answers anything else costs its message the answer and nothing more; the next message
 * gets a new one. SIGINT, SIGTERM and SIGHUP are not for it: it ends with its socket, or by
 * SIGKILL. After CAGE_BATCH messages a process is replaced anyway.
 */
#ifndef BOUNCE_CAGE_H
#define BOUNCE_CAGE_H

#include "base/failure.h"
#include "bounce/report.h"

/* The argument with which the program serves as the cage's inside; main() looks for it first. */
#define CAGE_ARGUMENT "--read-messages-in-a-cage"

enum {
    CAGE_MESSAGE_MAX = 1024 * 1024, /* of a longer message the front is read */
    CAGE_BATCH = 256,
    CAGE_SECONDS = 10,            /* of processor time for one message */
    CAGE_PATIENCE_MS = 60 * 1000, /* of waiting for one answer */
};

struct cage;

/* `program` is the executable to start; NULL: this one. Nothing is started yet. */
bool cage_open(const char *program, struct cage **cage, struct failure *why) MUST_CHECK;
void cage_close(struct cage *cage); /* accepts NULL */

/* What the message says. `*dead`: the process that read it died, hung or spoke out of form; then
 * `report` is all zero (class unknown). False only where no process can be started. */
bool cage_read(struct cage *cage, const char *bytes, size_t len, struct bounce_report *report,
               bool *dead, struct failure *why) MUST_CHECK;

/* The inside: serves messages from descriptor 0 until its end. The exit code. */
int cage_serve(void);

#endif
