/*
 * A person's change of address: requested, confirmed from the new address, undone from the old one.
 *
 *   requested    by an OWN token; a mail with a CHANGE token goes to the new address
 *   confirmed    by that token, for SUBSCRIPTION_CONFIRM_HOURS; a notice with a CHANGE token of its
 *                own goes to the old address
 *   undone       by the notice's token, for as long
 *
 * A CHANGE token names the mail that it was written into (a row of `outgoing`), and with it the
 * kind of mail and the address; so neither token can be used for the other's purpose.
 */
#include <string.h>

#include "mail/address.h"
#include "store/address_change.h"
#include "store/bucket.h"
#include "store/delivery.h"
#include "subscribers/subscription_private.h"

#define BACK_FORM "change undone"

/* Whether the address can become this person's: it is nobody else's, and it is not suppressed or,
 * if `liftable`, suppressed for a reason that confirming lifts. */
static bool may_have(const struct subscription *subscription, struct arena *arena,
                     const struct address *address, bool liftable, bool *may, struct failure *why)
{
    char hash[HASH_HEX];
    const char *reason;
    struct subscriber *owner;
    token_suppression_hash(subscription->keys, address->key, hash);
    if (!suppression_find(subscription->store, arena, hash, &reason, why) ||
        !subscriber_find(subscription->store, arena, address->key, &owner, why)) {
        return false;
    }
    *may = owner == NULL && (reason == NULL || (liftable && suppression_is_liftable(reason)));
    return true;
}

/* The person of a CHANGE token, and its mail; `*mail` is NULL if it is of another kind, or gone. */
static bool find_mail(const struct subscription *subscription, struct arena *arena,
                      const char *token, const char *kind, int64_t now,
                      enum subscription_answer *answer, struct subscriber **person,
                      struct delivery **mail, struct failure *why)
{
    int64_t id;
    *mail = NULL;
    if (!subscription_verify(subscription, arena, TOKEN_CHANGE, token, now, answer, person, why)) {
        return false;
    }
    if (*person == NULL ||
        !token_verify(subscription->keys, TOKEN_CHANGE, token, strlen(token), NULL, &id)) {
        return true;
    }
    if (!delivery_find(subscription->store, arena, (struct delivery_queue){0}, id, mail, why)) {
        return false;
    }
    bool ours = *mail != NULL && strcmp((*mail)->kind, kind) == 0 &&
                (*mail)->subscriber_id == (*person)->id;
    *mail = ours ? *mail : NULL;
    return true;
}

/* --- requested --- */

/* Counts one request for another address; after the last one the person has to wait a day. Requests
 * are counted, not mails: the number of mails would reveal which of the addresses were somebody's.
 */
static bool count_request(const struct subscription *subscription, struct arena *arena,
                          int64_t person, int64_t now, bool *granted, struct failure *why)
{
    struct bucket requests;
    bool found;
    const char *name = arena_format(arena, "change:%lld", (long long)person);
    if (!bucket_find(subscription->store, name, &requests, &found, why)) {
        return false;
    }
    bool another_day = requests.at_ms <= (now - SUBSCRIPTION_DAY) * 1000 ||
                       requests.at_ms > now * 1000 + BUCKET_AHEAD_MS; /* the clock has been set back
                                                                       * since */
    if (!found || another_day) {
        requests.tokens = SUBSCRIPTION_MOVES;
    }
    *granted = requests.tokens >= 1;
    if (*granted) {
        requests.tokens -= 1;
        requests.at_ms = now * 1000;
    }
    return bucket_save(subscription->store, &requests, why);
}

/* A new request replaces an earlier one, whether or not a mail is written for it: the earlier link
 * expires in both cases, or it would reveal which. */
static bool queue_mail(const struct subscription *subscription, struct arena *arena,
                       const struct subscriber *person, const struct address *address, bool may,
                       int64_t now, struct failure *why)
{
    const struct address_change change = {
        .address = address->normal, .address_key = address->key, .asked_at = now};
    if (!may) {
        return address_change_remove(subscription->store, person->id, why) &&
               subscription_write_nothing(subscription, 2, now, why);
    }
    return address_change_ask(subscription->store, person->id, &change, why) &&
           subscription_write_mail(subscription, arena, "change", person->id, address->normal, now,
                                   why);
}

/* An address that is somebody else's, or that an operator has suppressed, gets no mail; the answer
 * is the same. */
