/*
 * After an erasure, removes what the write-ahead log still contains of the person. Deleted and
 * changed rows are overwritten in the database itself (secure_delete); the log is emptied by a
 * checkpoint, which requires that nobody is reading or writing at that moment. So the database
 * records that an erasure waits for it, and the next process that has time tries again.
 */
#ifndef STORE_SCRUB_H
#define STORE_SCRUB_H

#include "store/store.h"

/* Requests it for an erasure; part of the erasure's transaction. */
bool scrub_ask(struct store *store, int64_t now, struct failure *why) MUST_CHECK;

/* Empties the log if an erasure has requested it. `*done` is false if it still waits because
 * somebody reads or writes. Outside of any transaction; waits for a moment at most. */
bool scrub_try(struct store *store, bool *done, struct failure *why) MUST_CHECK;

#endif
