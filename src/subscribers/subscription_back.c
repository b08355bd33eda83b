/* Takes a change of address back, by the notice to the old one. */
#include <string.h>

#include "mail/address.h"
#include "store/address_change.h"
#include "store/delivery.h"
#include "subscribers/subscription_private.h"

#define BACK_FORM "change undone"

/* Whether a change was taken back after the notice had been written. */
static bool find_undone(const struct subscription *subscription, struct arena *arena,
                        int64_t person, int64_t since, bool *undone, struct failure *why)
{
    struct consent *entries;
    size_t count;
    *undone = false;
    if (!consent_list(subscription->store, arena, person, &entries, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        *undone = *undone || (entries[i].at >= since && strcmp(entries[i].form, BACK_FORM) == 0);
    }
    return true;
}

/* Whether the old address can be the person's again. */
static bool may_return_to(const struct subscription *subscription, struct arena *arena,
                          const struct address *address, bool *may, struct failure *why)
{
    char hash[HASH_HEX];
    const char *reason;
    struct subscriber *owner;
    token_suppression_hash(subscription->keys, address->key, hash);
    if (!suppression_find(subscription->store, arena, hash, &reason, why) ||
        !subscriber_find(subscription->store, arena, address->key, &owner, why)) {
        return false;
    }
    *may = reason == NULL && owner == NULL;
    return true;
}

/* The notice of the token; *notice NULL if it belongs to another mail, or to nobody any more. */
static bool find_notice(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, struct delivery **notice,
                        struct subscriber **person, struct failure *why)
{
    enum subscription_answer answer;
    int64_t id;
    *notice = NULL;
    if (!subscription_verify(subscription, arena, TOKEN_CHANGE, token, now, &answer, person, why)) {
        return false;
    }
    if (*person == NULL ||
        !token_verify(subscription->keys, TOKEN_CHANGE, token, strlen(token), NULL, &id)) {
        return true;
    }
    if (!delivery_find(subscription->store, arena, (struct delivery_queue){0}, id, notice, why)) {
        return false;
    }
    bool ours = *notice != NULL && strcmp((*notice)->kind, "moved") == 0 &&
                (*notice)->subscriber_id == (*person)->id;
    *notice = ours ? *notice : NULL;
    return true;
}

static bool verify_back(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, enum subscription_answer *answer,
                        struct subscriber **person, struct address *address, struct failure *why)
{
    struct delivery *notice;
    struct failure ignored = {0};
    bool undone, may;
    *answer = SUBSCRIPTION_UNKNOWN;
    if (!find_notice(subscription, arena, token, now, &notice, person, why)) {
        return false;
    }
    if (notice == NULL || !address_parse(notice->address, address, &ignored)) {
        return true;
    }
    if (!find_undone(subscription, arena, (*person)->id, notice->created_at, &undone, why) ||
        !may_return_to(subscription, arena, address, &may, why)) {
        return false;
    }
    bool there = strcmp(address->key, (*person)->address_key) == 0;
    bool old = now > notice->created_at + (int64_t)SUBSCRIPTION_CONFIRM_HOURS * 3600;
    bool nothing = there || undone || (*person)->status != SUBSCRIBER_CONFIRMED;
    *answer = nothing ? SUBSCRIPTION_ALREADY
              : old   ? SUBSCRIPTION_EXPIRED
              : may   ? SUBSCRIPTION_DONE
                      : SUBSCRIPTION_TAKEN;
    return true;
}

bool subscription_verify_back(const struct subscription *subscription, struct arena *arena,
                              const char *token, int64_t now, enum subscription_answer *answer,
                              struct failure *why)
{
    struct subscriber *person;
    struct address address;
    return verify_back(subscription, arena, token, now, answer, &person, &address, why);
}

/* The address that is given up gets no notice: it may be the stranger's. */
static bool bring_back(const struct subscription *subscription, struct arena *arena,
                       const char *token, const char *origin, int64_t now,
                       enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    struct address address;
    bool taken;
    if (!verify_back(subscription, arena, token, now, answer, &person, &address, why)) {
        return false;
    }
    if (*answer != SUBSCRIPTION_DONE) {
        return true;
    }
    const struct consent consent = {
        .kind = "changed", .wording = "", .form = BACK_FORM, .origin = origin, .at = now};
    return subscriber_readdress(subscription->store, person->id, address.normal, address.key,
                                &consent, &taken, why) &&
           address_change_remove(subscription->store, person->id, why);
}

bool subscription_back(const struct subscription *subscription, struct arena *arena,
                       const char *token, const char *origin, int64_t now,
                       enum subscription_answer *answer, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     bring_back(subscription, arena, token, origin, now, answer, why), why);
}
