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
 * after talk_release(), which the loop calls when the note of it is on disk.
 */
#ifndef DELIVER_TRANSACTION_H
#define DELIVER_TRANSACTION_H

#include "deliver/content_check.h"
#include "deliver/letter.h"

enum talk_phase {
    TALK_IDLE,     /* between letters */
    TALK_ENVELOPE, /* commands are out or going out, replies are awaited */
    TALK_CONTENT,  /* the text flows */
    TALK_READY,    /* all but the dot is out */
    TALK_DOT,      /* the dot is out or going out, its reply is awaited */
    TALK_CLEARING, /* a lone dot's reply is awaited; no letter is in hand */
    TALK_QUIT,     /* QUIT is out */
    TALK_OVER,     /* the connection is of no more use */
};

/* Whether the server's PIPELINING is believed; one for all connections of a run. */
enum trust { TRUST_UNPROVEN, TRUST_PROVEN, TRUST_BROKEN };

/* A letter in hand and its message. */
struct parcel {
    struct letter *letter; /* NULL: vacant */
    struct deliver_message message;
    bool pipelined; /* its envelope went out in one write */
    bool failed;    /* MAIL, RCPT or DATA was refused, `reply` says how */
    enum stage stage;
    struct reply reply;
};

struct awaited {
    enum stage stage;
    bool lone;  /* the dot after a refused envelope */
    int parcel; /* index; -1: of no letter */
};

enum { TALK_AWAITED = 8, TALK_ENDINGS = 4 };

struct talk {
    enum talk_phase phase;
    struct relay_offer offer;
    enum trust *trust;
    struct parcel parcels[2];
    int now;           /* the parcel whose transaction is open, or next */
    struct buf out;    /* commands */
    size_t out_at;     /* of them, bytes sent */
    size_t content_at; /* of the text, bytes sent */
    bool reset_due;    /* RSET before the next MAIL */
    bool handed;       /* the dot's bytes were handed over, one at least or perhaps */
    int64_t completed; /* letters that this connection's server has answered for */
    struct awaited awaited[TALK_AWAITED];
    size_t awaited_count;
    struct ending endings[TALK_ENDINGS];
    size_t ending_count;
};

void talk_init(struct talk *talk, enum trust *trust); /* takes no connection yet */
void talk_free(struct talk *talk);

/* A new connection: all that was is forgotten. No letter may be in hand. */
void talk_start(struct talk *talk, const struct relay_offer *offer);

/* Where the message for the next talk_begin() or talk_release() is to be written. */
struct deliver_message *talk_vacant(struct talk *talk);

/* IDLE: begins the transaction. A letter that the content check holds back ends at once
 * (talk_take_ending), the phase stays IDLE. False: the message is broken (see content_check.h). */
bool talk_begin(struct talk *talk, struct letter *letter, struct failure *why) MUST_CHECK;

/* READY: lets the dot go; `ahead` (may be NULL) has its message in talk_vacant(), its envelope
 * rides behind. */
bool talk_release(struct talk *talk, struct letter *ahead, struct failure *why) MUST_CHECK;
/* True if an envelope may ride behind the dot. */
bool talk_may_ride(const struct talk *talk);

/* IDLE: says QUIT. */
void talk_quit(struct talk *talk);

/* The bytes to be sent next; `*len` 0: none now. talk_sent() tells how many went out. */
const char *talk_output(const struct talk *talk, size_t *len);
void talk_sent(struct talk *talk, size_t len);

/* True if the bytes of talk_output() begin with the dot of a letter that nobody has yet. */
bool talk_output_is_dot(const struct talk *talk);
/* Then: they are given to somebody who may keep them and send them later. Without an answer the
 * letter is in doubt from here on, whatever talk_sent() tells. */
void talk_hand_dot(struct talk *talk);

/* A complete reply of the server. */
void talk_reply(struct talk *talk, const struct reply *reply);

/* The connection is dead or given up: every letter in hand ends; OVER. */
void talk_lost(struct talk *talk, enum how how, const char *text);

/* The next ending; false if there is none. */
bool talk_take_ending(struct talk *talk, struct ending *ending);

/* What is waited for; false when nothing is (IDLE, READY). While the text flows: CONTENT. */
bool talk_awaits(const struct talk *talk, enum stage *stage);

/* The letter in hand, NULL if none. */
struct letter *talk_letter(const struct talk *talk);

#endif
