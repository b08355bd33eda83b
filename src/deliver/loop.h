/*
 * The loop over the lanes of the SMTP relays.
 *
 * A turn: what has opened is taken over, what is readable or writable moves on, outcomes go to the
 * outbox, idle lanes get messages, then one transaction for all notes and outcomes, then the dots.
 * No lane is waited for: a slow or dead connection costs its own message's time alone.
 */
#ifndef DELIVER_LOOP_H
#define DELIVER_LOOP_H

#include "deliver/delivery_run.h"

/* Sends until nothing is due. False for faults of ours or of the database; before it returns,
 * every message is with the outbox again. */
bool loop_run(struct delivery_run *run, struct failure *why) MUST_CHECK;

#endif
