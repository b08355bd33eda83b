#include "subscribers/subscription_private.h"

#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/random.h"
#include "store/bucket.h"
#include "store/delivery.h"
#include "store/leave_spool.h"

void subscription_log(int64_t person, const char *from, const char *to, const char *cause)
{
    log_event(LOG_LEVEL_DEBUG, "subscriber", "enters", LOG_INT("subscriber", person),
              LOG_STR("from", from), LOG_STR("to", to), LOG_STR("cause", cause));
}

/* --- mails --- */

bool subscription_write_mail(const struct subscription *subscription, struct arena *arena,
                             const char *kind, int64_t subscriber_id, const char *address,
                             int64_t now, struct failure *why)
{
    unsigned char chance[8];
    char hex[2 * sizeof chance + 1];
    random_bytes(chance, sizeof chance);
    hash_to_hex(chance, sizeof chance, hex);
    struct delivery mail = {
        .subscriber_id = subscriber_id,
        .address = address,
        .domain = strrchr(address, '@') + 1,
        .name = "",
        .topics = "",
        .kind = kind,
        .data = "{}",
        .message_id = arena_format(arena, "verdicts.%s.%s@%s", kind, hex,
                                   subscription->settings->mail.message_id_domain),
        .created_at = now,
    };
    return outgoing_insert(subscription->store, &mail, why);
}

bool subscription_write_nothing(const struct subscription *subscription, int writes, int64_t now,
                                struct failure *why)
{
    const struct bucket blank = {.name = "signup:blank", .tokens = 0, .at_ms = now * 1000};
    for (int i = 0; i < writes; i++) {
        if (!bucket_save(subscription->store, &blank, why)) {
            return false;
        }
    }
    return true;
}

/* Nothing is stored about a request that was withdrawn, but its mails still count: a bucket under
 * the keyed hash has their number until the buckets are purged. */
static const char *withdrawn_name(const struct subscription *subscription, struct arena *arena,
                                  const char *address_key)
{
    char hash[HASH_HEX];
    token_suppression_hash(subscription->keys, address_key, hash);
    return arena_format(arena, SUBSCRIPTION_WITHDRAWN "%s", hash);
}

/* --- asking --- */

/* How often this person was written to, counted the same way for everybody. All of it expires: with
 * a count that never ends, a stranger could use up what somebody else may ask for. */
struct written {
    int64_t confirms_just_now, confirms, alreadys;
};

static bool add_withdrawn(const struct subscription *subscription, struct arena *arena,
                          const char *address_key, int64_t now, struct written *written,
                          struct failure *why)
{
    struct bucket note;
    bool found;
    if (!bucket_find(subscription->store, withdrawn_name(subscription, arena, address_key), &note,
                     &found, why)) {
        return false;
    }
    bool counts = found && note.at_ms > (now - SUBSCRIPTION_WINDOW) * 1000 &&
                  note.at_ms <= now * 1000 + BUCKET_AHEAD_MS;
    written->confirms += counts ? (int64_t)note.tokens : 0;
    written->confirms_just_now += counts && note.at_ms > (now - SUBSCRIPTION_QUIET) * 1000;
    return true;
}

/* Mails that ask to confirm: after a form, or by an operator's invitation. */
static bool count_asking(const struct subscription *subscription, int64_t id, int64_t since,
                         int64_t *count, struct failure *why)
{
    int64_t invites;
    bool good = outgoing_count(subscription->store, id, "confirm", since, count, why) &&
                outgoing_count(subscription->store, id, "invite", since, &invites, why);
    *count += good ? invites : 0;
    return good;
}

static bool count_written(const struct subscription *subscription, const struct subscriber *person,
                          int64_t now, struct written *written, struct failure *why)
{
    int64_t id = person != NULL ? person->id : 0;
    return count_asking(subscription, id, now - SUBSCRIPTION_QUIET + 1, &written->confirms_just_now,
                        why) &&
           count_asking(subscription, id, now - SUBSCRIPTION_WINDOW + 1, &written->confirms, why) &&
           outgoing_count(subscription->store, id, "already", now - SUBSCRIPTION_WINDOW + 1,
                          &written->alreadys, why);
}

/* The mail that answers a request; NULL for none. */
static const char *choose_mail(const struct subscriber *person, bool suppressed,
                               const struct written *written)
{
    if (suppressed || (person != NULL && person->status == SUBSCRIBER_FORGOTTEN)) {
        return NULL;
    }
    if (person != NULL && person->status == SUBSCRIBER_CONFIRMED) {
        return written->alreadys < SUBSCRIPTION_ALREADYS ? "already" : NULL;
    }
    return written->confirms_just_now == 0 && written->confirms < SUBSCRIPTION_CONFIRMS ? "confirm"
                                                                                        : NULL;
}

