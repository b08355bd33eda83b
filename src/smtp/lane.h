/*
 * One lane: a connection, the transaction on it, and its time-outs (RFC 5321 4.5.3.2). Never
 * blocks.
 *
 *   from     to       when
 *   -------  -------  ---------------------------------------------------------------------------
 *   closed   opening  its owner asks the connector for a connection
 *   opening  open     the connection is there, with EHLO, STARTTLS and AUTH behind it
 *   opening  closed   it could not be had
 *   open     closed   the transaction is over: see its table (smtp/transaction.h); or a deadline
 *                     has passed, one for each reply, a longer one for that to the dot, a short one
 *                     for that to QUIT
 *
 * Each change is a line at debug.
 */
#ifndef SMTP_LANE_H
#define SMTP_LANE_H

#include "smtp/connector.h"
#include "smtp/transaction.h"

enum lane_state { LANE_CLOSED, LANE_OPENING, LANE_OPEN };

struct lane_limits {
    int64_t reply_ms; /* each reply before the dot's, and each pause while the text flows */
    int64_t dot_ms;   /* the reply to the final dot */
    int64_t quit_ms;  /* the reply to QUIT, which nobody needs */
};

struct lane {
    char name[80]; /* in the log: "RELAY/NUMBER" */
    enum lane_state state;
    CURL *curl;
    int fd;
    bool tls;
    struct transaction transaction;
    struct reply_parser parser;
    int64_t begun;       /* messages begun on this connection */
    int64_t reopen_ms;   /* clock_monotonic_ms() before which it is not opened again */
    int64_t deadline_ms; /* 0: none */
    enum stage awaited;  /* what the deadline is for, */
    size_t awaited_left; /* and which of several */
    bool wants_write;
};

void lane_init(struct lane *lane, enum trust *trust, const char *relay, size_t number);
void lane_free(struct lane *lane); /* closes; messages in hand must have ended */

/* A connection is being opened for it; lane_open() or lane_miss() follows. */
void lane_expect(struct lane *lane);
/* It could not be had. */
void lane_miss(struct lane *lane, const char *cause);
/* Takes over an open connection. */
void lane_open(struct lane *lane, const struct connection *connection);
/* Closes at once; messages in hand end as lost with `text`. */
void lane_drop(struct lane *lane, enum outcome_kind kind, const char *text);

/* Reads (where `readable`), answers, writes until the socket takes no more. Afterwards the
 * transaction may have outcomes, be READY or IDLE, or the lane be CLOSED. */
void lane_work(struct lane *lane, bool readable, const struct lane_limits *limits, int64_t now_ms);

/* Ends the lane if its deadline has passed. */
void lane_check_deadline(struct lane *lane, int64_t now_ms);

#endif
