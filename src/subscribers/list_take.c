/*
 * Decides what happens to one person whom a command or a file names.
 *
 * Somebody who left stays off the list; somebody who has left according to the file is taken off
 * it. Within one import the stricter status counts, in any order of rows: the import's id in the
 * person's row shows that an earlier row of the same import has set it.
 */
#include <string.h>

#include "base/utf8.h"
#include "mail/address.h"
#include "store/import.h"
#include "subscribers/words.h"

/* The person's state before this row. */
struct prior_state {
    bool there;
    bool off; /* left, or pending since then: only they themselves can come back */
    bool own; /* an earlier row of the same import was about them */
    enum subscriber_status status;
    const struct subscriber *known; /* NULL in a dry run that has seen them only in the file */
};

struct row_decision {
    enum list_added outcome;
    enum subscriber_status status;
    bool changes;
};

static bool is_gone(enum subscriber_status status)
{
    return status != SUBSCRIBER_PENDING && status != SUBSCRIBER_CONFIRMED;
}

static bool find_known(const struct list_taking *taking, struct arena *arena,
                       const char *address_key, struct prior_state *standing, struct failure *why)
{
    struct subscriber *known;
    if (!subscriber_find(taking->store, arena, address_key, &known, why)) {
        return false;
    }
    if (known != NULL) {
        int64_t import_id = taking->consent->import_id;
        /* Somebody pending who once left has asked to come back and has not confirmed it yet. */
        *standing = (struct prior_state){.there = true,
                                         .off = known->left_at != 0 || is_gone(known->status),
                                         .own = import_id != 0 && known->import_id == import_id,
                                         .status = known->status,
                                         .known = known};
    }
    return true;
}

static bool find_standing(const struct list_taking *taking, struct arena *arena,
                          const char *address_key, struct prior_state *standing,
                          struct failure *why)
{
    int seen = -1;
    *standing = (struct prior_state){0};
    if (taking->dry_run && !import_seen_find(taking->store, address_key, &seen, why)) {
        return false;
    }
    if (seen < 0) {
        return find_known(taking, arena, address_key, standing, why);
    }
    standing->there = standing->own = true;
    standing->status = (enum subscriber_status)seen;
    standing->off = is_gone(standing->status);
    return true;
}

/* A complaint outranks leaving, and leaving outranks a bounce: somebody who is off the list for a
 * lesser reason is off it for the greater one from now on. */
static struct row_decision decide(const struct prior_state *standing, enum subscriber_status said)
{
    enum subscriber_status stricter = words_stricter(standing->status, said);
    bool differs = stricter != standing->status;
    if (!standing->there) {
        return (struct row_decision){is_gone(said) ? LIST_LEFT_BEFORE : LIST_ADDED, said, true};
    }
    if (is_gone(said)) {
        enum list_added outcome = standing->off ? LIST_LEFT_BEFORE : LIST_TAKEN_OFF;
        return (struct row_decision){outcome, stricter, differs};
    }
    if (standing->off) {
        return (struct row_decision){LIST_LEFT_BEFORE, standing->status, false};
    }
    if (standing->own) {
        return (struct row_decision){LIST_ALREADY, stricter, differs};
    }
    bool confirms = standing->status == SUBSCRIBER_PENDING && said == SUBSCRIBER_CONFIRMED;
    return (struct row_decision){confirms ? LIST_UPDATED : LIST_ALREADY,
                                 confirms ? said : standing->status, confirms};
}

static bool insert_new(const struct list_taking *taking, const struct list_person *person,
                       const struct address *address, struct failure *why)
{
    /* Somebody who left, asked again and has not confirmed keeps the record of leaving. */
    bool left =
        is_gone(person->status) || (person->status == SUBSCRIBER_PENDING && person->left_at != 0);
    const char *reason = person->left_reason != NULL ? person->left_reason : taking->consent->form;
    struct subscriber fresh = {
        .address = address->normal,
        .address_key = address->key,
        .domain = address->normal + address->at + 1,
        .name = person->name != NULL ? person->name : "",
        .status = person->status,
        .topics = person->topics != NULL ? person->topics : "",
        .created_at = person->created_at,
        .confirmed_at = person->confirmed_at,
        .left_at = left ? person->left_at : 0,
        .left_reason = left ? reason : NULL,
        .paused_until = person->paused_until,
        .bounce_score = person->bounce_score,
        .hard_bounces = person->hard_bounces,
        .last_bounce_at = person->last_bounce_at,
    };
    bool good = subscriber_insert(taking->store, &fresh, taking->consent, why);
    for (size_t i = 0; good && i < person->past_count; i++) {
        struct consent entry = person->past[i];
        entry.import_id = taking->consent->import_id;
        good = consent_add(taking->store, fresh.id, &entry, why);
    }
    return good;
}