static bool insert_person(const struct subscription *subscription,
                          const struct subscription_request *request, const struct consent *consent,
                          int64_t *id, struct failure *why)
{
    struct subscriber person = {
        .address = request->address.normal,
        .address_key = request->address.key,
        .name = request->name,
        .status = SUBSCRIBER_PENDING,
        .topics = request->topics,
        .created_at = consent->at,
    };
    if (!subscriber_insert(subscription->store, &person, consent, why)) {
        return false;
    }
    subscription_log(person.id, "none", "pending", request->form);
    *id = person.id;
    return true;
}

/* A known person keeps their status: somebody who left stays off the list until they click the
 * link. Only a pending request takes what was typed; nobody can change another person's name by
 * asking again. */
static bool note_request(const struct subscription *subscription, const struct subscriber *person,
                         const struct subscription_request *request, const struct consent *consent,
                         struct failure *why)
{
    bool pending = person->status == SUBSCRIBER_PENDING;
    const struct subscriber_change change = {
        .status = person->status,
        .name = pending ? request->name : NULL,
        .topics = pending ? request->topics : NULL,
        .paused_until = -1,
    };
    return subscriber_update(subscription->store, person->id, &change, consent, why);
}

static bool write_person(const struct subscription *subscription, const struct subscriber *person,
                         bool suppressed, const struct subscription_request *request, int64_t now,
                         int64_t *id, struct failure *why)
{
    const struct consent consent = {.kind = "asked",
                                    .wording = request->wording,
                                    .form = request->form,
                                    .origin = request->origin,
                                    .at = now};
    *id = person != NULL ? person->id : 0;
    if (suppressed) {
        return subscription_write_nothing(subscription, 2, now, why);
    }
    return person != NULL ? note_request(subscription, person, request, &consent, why)
                          : insert_person(subscription, request, &consent, id, why);
}

static bool ask(const struct subscription *subscription, struct arena *arena,
                const struct subscription_request *request, int64_t now, struct failure *why)
{
    char hash[HASH_HEX];
    const char *reason;
    struct subscriber *person;
    struct written written = {0};
    int64_t id;
    bool suppressed;
    token_suppression_hash(subscription->keys, request->address.key, hash);
    if (!suppression_find(subscription->store, arena, hash, &reason, why) ||
        !subscriber_find(subscription->store, arena, request->address.key, &person, why) ||
        !count_written(subscription, person, now, &written, why) ||
        !add_withdrawn(subscription, arena, request->address.key, now, &written, why)) {
        return false;
    }
    suppressed = reason != NULL && !suppression_is_liftable(reason);
    if (!write_person(subscription, person, suppressed, request, now, &id, why)) {
        return false;
    }
    const char *kind = choose_mail(person, suppressed, &written);
    const char *address = person != NULL ? person->address : request->address.normal;
    return kind != NULL ? subscription_write_mail(subscription, arena, kind, id, address, now, why)
                        : subscription_write_nothing(subscription, 2, now, why);
}

bool subscription_ask(const struct subscription *subscription, struct arena *arena,
                      const struct subscription_request *request, int64_t now, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store, ask(subscription, arena, request, now, why), why);
}

/* --- tokens --- */

/* A confirmation is valid for the request that it was mailed for: an old mail does not bring back
 * somebody who has left or complained since. `ends` is the hour in which the token expires. Links
 * of invitations are valid for longer, but nobody who has ever left is invited. */
static bool is_stale(const struct subscriber *person, int64_t ends, int64_t now)
{
    int64_t made = ends - SUBSCRIPTION_CONFIRM_HOURS;
    return ends < now / 3600 ||
           (person->left_at != 0 && (made < person->left_at / 3600 || made > now / 3600));
}

bool subscription_verify(const struct subscription *subscription, struct arena *arena,
                         enum token_purpose purpose, const char *token, int64_t now,
                         enum subscription_answer *answer, struct subscriber **subscriber,
                         struct failure *why)
{
    int64_t person, detail;
    *answer = SUBSCRIPTION_UNKNOWN;
    *subscriber = NULL;
    if (!token_verify(subscription->keys, purpose, token, strlen(token), &person, &detail)) {
        return true;
    }
    if (!subscriber_find_id(subscription->store, arena, person, subscriber, why)) {
        return false;
    }
    if (*subscriber == NULL || (*subscriber)->status == SUBSCRIBER_FORGOTTEN) {
        *subscriber = NULL;
        return true;
    }
    bool expired = purpose == TOKEN_CONFIRM && is_stale(*subscriber, detail, now);
    *answer = expired ? SUBSCRIPTION_EXPIRED : SUBSCRIPTION_DONE;
    return true;
}

