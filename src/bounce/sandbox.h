/*
 * The sandbox: messages from strangers are parsed by a process that can do nothing else.
 *
 * libetpan crashes on some messages that anybody can send (a quoted boundary overflows its heap,
 * nesting overflows its stack or takes minutes). So a message is parsed by this same program,
 * started again with one argument. The process has an empty environment, one socket and no other
 * descriptor, no key, no database and none of our memory. Before the first byte it gives up access
 * to all files and all system calls except for reading, writing, memory and exiting
 * (base/confine.h), and limits its CPU time, stack, memory and files. It answers in the fixed form
 * of answer.h. If a process dies, hangs or answers anything else, only that message goes without an
 * answer; the next message gets a new process. It ignores SIGINT, SIGTERM and SIGHUP: it ends when
 * its socket is closed, or by SIGKILL. After SANDBOX_BATCH messages a process is replaced in any
 * case.
 */
#ifndef BOUNCE_SANDBOX_H
#define BOUNCE_SANDBOX_H

#include "base/failure.h"
#include "bounce/report.h"

/* The argument that makes the program run as the inside of the sandbox; main() checks it first. */
#define SANDBOX_ARGUMENT "--read-messages-in-a-sandbox"

enum {
    SANDBOX_MESSAGE_MAX = 1024 * 1024, /* of a longer message only the beginning is read */
    SANDBOX_BATCH = 256,
    SANDBOX_SECONDS = 10,            /* CPU time for one message */
    SANDBOX_PATIENCE_MS = 60 * 1000, /* how long to wait for an answer */
};

struct sandbox;

/* `program` is the executable to start; NULL: this one. Nothing is started yet. */
bool sandbox_open(const char *program, struct sandbox **sandbox, struct failure *why) MUST_CHECK;
void sandbox_close(struct sandbox *sandbox); /* accepts NULL */

/* Parses and classifies a message. `*dead`: the process that did so died, hung or answered in
 * another form; `report` is all zero then (class unknown). False only if no process can be started.
 */
bool sandbox_read(struct sandbox *sandbox, const char *bytes, size_t len,
                  struct bounce_report *report, bool *dead, struct failure *why) MUST_CHECK;

/* The inside: serves messages from descriptor 0 until it is closed. Returns the exit code. */
int sandbox_serve(void);

#endif
