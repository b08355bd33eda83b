/*
 * A claim: a row of the ledger that this run has taken to send, and what became of it.
 *
 * The outbox makes claims and takes them back with an outcome; the lanes in between (smtp/lane.h)
 * know of it no more than a pointer.
 */
#ifndef DELIVER_CLAIM_H
#define DELIVER_CLAIM_H

#include "base/arena.h"
#include "smtp/outcome.h"
#include "smtp/refusal.h"
#include "store/delivery.h"

/* What is to be done about an outcome. */
struct judgement {
    bool again;                /* the row is innocent: send it once more, now */
    enum delivery_state state; /* where not `again` */
    bool refused;              /* the server has said no, and `refusal` tells what that means */
    struct refusal refusal;
    bool distrust; /* the server only says that it can PIPELINING: one command at a time from now */
};

struct claim {
    struct arena arena;  /* holds the row's texts */
    struct delivery row; /* as claimed */
    size_t relay;        /* by which it goes: index in routes */
    int losses;          /* connections that died under it in this run */
    int64_t started_ms;  /* clock_monotonic_ms() when a lane took it */
    int64_t wanted_ms;   /* … when it was last found to be wanted */
    int64_t share_day;   /* the day whose allowance it has a share of (warming.h), 0: none, */
    size_t share_relay;  /* and of which relay */
    bool noted;          /* the note of the dot is on disk */
    bool held;           /* the claim was still ours when it was noted */
    bool utf8;           /* its address is not ASCII, and needs SMTPUTF8 */
    struct claim *next;  /* in the outbox's lists */
    /* Its outcome, between outbox_settle() and outbox_commit(). */
    enum delivery_state state;
    int64_t next_at;
    bool attempted;
    bool refused; /* and whose fault that was */
    enum refusal_fault fault;
    struct reply reply;
};

/* How often a message is begun in one claim when connections die under it. */
enum { CLAIM_LOSSES = 3 };

/* Whether this outcome counts among the message's losses. Not where a server that had taken
 * messages on the connection left before it answered MAIL: some do so after so many, and however
 * often a message meets that, others have got through each time. */
bool outcome_is_loss(const struct outcome *outcome);

/* Pure: the rules. `losses` of the message count this one already. `host` is the relay's name,
 * as some codes mean what their host means by them. */
struct judgement outcome_judge(const struct outcome *outcome, int losses, const char *host);

#endif
