/* Relays that cannot be reached, or refuse the login: since when, and why. Stored, because a
 * message that may already have been sent by a relay waits for that relay for an hour
 * (deliver/route.h), longer than a run may last. */
#ifndef STORE_ABSENCE_H
#define STORE_ABSENCE_H

#include "store/store.h"

struct absence {
    const char *relay; /* as in delivery.relay */
    int64_t since;
    const char *why; /* one line for the operator */
};

bool absence_list(struct store *store, struct arena *arena, struct absence **absences,
                  size_t *count, struct failure *why) MUST_CHECK;

/* Begins an absence, or replaces the reason of one. */
bool absence_begin(struct store *store, const char *relay, int64_t now, const char *text,
                   struct failure *why) MUST_CHECK;
/* Ends it: the relay can be reached again, or is no longer in the settings. */
bool absence_end(struct store *store, const char *relay, struct failure *why) MUST_CHECK;

#endif