/* Changes the status with a consent entry of that kind. */
static bool set_status(const struct subscription *subscription, const struct subscriber *person,
                       enum subscriber_status status, const char *kind, const char *form,
                       const char *origin, int64_t now, struct failure *why)
{
    const struct subscriber_change change = {
        .status = status,
        .paused_until = -1,
        .left_reason = status == SUBSCRIBER_LEFT ? form : NULL,
    };
    const struct consent consent = {
        .kind = kind, .wording = "", .form = form, .origin = origin, .at = now};
    subscription_log(person->id, subscriber_status_name(person->status),
                     subscriber_status_name(status), form);
    return subscriber_update(subscription->store, person->id, &change, &consent, why);
}

bool subscription_lift(const struct subscription *subscription, struct arena *arena,
                       const char *address_key, struct failure *why)
{
    char hash[HASH_HEX];
    const char *reason;
    token_suppression_hash(subscription->keys, address_key, hash);
    return suppression_find(subscription->store, arena, hash, &reason, why) &&
           (!suppression_is_liftable(reason) || suppression_remove(subscription->store, hash, why));
}

static bool confirm(const struct subscription *subscription, struct arena *arena, const char *token,
                    const char *form, const char *origin, int64_t now,
                    enum subscription_answer *answer, struct subscriber **subscriber,
                    struct failure *why)
{
    if (!subscription_verify(subscription, arena, TOKEN_CONFIRM, token, now, answer, subscriber,
                             why)) {
        return false;
    }
    struct subscriber *person = *subscriber;
    if (person == NULL) {
        return true;
    }
    /* A second click is not an error, however late. */
    if (person->status == SUBSCRIBER_CONFIRMED) {
        *answer = SUBSCRIPTION_ALREADY;
        return true;
    }
    return *answer == SUBSCRIPTION_EXPIRED ||
           (set_status(subscription, person, SUBSCRIBER_CONFIRMED, "confirmed", form, origin, now,
                       why) &&
            subscription_lift(subscription, arena, person->address_key, why) &&
            (!subscription->settings->subscribe.welcome ||
             subscription_write_mail(subscription, arena, "welcome", person->id, person->address,
                                     now, why)));
}

bool subscription_confirm(const struct subscription *subscription, struct arena *arena,
                          const char *token, const char *form, const char *origin, int64_t now,
                          enum subscription_answer *answer, struct subscriber **subscriber,
                          struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(
               subscription->store,
               confirm(subscription, arena, token, form, origin, now, answer, subscriber, why),
               why);
}

static bool ask_again(const struct subscription *subscription, struct arena *arena,
                      const char *token, const char *origin, int64_t now,
                      enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    struct written written = {0};
    if (!subscription_verify(subscription, arena, TOKEN_CONFIRM, token, now, answer, &person,
                             why) ||
        !count_written(subscription, person, now, &written, why)) {
        return false;
    }
    if (*answer == SUBSCRIPTION_UNKNOWN) {
        return true;
    }
    const char *kind = choose_mail(person, false, &written);
    if (kind == NULL) {
        return true;
    }
    const struct subscriber_change same = {.status = person->status, .paused_until = -1};
    const struct consent consent = {
        .kind = "asked", .wording = "", .form = "fresh link", .origin = origin, .at = now};
    return subscriber_update(subscription->store, person->id, &same, &consent, why) &&
           subscription_write_mail(subscription, arena, kind, person->id, person->address, now,
                                   why);
}

bool subscription_ask_again(const struct subscription *subscription, struct arena *arena,
                            const char *token, const char *origin, int64_t now,
                            enum subscription_answer *answer, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     ask_again(subscription, arena, token, origin, now, answer, why), why);
}

/* --- leaving --- */

/* Somebody who withdraws a request can be written to no more often than anybody else, so the number
 * of the request's mails is kept, and nothing else. */
static bool note_withdrawn(const struct subscription *subscription, struct arena *arena,
                           const struct subscriber *person, int64_t now, struct bucket *note,
                           struct failure *why)
{
    struct written written;
    if (!count_written(subscription, person, now, &written, why) ||
        !add_withdrawn(subscription, arena, person->address_key, now, &written, why)) {
        return false;
    }
    *note = (struct bucket){.name = withdrawn_name(subscription, arena, person->address_key),
                            .tokens = (double)written.confirms,
                            .at_ms = now * 1000};
    return true;
}

