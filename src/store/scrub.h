/*
 * After an erasure: what the log beside the database still holds of the person is taken out of it.
 * Rows that are deleted or changed are overwritten in the database itself (secure_delete), and the
 * log is emptied by a checkpoint, for which nobody may be reading or writing at that moment: that
 * an erasure waits for it is kept in the database, and whoever has time tries again.
 */
#ifndef STORE_SCRUB_H
#define STORE_SCRUB_H

#include "store/store.h"

/* An erasure asks for it; part of its transaction. */
bool scrub_ask(struct store *store, int64_t now, struct failure *why) MUST_CHECK;

/* Empties the log where an erasure has asked for it. `*done` false: it still waits, as somebody
 * reads or writes. Outside of any transaction; waits for a moment at most. */
bool scrub_try(struct store *store, bool *done, struct failure *why) MUST_CHECK;

#endif
