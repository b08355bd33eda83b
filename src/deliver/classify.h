/*
 * What a reply means for the row: one table of codes.
 *
 * The reply code, the enhanced status code (RFC 3463) and how far the message got decide together,
 * never one of them alone. `refused` speaks of the recipient. What speaks of us (our address, our
 * signature, our text) or of the relay is deferred: it says nothing about the reader, and passes
 * when the operator has mended it; such an answer is reported in one line.
 */
#ifndef DELIVER_CLASSIFY_H
#define DELIVER_CLASSIFY_H

#include "deliver/reply.h"
#include "store/delivery.h"

/* How far a message has got. The order is that of the wire. */
enum stage {
    STAGE_RSET, /* before the envelope: the transaction before is cleared away */
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_CONTENT, /* 354 is there, the text flows; no reply is due */
    STAGE_DOT,     /* the last bytes of the final dot were handed to the socket */
    STAGE_QUIT,
};
const char *stage_name(enum stage stage); /* "MAIL", …, "the final dot" */

enum fault {
    FAULT_NOBODY,
    FAULT_RECIPIENT,
    FAULT_SENDER, /* the operator must mend it: address, authentication, content, size */
    FAULT_RELAY,  /* the server's own trouble, or it does not understand us */
};

struct reply_class {
    enum delivery_state state; /* SENT, DEFERRED, REFUSED, IN_DOUBT */
    enum fault fault;
};

/* `reply` is complete and answers `stage`; at CONTENT it came before it was due. */
struct reply_class classify_reply(enum stage stage, const struct reply *reply);

#endif
