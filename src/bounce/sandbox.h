/*
 * The sandbox: strangers' messages are parsed by a process that can do nothing else.
 *
 * libetpan dies of some messages that anybody can send (a quoted boundary overflows its heap,
 * nesting overflows its stack or takes minutes). So a message is read by this same program, started
 * anew with one argument: it has an empty environment, one socket and no other descriptor, no key,
 * no database and no memory of ours; before the first byte it gives up every file and all system
 * calls but reading, writing, memory and its own end (base/confine.h), and limits its processor
 * time, stack, memory and files. It answers in the fixed form of answer.h. A process that dies,
 * hangs or answers anything else costs its message the answer and nothing more; the next message
 * gets a new one. SIGINT, SIGTERM and SIGHUP are not for it: it ends with its socket, or by
 * SIGKILL. After SANDBOX_BATCH messages a process is replaced anyway.
 */
#ifndef BOUNCE_SANDBOX_H
#define BOUNCE_SANDBOX_H

#include "base/failure.h"
#include "bounce/report.h"

/* The argument that makes the program serve as the inside of the sandbox; main() checks it
 * first. */
#define SANDBOX_ARGUMENT "--read-messages-in-a-sandbox"

enum {
    SANDBOX_MESSAGE_MAX = 1024 * 1024, /* of a longer message the front is read */
    SANDBOX_BATCH = 256,
    SANDBOX_SECONDS = 10,            /* of processor time for one message */
    SANDBOX_PATIENCE_MS = 60 * 1000, /* of waiting for one answer */
};

struct sandbox;

/* `program` is the executable to start; NULL: this one. Nothing is started yet. */
bool sandbox_open(const char *program, struct sandbox **sandbox, struct failure *why) MUST_CHECK;
void sandbox_close(struct sandbox *sandbox); /* accepts NULL */

/* What the message says. `*dead`: the process that parsed it died, hung or answered out of form;
 * then `report` is all zero (class unknown). False only if no process can be started. */
bool sandbox_read(struct sandbox *sandbox, const char *bytes, size_t len,
                  struct bounce_report *report, bool *dead, struct failure *why) MUST_CHECK;

/* The inside: serves messages from descriptor 0 until its end. The exit code. */
int sandbox_serve(void);

#endif