/* Somebody may have used a forwarded copy, so the reader is told. */
static bool tell_left(const struct subscription *subscription, struct arena *arena,
                      const struct subscriber *person, const char *form, int64_t now,
                      struct failure *why)
{
    int64_t told;
    if (!subscription->settings->subscribe.leave_notice || person->status != SUBSCRIBER_CONFIRMED ||
        strcmp(form, SUBSCRIBER_LEFT_COMPLAINT) == 0) {
        return true;
    }
    return outgoing_count(subscription->store, person->id, "left", now - SUBSCRIPTION_DAY + 1,
                          &told, why) &&
           (told > 0 || subscription_write_mail(subscription, arena, "left", person->id,
                                                person->address, now, why));
}

static bool leave(const struct subscription *subscription, struct arena *arena, const char *token,
                  const char *form, const char *origin, int64_t now,
                  enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    bool removed, left;
    const struct consent consent = {
        .kind = "left", .wording = "", .form = form, .origin = origin, .at = now};
    if (!subscription_verify(subscription, arena, TOKEN_LEAVE, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    struct bucket note; /* counted before the mails are removed with the request */
    if (!note_withdrawn(subscription, arena, person, now, &note, why) ||
        !subscriber_leave(subscription->store, person, &consent, &removed, &left, why)) {
        return false;
    }
    if (left) {
        subscription_log(person->id, subscriber_status_name(person->status),
                         removed ? "none" : "left", form);
    }
    *answer = left ? SUBSCRIPTION_DONE : SUBSCRIPTION_ALREADY;
    return (!removed || bucket_save(subscription->store, &note, why)) &&
           tell_left(subscription, arena, person, form, now, why);
}

bool subscription_leave(const struct subscription *subscription, struct arena *arena,
                        const char *token, const char *form, const char *origin, int64_t now,
                        enum subscription_answer *answer, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     leave(subscription, arena, token, form, origin, now, answer, why), why);
}

bool subscription_keep_leave(const struct subscription *subscription, const char *token,
                             const char *form, const char *origin, int64_t now,
                             enum subscription_answer *answer, struct failure *why)
{
    struct leave_request request = {.at = now, .form = form, .origin = origin};
    bool ours =
        token_verify(subscription->keys, TOKEN_LEAVE, token, strlen(token), &request.person, NULL);
    *answer = ours ? SUBSCRIPTION_DONE : SUBSCRIPTION_UNKNOWN;
    return !ours || leave_spool_add(subscription->store, &request, why);
}

/* Somebody who never confirmed cannot come back: that requires the confirmation mail. So does an
 * address that bounced. */
bool subscription_may_return(const struct subscriber *person, int64_t now)
{
    return person->status == SUBSCRIBER_LEFT && person->confirmed_at != 0 &&
           now - person->left_at < SUBSCRIPTION_RETURN_SECONDS &&
           (person->left_reason == NULL ||
            strcmp(person->left_reason, SUBSCRIBER_LEFT_BOUNCED) != 0);
}

static bool come_back(const struct subscription *subscription, struct arena *arena,
                      const char *token, const char *origin, int64_t now,
                      enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    int64_t returns;
    if (!subscription_verify(subscription, arena, TOKEN_LEAVE, token, now, answer, &person, why) ||
        !outgoing_count(subscription->store, person != NULL ? person->id : 0, "back",
                        now - SUBSCRIPTION_DAY + 1, &returns, why)) {
        return false;
    }
    if (person == NULL || !subscription_may_return(person, now) ||
        returns >= SUBSCRIPTION_RETURNS_A_DAY) {
        *answer = person != NULL && person->status == SUBSCRIBER_CONFIRMED ? SUBSCRIPTION_ALREADY
                                                                           : SUBSCRIPTION_UNKNOWN;
        return true;
    }
    return set_status(subscription, person, SUBSCRIBER_CONFIRMED, "undone", "undo", origin, now,
                      why) &&
           subscription_write_mail(subscription, arena, "back", person->id, person->address, now,
                                   why);
}

bool subscription_return(const struct subscription *subscription, struct arena *arena,
                         const char *token, const char *origin, int64_t now,
                         enum subscription_answer *answer, struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     come_back(subscription, arena, token, origin, now, answer, why), why);
}
