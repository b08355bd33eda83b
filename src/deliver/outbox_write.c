/* Writes the outcomes of claims: one transaction for all notes and outcomes of a turn. */
#include <assert.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "deliver/outbox_private.h"
#include "deliver/retry.h"

/* How many issues must have ended in an unknown refusal before the next one is the recipient's. */
enum { OUTBOX_UNKNOWN = 2 };

static const char *relay_of(const struct outbox *outbox, const struct claim *claim)
{
    return outbox->options.routes->list[claim->relay].name;
}

/* No relay was asked: the row was given back, or no relay can take it. */
static bool saw_no_relay(const struct claim *claim)
{
    return !claim->attempted && claim->state != DELIVERY_SKIPPED;
}

void outbox_push_settled(struct outbox *outbox, struct claim *claim)
{
    claim->next = NULL;
    *outbox->settled_end = claim;
    outbox->settled_end = &claim->next;
}

void outbox_free_settled(struct outbox *outbox)
{
    for (struct claim *claim = outbox->settled, *next; claim != NULL; claim = next) {
        next = claim->next;
        batch_drop(&outbox->ready, claim);
    }
    outbox->settled = NULL;
    outbox->settled_end = &outbox->settled;
}

void outbox_settle(struct outbox *outbox, struct claim *claim,
                   const struct disposition *disposition, const struct reply *reply)
{
    assert(!disposition->again);
    claim->state = disposition->state;
    claim->next_at = 0;
    claim->attempted = disposition->state != DELIVERY_SKIPPED;
    claim->reply = *reply;
    claim->refused = disposition->refused;
    claim->fault = disposition->refusal.fault;
    if (disposition->state == DELIVERY_DEFERRED) {
        claim->next_at =
            retry_at(clock_now(), claim->row.attempts, claim->row.first_at,
                     outbox->options.settings->deliver.max_age, (int64_t)random_below(1000));
        claim->state = claim->next_at == 0 ? DELIVERY_GAVE_UP : DELIVERY_DEFERRED;
    }
    outbox_push_settled(outbox, claim);
}

void outbox_note_dot(struct outbox *outbox, struct claim *claim)
{
    if (outbox->note_count == outbox->note_room) {
        outbox->note_room = outbox->note_room * 2 + 16;
        outbox->notes = memory_resize(outbox->notes, outbox->note_room * sizeof(struct claim *));
    }
    outbox->notes[outbox->note_count++] = claim;
}

/* A refusal that is in no row of the table is certainly nobody's fault, and waits. If two issues
 * ended that way for one reader, it was no temporary problem of ours: the third is the recipient's
 * fault. */
static bool settle_third(struct outbox *outbox, struct claim *claim, struct failure *why)
{
    int64_t issue_id = outbox->options.queue.issue_id;
    int64_t before = 0;
    bool lasting = claim->reply.code >= 500 || claim->state == DELIVERY_GAVE_UP;
    if (!claim->refused || claim->fault != REFUSAL_UNKNOWN || !lasting || issue_id == 0) {
        return true;
    }
    if (!delivery_count_unknown(outbox->quick, issue_id, claim->row.subscriber_id, &before, why)) {
        return false;
    }
    if (before >= OUTBOX_UNKNOWN) {
        claim->state = DELIVERY_REFUSED;
        claim->fault = REFUSAL_RECIPIENT;
        claim->next_at = 0;
    }
    return true;
}

static bool write_outcome(struct outbox *outbox, struct claim *claim, struct failure *why)
{
    const struct reply *reply = &claim->reply;
    struct delivery_outcome outcome = {
        .id = claim->row.id,
        .generation = claim->row.generation,
        .lane = outbox->lane,
        .state = claim->state,
        .next_at = claim->next_at,
        .count_attempt = claim->attempted,
        .code = reply->code,
        .enhanced = reply->enhanced[0] != '\0' ? reply->enhanced : NULL,
        .reply = reply->text[0] != '\0' ? reply->text : NULL,
        .relay = saw_no_relay(claim) ? NULL : relay_of(outbox, claim),
        .fault = claim->refused ? refusal_fault_name(claim->fault) : NULL,
    };
    bool held;
    return delivery_record(outbox->quick, outbox->options.queue, &outcome, clock_now(), &held, why);
}

static bool write_all(struct outbox *outbox, struct failure *why)
{
    for (size_t i = 0; i < outbox->note_count; i++) {
        struct claim *claim = outbox->notes[i];
        if (!delivery_note_dot(outbox->quick, outbox->options.queue, claim->row.id,
                               claim->row.generation, outbox->lane, relay_of(outbox, claim),
                               &claim->held, why)) {
            return false;
        }
    }
    for (struct claim *claim = outbox->settled; claim != NULL; claim = claim->next) {
        if (!settle_third(outbox, claim, why) || !write_outcome(outbox, claim, why) ||
            !outbox_settle_share(outbox, claim, why)) {
            return false;
        }
    }
    return true;
}

