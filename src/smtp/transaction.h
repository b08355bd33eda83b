/*
 * The SMTP transaction (RFC 5321 3.3) on one connection, without the connection: bytes to send come
 * out, replies go in, outcomes of messages come out. Knows no socket and no clock.
 *
 *   from      to        when
 *   --------  --------  --------------------------------------------------------------------------
 *   over      idle      a connection is open
 *   idle      envelope  a message is begun: MAIL, RCPT and DATA. With PIPELINING (RFC 2920) in one
 *                       write, else each waits for the reply to the one before
 *   envelope  content   354
 *   envelope  idle      a command was refused, and all replies are there
 *   envelope  clearing  354 although MAIL or RCPT was refused: a lone dot answers it, as the server
 *                       has no recipient to deliver to
 *   clearing  idle      the reply to the lone dot
 *   content   ready     the text is out up to the final dot
 *   ready     dot       transaction_release(): the loop calls it when the note of the dot is on the
 *                       disk
 *   dot       idle      the reply to the dot
 *   dot       envelope  the same, where the next message's envelope went out right behind the dot
 *   idle      quit      transaction_quit()
 *   any       over      421, a reply that makes no sense here, one that nobody waits for, the reply
 *                       to QUIT; or the caller has lost or given up the connection
 *
 * A transaction that was refused is cleared by RSET in front of the next envelope (RFC 5321
 * 4.1.1.5). Each change of phase is a line at debug.
 */
#ifndef SMTP_TRANSACTION_H
#define SMTP_TRANSACTION_H

#include "smtp/content_check.h"
#include "smtp/outcome.h"

enum transaction_phase {
    TRANSACTION_IDLE,     /* between messages */
    TRANSACTION_ENVELOPE, /* commands are out or going out, replies are awaited */
    TRANSACTION_CONTENT,  /* the text flows */
    TRANSACTION_READY,    /* all but the dot is out */
    TRANSACTION_DOT,      /* the dot is out or going out, its reply is awaited */
    TRANSACTION_CLEARING, /* a lone dot's reply is awaited; no message is in hand */
    TRANSACTION_QUIT,     /* QUIT is out */
    TRANSACTION_OVER,     /* the connection is of no more use */
};

/* Whether the server's PIPELINING is believed; one for all connections of a run. */
enum trust { TRUST_UNPROVEN, TRUST_PROVEN, TRUST_BROKEN };

/* A message in hand, and what its sender knows it by. */
struct slot {
    void *owner; /* NULL: vacant */
    const char *address;
    struct smtp_message message;
    bool pipelined; /* its envelope went out in one write */
    bool failed;    /* MAIL, RCPT or DATA was refused, `reply` says how */
    enum stage stage;
    struct reply reply;
};

struct awaited {
    enum stage stage;
    bool lone; /* the dot after a refused envelope */
    int slot;  /* index; -1: of no message */
};

enum { TRANSACTION_AWAITED = 8, TRANSACTION_OUTCOMES = 4 };

struct transaction {
    const char *connection; /* its name in the log */
    enum transaction_phase phase;
    struct relay_offer offer;
    enum trust *trust;
    struct slot slots[2];
    int now;           /* the slot whose transaction is open, or next */
    struct buf out;    /* commands */
    size_t out_at;     /* of them, bytes sent */
    size_t content_at; /* of the text, bytes sent */
    bool reset_due;    /* RSET before the next MAIL */
    bool handed;       /* the dot's bytes were handed over, one at least or perhaps */
    int64_t completed; /* messages that this connection's server has answered for */
    struct awaited awaited[TRANSACTION_AWAITED];
    size_t awaited_count;
    struct outcome outcomes[TRANSACTION_OUTCOMES];
    size_t outcome_count;
};

/* Takes no connection yet. `connection` is its name in the log; outlives the struct. */
void transaction_init(struct transaction *transaction, enum trust *trust, const char *connection);
void transaction_free(struct transaction *transaction);

/* A new connection: all that was is forgotten. No message may be in hand. */
void transaction_start(struct transaction *transaction, const struct relay_offer *offer);

/* Where the message for the next transaction_begin() or transaction_release() is to be written. */
struct smtp_message *transaction_vacant(struct transaction *transaction);

/* IDLE: begins the transaction. To `address`; `owner`, not NULL, is what its outcome
 * will name. A message that the content check holds back ends at once, the phase stays IDLE. False:
 * the message is broken (see content_check.h). */
bool transaction_begin(struct transaction *transaction, const char *address, void *owner,
                       struct failure *why) MUST_CHECK;

/* READY: lets the dot go. Where `owner` is not NULL its message is in transaction_vacant(), and its
 * envelope goes out right behind. */
bool transaction_release(struct transaction *transaction, const char *address, void *owner,
                         struct failure *why) MUST_CHECK;
/* True if an envelope may ride behind the dot. */
bool transaction_may_ride(const struct transaction *transaction);

/* IDLE: says QUIT. */
void transaction_quit(struct transaction *transaction);

/* The bytes to be sent next; `*len` 0: none now. transaction_sent() tells how many went out. */
const char *transaction_output(const struct transaction *transaction, size_t *len);
void transaction_sent(struct transaction *transaction, size_t len);

/* True if the bytes of transaction_output() begin with the dot of a message that nobody has yet. */
bool transaction_output_is_dot(const struct transaction *transaction);
/* Then: they are given to somebody who may keep them and send them later. Without an answer the
 * message is in doubt from here on, whatever transaction_sent() tells. */
void transaction_hand_dot(struct transaction *transaction);

/* A complete reply of the server. */
void transaction_reply(struct transaction *transaction, const struct reply *reply);

/* The connection is dead or given up: every message in hand ends; OVER. */
void transaction_lost(struct transaction *transaction, enum outcome_kind kind, const char *text);

/* The next outcome; false if there is none. */
bool transaction_take_outcome(struct transaction *transaction, struct outcome *outcome);

/* What is waited for; false when nothing is (IDLE, READY). While the text flows: CONTENT. */
bool transaction_awaits(const struct transaction *transaction, enum stage *stage);

/* The owner of the message in hand, NULL if none. */
void *transaction_owner(const struct transaction *transaction);

#endif
