/* Periodic work on the list: writes the reminders that are due, and removes people, changes of
 * address and limits that have expired. */
#ifndef SUBSCRIBERS_CHORES_H
#define SUBSCRIBERS_CHORES_H

#include "subscribers/subscription.h"

/* Each step is a transaction of its own and handles a limited number of people, so that nobody
 * waits long for the database: call it again after a while. Logs what was done. */
bool chores_do(const struct subscription *subscription, int64_t now,
               struct failure *why) MUST_CHECK;

#endif
