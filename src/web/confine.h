/*
 * The HTTP process talks to strangers: from here on it can answer those who come and nothing else.
 *
 * A seccomp filter refuses (EPERM) new sockets, connections, datagrams to an address, new
 * processes, other programs, and the system calls that reach into other processes of the same user:
 * their memory, their descriptors (the mailer's connection to the relay is one) and their lives.
 * Whatever a stranger makes it do, it sends nothing of its own accord: mail leaves through another
 * process.
 *
 * It is no wall around files: a filter cannot tell one path from another. A process that is taken
 * over can read and write what its user may: the database, where a row of `outgoing` is a mail that
 * the mailer will send, the keys, smtp.password_file. Only /proc/PID/mem and /proc/PID/fd of a
 * process that hides are closed to it; its parent does, and the mailer by inheritance.
 */
#ifndef WEB_CONFINE_H
#define WEB_CONFINE_H

#include "base/failure.h"

/* For the calling thread and what it starts, for good. Files, clocks and accepted connections stay
 * usable. */
bool confine_to_answers(struct failure *why) MUST_CHECK;

#endif
