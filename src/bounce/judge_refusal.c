/*
 * Turns the refusals in the ledger into bounces. Each row says whose fault it was, as decided by
 * the run that met it; for rows of older programs the table of smtp/refusal is asked again.
 *
 *   fault                                       class            counts against the reader
 *   ------------------------------------------  ---------------  -------------------------
 *   the recipient's, 5xx                        hard             yes
 *   the recipient's, 4xx; the mailbox's         soft             yes
 *   the receiver's policy, ours, unknown        soft             no: recorded for the report
 *   no server answered (the relay was away)     not recorded     no
 *
 * A refusal counts only while the address of the copy is still the person's.
 */
#include <string.h>

#include "bounce/judge_reader.h"
#include "bounce/status.h"
#include "mail/address.h"
#include "store/bounce.h"
#include "store/delivery.h"

enum { EVENTS = 200 };

struct meaning {
    enum bounce_class class;
    enum bounce_reason reason;
    bool counts;
};

/* A 5xx that is the recipient's fault ends a row at once. A row that gave up with one got it as a
 * reply to MAIL, which is about us, and the program of that time did not record the fault. */
static enum refusal_fault fault_of(const struct delivery *row, const struct refusal *refusal)
{
    enum refusal_fault fault;
    if (row->fault != NULL && refusal_fault_find(row->fault, &fault)) {
        return fault;
    }
    bool of_mail = row->state == DELIVERY_GAVE_UP && refusal->settles;
    return of_mail ? REFUSAL_OURS : refusal->fault;
}

static struct meaning read_row(const struct delivery *row)
{
    const struct refusal_question question = {.command = REFUSAL_RCPT,
                                              .code = (int)row->code,
                                              .enhanced = row->enhanced,
                                              .words = row->reply,
                                              .host = row->relay};
    struct refusal refusal = refusal_read(&question);
    enum refusal_fault fault = fault_of(row, &refusal);
    enum bounce_reason reason = status_refusal(&refusal);
    if (reason == REASON_NONE || fault != refusal.fault) {
        reason = fault == REFUSAL_OURS ? REASON_SENDER : REASON_UNDETERMINED;
    }
    return (struct meaning){
        .class = fault == REFUSAL_RECIPIENT && row->code >= 500 ? BOUNCE_HARD : BOUNCE_SOFT,
        .reason = reason,
        .counts = fault == REFUSAL_RECIPIENT || fault == REFUSAL_MAILBOX,
    };
}

/* --- new ones --- */

struct refusals {
    const struct judge *judge;
    int64_t issue_id;
    int64_t count;
};

static void name_event(struct arena *arena, int64_t issue_id, int64_t subscriber_id,
                       char hash[HASH_HEX])
{
    const char *name =
        arena_format(arena, "refusal %lld %lld", (long long)issue_id, (long long)subscriber_id);
    hash_sha256_hex(name, strlen(name), hash);
}

/* A refusal belongs to the address that the copy was sent to: after a change of address it says
 * nothing about the new one. */
static bool is_present(const struct judge *judge, struct arena *arena, const struct delivery *row,
                       bool *present, struct failure *why)
{
    struct subscriber *person;
    struct address address;
    struct failure ignored = {0};
    if (!subscriber_find_id(judge->store, arena, row->subscriber_id, &person, why)) {
        return false;
    }
    *present = person != NULL && (!address_parse(row->address, &address, &ignored) ||
                                  strcmp(address.key, person->address_key) == 0);
    return true;
}

