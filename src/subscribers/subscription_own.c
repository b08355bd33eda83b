/* A reader's own record: the link that opens it, and what can be done there: change the name, read
 * it, erase it. */
#include <string.h>

#include "base/clock.h"
#include "store/bucket.h"
#include "store/delivery.h"
#include "store/scrub.h"
#include "store/story.h"
#include "subscribers/subscription_private.h"

/* --- the link --- */

static bool ask_own(const struct subscription *subscription, struct arena *arena, const char *token,
                    int64_t now, enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    int64_t just_now, today;
    if (!subscription_verify(subscription, arena, TOKEN_PREFERENCES, token, now, answer, &person,
                             why)) {
        return false;
    }
    if (person == NULL || person->status == SUBSCRIBER_COMPLAINED) {
        *answer = SUBSCRIPTION_UNKNOWN;
        return true;
    }
    if (!outgoing_count(subscription->store, person->id, "own", now - SUBSCRIPTION_QUIET + 1,
                        &just_now, why) ||
        !outgoing_count(subscription->store, person->id, "own", now - SUBSCRIPTION_DAY + 1, &today,
                        why)) {
        return false;
    }
    if (just_now > 0 || today >= SUBSCRIPTION_OWN_A_DAY) {
        *answer = SUBSCRIPTION_ALREADY;
        return true;
    }
    return subscription_write_mail(subscription, arena, "own", person->id, person->address, now,
                                   why);
}

bool subscription_ask_own(const struct subscription *subscription, struct arena *arena,
                          const char *token, int64_t now, enum subscription_answer *answer,
                          struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store, ask_own(subscription, arena, token, now, answer, why),
                     why);
}

static const char *used_name(struct arena *arena, int64_t mail_id)
{
    return arena_format(arena, "own:used:%lld", (long long)mail_id);
}

/* A link is valid only for the address that it was mailed to: after a change of address it may be
 * in somebody else's hands. */
static bool find_own(const struct subscription *subscription, struct arena *arena,
                     const char *token, int64_t now, enum subscription_answer *answer,
                     struct subscriber **person, int64_t *mail_id, struct failure *why)
{
    struct delivery *mail;
    struct bucket used;
    bool is_used;
    if (!subscription_verify(subscription, arena, TOKEN_OWN, token, now, answer, person, why)) {
        return false;
    }
    if (*person == NULL ||
        !token_verify(subscription->keys, TOKEN_OWN, token, strlen(token), NULL, mail_id)) {
        return true;
    }
    if (!delivery_find(subscription->store, arena, (struct delivery_queue){0}, *mail_id, &mail,
                       why) ||
        !bucket_find(subscription->store, used_name(arena, *mail_id), &used, &is_used, why)) {
        return false;
    }
    if (mail == NULL || strcmp(mail->kind, "own") != 0 || mail->subscriber_id != (*person)->id ||
        strcmp(mail->address, (*person)->address) != 0) {
        *answer = SUBSCRIPTION_UNKNOWN;
    } else if (is_used) {
        *answer = SUBSCRIPTION_ALREADY;
    } else if (now >= mail->created_at + SUBSCRIPTION_OWN_SECONDS) {
        *answer = SUBSCRIPTION_EXPIRED;
    }
    *person = *answer == SUBSCRIPTION_DONE ? *person : NULL;
    return true;
}

bool subscription_verify_own(const struct subscription *subscription, struct arena *arena,
                             const char *token, int64_t now, enum subscription_answer *answer,
                             struct subscriber **person, struct failure *why)
{
    int64_t mail_id;
    return find_own(subscription, arena, token, now, answer, person, &mail_id, why);
}

bool subscription_take_own(const struct subscription *subscription, struct arena *arena,
                           const char *token, int64_t now, enum subscription_answer *answer,
                           struct subscriber **person, struct failure *why)
{
    int64_t mail_id;
    if (!find_own(subscription, arena, token, now, answer, person, &mail_id, why)) {
        return false;
    }
    if (*person == NULL) {
        return true;
    }
    const struct bucket used = {.name = used_name(arena, mail_id), .at_ms = now * 1000};
    return bucket_save(subscription->store, &used, why);
}

/* --- what the link opens --- */

static bool rename_person(const struct subscription *subscription, struct arena *arena,
                          const char *token, const char *name, const char *origin, int64_t now,
                          enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    if (!subscription_take_own(subscription, arena, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    const struct subscriber_change change = {
        .status = person->status, .name = name, .paused_until = -1};
    const struct consent consent = {
        .kind = "changed", .wording = "", .form = "name", .origin = origin, .at = now};
    return subscriber_update(subscription->store, person->id, &change, &consent, why);
}

bool subscription_rename(const struct subscription *subscription, struct arena *arena,
                         const char *token, const char *name, const char *origin, int64_t now,
                         enum subscription_answer *answer, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     rename_person(subscription, arena, token, name, origin, now, answer, why),
                     why);
}

static bool erase(const struct subscription *subscription, struct arena *arena, const char *token,
                  int64_t now, enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    char hash[HASH_HEX];
    if (!subscription_take_own(subscription, arena, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    token_suppression_hash(subscription->keys, person->address_key, hash);
    subscription_log(person->id, subscriber_status_name(person->status),
                     subscriber_status_name(SUBSCRIBER_FORGOTTEN), "own page");
    return suppression_add(subscription->store, hash, "erased", now, why) &&
           subscriber_forget(subscription->store, person->id, now, why) &&
           subscription_write_mail(subscription, arena, "erased", 0, person->address, now, why);
}

bool subscription_erase(const struct subscription *subscription, struct arena *arena,
                        const char *token, int64_t now, enum subscription_answer *answer,
                        struct failure *why)
{
    bool scrubbed; /* otherwise the mailer tries again */
    return store_begin(subscription->store, why) &&
           store_end(subscription->store, erase(subscription, arena, token, now, answer, why),
                     why) &&
           scrub_try(subscription->store, &scrubbed, why);
}

/* In the form that people and `subscribers show --json` read. */
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

/* Which list an event goes to, and the names of its name, its detail and its last text there. */
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

/* Copies, single mails and bounces, each in a list, and a new address that waits to be confirmed.
 */
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
    value_set(arena, data, "topics", value_lines(arena, person->topics));
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

bool subscription_data(const struct subscription *subscription, struct arena *arena,
                       const char *token, int64_t now, enum subscription_answer *answer,
                       struct value **data, struct failure *why)
{
    struct subscriber *person;
    struct consent *entries;
    size_t count;
    *data = NULL;
    if (!subscription_verify_own(subscription, arena, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    struct story_event *events;
    size_t event_count;
    if (!consent_list(subscription->store, arena, person->id, &entries, &count, why) ||
        !story_read(subscription->store, arena, person->id, &events, &event_count, why)) {
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
