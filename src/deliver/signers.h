/*
 * Threads that put the last hand on composed messages: signing costs more than everything else that
 * is done to one, and messages do not wait for each other there.
 *
 * A batch is finished by the threads and the caller together; finisher_run() returns when all of it
 * is done. Which thread takes which message does not show in the result.
 */
#ifndef DELIVER_SIGNERS_H
#define DELIVER_SIGNERS_H

#include <stddef.h>

#include "deliver/deliver.h"

struct finisher;

/* `finish` NULL: there is nothing to do, and *finisher becomes NULL, which finisher_run() takes.
 * Starts a thread for each processor but one. */
bool finisher_start(deliver_finish finish, const void *context, struct finisher **finisher,
                    struct failure *why) MUST_CHECK;
void finisher_stop(struct finisher *finisher); /* accepts NULL */

/* Finishes all of them; the failure is that of the first in order that failed. */
bool finisher_run(struct finisher *finisher, struct deliver_message *const *messages, size_t count,
                  struct failure *why) MUST_CHECK;

#endif