static bool move_to(const struct subscription *subscription, struct arena *arena, const char *token,
                    const struct address *address, const char *origin, int64_t now,
                    enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    bool may, granted;
    (void)origin;
    if (!subscription_take_own(subscription, arena, token, now, answer, &person, why) ||
        !may_have(subscription, arena, address, true, &may, why)) {
        return false;
    }
    if (person == NULL || person->status != SUBSCRIBER_CONFIRMED) {
        *answer = person != NULL ? SUBSCRIPTION_UNKNOWN : *answer;
        return true;
    }
    if (!count_request(subscription, arena, person->id, now, &granted, why)) {
        return false;
    }
    return granted ? queue_mail(subscription, arena, person, address, may, now, why)
                   : subscription_write_nothing(subscription, 3, now, why);
}

bool subscription_move(const struct subscription *subscription, struct arena *arena,
                       const char *token, const struct address *address, const char *origin,
                       int64_t now, enum subscription_answer *answer, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     move_to(subscription, arena, token, address, origin, now, answer, why), why);
}

/* --- confirmed --- */

/* The change that the token's own mail was written for; `*change` is NULL if there is none, or not
 * any more. A token is valid only for the address that it was sent to: somebody who asked for a
 * second address must not confirm it from the first. */
static bool find_change(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, enum subscription_answer *answer,
                        struct subscriber **person, struct address_change **change,
                        struct failure *why)
{
    struct delivery *mail;
    *change = NULL;
    if (!find_mail(subscription, arena, token, "change", now, answer, person, &mail, why)) {
        return false;
    }
    if (*person == NULL) {
        return true;
    }
    if (!address_change_find(subscription->store, arena, (*person)->id, change, why)) {
        return false;
    }
    bool same = mail != NULL && *change != NULL && strcmp(mail->address, (*change)->address) == 0;
    if (!same || (*person)->status != SUBSCRIBER_CONFIRMED) {
        *change = NULL;
        *answer = SUBSCRIPTION_ALREADY;
    } else if (now > mail->created_at + (int64_t)SUBSCRIPTION_CONFIRM_HOURS * 3600) {
        *answer = SUBSCRIPTION_EXPIRED;
    }
    return true;
}

bool subscription_verify_moved(const struct subscription *subscription, struct arena *arena,
                               const char *token, int64_t now, enum subscription_answer *answer,
                               struct failure *why)
{
    struct subscriber *person;
    struct address_change *change;
    return find_change(subscription, arena, token, now, answer, &person, &change, why);
}

/* Also notifies the old address: somebody who has a reader's link could have asked for the new one.
 */
static bool moved(const struct subscription *subscription, struct arena *arena, const char *token,
                  const char *origin, int64_t now, enum subscription_answer *answer,
                  struct failure *why)
{
    struct subscriber *person;
    struct address_change *change;
    bool taken;
    if (!find_change(subscription, arena, token, now, answer, &person, &change, why)) {
        return false;
    }
    if (*answer != SUBSCRIPTION_DONE) {
        return true;
    }
    const struct consent consent = {
        .kind = "changed", .wording = "", .form = "new address", .origin = origin, .at = now};
    if (!subscriber_readdress(subscription->store, person->id, change->address, change->address_key,
                              &consent, &taken, why) ||
        !address_change_remove(subscription->store, person->id, why)) {
        return false;
    }
    *answer = taken ? SUBSCRIPTION_TAKEN : SUBSCRIPTION_DONE;
    return taken || (subscription_lift(subscription, arena, change->address_key, why) &&
                     subscription_write_mail(subscription, arena, "moved", person->id,
                                             person->address, now, why));
}

bool subscription_moved(const struct subscription *subscription, struct arena *arena,
                        const char *token, const char *origin, int64_t now,
                        enum subscription_answer *answer, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     moved(subscription, arena, token, origin, now, answer, why), why);
}

/* --- undone --- */

/* Whether a change was undone after the notice had been written. */
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

static bool verify_back(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, enum subscription_answer *answer,
                        struct subscriber **person, struct address *address, struct failure *why)
{
    struct delivery *notice;
    struct failure ignored = {0};
    bool undone, may;
    if (!find_mail(subscription, arena, token, "moved", now, answer, person, &notice, why)) {
        return false;
    }
    *answer = SUBSCRIPTION_UNKNOWN;
    if (notice == NULL || !address_parse(notice->address, address, &ignored)) {
        return true;
    }
    if (!find_undone(subscription, arena, (*person)->id, notice->created_at, &undone, why) ||
        !may_have(subscription, arena, address, false, &may, why)) {
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

/* The address that is given up gets no notice: it may be a stranger's. */
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
