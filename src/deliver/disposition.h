/*
 * Decides what happens to a row after an attempt to send its message. The first line that fits
 * decides:
 *
 *   outcome                                            disposition
 *   -------------------------------------------------  ------------------------------------------
 *   2xx to the final dot                               sent
 *   421 on a connection that took messages before,     again: the server closes the connection
 *     and no connection was lost before                  (RFC 5321 3.8), the message is fine
 *   no reply, or an unreadable one, after the dot      in doubt
 *   the same before the dot                            again, until the message was started
 *                                                      DISPOSITION_LOSSES times in one claim; then
 *                                                      deferred
 *   no reply in time before the dot                    deferred; again if the server may have
 *                                                      offered PIPELINING without supporting it
 *   a 5xx that shows exactly that (5.5.x, bare 500     again, one command at a time
 *     or 503)                                            (RFC 2920 3.2)
 *   4xx or 5xx that certainly means the recipient,     refused
 *     and is permanent (smtp/refusal.h)
 *   any other 4xx or 5xx                               deferred
 *   never sent: the recipient's address                refused
 *   never sent: our address, or the message            deferred
 *   withdrawn before the dot                           skipped
 *
 * Pure.
 */
#ifndef DELIVER_DISPOSITION_H
#define DELIVER_DISPOSITION_H

#include "smtp/outcome.h"
#include "smtp/refusal.h"
#include "store/delivery.h"

struct disposition {
    bool again;                /* the message is not at fault: send it again at once */
    enum delivery_state state; /* unless `again` */
    bool refused;              /* the server has refused it, and `refusal` says what that means */
    struct refusal refusal;
    bool distrust; /* the server's PIPELINING does not work: one command at a time from now on */
};

/* How often a message is started in one claim if the connections keep breaking. */
enum { DISPOSITION_LOSSES = 3 };

/* Whether this outcome counts as a loss of the message. It does not if a server that had taken
 * messages on the connection closed it before it answered MAIL: some servers do so after a fixed
 * number of messages, and other messages have got through each time, however often this one meets
 * it. */
bool disposition_counts_loss(const struct outcome *outcome);

/* `losses` of the claim include this one. `host` is the relay's name, because some codes mean what
 * one host means by them. */
struct disposition disposition_of(const struct outcome *outcome, int losses, const char *host);

#endif
