/*
 * One lane: a connection, the transaction on it, and its time-outs (RFC 5321 4.5.3.2). Never
 * blocks.
 *
 *   from     to       when
 *   -------  -------  ---------------------------------------------------------------------------
 *   closed   opening  the loop asks the connector for a connection
 *   opening  open     the connection is ready: EHLO, STARTTLS and AUTH are done
 *   opening  closed   the connection could not be opened
 *   open     closed   the transaction is over: see its table (smtp/transaction.h); or a deadline
 *                     has passed: there is one for each reply, a longer one for the reply to the
 *                     dot, a short one for the reply to QUIT
 *
 * Each change is logged at debug.
 */
#ifndef SMTP_LANE_H
#define SMTP_LANE_H

#include "smtp/connector.h"
#include "smtp/transaction.h"

enum lane_state { LANE_CLOSED, LANE_OPENING, LANE_OPEN };

struct lane_limits {
    int64_t reply_ms; /* for each reply before the dot's, and for each pause while the text is
                         sent */
    int64_t dot_ms;   /* for the reply to the final dot */
    int64_t quit_ms;  /* for the reply to QUIT, on which nothing depends */
};

struct lane {
    char name[80]; /* in the log: "RELAY/NUMBER" */
    enum lane_state state;
    CURL *curl;
    int fd;
    bool tls;
    struct transaction transaction;
    struct reply_parser parser;
    int64_t begun;       /* messages started on this connection */
    int64_t reopen_ms;   /* not reopened before this clock_monotonic_ms() */
    int64_t deadline_ms; /* 0: none */
    enum stage awaited;  /* what the deadline is for, */
    size_t awaited_left; /* and how much of the text was left */
    bool wants_write;
};

void lane_init(struct lane *lane, enum trust *trust, const char *relay, size_t number);
void lane_free(struct lane *lane); /* closes; no message may be in hand */

/* A connection is being opened for the lane; lane_open() or lane_miss() follows. */
void lane_expect(struct lane *lane);
/* The connection could not be opened. */
void lane_miss(struct lane *lane, const char *cause);
/* Takes over an open connection. */
void lane_open(struct lane *lane, const struct connection *connection);
/* Closes at once; messages in hand end as lost, with `text`. */
void lane_drop(struct lane *lane, enum outcome_kind kind, const char *text);

/* Reads (if `readable`), reacts, and writes until the socket takes no more. Afterwards the
 * transaction may have outcomes, be READY or IDLE, or the lane be CLOSED. */
void lane_work(struct lane *lane, bool readable, const struct lane_limits *limits, int64_t now_ms);

/* Ends the lane if its deadline has passed. */
void lane_check_deadline(struct lane *lane, int64_t now_ms);

#endif
