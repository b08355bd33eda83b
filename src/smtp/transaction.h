/*
 * The SMTP transaction (RFC 5321 3.3) on one connection, without the connection itself: the caller
 * sends the bytes it returns and passes it the server's replies; it returns the outcome of each
 * message. Knows no socket and no clock.
 *
 *   from      to        when
 *   --------  --------  --------------------------------------------------------------------------
 *   over      idle      a connection is open
 *   idle      envelope  a message starts: MAIL, RCPT and DATA, in one write with PIPELINING
 *                       (RFC 2920), otherwise each after the reply to the one before
 *   envelope  content   354
 *   envelope  idle      a command was refused, and all replies have arrived
 *   envelope  clearing  354 although MAIL or RCPT was refused: a lone dot answers it, as the server
 *                       has no recipient to deliver to
 *   clearing  idle      the reply to the lone dot
 *   content   ready     the text has been sent up to the final dot
 *   ready     dot       transaction_release(): the loop calls it once the dot's note is on disk
 *   dot       idle      the reply to the dot
 *   dot       envelope  the same, if the next message's envelope was sent right behind the dot
 *   idle      quit      transaction_quit()
 *   any       over      421, a reply that is impossible here or that nobody waits for, the reply
 *                       to QUIT; or the caller has lost or dropped the connection
 *
 * After a refusal, RSET precedes the next envelope (RFC 5321 4.1.1.5). Each change of phase is
 * logged at debug.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include "smtp/content_check.h"
#include "smtp/outcome.h"

enum transaction_phase {
    TRANSACTION_IDLE,     /* between messages */
    TRANSACTION_ENVELOPE, /* commands are being sent or replies are awaited */
    TRANSACTION_CONTENT,  /* the text is being sent */
    TRANSACTION_READY,    /* everything but the dot has been sent */
    TRANSACTION_DOT,      /* the dot is being sent or its reply is awaited */
    TRANSACTION_CLEARING, /* the reply to a lone dot is awaited; no message is in hand */
    TRANSACTION_QUIT,     /* QUIT has been sent */
    TRANSACTION_OVER,     /* the connection cannot be used any more */
};

/* Whether the server's PIPELINING works; shared by all connections of a run. */
enum trust { TRUST_UNPROVEN, TRUST_PROVEN, TRUST_BROKEN };

/* A message in hand, and its owner's handle for it. */
struct slot {
    void *owner; /* NULL: the slot is free */
    const char *address;
    struct smtp_message message;
    bool pipelined; /* its envelope was sent in one write */
    bool failed;    /* MAIL, RCPT or DATA was refused, `reply` says how */
    enum stage stage;
    struct reply reply;
};

struct awaited {
    enum stage stage;
    bool lone; /* this is the lone dot after a refused envelope */
    int slot;  /* index; -1: belongs to no message */
};

enum { TRANSACTION_AWAITED = 8, TRANSACTION_OUTCOMES = 4 };

struct transaction {
    const char *connection; /* its name in the log */
    enum transaction_phase phase;
    struct relay_offer offer;
    enum trust *trust;
    struct slot slots[2];
    int now;           /* the slot whose transaction is open, or will be next */
    struct buf out;    /* commands */
    size_t out_at;     /* how many bytes of them were sent */
    size_t content_at; /* how many bytes of the text were sent */
    bool reset_due;    /* send RSET before the next MAIL */
    bool handed;       /* at least one byte of the dot was, or may have been, passed on */
    int64_t completed; /* messages that the server of this connection has answered */
    struct awaited awaited[TRANSACTION_AWAITED];
    size_t awaited_count;
    struct outcome outcomes[TRANSACTION_OUTCOMES];
    size_t outcome_count;
};

/* Has no connection yet. `connection` is its name in the log and must outlive the struct. */
void transaction_init(struct transaction *transaction, enum trust *trust, const char *connection);
void transaction_free(struct transaction *transaction);

/* Starts on a new connection; earlier state is discarded. No message may be in hand. */
void transaction_start(struct transaction *transaction, const struct relay_offer *offer);

/* Where to write the message for the next transaction_begin() or transaction_release(). */
struct smtp_message *transaction_vacant(struct transaction *transaction);

/* IDLE: starts the transaction to `address`. Its outcome will name `owner`, which is not NULL. A
 * message that the content check refuses ends at once and the phase stays IDLE. False if the
 * message is broken (see content_check.h). */
bool transaction_begin(struct transaction *transaction, const char *address, void *owner,
                       struct failure *why) MUST_CHECK;

/* READY: sends the dot. If `owner` is not NULL, its message is in transaction_vacant(), and its
 * envelope is sent right behind the dot. */
bool transaction_release(struct transaction *transaction, const char *address, void *owner,
                         struct failure *why) MUST_CHECK;
/* Whether an envelope may follow right behind the dot. */
bool transaction_may_ride(const struct transaction *transaction);

/* IDLE: sends QUIT. */
void transaction_quit(struct transaction *transaction);

/* The bytes to send next; `*len` is 0 if there are none now. Report with transaction_sent() how
 * many were sent. */
const char *transaction_output(const struct transaction *transaction, size_t *len);
void transaction_sent(struct transaction *transaction, size_t len);

/* Whether the bytes of transaction_output() begin with a dot that was not passed on yet. */
bool transaction_output_is_dot(const struct transaction *transaction);
/* Call this when they are passed to a library that may keep them and send them later. From here on
 * the message is in doubt unless a reply arrives, whatever transaction_sent() says. */
void transaction_hand_dot(struct transaction *transaction);

/* Takes a complete reply of the server. */
void transaction_reply(struct transaction *transaction, const struct reply *reply);

/* The connection is broken or was dropped: every message in hand ends; the phase becomes OVER. */
void transaction_lost(struct transaction *transaction, enum outcome_kind kind, const char *text);

/* The next outcome; false if there is none. */
bool transaction_take_outcome(struct transaction *transaction, struct outcome *outcome);

/* What the transaction is waiting for; false if nothing (IDLE, READY). CONTENT while the text is
 * being sent. */
bool transaction_awaits(const struct transaction *transaction, enum stage *stage);

/* The owner of the message in hand; NULL if there is none. */
void *transaction_owner(const struct transaction *transaction);

#endif
