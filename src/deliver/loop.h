/*
 * The event loop over the lanes of all SMTP relays.
 *
 * One turn: take over connections that were opened, move on lanes that are readable or writable,
 * pass outcomes to the outbox, give messages to idle lanes, commit all notes and outcomes in one
 * transaction, then send the dots. No lane is waited for: a slow or dead connection delays only its
 * own message.
 */
#ifndef DELIVER_LOOP_H
#define DELIVER_LOOP_H

#include "deliver/delivery_run.h"

/* Sends until nothing is due. False for our own bugs and failures of the database. When it returns,
 * every message has gone back to the outbox. */
bool loop_run(struct delivery_run *run, struct failure *why) MUST_CHECK;

#endif
