/*
 * How a message's way over a connection ended, as the transaction saw it. What follows from that,
 * for the recipient and for the message, is for its sender to decide.
 */
#ifndef SMTP_OUTCOME_H
#define SMTP_OUTCOME_H

#include "smtp/reply.h"

enum outcome_kind {
    OUTCOME_REPLIED,   /* the server answered `stage` */
    OUTCOME_LOST,      /* the connection died while `stage` was waited for */
    OUTCOME_TIMED_OUT, /* no answer to `stage` in its time */
    OUTCOME_UNSENT,    /* nothing of it was sent: `reply.text` says why, the recipient's fault */
    OUTCOME_OURS,      /* the same, but ours to mend */
    OUTCOME_UNWANTED,  /* its sender took it back before the dot: `reply.text` says why */
};

struct outcome {
    void *owner; /* as given to the transaction */
    enum outcome_kind kind;
    enum stage stage;
    struct reply reply; /* of REPLIED; of others the text says what happened */
    bool handed;        /* the dot was handed to the socket */
    bool fresh;         /* no message had ended well on this connection before */
    bool pipelined;     /* the envelope went out in one write, and no such has worked yet */
    bool utf8;          /* of UNSENT and OURS: for want of SMTPUTF8 alone */
};

#endif
