/*
 * A claim: a row of the ledger that this run has taken to send, and its outcome.
 *
 * The outbox makes claims and gets them back with an outcome; the lanes in between (smtp/lane.h)
 * only pass a pointer around.
 */
#ifndef DELIVER_CLAIM_H
#define DELIVER_CLAIM_H

#include "base/arena.h"
#include "smtp/refusal.h"
#include "smtp/reply.h"
#include "store/delivery.h"

struct claim {
    struct arena arena;  /* holds the row's strings */
    struct delivery row; /* as claimed */
    size_t relay;        /* the relay it uses: index in routes */
    int losses;          /* connections that broke during its transaction in this run */
    int64_t started_ms;  /* clock_monotonic_ms() when a lane took it */
    int64_t wanted_ms;   /* … when the reader was last found to be still wanted */
    int64_t share_day;   /* the day whose allowance it uses a share of (warming.h), 0: none, */
    size_t share_relay;  /* and the relay of that allowance */
    bool noted;          /* the note of the dot is on disk */
    bool held;           /* the claim was still ours when it was noted */
    bool utf8;           /* its address is not ASCII, and needs SMTPUTF8 */
    struct claim *next;  /* in the outbox's lists */
    /* Its outcome, between outbox_settle() and outbox_commit(). */
    enum delivery_state state;
    int64_t next_at;
    bool attempted;
    bool refused; /* whether a server refused it, and whose fault that was */
    enum refusal_fault fault;
    struct reply reply;
};

#endif
