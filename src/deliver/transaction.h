/*
 * The SMTP transaction (RFC 5321 3.3, RFC 2920) on one connection, without the connection: bytes
 * to send come out, replies go in, endings of letters come out. Knows no socket and no clock.
 *
 * With PIPELINING, MAIL, RCPT and DATA leave in one write, and where the setting says so those of
 * the next letter leave behind the final dot. Without, one command waits for the other. A refused
 * transaction is cleared by RSET, which rides in front of the next envelope. A 354 that comes
 * although MAIL or RCPT was refused is answered by a lone dot: the server has no recipient to
 * deliver to.
 *
 * The text is given out up to the final dot only. Then the phase is READY, and the dot comes out
 * after transaction_release(), which the loop calls when the note of it is on disk.
 */
#ifndef DELIVER_TRANSACTION_H
#define DELIVER_TRANSACTION_H

#include "deliver/content_check.h"
#include "deliver/letter.h"

enum transaction_phase {
    TRANSACTION_IDLE,     /* between letters */
    TRANSACTION_ENVELOPE, /* commands are out or going out, replies are awaited */
    TRANSACTION_CONTENT,  /* the text flows */
    TRANSACTION_READY,    /* all but the dot is out */
    TRANSACTION_DOT,      /* the dot is out or going out, its reply is awaited */
    TRANSACTION_CLEARING, /* a lone dot's reply is awaited; no letter is in hand */
    TRANSACTION_QUIT,     /* QUIT is out */
    TRANSACTION_OVER,     /* the connection is of no more use */
};

/* Whether the server's PIPELINING is believed; one for all connections of a run. */
enum trust { TRUST_UNPROVEN, TRUST_PROVEN, TRUST_BROKEN };

/* A letter in hand and its message. */
struct slot {
    struct letter *letter; /* NULL: vacant */
    struct deliver_message message;
    bool pipelined; /* its envelope went out in one write */
    bool failed;    /* MAIL, RCPT or DATA was refused, `reply` says how */
    enum stage stage;
    struct reply reply;
};

struct awaited {
    enum stage stage;
    bool lone; /* the dot after a refused envelope */
    int slot;  /* index; -1: of no letter */
};

enum { TRANSACTION_AWAITED = 8, TRANSACTION_ENDINGS = 4 };

struct transaction {
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
    int64_t completed; /* letters that this connection's server has answered for */
    struct awaited awaited[TRANSACTION_AWAITED];
    size_t awaited_count;
    struct ending endings[TRANSACTION_ENDINGS];
    size_t ending_count;
};

void transaction_init(struct transaction *transaction,
                      enum trust *trust); /* takes no connection yet */
void transaction_free(struct transaction *transaction);

/* A new connection: all that was is forgotten. No letter may be in hand. */
void transaction_start(struct transaction *transaction, const struct relay_offer *offer);

/* Where the message for the next transaction_begin() or transaction_release() is to be written. */
struct deliver_message *transaction_vacant(struct transaction *transaction);

/* IDLE: begins the transaction. A letter that the content check holds back ends at once
 * (transaction_take_ending), the phase stays IDLE. False: the message is broken (see
 * content_check.h). */
bool transaction_begin(struct transaction *transaction, struct letter *letter,
                       struct failure *why) MUST_CHECK;

/* READY: lets the dot go; `ahead` (may be NULL) has its message in transaction_vacant(), its
 * envelope rides behind. */
bool transaction_release(struct transaction *transaction, struct letter *ahead,
                         struct failure *why) MUST_CHECK;
/* True if an envelope may ride behind the dot. */
bool transaction_may_ride(const struct transaction *transaction);

/* IDLE: says QUIT. */
void transaction_quit(struct transaction *transaction);

/* The bytes to be sent next; `*len` 0: none now. transaction_sent() tells how many went out. */
const char *transaction_output(const struct transaction *transaction, size_t *len);
void transaction_sent(struct transaction *transaction, size_t len);

/* True if the bytes of transaction_output() begin with the dot of a letter that nobody has yet. */
bool transaction_output_is_dot(const struct transaction *transaction);
/* Then: they are given to somebody who may keep them and send them later. Without an answer the
 * letter is in doubt from here on, whatever transaction_sent() tells. */
void transaction_hand_dot(struct transaction *transaction);

/* A complete reply of the server. */
void transaction_reply(struct transaction *transaction, const struct reply *reply);

/* The connection is dead or given up: every letter in hand ends; OVER. */
void transaction_lost(struct transaction *transaction, enum how how, const char *text);

/* The next ending; false if there is none. */
bool transaction_take_ending(struct transaction *transaction, struct ending *ending);

/* What is waited for; false when nothing is (IDLE, READY). While the text flows: CONTENT. */
bool transaction_awaits(const struct transaction *transaction, enum stage *stage);

/* The letter in hand, NULL if none. */
struct letter *transaction_letter(const struct transaction *transaction);

#endif
