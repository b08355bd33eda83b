/* What is done for the list from time to time: reminders that are due are written, and people,
 * changes of address and limits whose time is past are removed. */
#ifndef SUBSCRIBERS_CHORES_H
#define SUBSCRIBERS_CHORES_H

#include "subscribers/subscription.h"

/* Each step is a transaction of its own and takes a limited number of people, so that nobody waits
 * long for the database: call it again after a while. What was done stands in the log. */
bool chores_do(const struct subscription *subscription, int64_t now,
               struct failure *why) MUST_CHECK;

#endif
