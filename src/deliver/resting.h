/*
 * Whether a relay is awake, at rest, or asked by a probe.
 *
 * A run listens to its own answers (answers.h). When one sentence is among them too often, the
 * relay rests: the rows that were answered so go back to the queue, nothing more is begun, and the
 * run ends. A later run finds the rest in the database (store/rest.h). Before its next probe is due
 * it sends nothing; then it sends one message. Where that is taken, or refused for its recipient's
 * own reasons, the rest is over and all else follows; where it is not, the next probe waits twice
 * as long.
 *
 * State of one relay in one run; belongs to the loop's thread.
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
    struct rest begun;  /* where this run began it */
    bool probing;       /* one message may go, or is on its way */
    bool asked;         /* this run has heard the sentence */
    struct arena arena; /* holds what was found */
};

/* Texts and `answers` outlive the struct. */
void resting_init(struct resting *resting, const struct settings *settings, size_t number,
                  const char *relay, struct delivery_queue queue, struct answers *answers);
void resting_free(struct resting *resting);

/* At the beginning of a run: is the relay at rest, and is it time for a probe? */
bool resting_look(struct resting *resting, struct outbox *outbox, struct failure *why) MUST_CHECK;

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
