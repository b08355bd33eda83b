/*
 * One run over a queue, shared by all backends: what may begin, whether a reader is still to be
 * mailed and what the message says, what becomes of it, and when the run waits or ends.
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
    struct signers *signers; /* NULL: composed messages are finished */
    struct deliver_result *result;
    int64_t left;                      /* messages that have left */
    size_t in_hand;                    /* claims with lanes, of all relays */
    int64_t linger_until;              /* clock_now(); 0: work was there until now */
    int64_t start[DELIVERY_STATES];    /* as counted at counted_ms, */
    int64_t recorded[DELIVERY_STATES]; /* when so much had been recorded */
    int64_t counted_ms;
    struct progress_meter meter;
    int64_t watched_ms;
};

/* False when a signal, the limit, a hold or an absent relay says so: no further message is begun
 * by that relay. */
bool delivery_run_may_begin(struct delivery_run *run, const struct transport *transport);
/* Whether any relay may begin one. */
bool delivery_run_goes_on(struct delivery_run *run);
/* Whether another relay than that one is there and awake. */
bool delivery_run_has_other(const struct delivery_run *run, const struct transport *transport);

/* Where there are several relays, once a turn: which are unavailable, which are on trial, and whose
 * claims go to others. Rests that are due for a probe are read again. */
bool delivery_run_review(struct delivery_run *run, struct failure *why) MUST_CHECK;

/* The next claim for that relay whose reader is still wanted, its message written into `message`
 * (still to be finished, see signers.h); NULL if there is none now
 * (`fresh` and `*wait_ms` as of outbox_take()). Counts it as in hand. Claims that are not wanted
 * are settled on the way. */
bool delivery_run_next(struct delivery_run *run, struct transport *transport, bool fresh,
                       struct smtp_message *message, struct claim **claim, int64_t *wait_ms,
                       struct failure *why) MUST_CHECK;
/* A claim that could not be begun goes back. */
void delivery_run_hand_back(struct delivery_run *run, struct transport *transport,
                            struct claim *claim);

/* What became of a claim in hand: to the outbox with it. `*again` tells that it goes once more;
 * `*distrust` as in struct disposition. */
void delivery_run_end(struct delivery_run *run, struct transport *transport,
                      const struct outcome *outcome, struct disposition *disposition);

enum delivery_run_step {
    RUN_WAITS, /* rows come due within the linger */
    RUN_ENDS,  /* nothing more to do in this run */
};
/* Nothing is due and nothing in hand: whether the run waits or ends. */
bool delivery_run_idle(struct delivery_run *run, enum delivery_run_step *step,
                       struct failure *why) MUST_CHECK;

/* The relay cannot be used. Where no other is there, all rows that are due are deferred. */
bool delivery_run_relay_away(struct delivery_run *run, struct transport *transport,
                             const struct failure *relay_why, struct failure *why) MUST_CHECK;
/* It takes connections: on trial, if it had been away. */
void delivery_run_relay_opens(struct delivery_run *run, struct transport *transport);
/* It has answered a message. */
bool delivery_run_relay_answers(struct delivery_run *run, struct transport *transport,
                                struct failure *why) MUST_CHECK;

/* Tells the watcher, a few times a second; counts the rows anew now and then, as other processes
 * and rows that go round change them too. */
void delivery_run_watch(struct delivery_run *run, size_t lanes, size_t open, size_t busy);

#endif
