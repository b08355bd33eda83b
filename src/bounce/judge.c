/*
 * Records a report, and acts on the classes that take effect at once.
 *
 *   class               a token of ours   takes effect at once                  the message goes to
 *   ------------------  ----------------  ------------------------------------  -------------------
 *   hard, soft          with              pending: judge_score.c counts it      Processed
 *   complaint           with              the reader leaves; for good if it     Processed
 *                                           came from a feedback loop of ours
 *   unsubscribe         with              the reader leaves                     Processed
 *   unsubscribe         without           nothing                               People
 *   a person's letter   either            nothing                               People
 *   report              either            nothing                               Reports
 *   unknown             either            nothing                               Quarantine
 *   any other, or       either            nothing                               Processed
 *     without a token
 *
 * Where a token was found decides which purposes it may have (`purposes`). A bounce counts only
 * against the address that the copy was sent to, while that is still the person's, and only against
 * somebody who is on the list. If one report names several recipients, the copy's own decides; if
 * that is not named, its mailbox forwarded the copy, and the best outcome decides.
 */
#include "bounce/judge.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bounce/judge_complaint.h"
#include "mail/address.h"
#include "store/bounce.h"
#include "store/delivery.h"
#include "store/subscriber.h"

/* Whom a message is about, and the proof. */
struct about {
    int64_t person;    /* 0: none of our readers */
    int64_t issue;     /* 0: unknown */
    int64_t mail;      /* a single mail's id; 0: it was none, or unknown */
    const char *token; /* a token of ours; NULL: only a hint, without proof */
};

/* What a token may be used for, by the place where it was found. 0 ends a list. */
static const enum token_purpose purposes[PLACE_COUNT][4] = {
    [PLACE_BOUNCES] = {TOKEN_BOUNCE, TOKEN_BOUNCE_MAIL},
    [PLACE_UNSUBSCRIBE] = {TOKEN_LEAVE},
    [PLACE_RETURNED] = {TOKEN_LEAVE, TOKEN_BOUNCE, TOKEN_BOUNCE_MAIL},
    [PLACE_LINK] = {TOKEN_LEAVE},
};

static bool verify(const struct token_keys *keys, const struct bounce_token *token,
                   struct about *about)
{
    for (const enum token_purpose *purpose = purposes[token->place]; *purpose != 0; purpose++) {
        int64_t detail;
        if (token_verify(keys, *purpose, token->text, strlen(token->text), &about->person,
                         &detail)) {
            bool issue = *purpose == TOKEN_BOUNCE || *purpose == TOKEN_LEAVE;
            about->issue = issue ? detail : 0;
            about->mail = *purpose == TOKEN_BOUNCE_MAIL ? detail : 0;
            about->token = token->text;
            return true;
        }
    }
    return false;
}

/* The first token of ours identifies the person. Some tokens do not name the issue; another token
 * of the same person may. */
static void read_tokens(const struct token_keys *keys, const struct bounce_report *report,
                        struct about *about)
{
    for (size_t i = 0; i < report->token_count; i++) {
        struct about other = {0};
        bool elsewhere = report->tokens[i].place == PLACE_LINK && report->class != BOUNCE_COMPLAINT;
        if (elsewhere || !verify(keys, &report->tokens[i], &other)) {
            continue;
        }
        if (about->token == NULL) {
            *about = other;
        } else if (about->issue == 0 && about->mail == 0 && other.person == about->person) {
            about->issue = other.issue;
            about->mail = other.mail;
        }
    }
}

enum mailbox_target judge_target(const struct judge *judge, const struct bounce_report *report)
{
    struct about about = {0};
    switch (report->class) {
    case BOUNCE_UNKNOWN:
        return MAILBOX_QUARANTINE;
    case BOUNCE_MAIL:
        return MAILBOX_PEOPLE;
    case BOUNCE_REPORT:
        return MAILBOX_REPORTS;
    case BOUNCE_UNSUBSCRIBE:
        read_tokens(judge->keys, report, &about);
        return about.token == NULL ? MAILBOX_PEOPLE : MAILBOX_PROCESSED;
    default:
        return MAILBOX_PROCESSED;
    }
}

