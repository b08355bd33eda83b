/* What people do with their own record: choose, move to another address, read it, erase it. */
#include <string.h>

#include "base/clock.h"
#include "store/address_change.h"
#include "store/bucket.h"
#include "store/delivery.h"
#include "store/scrub.h"
#include "store/story.h"
#include "subscribers/join_private.h"

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
        .name = preferences->name,
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

/* An address that is somebody else's, or suppressed, gets no mail; the answer is the same. */
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
    *may = reason == NULL && owner == NULL;
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
    if (!preferring(join, arena, token, now, answer, &person, why) ||
        !may_move_to(join, arena, address, &may, why)) {
        return false;
    }
    if (person == NULL) {
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
    return taken || join_write_mail(join, arena, "moved", person->id, person->address, now, why);
}

bool join_moved(const struct join *join, struct arena *arena, const char *token, const char *origin,
                int64_t now, enum join_answer *answer, struct failure *why)
{
    return store_begin(join->store, why) &&
           join_end(join, moved(join, arena, token, origin, now, answer, why), why);
}

/* --- one's own data --- */

static bool erase(const struct join *join, struct arena *arena, const char *token, int64_t now,
                  enum join_answer *answer, struct failure *why)
{
    struct subscriber *person;
    char hash[HASH_HEX];
    if (!join_look(join, arena, TOKEN_PREFERENCES, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    token_suppression_hash(join->keys, person->address_key, hash);
    return suppression_add(join->store, hash, "erased", now, why) &&
           subscriber_forget(join->store, person->id, now, why);
}

bool join_erase(const struct join *join, struct arena *arena, const char *token, int64_t now,
                enum join_answer *answer, struct failure *why)
{
    bool scrubbed; /* or the mailer tries again */
    return store_begin(join->store, why) &&
           join_end(join, erase(join, arena, token, now, answer, why), why) &&
           scrub_try(join->store, &scrubbed, why);
}

/* As people and `subscribers show --json` read it. */
static void set_time(struct arena *arena, struct value *object, const char *name, int64_t instant)
{
    char text[CLOCK_TEXT];
    clock_format(instant, text);
    if (instant != 0) {
        value_set_text(arena, object, name, arena_copy(arena, text));
    } else {
        value_set(arena, object, name, value_null(arena));
    }
}

static struct value *consent_to_value(struct arena *arena, const struct consent *entry)
{
    struct value *row = value_object(arena);
    set_time(arena, row, "at", entry->at);
    value_set_text(arena, row, "kind", entry->kind);
    value_set_text(arena, row, "wording", entry->wording);
    value_set_text(arena, row, "form", entry->form);
    value_set_text(arena, row, "origin", entry->origin);
    return row;
}

/* Where an event goes, and what its name, its detail and its last text are called there. */
static const struct part {
    const char *what, *list, *name, *detail;
} parts[] = {{"issue", "issues", "week", "reply"},
             {"mail", "mails", "kind", "reply"},
             {"bounce", "bounces", "class", "reason"}};

static struct value *event_to_value(struct arena *arena, const struct part *part,
                                    const struct story_event *event)
{
    struct value *row = value_object(arena);
    set_time(arena, row, "at", event->at);
    value_set_text(arena, row, part->name, event->name);
    value_set_text(arena, row, "state", event->state);
    value_set_text(arena, row, part->detail, event->detail);
    if (strcmp(event->what, "bounce") == 0) {
        value_set_text(arena, row, "week", event->origin);
    } else {
        value_set_text(arena, row, "address", event->address);
    }
    return row;
}

/* Copies, single mails and bounces, each in a list; a new address that waits to be confirmed. */
static void set_story(struct arena *arena, struct value *data, const struct story_event *events,
                      size_t count)
{
    const char *pending = NULL;
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        struct value *list = value_set(arena, data, parts[p].list, value_list(arena));
        for (size_t i = 0; i < count; i++) {
            if (strcmp(events[i].what, parts[p].what) == 0) {
                value_add(list, event_to_value(arena, &parts[p], &events[i]));
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        pending = strcmp(events[i].what, "address") == 0 ? events[i].address : pending;
    }
    value_set_text(arena, data, "pending_address", pending);
}

static void set_person(struct arena *arena, struct value *data, const struct subscriber *person)
{
    value_set_text(arena, data, "address", person->address);
    value_set_text(arena, data, "name", person->name);
    value_set_text(arena, data, "status", subscriber_status_name(person->status));
    value_set_text(arena, data, "topics", person->topics);
    set_time(arena, data, "created_at", person->created_at);
    set_time(arena, data, "confirmed_at", person->confirmed_at);
    set_time(arena, data, "left_at", person->left_at);
    value_set_text(arena, data, "left_reason", person->left_reason);
    set_time(arena, data, "paused_until", person->paused_until);
    value_set(arena, data, "bounce_score",
              value_number(arena, arena_format(arena, "%.2f", person->bounce_score)));
    value_set_int(arena, data, "hard_bounces", person->hard_bounces);
    set_time(arena, data, "last_bounce_at", person->last_bounce_at);
}

bool join_data(const struct join *join, struct arena *arena, const char *token, int64_t now,
               enum join_answer *answer, struct value **data, struct failure *why)
{
    struct subscriber *person;
    struct consent *entries;
    size_t count;
    *data = NULL;
    if (!join_look(join, arena, TOKEN_PREFERENCES, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    struct story_event *events;
    size_t event_count;
    if (!consent_list(join->store, arena, person->id, &entries, &count, why) ||
        !story_read(join->store, arena, person->id, &events, &event_count, why)) {
        return false;
    }
    *data = value_object(arena);
    set_person(arena, *data, person);
    set_story(arena, *data, events, event_count);
    struct value *list = value_set(arena, *data, "consent", value_list(arena));
    for (size_t i = 0; i < count; i++) {
        value_add(list, consent_to_value(arena, &entries[i]));
    }
    return true;
}
