/* What the files of subscription share. */
#ifndef SUBSCRIBERS_SUBSCRIPTION_PRIVATE_H
#define SUBSCRIBERS_SUBSCRIPTION_PRIVATE_H

#include "subscribers/subscription.h"

/* Writes a row of `outgoing`: the mail of that kind to the address, due now. */
bool subscription_write_mail(const struct subscription *subscription, struct arena *arena,
                             const char *kind, int64_t subscriber_id, const char *address,
                             int64_t now, struct failure *why) MUST_CHECK;

/* So many writes that change nothing visible, in place of the rows that another answer writes, so
 * that time and statements do not tell the answers apart. */
bool subscription_write_nothing(const struct subscription *subscription, int writes, int64_t now,
                                struct failure *why) MUST_CHECK;

/* Lifts the suppression that a complaint or an erasure has left on an address whose owner has
 * confirmed by mail. */
bool subscription_lift(const struct subscription *subscription, struct arena *arena,
                       const char *address_key, struct failure *why) MUST_CHECK;

/* As subscription_verify_own(), within a transaction, and uses the token up. */
bool subscription_take_own(const struct subscription *subscription, struct arena *arena,
                           const char *token, int64_t now, enum subscription_answer *answer,
                           struct subscriber **person, struct failure *why) MUST_CHECK;

#endif
