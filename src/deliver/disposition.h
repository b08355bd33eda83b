/*
 * What becomes of a row when its message's way over a connection has ended. The first line that
 * fits decides:
 *
 *   outcome                                            disposition
 *   -------------------------------------------------  ------------------------------------------
 *   2xx to the final dot                               sent
 *   421 on a connection that took messages before,     again: the server is tired of the connection
 *     and no connection was lost before                  (RFC 5321 3.8), not of the message
 *   no reply, or none that can be read, after the dot  in doubt
 *   the same before the dot                            again, until the message was begun
 *                                                      DISPOSITION_LOSSES times in one claim; then
 *                                                      deferred
 *   no reply in time before the dot                    deferred; again where the server may only
 *                                                      have claimed that it can PIPELINING
 *   a 5xx that shows so (5.5.x, bare 500 or 503)       again, one command at a time
 *                                                      (RFC 2920 3.2)
 *   4xx or 5xx that surely speaks of the recipient,    refused
 *     for good (smtp/refusal.h)
 *   any other 4xx or 5xx                               deferred
 *   never sent: the recipient's address                refused
 *   never sent: our address, or the message            deferred
 *   taken back before the dot                          skipped
 *
 * Pure.
 */
#ifndef DELIVER_DISPOSITION_H
#define DELIVER_DISPOSITION_H

#include "smtp/outcome.h"
#include "smtp/refusal.h"
#include "store/delivery.h"

struct disposition {
    bool again;                /* the message is not to blame: send it once more, now */
    enum delivery_state state; /* where not `again` */
    bool refused;              /* the server has said no, and `refusal` tells what that means */
    struct refusal refusal;
    bool distrust; /* the server only says that it can PIPELINING: one command at a time from now */
};

/* How often a message is begun in one claim when connections die under it. */
enum { DISPOSITION_LOSSES = 3 };

/* Whether this outcome counts among the message's losses. Not where a server that had taken
 * messages on the connection left before it answered MAIL: some do so after so many, and however
 * often a message meets that, others have got through each time. */
bool disposition_counts_loss(const struct outcome *outcome);

/* `losses` of the claim count this one already. `host` is the relay's name,
 * as some codes mean what their host means by them. */
struct disposition disposition_of(const struct outcome *outcome, int losses, const char *host);

#endif
