/*
 * Relays at rest: relays that gave the same refusal to everybody (deliver/answers.h). Mail that
 * waits for one stays queued. A single probe is sent with growing intervals, and the first one that
 * is accepted ends the rest. A rest concerns all mail of the relay, or a single queue if only its
 * message was refused.
 *
 *   from       to         by
 *   active     at rest    rest_begin()
 *   at rest    at rest    rest_put_off(): the probe was refused in the same way, or not answered
 *   at rest    active     rest_end(): the probe was accepted, or refused for its recipient's sake
 *
 * deliver/resting.c decides; rows that were refused so return to the queue (rest_return_row()).
 */
#ifndef STORE_REST_H
#define STORE_REST_H

#include "store/delivery.h"

enum { REST_ALL = -1 }; /* `queue` of a rest that concerns all mail */

struct rest {
    const char *relay;
    int64_t queue;           /* REST_ALL, or the issue, or 0 the single mails */
    int64_t began_at, until; /* the next probe is due at `until` */
    int64_t probes;          /* probes that were refused in the same way */
    int64_t answers;         /* how many readers got this answer */
    const char *sentence;    /* the masked reply, by which the same answer is recognized */
    const char *reply;       /* the reply to one reader */
    const char *remedy;      /* NULL: none */
};

/* The rest of the relay that holds back this queue; *rest is NULL if there is none. */
bool rest_find(struct store *store, struct arena *arena, const char *relay,
               struct delivery_queue queue, struct rest **rest, struct failure *why) MUST_CHECK;
bool rest_list(struct store *store, struct arena *arena, struct rest **rests, size_t *count,
               struct failure *why) MUST_CHECK;

/* Begins a rest, or continues the one of the same relay and queue. */
bool rest_begin(struct store *store, const struct rest *rest, int64_t now,
                struct failure *why) MUST_CHECK;

/* Reserves the probe until `until`, if nobody has taken it since the rest was read. Rows do not age
 * by the time until now. */
bool rest_take_probe(struct store *store, const struct rest *rest, int64_t now, int64_t until,
                     bool *taken, struct failure *why) MUST_CHECK;
/* The next probe is due at `until`; `probes` as in the struct. */
bool rest_put_off(struct store *store, const struct rest *rest, int64_t probes, int64_t until,
                  struct failure *why) MUST_CHECK;
/* The relay takes mail again. */
bool rest_end(struct store *store, const struct rest *rest, int64_t now,
              struct failure *why) MUST_CHECK;

/* Returns a row that got this answer to the queue, due now. Its attempt is not counted: neither its
 * waits nor its age grow. */
bool rest_return_row(struct store *store, struct delivery_queue queue, int64_t id, int64_t now,
                     struct failure *why) MUST_CHECK;

#endif
