/*
 * The hold: while there is one, no copy of an issue is sent, by any process, and with `everything`
 * no single mail either. Senders check it right before each message, in the statement that asks
 * whether the reader is still to be mailed (delivery_still_wanted()), so a hold takes effect with
 * the next message and costs no query of its own.
 *
 *   from       to         by
 *   none       held       hold_set()
 *   held       held       hold_set(): reason, end and extent are replaced, the beginning stays
 *   held       none       hold_release(), or hold_lapse() after the hold's end
 *
 * A hold with an end is over at that time by itself; its row stays until the next sender or a
 * release removes it. Time on hold does not count towards the age of a row: whoever ends the hold
 * moves first_at of the rows that were tried before and still wait.
 */
#ifndef STORE_HOLD_H
#define STORE_HOLD_H

#include "store/store.h"

struct hold {
    int64_t since, until; /* until 0: until it is released */
    bool everything;      /* single mails (confirmations, tests) too */
    const char *who;      /* the user who asked for it */
    const char *reason;   /* "" none was given */
};

/* Replaces the existing hold, keeping its beginning; it will be reported again. */
bool hold_set(struct store *store, const struct hold *hold, struct failure *why) MUST_CHECK;

/* *hold is NULL if none is in force at `now`. Changes nothing. */
bool hold_find(struct store *store, struct arena *arena, int64_t now, struct hold **hold,
               struct failure *why) MUST_CHECK;

/* Ends the hold, in force or over; `*released` is false if none was in force. */
bool hold_release(struct store *store, int64_t now, bool *released, struct failure *why) MUST_CHECK;
/* Ends a hold whose end has passed. */
bool hold_lapse(struct store *store, int64_t now, struct failure *why) MUST_CHECK;

/* Records that `weekly` has reported it; `*first` is false if it already had. */
bool hold_tell(struct store *store, bool *first, struct failure *why) MUST_CHECK;

#endif
