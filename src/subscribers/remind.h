/* One reminder for people who asked to join and have not confirmed after a day. */
#ifndef SUBSCRIBERS_REMIND_H
#define SUBSCRIBERS_REMIND_H

#include "subscribers/subscription.h"

enum { REMIND_AFTER = 86400, REMIND_BATCH = 200 };

/* Writes the mails that are due now, at most REMIND_BATCH; none if subscribe.reminder is off.
 * Somebody who was not sent a confirmation mail is not reminded of it, and nobody is reminded
 * twice. */
bool remind_write(const struct subscription *subscription, struct arena *arena, int64_t now,
                  int64_t *count, struct failure *why) MUST_CHECK;

#endif