/* --- rests --- */

void outbox_change_rest(struct outbox *outbox, size_t relay, enum outbox_rest change,
                        const struct rest *rest)
{
    outbox->relays[relay].rest_change = change;
    outbox->relays[relay].rest = *rest;
}

void outbox_return_answered(struct outbox *outbox, int64_t id)
{
    if (outbox->answered_count == outbox->answered_room) {
        outbox->answered_room = outbox->answered_room * 2 + 16;
        outbox->answered =
            memory_resize(outbox->answered, outbox->answered_room * sizeof *outbox->answered);
    }
    outbox->answered[outbox->answered_count++] = id;
}

static bool write_rest(struct outbox *outbox, const struct outbox_relay *relay, int64_t now,
                       struct failure *why)
{
    const struct rest *rest = &relay->rest;
    switch (relay->rest_change) {
    case OUTBOX_REST_BEGINS:
        return rest_begin(outbox->quick, rest, now, why);
    case OUTBOX_REST_GOES_ON:
        return rest_put_off(outbox->quick, rest, rest->probes, rest->until, why);
    case OUTBOX_REST_ENDS:
        return rest_end(outbox->quick, rest, now, why);
    case OUTBOX_REST_SAME:
        break;
    }
    return true;
}

static bool write_rests(struct outbox *outbox, struct failure *why)
{
    int64_t now = clock_now();
    for (size_t i = 0; i < outbox->answered_count; i++) {
        if (!rest_return_row(outbox->quick, outbox->options.queue, outbox->answered[i], now, why)) {
            return false;
        }
    }
    for (size_t i = 0; i < outbox->options.routes->count; i++) {
        if (!write_rest(outbox, &outbox->relays[i], now, why)) {
            return false;
        }
    }
    return true;
}

static bool rests_change(const struct outbox *outbox)
{
    bool change = outbox->answered_count > 0;
    for (size_t i = 0; i < outbox->options.routes->count; i++) {
        change = change || outbox->relays[i].rest_change != OUTBOX_REST_SAME;
    }
    return change;
}

static void forget_changes(struct outbox *outbox)
{
    outbox->answered_count = 0;
    for (size_t i = 0; i < outbox->options.routes->count; i++) {
        outbox->relays[i].rest_change = OUTBOX_REST_SAME;
    }
}

static void log_outcome(const struct outbox *outbox, const struct claim *claim)
{
    if (!log_wants(LOG_LEVEL_INFO) || claim->state == DELIVERY_QUEUED) {
        return;
    }
    char id[80];
    reply_queue_id(&claim->reply, id, sizeof id);
    bool named = outbox_has_several(outbox) && !saw_no_relay(claim);
    int64_t ms = claim->started_ms > 0 ? clock_monotonic_ms() - claim->started_ms : 0;
    const char *enhanced = claim->reply.enhanced;
    log_event(LOG_LEVEL_INFO, "delivery", delivery_state_name(claim->state),
              LOG_INT("issue", outbox->options.queue.issue_id),
              LOG_INT(outbox->options.queue.issue_id != 0 ? "subscriber" : "mail", claim->row.id),
              LOG_STR("relay", named ? relay_of(outbox, claim) : NULL),
              LOG_INT("code", claim->reply.code),
              LOG_STR("enhanced", enhanced[0] != '\0' ? enhanced : NULL),
              LOG_STR("queue", id[0] != '\0' ? id : NULL), LOG_INT("ms", ms));
    log_event(LOG_LEVEL_DEBUG, "delivery", "reply", LOG_INT("row", claim->row.id),
              LOG_STR("address", claim->row.address), LOG_STR("reply", claim->reply.text));
}

static void finish_settled(struct outbox *outbox)
{
    for (struct claim *claim = outbox->settled; claim != NULL; claim = claim->next) {
        log_outcome(outbox, claim);
        outbox_regain_share(outbox, claim);
        outbox->recorded[claim->state]++;
        if (claim->state == DELIVERY_IN_DOUBT) {
            outbox->doubted_ms = clock_monotonic_ms();
        }
    }
    outbox_free_settled(outbox);
}

bool outbox_commit(struct outbox *outbox, struct failure *why)
{
    if (outbox->note_count == 0 && outbox->settled == NULL && !rests_change(outbox)) {
        return true;
    }
    size_t notes = outbox->note_count;
    bool good = store_begin(outbox->quick, why);
    if (good && !(write_all(outbox, why) && write_rests(outbox, why))) {
        store_rollback(outbox->quick);
        good = false;
    }
    good = good && store_commit(outbox->quick, why);
    for (size_t i = 0; i < notes; i++) {
        outbox->notes[i]->noted = good;
    }
    outbox->note_count = 0;
    if (good) {
        forget_changes(outbox);
        finish_settled(outbox);
    }
    return good;
}
