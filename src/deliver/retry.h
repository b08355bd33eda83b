/*
 * When a deferred row is tried again, and when it gives up (RFC 5321 4.5.4.1 requires both).
 *
 *   attempts made   next attempt after
 *   -------------   ------------------------------------------------------------------------
 *   1               5 minutes: greylisting and restarts pass within minutes
 *   n               5 minutes * 2^(n-1), at most 6 hours
 *   any             up to 20 % more or less, at random, so that a thousand rows do not become
 *                   due in the same second
 *   any             at the end of deliver.max_age, if that comes first: the last attempt
 *   any             never, past deliver.max_age: the row gives up
 *
 * deliver.max_age counts from the first attempt. Pure.
 */
#ifndef DELIVER_RETRY_H
#define DELIVER_RETRY_H

#include <stdint.h>

enum { RETRY_FIRST = 5 * 60, RETRY_LONGEST = 6 * 3600 };

/* Seconds until the next attempt. `attempts` were made before this one; `chance` is from 0 to 999.
 */
int64_t retry_delay(int64_t attempts, int64_t chance);

/* The instant of the next attempt, or 0 to give up. `first_at` is 0 if this was the first attempt.
 */
int64_t retry_at(int64_t now, int64_t attempts, int64_t first_at, int64_t max_age, int64_t chance);

#endif
