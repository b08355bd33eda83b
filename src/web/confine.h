/*
 * The HTTP process talks to strangers: from here on it can answer those who come and nothing else.
 *
 * A seccomp filter refuses (EPERM) new sockets, connections, datagrams to an address, new
 * processes, other programs, and looking into other processes. Whatever a stranger makes it do, it
 * sends nothing of its own accord: mail leaves through another process.
 */
#ifndef WEB_CONFINE_H
#define WEB_CONFINE_H

#include "base/failure.h"

/* For the calling thread and what it starts, for good. Files, clocks and accepted connections stay
 * usable. */
bool confine_to_answers(struct failure *why) MUST_CHECK;

#endif
