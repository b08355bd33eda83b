/*
 * Threads that sign composed messages. Signing costs more CPU than everything else done to a
 * message, and the messages are independent of each other.
 *
 * The threads and the caller sign a batch together; signers_run() returns when all of it is signed.
 * The result does not depend on which thread took which message.
 */
#ifndef DELIVER_SIGNERS_H
#define DELIVER_SIGNERS_H

#include <stddef.h>

#include "deliver/deliver.h"

struct signers;

/* With `finish` NULL there is nothing to do, and `*signers` becomes NULL, which signers_run()
 * accepts. Otherwise starts a thread for each processor but one. */
bool signers_start(deliver_finish finish, const void *context, struct signers **signers,
                   struct failure *why) MUST_CHECK;
void signers_stop(struct signers *signers); /* accepts NULL */

/* Signs all of them; the failure is that of the first one, in order, that failed. */
bool signers_run(struct signers *signers, struct smtp_message *const *messages, size_t count,
                 struct failure *why) MUST_CHECK;

#endif