/* Without a token, the reader whom the report names is only a hint. */
static bool find_by_address(const struct judge *judge, struct arena *arena,
                            const struct bounce_report *report, struct about *about,
                            struct failure *why)
{
    for (size_t i = 0; i < report->recipient_count && about->person == 0; i++) {
        struct address address;
        struct failure not_ours = {0};
        struct subscriber *person = NULL;
        if (!address_parse(report->recipients[i].address, &address, &not_ours)) {
            continue;
        }
        if (!subscriber_find(judge->store, arena, address.key, &person, why)) {
            return false;
        }
        about->person = person == NULL ? 0 : person->id;
    }
    return true;
}

static bool find_person(const struct judge *judge, struct arena *arena,
                        const struct bounce_report *report, struct about *about,
                        struct subscriber **person, struct failure *why)
{
    *about = (struct about){0};
    *person = NULL;
    read_tokens(judge->keys, report, about);
    if (about->token == NULL && !find_by_address(judge, arena, report, about, why)) {
        return false;
    }
    return about->person == 0 ||
           subscriber_find_id(judge->store, arena, about->person, person, why);
}

/* A bounce belongs to the address that the copy was sent to, which the ledger has, not to the
 * person. If the copy is unknown, the present address is assumed. */
static bool find_address(const struct judge *judge, struct arena *arena, const struct about *about,
                         const struct subscriber *person, struct address *address,
                         struct failure *why)
{
    const struct delivery_queue queue = {about->issue};
    int64_t id = about->issue != 0 ? about->person : about->mail;
    struct delivery *row = NULL;
    struct failure ignored = {0};
    if (about->token != NULL && id != 0 &&
        !delivery_find(judge->store, arena, queue, id, &row, why)) {
        return false;
    }
    bool ours = row != NULL && row->subscriber_id == about->person;
    *address = (struct address){.at = 0}; /* of an erased person */
    return (ours && address_parse(row->address, address, &ignored)) ||
           address_parse(person->address, address, &ignored) || true;
}

/* The class and codes for this address: a report may name several. The copy had one recipient; if
 * none of those named is it, its mailbox forwarded the copy to them, and the best outcome decides.
 */
static struct bounce_recipient own_part(const struct bounce_report *report, const char *address)
{
    struct bounce_recipient part = {.class = report->class,
                                    .reason = report->reason,
                                    .code = report->code,
                                    .status = report->status};
    for (size_t i = 0; address != NULL && i < report->recipient_count; i++) {
        const struct bounce_recipient *named = &report->recipients[i];
        if (strcasecmp(named->address, address) == 0) {
            return *named;
        }
        if (bounce_outcome(part.class) > 0 &&
            bounce_outcome(named->class) > bounce_outcome(part.class)) {
            part = *named;
        }
    }
    return part;
}

static bool on_the_list(const struct subscriber *person)
{
    return person->status == SUBSCRIBER_CONFIRMED || person->status == SUBSCRIBER_PENDING;
}

/* By mail as on the web, a request that was never confirmed leaves no trace
 * (subscribers/subscription): its withdrawal must not be recorded as an event of that person. */
static bool withdraws(const struct bounce_report *report, const struct about *about,
                      const struct subscriber *person)
{
    return (report->class == BOUNCE_UNSUBSCRIBE || report->class == BOUNCE_COMPLAINT) &&
           about->token != NULL && person != NULL && person->status == SUBSCRIBER_PENDING;
}

/* Counts a complaint or a request that was followed. Somebody who was off the list already, or
 * never on it (`person` is NULL), does not leave again. */
static void tally(const struct subscriber *person, struct judge_result *acted)
{
    acted->counted++;
    acted->gone += person != NULL && on_the_list(person);
}

/* People who bounced may leave too: a release of their domain would otherwise bring them back. */
static bool may_leave(const struct subscriber *person)
{
    return on_the_list(person) || person->status == SUBSCRIBER_BOUNCED;
}

