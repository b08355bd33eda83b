/* An operator does what a fresh confirmation does: lets somebody back on the list who was kept off
 * it by a complaint, an erasure, a bounce or by having left. */
#include "base/hash.h"
#include "mail/address.h"
#include "subscribers/list.h"
#include "subscribers/list_private.h"

static bool put_back(struct store *store, const struct address *address,
                     const struct subscriber *known, const struct consent *consent,
                     struct failure *why)
{
    if (known != NULL) {
        const struct subscriber_change change = {.status = SUBSCRIBER_CONFIRMED,
                                                 .paused_until = -1};
        return subscriber_update(store, known->id, &change, consent, why);
    }
    struct subscriber fresh = {.address = address->normal,
                               .address_key = address->key,
                               .name = "",
                               .status = SUBSCRIBER_CONFIRMED,
                               .topics = "",
                               .created_at = consent->at};
    return subscriber_insert(store, &fresh, consent, why);
}

static bool allow(struct store *store, struct arena *arena, const char *hash,
                  const struct address *address, const struct consent *consent,
                  enum list_allowed *outcome, struct failure *why)
{
    const char *reason;
    struct subscriber *known;
    if (!suppression_find(store, arena, hash, &reason, why) ||
        !subscriber_find(store, arena, address->key, &known, why)) {
        return false;
    }
    bool off = known != NULL && known->status != SUBSCRIBER_CONFIRMED && known->left_at != 0;
    bool there = known != NULL && known->status == SUBSCRIBER_CONFIRMED;
    if (reason == NULL && !off) {
        *outcome = there ? LIST_ALLOWED_BEFORE : LIST_NOTHING_TO_ALLOW;
        return true;
    }
    *outcome = LIST_ALLOWED;
    return suppression_remove(store, hash, why) && put_back(store, address, known, consent, why);
}

bool list_allow(struct store *store, const struct token_keys *keys, const char *text,
                const char *wording, int64_t now, enum list_allowed *outcome, struct failure *why)
{
    struct arena arena = {0};
    struct address address;
    char hash[HASH_HEX];
    const struct list_person person = {.address = text};
    const struct consent consent = {
        .kind = "added", .wording = wording, .form = "allowed by command", .origin = "", .at = now};
    if (!list_check_person(&person, &address, why)) {
        return false;
    }
    token_suppression_hash(keys, address.key, hash);
    bool good =
        store_begin(store, why) && allow(store, &arena, hash, &address, &consent, outcome, why);
    arena_free(&arena);
    return store_end(store, good, why);
}
