/*
 * Threads that put the last hand on composed messages: signing costs more than everything else that
 * is done to one, and messages do not wait for each other there.
 *
 * A batch is finished by the threads and the caller together; signers_run() returns when all of it
 * is done. Which thread takes which message does not show in the result.
 */
#ifndef DELIVER_SIGNERS_H
#define DELIVER_SIGNERS_H

#include <stddef.h>

#include "deliver/deliver.h"

struct signers;

/* `finish` NULL: there is nothing to do, and *signers becomes NULL, which signers_run() takes.
 * Starts a thread for each processor but one. */
bool signers_start(deliver_finish finish, const void *context, struct signers **signers,
                   struct failure *why) MUST_CHECK;
void signers_stop(struct signers *signers); /* accepts NULL */

/* Finishes all of them; the failure is that of the first in order that failed. */
bool signers_run(struct signers *signers, struct smtp_message *const *messages, size_t count,
                 struct failure *why) MUST_CHECK;

#endif