static bool act_complaint(const struct judge *judge, struct arena *arena,
                          const struct bounce_report *report, const struct address *address,
                          struct judge_result *acted, struct failure *why)
{
    struct subscriber *owner;
    bool proven = complaint_is_proven(judge->settings, report);
    if (!subscriber_find(judge->store, arena, address->key, &owner, why)) {
        return false;
    }
    if (!proven && (owner == NULL || !may_leave(owner))) {
        return true;
    }
    tally(owner, acted);
    return complaint_follow(judge, address, owner, proven, why);
}

static bool act(const struct judge *judge, struct arena *arena, const struct bounce_report *report,
                const struct about *about, const struct subscriber *person,
                const struct address *address, struct judge_result *acted, struct failure *why)
{
    if (about->token == NULL || person == NULL) {
        return true;
    }
    char leave[TOKEN_TEXT];
    switch (report->class) {
    case BOUNCE_COMPLAINT:
        return person->status == SUBSCRIBER_FORGOTTEN ||
               act_complaint(judge, arena, report, address, acted, why);
    case BOUNCE_UNSUBSCRIBE:
        if (!may_leave(person)) {
            return true;
        }
        tally(person, acted);
        token_make(judge->keys, TOKEN_LEAVE, person->id, about->issue, leave);
        return judge->leave(judge->context, leave, "unsubscribe mail", why);
    default:
        return true;
    }
}

/* Whether a report counts: only against the address it is about, while that is the person's. */
static bool may_count(const struct about *about, const struct bounce_recipient *part,
                      const struct subscriber *person, const struct address *address)
{
    return about->token != NULL && person != NULL && on_the_list(person) &&
           strcmp(address->key, person->address_key) == 0 &&
           (part->class == BOUNCE_HARD || part->class == BOUNCE_SOFT);
}

static bool add_event(const struct judge *judge, const char *hash, const struct about *about,
                      const struct bounce_recipient *part, const struct address *address,
                      bool counts, bool *fresh, struct failure *why)
{
    char status[BOUNCE_STATUS_TEXT];
    bounce_status_format(&part->status, status);
    const struct bounce_event event = {
        .message_hash = hash,
        .subscriber_id = about->person,
        .issue_id = about->issue,
        .class = bounce_class_name(part->class),
        .domain = address->at == 0 ? "" : address->normal + address->at + 1,
        .code = part->code,
        .enhanced = status[0] == '\0' ? NULL : status,
        .reason = bounce_reason_name(part->reason),
        .at = judge->now,
        .mark = counts ? BOUNCE_PENDING : BOUNCE_SETTLED};
    return bounce_add(judge->store, &event, fresh, why);
}

static bool record(const struct judge *judge, struct arena *arena, const char *hash,
                   const struct bounce_report *report, bool *fresh, struct judge_result *acted,
                   struct failure *why)
{
    struct about about;
    struct subscriber *person;
    struct address address = {.at = 0};
    if (!find_person(judge, arena, report, &about, &person, why) ||
        (person != NULL && !find_address(judge, arena, &about, person, &address, why))) {
        return false;
    }
    struct bounce_recipient part = own_part(report, person == NULL ? NULL : address.normal);
    bool counts = may_count(&about, &part, person, &address);
    bool nameless = person == NULL || withdraws(report, &about, person);
    const struct about nobody = {0};
    const struct address none = {.at = 0};
    return add_event(judge, hash, nameless ? &nobody : &about, &part, nameless ? &none : &address,
                     counts, fresh, why) &&
           (!*fresh || act(judge, arena, report, &about, person, &address, acted, why));
}

bool judge_record(const struct judge *judge, const char message_hash[HASH_HEX],
                  const struct bounce_report *report, bool *fresh, struct judge_result *acted,
                  struct failure *why)
{
    struct arena arena = {0};
    struct judge_result before = *acted;
    *fresh = false;
    bool ok = store_begin(judge->store, why) &&
              record(judge, &arena, message_hash, report, fresh, acted, why);
    ok = store_end(judge->store, ok, why);
    if (!ok) {
        *acted = before;
    }
    arena_free(&arena);
    return ok;
}
