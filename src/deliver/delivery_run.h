/*
 * One run over a queue, shared by all backends. It decides whether a message may be started, checks
 * that the reader still wants it, has it written, records its outcome, and decides when the run
 * waits or ends.
 */
#ifndef DELIVER_DELIVERY_RUN_H
#define DELIVER_DELIVERY_RUN_H

#include "deliver/deliver.h"
#include "deliver/outbox.h"
#include "deliver/progress.h"
#include "deliver/signers.h"
#include "deliver/transport.h"
#include "smtp/dialer.h"

struct delivery_run {
    const struct deliver_job *job;
    struct transport *transports; /* one for each relay */
    size_t transport_count;
    struct routes routes;
    struct outbox *outbox;
    struct signers *signers; /* NULL: composed messages need no signature */
    struct deliver_result *result;
    int64_t left;                      /* messages that were sent */
    size_t in_hand;                    /* claims that lanes have, over all relays */
    int64_t linger_until;              /* clock_now(); 0: there has been work until now */
    int64_t start[DELIVERY_STATES];    /* the states when they were counted at counted_ms, */
    int64_t recorded[DELIVERY_STATES]; /* and the outcomes that had been recorded by then */
    int64_t counted_ms;
    struct progress_meter meter;
    int64_t watched_ms;
};

/* Whether a message may be started on that relay. False after a signal, at the limit, during a
 * hold, or while the relay is away or at rest. */
bool delivery_run_may_begin(struct delivery_run *run, const struct transport *transport);
/* Whether any relay may start one. */
bool delivery_run_goes_on(struct delivery_run *run);
/* Whether a relay other than that one is neither away nor at rest. */
bool delivery_run_has_other(const struct delivery_run *run, const struct transport *transport);

/* With several relays, once a turn: updates which of them are unavailable or on trial and which
 * claims go to others. Looks again at rests that are due for a probe. */
bool delivery_run_review(struct delivery_run *run, struct failure *why) MUST_CHECK;

/* The next claim for that relay whose reader is still to be mailed, with its message written to
 * `message` (but not signed yet, see signers.h); NULL if there is none now (`fresh` and `*wait_ms`
 * as in outbox_take()). Counts it as in hand. Claims that are no longer wanted are settled on the
 * way. */
bool delivery_run_next(struct delivery_run *run, struct transport *transport, bool fresh,
                       struct smtp_message *message, struct claim **claim, int64_t *wait_ms,
                       struct failure *why) MUST_CHECK;
/* Gives back a claim that could not be started. */
void delivery_run_hand_back(struct delivery_run *run, struct transport *transport,
                            struct claim *claim);

/* Takes the outcome of a claim in hand and passes it to the outbox. `*again` says that it will be
 * sent once more; `*distrust` is that of struct disposition. */
void delivery_run_end(struct delivery_run *run, struct transport *transport,
                      const struct outcome *outcome, struct disposition *disposition);

enum delivery_run_step {
    RUN_WAITS, /* further rows become due within the linger time */
    RUN_ENDS,  /* nothing is left to do in this run */
};
/* When nothing is due or in hand: whether the run waits or ends. */
bool delivery_run_idle(struct delivery_run *run, enum delivery_run_step *step,
                       struct failure *why) MUST_CHECK;

/* The relay cannot be used. If there is no other, all due rows are deferred. */
bool delivery_run_relay_away(struct delivery_run *run, struct transport *transport,
                             const struct failure *relay_why, struct failure *why) MUST_CHECK;
/* The relay accepts connections: if it had been away it is on trial now. */
void delivery_run_relay_opens(struct delivery_run *run, struct transport *transport);
/* The relay has answered a message. */
bool delivery_run_relay_answers(struct delivery_run *run, struct transport *transport,
                                struct failure *why) MUST_CHECK;

/* Calls the watcher, a few times a second. Counts the rows again now and then, because other
 * processes change them too, as do rows that are sent again. */
void delivery_run_watch(struct delivery_run *run, size_t lanes, size_t open, size_t busy);

#endif
