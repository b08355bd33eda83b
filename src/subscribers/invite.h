/* Invitations: asks people who were added by an operator, and never asked themselves, to confirm.
 */
#ifndef SUBSCRIBERS_INVITE_H
#define SUBSCRIBERS_INVITE_H

#include "subscribers/subscription.h"

enum { INVITE_BATCH = 200, INVITE_YEAR = 365 * 86400 };

struct invite_result {
    int64_t people;      /* how many are asked */
    int64_t first, last; /* when the first and the last mail are due */
};

/* Queues one mail to each, one after the other at subscribe.invite_rate, after those of an earlier
 * call that are still waiting. Nobody is invited more than twice a year, or within a day of another
 * mail that asks to confirm. `import_id` 0 means everybody who is pending. A dry run counts and
 * writes nothing. */
bool invite_write(const struct subscription *subscription, int64_t import_id, bool dry_run,
                  int64_t now, struct invite_result *result, struct failure *why) MUST_CHECK;

#endif
