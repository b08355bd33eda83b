/* Changes of address that people have requested and not yet confirmed from the new address. */
#ifndef STORE_ADDRESS_CHANGE_H
#define STORE_ADDRESS_CHANGE_H

#include "store/store.h"

struct address_change {
    const char *address, *address_key;
    int64_t asked_at;
};

/* A later request of the same person replaces an earlier one. */
bool address_change_ask(struct store *store, int64_t subscriber_id,
                        const struct address_change *change, struct failure *why) MUST_CHECK;
/* *change NULL if there is none. */
bool address_change_find(struct store *store, struct arena *arena, int64_t subscriber_id,
                         struct address_change **change, struct failure *why) MUST_CHECK;
bool address_change_remove(struct store *store, int64_t subscriber_id,
                           struct failure *why) MUST_CHECK;
/* Removes those asked for before `before`: nobody confirmed them. */
bool address_change_purge(struct store *store, int64_t before, struct failure *why) MUST_CHECK;

#endif
