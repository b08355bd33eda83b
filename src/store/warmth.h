/*
 * How many messages of issues a relay in its warm-up was sent on each day (deliver/warming.h). A
 * day is a number of days since 1970 in UTC. A message is counted before it is sent, and uncounted
 * if the server did not accept it; a process that dies may leave a few too many counted, never too
 * few.
 */
#ifndef STORE_WARMTH_H
#define STORE_WARMTH_H

#include "store/store.h"

/* On how many days before `day` the relay sent something, and how much on that day. */
bool warmth_read(struct store *store, const char *relay, int64_t day, int64_t *days_before,
                 int64_t *sent, struct failure *why) MUST_CHECK;

/* `*taken` is false if the relay has been sent `most` on that day. */
bool warmth_take(struct store *store, const char *relay, int64_t day, int64_t most, bool *taken,
                 struct failure *why) MUST_CHECK;
bool warmth_return(struct store *store, const char *relay, int64_t day,
                   struct failure *why) MUST_CHECK;

#endif