static bool record_refusal(void *context, const struct delivery *row, struct failure *why)
{
    struct refusals *refusals = context;
    struct arena arena = {0};
    char hash[HASH_HEX];
    if (row->code == 0) {
        return true; /* no server answered: the relay was away, or was not asked */
    }
    struct meaning meaning = read_row(row);
    bool present = false, added = false;
    bool ok = is_present(refusals->judge, &arena, row, &present, why);
    name_event(&arena, refusals->issue_id, row->subscriber_id, hash);
    const struct bounce_event event = {.message_hash = hash,
                                       .subscriber_id = row->subscriber_id,
                                       .issue_id = refusals->issue_id,
                                       .class = bounce_class_name(meaning.class),
                                       .domain = row->domain,
                                       .code = row->code,
                                       .enhanced = row->enhanced,
                                       .reason = bounce_reason_name(meaning.reason),
                                       .at = refusals->judge->now,
                                       .mark = meaning.counts && present ? BOUNCE_PENDING
                                                                         : BOUNCE_SETTLED};
    ok = ok && bounce_add(refusals->judge->store, &event, &added, why);
    refusals->count += ok && added;
    arena_free(&arena);
    return ok;
}

bool judge_refusals(const struct judge *judge, int64_t issue_id, int64_t *count,
                    struct failure *why)
{
    static const enum delivery_state states[] = {DELIVERY_REFUSED, DELIVERY_GAVE_UP};
    struct refusals refusals = {judge, issue_id, 0};
    struct delivery_queue queue = {issue_id};
    int64_t recalled = 0;
    bool ok =
        store_begin(judge->store, why) && bounce_recall(judge->store, issue_id, &recalled, why);
    for (size_t i = 0; ok && i < 2; i++) {
        ok = delivery_each(judge->store, queue, &states[i], record_refusal, &refusals, why);
    }
    ok = store_end(judge->store, ok, why);
    *count = refusals.count + recalled;
    return ok;
}

/* --- old ones --- */

/* Puts somebody back on the list who is off it only because of scores that are taken back. */
static bool restore(const struct judge *judge, const struct subscriber *person, struct failure *why)
{
    return person->status != SUBSCRIBER_BOUNCED || judge_is_over_limit(judge, person) ||
           judge_set_status(judge, person, SUBSCRIBER_CONFIRMED, "undone",
                            "what was refused had nothing to do with the reader", "bounce", why);
}

static bool take_back(const struct judge *judge, struct subscriber *person,
                      const struct bounce_event *event, struct failure *why)
{
    bool hard = strcmp(event->class, bounce_class_name(BOUNCE_HARD)) == 0;
    double before = person->bounce_score;
    double score = before - (hard ? 1 : 0.5);
    person->bounce_score = score > 0 ? score : 0;
    person->hard_bounces -= hard && person->hard_bounces > 0;
    return judge_save_score(judge, person, before, "no fault of the reader's", why) &&
           restore(judge, person, why) &&
           bounce_settle(judge->store, event->id, BOUNCE_SETTLED, why);
}

static bool review(const struct judge *judge, struct arena *arena, const struct bounce_event *event,
                   struct failure *why)
{
    struct delivery_queue queue = {event->issue_id};
    struct delivery *row = NULL;
    struct subscriber *person = NULL;
    char hash[HASH_HEX];
    name_event(arena, event->issue_id, event->subscriber_id, hash);
    if (!delivery_find(judge->store, arena, queue, event->subscriber_id, &row, why) ||
        !subscriber_find_id(judge->store, arena, event->subscriber_id, &person, why)) {
        return false;
    }
    bool ledgers = strcmp(hash, event->message_hash) == 0 && row != NULL && person != NULL;
    return ledgers && !read_row(row).counts
               ? take_back(judge, person, event, why)
               : bounce_settle(judge->store, event->id, BOUNCE_COUNTED, why);
}

bool judge_review(const struct judge *judge, struct failure *why)
{
    struct arena arena = {0};
    bool ok = true;
    for (size_t count = 1; ok && count > 0;) {
        struct bounce_event *events;
        arena_reset(&arena);
        ok = store_begin(judge->store, why) &&
             bounce_review(judge->store, &arena, EVENTS, &events, &count, why);
        for (size_t i = 0; ok && i < count; i++) {
            ok = review(judge, &arena, &events[i], why);
        }
        ok = store_end(judge->store, ok, why);
    }
    arena_free(&arena);
    return ok;
}
