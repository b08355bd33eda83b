/* What people choose: topics, a pause, another address. */
#include <string.h>

#include "mail/address.h"
#include "store/address_change.h"
#include "store/bucket.h"
#include "store/delivery.h"
#include "subscribers/subscription_private.h"

/* --- preferences --- */

/* The person of a PREFERENCES token, if on the list; UNKNOWN otherwise. */
static bool preferring(const struct subscription *subscription, struct arena *arena,
                       const char *token, int64_t now, enum subscription_answer *answer,
                       struct subscriber **person, struct failure *why)
{
    if (!subscription_verify(subscription, arena, TOKEN_PREFERENCES, token, now, answer, person,
                             why)) {
        return false;
    }
    if (*person != NULL && (*person)->status != SUBSCRIBER_CONFIRMED) {
        *answer = SUBSCRIPTION_UNKNOWN;
        *person = NULL;
    }
    return true;
}

static bool prefer(const struct subscription *subscription, struct arena *arena, const char *token,
                   const struct subscription_preferences *preferences, const char *origin,
                   int64_t now, enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    if (!preferring(subscription, arena, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    const struct subscriber_change change = {
        .status = SUBSCRIBER_CONFIRMED,
        .topics = preferences->topics,
        .paused_until = preferences->paused_until,
    };
    const struct consent consent = {
        .kind = "changed", .wording = "", .form = "preferences", .origin = origin, .at = now};
    return subscriber_update(subscription->store, person->id, &change, &consent, why);
}

bool subscription_prefer(const struct subscription *subscription, struct arena *arena,
                         const char *token, const struct subscription_preferences *preferences,
                         const char *origin, int64_t now, enum subscription_answer *answer,
                         struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     prefer(subscription, arena, token, preferences, origin, now, answer, why),
                     why);
}

/* An address that is somebody else's, or that an operator has suppressed, gets no mail; the answer
 * is the same. */
static bool may_move_to(const struct subscription *subscription, struct arena *arena,
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
    *may = (reason == NULL || suppression_is_liftable(reason)) && owner == NULL;
    return true;
}

/* Counts one request for another address; after the last one the person has to wait a day. Requests
 * are counted, not mails: the number of mails would tell which of the addresses were somebody's. */
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
 * ends either way, or it would tell. */
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

static bool move_to(const struct subscription *subscription, struct arena *arena, const char *token,
                    const struct address *address, const char *origin, int64_t now,
                    enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    bool may, granted;
    (void)origin;
    if (!subscription_take_own(subscription, arena, token, now, answer, &person, why) ||
        !may_move_to(subscription, arena, address, &may, why)) {
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

/* The change that the token's own mail was written for; *change NULL if there is none, or not any
 * more. A token is valid for the address that it was sent to and for no other: somebody who asked
 * for a second address must not confirm it from the first. */
static bool find_change(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, enum subscription_answer *answer,
                        struct subscriber **person, struct address_change **change,
                        struct failure *why)
{
    int64_t mail_id;
    struct delivery *mail;
    *change = NULL;
    if (!subscription_verify(subscription, arena, TOKEN_CHANGE, token, now, answer, person, why)) {
        return false;
    }
    if (*person == NULL ||
        !token_verify(subscription->keys, TOKEN_CHANGE, token, strlen(token), NULL, &mail_id)) {
        return true;
    }
    if (!delivery_find(subscription->store, arena, (struct delivery_queue){0}, mail_id, &mail,
                       why) ||
        !address_change_find(subscription->store, arena, (*person)->id, change, why)) {
        return false;
    }
    bool same = mail != NULL && *change != NULL && strcmp(mail->kind, "change") == 0 &&
                mail->subscriber_id == (*person)->id &&
                strcmp(mail->address, (*change)->address) == 0;
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

/* The old address is notified: somebody who holds a reader's link could have asked for the new
 * one. */
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
