/*
 * Whether a relay is awake, at rest, or being probed. A relay is put at rest when it gives
 * everybody the same refusal: sending on would only get the same answer for every reader.
 *
 *   from     to       when
 *   -------  -------  ---------------------------------------------------------------------------
 *   awake    at rest  one sentence is too frequent among this run's answers (answers.h): the rows
 *                     that got it are queued again, and no further message is started
 *   at rest  probing  the next probe is due: one message may be sent. A later run, or this one if
 *                     there are several relays, finds the rest in the database (store/rest.h), and
 *                     one process takes the probe
 *   probing  awake    the probe's message is accepted, or refused for the recipient's own reasons
 *                     with another sentence: the relay works
 *   probing  at rest  any other refusal: the next probe waits twice as long, by retry.h
 *   probing  at rest  no reply: the next probe waits as long as this one did
 *   probing  at rest  the run ends without having asked: the probe is left to the next run
 *
 * Each change that follows an answer is logged.
 *
 * The state of one relay in one run; belongs to the loop's thread.
 */
#ifndef DELIVER_RESTING_H
#define DELIVER_RESTING_H

#include "deliver/answers.h"
#include "deliver/outbox.h"
#include "store/rest.h"

struct resting {
    const struct settings *settings;
    struct answers *answers;
    size_t number;     /* of the relay, in routes */
    const char *relay; /* its name in the ledger */
    struct delivery_queue queue;
    struct rest *rest;  /* NULL: awake */
    struct rest begun;  /* the rest that this run started */
    bool probing;       /* one message may be sent, or is being sent */
    bool asked;         /* this run has got the sentence as an answer */
    struct arena arena; /* holds what was found */
};

/* Texts and `answers` outlive the struct. */
void resting_init(struct resting *resting, const struct settings *settings, size_t number,
                  const char *relay, struct delivery_queue queue, struct answers *answers);
void resting_free(struct resting *resting);

/* At the beginning of a run, and when a rest is over in it: is the relay at rest, and is it time
 * for a probe? */
bool resting_refresh(struct resting *resting, struct outbox *outbox,
                     struct failure *why) MUST_CHECK;

/* Whether a message may be begun while `in_hand` others are on their way. */
bool resting_may_begin(const struct resting *resting, size_t in_hand);

/* How a message ended that was not simply sent again; the outbox has it already. */
void resting_hear(struct resting *resting, struct outbox *outbox, const struct delivery *row,
                  const struct disposition *disposition, const struct reply *reply);

/* At the end of a run: a probe that found nothing to send is left to the next. */
void resting_end(struct resting *resting, struct outbox *outbox);

/* The line for the operator while the relay rests. */
void resting_tell(const struct resting *resting, struct failure *line);

#endif
