/* What people choose: topics, a pause, another address. */
#include <string.h>

#include "mail/address.h"
#include "store/address_change.h"
#include "store/bucket.h"
#include "store/delivery.h"
#include "subscribers/subscription_private.h"

/* --- preferences --- */

/* The person of a PREFERENCES token who is on the list; JOIN_UNKNOWN otherwise. */
static bool preferring(const struct join *join, struct arena *arena, const char *token, int64_t now,
                       enum join_answer *answer, struct subscriber **person, struct failure *why)
{
    if (!join_look(join, arena, TOKEN_PREFERENCES, token, now, answer, person, why)) {
        return false;
    }
    if (*person != NULL && (*person)->status != SUBSCRIBER_CONFIRMED) {
        *answer = JOIN_UNKNOWN;
        *person = NULL;
    }
    return true;
}

static bool prefer(const struct join *join, struct arena *arena, const char *token,
                   const struct join_preferences *preferences, const char *origin, int64_t now,
                   enum join_answer *answer, struct failure *why)
{
    struct subscriber *person;
    if (!preferring(join, arena, token, now, answer, &person, why)) {
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
    return subscriber_update(join->store, person->id, &change, &consent, why);
}

bool join_prefer(const struct join *join, struct arena *arena, const char *token,
                 const struct join_preferences *preferences, const char *origin, int64_t now,
                 enum join_answer *answer, struct failure *why)
{
    return store_begin(join->store, why) &&
           join_end(join, prefer(join, arena, token, preferences, origin, now, answer, why), why);
}

/* An address that is somebody else's, or that an operator has suppressed, gets no mail; the answer
 * is the same. */
static bool may_move_to(const struct join *join, struct arena *arena, const struct address *address,
                        bool *may, struct failure *why)
{
    char hash[HASH_HEX];
    const char *reason;
    struct subscriber *owner;
    token_suppression_hash(join->keys, address->key, hash);
    if (!suppression_find(join->store, arena, hash, &reason, why) ||
        !subscriber_find(join->store, arena, address->key, &owner, why)) {
        return false;
    }
    *may = (reason == NULL || suppression_is_liftable(reason)) && owner == NULL;
    return true;
}

/* Takes one of the wishes that a person has; after the last one a day begins. Wishes are counted,
 * not mails: how many mails came would tell which of the addresses were somebody's. */
static bool take_wish(const struct join *join, struct arena *arena, int64_t person, int64_t now,
                      bool *granted, struct failure *why)
{
    struct bucket wishes;
    bool found;
    const char *name = arena_format(arena, "change:%lld", (long long)person);
    if (!bucket_find(join->store, name, &wishes, &found, why)) {
        return false;
    }
    bool another_day = wishes.at_ms <= (now - JOIN_DAY) * 1000 ||
                       wishes.at_ms > now * 1000 + BUCKET_AHEAD_MS; /* of a clock set back since */
    if (!found || another_day) {
        wishes.tokens = JOIN_MOVES;
    }
    *granted = wishes.tokens >= 1;
    if (*granted) {
        wishes.tokens -= 1;
        wishes.at_ms = now * 1000;
    }
    return bucket_save(join->store, &wishes, why);
}

/* The new wish takes the place of an earlier one, whether or not a mail is written for it: the
 * link of the earlier one ends either way, or it would tell. */
static bool write_wish(const struct join *join, struct arena *arena,
                       const struct subscriber *person, const struct address *address, bool may,
                       int64_t now, struct failure *why)
{
    const struct address_change change = {
        .address = address->normal, .address_key = address->key, .asked_at = now};
    if (!may) {
        return address_change_remove(join->store, person->id, why) &&
               join_write_nothing(join, 2, now, why);
    }
    return address_change_ask(join->store, person->id, &change, why) &&
           join_write_mail(join, arena, "change", person->id, address->normal, now, why);
}

static bool move_to(const struct join *join, struct arena *arena, const char *token,
                    const struct address *address, const char *origin, int64_t now,
                    enum join_answer *answer, struct failure *why)
{
    struct subscriber *person;
    bool may, granted;
    (void)origin;
    if (!join_take_own(join, arena, token, now, answer, &person, why) ||
        !may_move_to(join, arena, address, &may, why)) {
        return false;
    }
    if (person == NULL || person->status != SUBSCRIBER_CONFIRMED) {
        *answer = person != NULL ? JOIN_UNKNOWN : *answer;
        return true;
    }
    if (!take_wish(join, arena, person->id, now, &granted, why)) {
        return false;
    }
    return granted ? write_wish(join, arena, person, address, may, now, why)
                   : join_write_nothing(join, 3, now, why);
}

bool join_move(const struct join *join, struct arena *arena, const char *token,
               const struct address *address, const char *origin, int64_t now,
               enum join_answer *answer, struct failure *why)
{
    return store_begin(join->store, why) &&
           join_end(join, move_to(join, arena, token, address, origin, now, answer, why), why);
}

/* The change that the token's own mail was written for; *change NULL where there is none (any
 * more). A token is good for the address that it was sent to and for no other: whoever asked for a
 * second one must not confirm it from the first. */
static bool find_change(const struct join *join, struct arena *arena, const char *token,
                        int64_t now, enum join_answer *answer, struct subscriber **person,
                        struct address_change **change, struct failure *why)
{
    int64_t mail_id;
    struct delivery *mail;
    *change = NULL;
    if (!join_look(join, arena, TOKEN_CHANGE, token, now, answer, person, why)) {
        return false;
    }
    if (*person == NULL ||
        !token_verify(join->keys, TOKEN_CHANGE, token, strlen(token), NULL, &mail_id)) {
        return true;
    }
    if (!delivery_find(join->store, arena, (struct delivery_queue){0}, mail_id, &mail, why) ||
        !address_change_find(join->store, arena, (*person)->id, change, why)) {
        return false;
    }
    bool same = mail != NULL && *change != NULL && strcmp(mail->kind, "change") == 0 &&
                mail->subscriber_id == (*person)->id &&
                strcmp(mail->address, (*change)->address) == 0;
    if (!same || (*person)->status != SUBSCRIBER_CONFIRMED) {
        *change = NULL;
        *answer = JOIN_ALREADY;
    } else if (now > mail->created_at + (int64_t)JOIN_CONFIRM_HOURS * 3600) {
        *answer = JOIN_EXPIRED;
    }
    return true;
}

bool join_look_moved(const struct join *join, struct arena *arena, const char *token, int64_t now,
                     enum join_answer *answer, struct failure *why)
{
    struct subscriber *person;
    struct address_change *change;
    return find_change(join, arena, token, now, answer, &person, &change, why);
}

/* The old address is told: who holds a link of the reader's could have asked for the new one. */
static bool moved(const struct join *join, struct arena *arena, const char *token,
                  const char *origin, int64_t now, enum join_answer *answer, struct failure *why)
{
    struct subscriber *person;
    struct address_change *change;
    bool taken;
    if (!find_change(join, arena, token, now, answer, &person, &change, why)) {
        return false;
    }
    if (*answer != JOIN_DONE) {
        return true;
    }
    const struct consent consent = {
        .kind = "changed", .wording = "", .form = "new address", .origin = origin, .at = now};
    if (!subscriber_readdress(join->store, person->id, change->address, change->address_key,
                              &consent, &taken, why) ||
        !address_change_remove(join->store, person->id, why)) {
        return false;
    }
    *answer = taken ? JOIN_TAKEN : JOIN_DONE;
    return taken || (join_lift(join, arena, change->address_key, why) &&
                     join_write_mail(join, arena, "moved", person->id, person->address, now, why));
}

bool join_moved(const struct join *join, struct arena *arena, const char *token, const char *origin,
                int64_t now, enum join_answer *answer, struct failure *why)
{
    return store_begin(join->store, why) &&
           join_end(join, moved(join, arena, token, origin, now, answer, why), why);
}