static bool differs(const char *given, const char *known)
{
    return given != NULL && strcmp(given, known) != 0;
}

/* A command may change the name and topics of anybody who has not left. */
static bool renews(const struct list_person *person, const struct prior_state *standing,
                   const struct row_decision *decision)
{
    return person->renew && !standing->off && !is_gone(decision->status) &&
           (differs(person->name, standing->known->name) ||
            differs(person->topics, standing->known->topics));
}

static bool change_known(const struct list_taking *taking, const struct list_person *person,
                         const struct prior_state *standing, const struct row_decision *decision,
                         bool renew, struct failure *why)
{
    bool gone = is_gone(decision->status);
    const struct subscriber_change change = {.status = decision->status,
                                             .name = renew ? person->name : NULL,
                                             .topics = renew ? person->topics : NULL,
                                             .paused_until = -1,
                                             .left_reason = gone ? taking->consent->form : NULL};
    struct consent entry = *taking->consent;
    if (decision->outcome != LIST_UPDATED || !decision->changes) {
        entry.kind = gone ? "left" : "changed";
        entry.wording = "";
    }
    return subscriber_update(taking->store, standing->known->id, &change, &entry, why);
}

/* A row that says "pending" about somebody pending contradicts rows of the same file that would
 * confirm them. */
static bool touch(const struct list_taking *taking, const struct list_person *person,
                  const struct prior_state *standing, struct failure *why)
{
    bool against = taking->consent->import_id != 0 && !standing->own && !standing->off &&
                   person->status == SUBSCRIBER_PENDING && standing->status == SUBSCRIBER_PENDING &&
                   taking->most == SUBSCRIBER_CONFIRMED;
    return !against ||
           import_touch(taking->store, taking->consent->import_id, standing->known->id, why);
}

static bool carry_out(const struct list_taking *taking, const struct list_person *person,
                      const struct address *address, const struct prior_state *standing,
                      struct row_decision *decision, struct failure *why)
{
    if (!standing->there) {
        return insert_new(taking, person, address, why);
    }
    bool renew = renews(person, standing, decision);
    bool changes = decision->changes || renew;
    if (changes && !change_known(taking, person, standing, decision, renew, why)) {
        return false;
    }
    decision->outcome = renew ? LIST_UPDATED : decision->outcome;
    return changes || touch(taking, person, standing, why);
}

/* Removes characters that would change the text direction around the name in a greeting, and
 * repeated spaces. */
static const char *clean_name(struct arena *arena, const char *name)
{
    size_t len = strlen(name);
    char *clean = arena_alloc(arena, len + 1);
    size_t used = 0;
    for (size_t at = 0; at < len;) {
        uint32_t point;
        size_t bytes = utf8_decode(name + at, len - at, &point);
        if (!utf8_is_bidi_control(point)) {
            memcpy(clean + used, name + at, bytes);
            used += bytes;
        }
        at += bytes;
    }
    clean[used] = '\0';
    utf8_fold_space(clean);
    return clean;
}

static bool take(const struct list_taking *taking, const struct list_person *person,
                 const struct address *address, const struct prior_state *standing,
                 const char *hash, enum list_added *outcome, struct failure *why)
{
    struct row_decision decision = decide(standing, person->status);
    if (taking->dry_run) {
        *outcome = decision.outcome;
        return import_seen_note(taking->store, address->key, (int)decision.status, why);
    }
    bool good = carry_out(taking, person, address, standing, &decision, why);
    *outcome = decision.outcome;
    return good && (person->status != SUBSCRIBER_COMPLAINED ||
                    suppression_add(taking->store, hash, "complained", taking->consent->at, why));
}

bool list_take_person(const struct list_taking *taking, struct arena *arena,
                      const struct list_person *given, const struct address *address,
                      enum list_added *outcome, struct failure *why)
{
    struct list_person person = *given;
    struct prior_state standing;
    char hash[HASH_HEX];
    const char *reason;
    person.name = given->name != NULL ? clean_name(arena, given->name) : NULL;
    token_suppression_hash(taking->keys, address->key, hash);
    if (!suppression_find(taking->store, arena, hash, &reason, why) ||
        !find_standing(taking, arena, address->key, &standing, why)) {
        return false;
    }
    /* In a real run, a complaint earlier in the file has suppressed the address already. */
    bool rehearsed = taking->dry_run && standing.own && standing.status == SUBSCRIBER_COMPLAINED;
    if (reason != NULL || rehearsed) {
        *outcome = LIST_SUPPRESSED;
        return true;
    }
    return take(taking, &person, address, &standing, hash, outcome, why);
}
