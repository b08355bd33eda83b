/* Shared by subscription*.c. */
#ifndef SUBSCRIBERS_SUBSCRIPTION_PRIVATE_H
#define SUBSCRIBERS_SUBSCRIPTION_PRIVATE_H

#include "subscribers/subscription.h"

/* The line for a change of status, see the table in subscription.h; "none": there is no record. */
void subscription_log(int64_t person, const char *from, const char *to, const char *cause);

/* Queues a mail of that kind to the address, due now, as a row of `outgoing`. */
bool subscription_write_mail(const struct subscription *subscription, struct arena *arena,
                             const char *kind, int64_t subscriber_id, const char *address,
                             int64_t now, struct failure *why) MUST_CHECK;

/* Makes this many writes without a visible effect, in place of the rows that another answer writes,
 * so that neither time nor statements reveal which answer it was. */
bool subscription_write_nothing(const struct subscription *subscription, int writes, int64_t now,
                                struct failure *why) MUST_CHECK;

/* Lifts a suppression that was left by a complaint or an erasure, once the address's owner has
 * confirmed by mail. */
bool subscription_lift(const struct subscription *subscription, struct arena *arena,
                       const char *address_key, struct failure *why) MUST_CHECK;

/* Like subscription_verify_own(), inside a transaction, and uses the token up. */
bool subscription_take_own(const struct subscription *subscription, struct arena *arena,
                           const char *token, int64_t now, enum subscription_answer *answer,
                           struct subscriber **person, struct failure *why) MUST_CHECK;

#endif
