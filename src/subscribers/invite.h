/* Invitations: asks people whom an operator brought, and who never asked themselves, to confirm. */
#ifndef SUBSCRIBERS_INVITE_H
#define SUBSCRIBERS_INVITE_H

#include "subscribers/subscription.h"

enum { INVITE_BATCH = 200, INVITE_YEAR = 365 * 86400 };

struct invite_result {
    int64_t people;      /* who are asked */
    int64_t first, last; /* when the first and the last mail are due */
};

/* Writes one mail to each, due one after the other at subscribe.invite_rate, after those of an
 * earlier call that still wait. Nobody is invited more than twice a year, nor within a day of
 * another mail that asks to confirm. `import_id` 0: everybody who waits. A dry run counts and
 * writes nothing. */
bool invite_write(const struct subscription *subscription, int64_t import_id, bool dry_run,
                  int64_t now, struct invite_result *result, struct failure *why) MUST_CHECK;

#endif
