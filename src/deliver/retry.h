/*
 * When a deferred row is tried again: 5 minutes, doubled with each attempt, 6 hours at most, each
 * with its own chance of 20 % more or less, so that a thousand rows do not come due in one second.
 * Past deliver.max_age, counted from the first attempt, the row gives up; the last attempt falls
 * on that moment.
 */
#ifndef DELIVER_RETRY_H
#define DELIVER_RETRY_H

#include <stdint.h>

enum { RETRY_FIRST = 5 * 60, RETRY_LONGEST = 6 * 3600 };

/* Seconds until the next attempt. `attempts` made before this one; `chance` from 0 to 999. */
int64_t retry_delay(int64_t attempts, int64_t chance);

/* The instant of the next attempt, or 0: give up. `first_at` 0: this was the first one. */
int64_t retry_at(int64_t now, int64_t attempts, int64_t first_at, int64_t max_age, int64_t chance);

#endif
