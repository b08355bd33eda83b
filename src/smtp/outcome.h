/*
 * How an attempt to send one message over a connection ended, as the transaction saw it. What that
 * means for the recipient and for the message is decided by the sender (deliver/disposition.h).
 */
#ifndef SMTP_OUTCOME_H
#define SMTP_OUTCOME_H

#include "smtp/reply.h"

enum outcome_kind {
    OUTCOME_REPLIED,   /* the server answered `stage` */
    OUTCOME_LOST,      /* the connection broke while waiting for the reply to `stage` */
    OUTCOME_TIMED_OUT, /* no reply to `stage` within its time */
    OUTCOME_UNSENT,    /* nothing was sent, because of the recipient: `reply.text` says why */
    OUTCOME_OURS,      /* nothing was sent, and the fault is ours */
    OUTCOME_UNWANTED,  /* its sender withdrew it before the dot: `reply.text` says why */
};

struct outcome {
    void *owner; /* as given to the transaction */
    enum outcome_kind kind;
    enum stage stage;
    struct reply reply; /* of REPLIED; otherwise its text says what happened */
    bool handed;        /* the dot was handed to the socket */
    bool fresh;         /* no message had succeeded on this connection before */
    bool pipelined;     /* the envelope was sent in one write, which has never worked so far */
    bool utf8;          /* of UNSENT and OURS: only because SMTPUTF8 is missing */
};

#endif
