#include "deliver/outbox.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "deliver/batch.h"
#include "deliver/pace.h"
#include "deliver/retry.h"
#include "store/issue.h"

enum {
    OUTBOX_PARK_MS = 2000, /* a longer wait for pace goes back to the queue */
    OUTBOX_DRY_MS = 1000,  /* between two looks for rows that have come due */
    OUTBOX_LANE = 300,
    OUTBOX_RETURNED = 1024,
    OUTBOX_UNKNOWN = 2, /* issues that ended in an unknown refusal, before one settles the row */
};

/* A row that was given back with its dot noted, and how many connections had died under it. */
struct loss {
    int64_t id;
    int count;
};

struct outbox {
    struct outbox_options options;
    struct store *durable, *quick;
    char lane[OUTBOX_LANE];
    int64_t started_at; /* of the issue */
    int64_t lease_ms, lease_until, renew_ms;
    struct arena claims;
    struct batch ready; /* claimed and not begun */
    int64_t dry_until_ms;
    int64_t relay_until_ms; /* the relay's own pace */
    int64_t paced_until_ms; /* when all that went back to the queue for pace is due again */
    struct letter **notes;
    size_t note_count, note_room;
    struct letter *settled, **settled_end;
    struct loss returned[OUTBOX_RETURNED]; /* each in the place that its id says; a later one may
                                              push it out */
    enum outbox_rest rest_change;
    struct rest rest;
    int64_t *answered; /* rows that go back to the queue, as the relay rests */
    size_t answered_count, answered_room;
    int64_t recorded[DELIVERY_STATES];
    int64_t doubted_ms; /* the last row of this run that went in doubt; 0: none */
};

/* Unique among processes of all machines that share the database, and among runs of one. */
static void name_lane(struct outbox *outbox)
{
    char host[200] = "";
    uint32_t chance;
    gethostname(host, sizeof host - 1);
    random_bytes(&chance, sizeof chance);
    snprintf(outbox->lane, sizeof outbox->lane, "%s:%ld:%08x", host, (long)getpid(), chance);
}

bool outbox_open(const struct outbox_options *options, struct outbox **out, struct failure *why)
{
    struct outbox *outbox = memory_resize(NULL, sizeof *outbox);
    *outbox = (struct outbox){.options = *options};
    batch_init(&outbox->ready);
    outbox->settled_end = &outbox->settled;
    outbox->lease_ms = options->settings->deliver.lease * 1000;
    name_lane(outbox);
    if (!store_open(options->database, STORE_DURABLE, &outbox->durable, why) ||
        !store_open(options->database, STORE_QUICK, &outbox->quick, why) ||
        !issue_started_at(outbox->quick, options->queue.issue_id, &outbox->started_at, why)) {
        outbox_close(outbox);
        return false;
    }
    outbox->lease_until = clock_boottime_ms() + outbox->lease_ms;
    outbox->renew_ms = clock_boottime_ms() + outbox->lease_ms / 3;
    *out = outbox;
    return true;
}

/* Letters that are settled: written, or given up with the outbox. */
static void let_go(struct outbox *outbox)
{
    for (struct letter *letter = outbox->settled, *next; letter != NULL; letter = next) {
        next = letter->next;
        batch_drop(&outbox->ready, letter);
    }
    outbox->settled = NULL;
    outbox->settled_end = &outbox->settled;
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL) {
        return;
    }
    let_go(outbox);
    batch_free(&outbox->ready);
    free(outbox->notes);
    free(outbox->answered);
    arena_free(&outbox->claims);
    store_close(outbox->quick);
    store_close(outbox->durable);
    free(outbox);
}

static bool requeue_doubtful(struct outbox *outbox, struct failure *why)
{
    const struct settings *settings = outbox->options.settings;
    const struct delivery_patience patience = {RETRY_FIRST, RETRY_LONGEST,
                                               settings->deliver.max_age};
    int64_t count;
    return settings->deliver.in_doubt != IN_DOUBT_RESEND ||
           delivery_resend(outbox->durable, outbox->options.queue, clock_now(), &patience, &count,
                           why);
}

bool outbox_wake(struct outbox *outbox, struct failure *why)
{
    int64_t woken;
    outbox->dry_until_ms = 0;
    return requeue_doubtful(outbox, why) &&
           delivery_wake(outbox->durable, outbox->options.queue, clock_now(), &woken, why);
}

bool outbox_resend_doubtful(struct outbox *outbox, int64_t seconds, struct failure *why)
{
    if (outbox->doubted_ms == 0 || clock_monotonic_ms() < outbox->doubted_ms + seconds * 1000) {
        return true;
    }
    outbox->doubted_ms = 0;
    outbox->dry_until_ms = 0;
    return requeue_doubtful(outbox, why);
}

bool outbox_resends_later(const struct outbox *outbox)
{
    return outbox->doubted_ms != 0 && outbox->options.settings->deliver.in_doubt == IN_DOUBT_RESEND;
}

/* --- letters --- */

static void push_settled(struct outbox *outbox, struct letter *letter)
{
    letter->next = NULL;
    *outbox->settled_end = letter;
    outbox->settled_end = &letter->next;
}

static void give_back(struct outbox *outbox, struct letter *letter, int64_t next_at)
{
    letter->state = DELIVERY_QUEUED;
    letter->next_at = next_at;
    letter->attempted = false;
    letter->refused = false;
    letter->reply = (struct reply){0};
    push_settled(outbox, letter);
}

/* --- claims --- */

static void end_waits(struct outbox *outbox, int64_t now_ms)
{
    if (batch_end_waits(&outbox->ready, now_ms)) {
        outbox->dry_until_ms = 0;
    }
}

static struct loss *loss_of(struct outbox *outbox, int64_t id)
{
    return &outbox->returned[(uint64_t)id % OUTBOX_RETURNED];
}

/* An issue of which nothing has left can be freed while a run waits, and its number be begun anew.
 * The rows are those of the new one then, and what the run would write is the old one. */
static bool is_the_same(struct outbox *outbox, struct failure *why)
{
    int64_t started_at;
    return issue_started_at(outbox->durable, outbox->options.queue.issue_id, &started_at, why) &&
           (started_at == 0 || started_at == outbox->started_at ||
            fail(why, FAILURE_TRY_AGAIN, "was cancelled and begun anew meanwhile; this run ends"));
}

/* The claim and the newsletter's count in one transaction; the witness behind it, before anything
 * of the batch leaves. */
static bool claim_rows(struct outbox *outbox, const struct delivery_claimer *claimer,
                       const char *const *skip, struct delivery **rows, size_t *count,
                       size_t *skipped, struct failure *why)
{
    struct witness *witness = outbox->options.witness;
    bool good = store_begin(outbox->durable, why);
    if (good && !(is_the_same(outbox, why) &&
                  delivery_claim(outbox->durable, &outbox->claims, outbox->options.queue, claimer,
                                 clock_now(), skip, OUTBOX_BATCH - outbox->ready.count, rows, count,
                                 skipped, why) &&
                  (witness == NULL || *count == 0 || epoch_raise(outbox->durable, why)))) {
        store_rollback(outbox->durable);
        return false;
    }
    return good && store_commit(outbox->durable, why);
}

static bool claim(struct outbox *outbox, struct failure *why)
{
    const char *skip[BATCH_WAITS + 1];
    struct batch *ready = &outbox->ready;
    for (size_t i = 0; i < ready->wait_count; i++) {
        skip[i] = ready->waits[i].domain;
    }
    skip[ready->wait_count] = NULL;
    struct delivery_claimer claimer = {
        .lane = outbox->lane, .boot_id = clock_boot_id(), .lease_until = outbox->lease_until};
    struct delivery *rows;
    size_t count, skipped;
    arena_reset(&outbox->claims);
    if (!claim_rows(outbox, &claimer, skip, &rows, &count, &skipped, why)) {
        return false;
    }
    outbox->recorded[DELIVERY_SKIPPED] += (int64_t)skipped;
    for (size_t i = 0; i < count; i++) {
        struct letter *letter = batch_letter(ready, &rows[i]);
        const struct loss *loss = loss_of(outbox, rows[i].id);
        letter->losses = loss->id == rows[i].id ? loss->count : 0;
        batch_add_last(ready, letter);
    }
    if (outbox->options.witness != NULL && count > 0 &&
        !witness_follow(outbox->options.witness, outbox->durable, why)) {
        return false;
    }
    if (count == 0) {
        outbox->dry_until_ms = clock_monotonic_ms() + OUTBOX_DRY_MS;
    }
    return true;
}

/* The letter must wait for its domain: here for a short time, in the queue for a long one. */
static void hold_back(struct outbox *outbox, struct letter *letter, int64_t now_ms, int64_t wait_ms)
{
    const char *domain = letter->row.domain;
    if (wait_ms <= OUTBOX_PARK_MS && batch_wait(&outbox->ready, domain, now_ms + wait_ms)) {
        batch_add_first(&outbox->ready, letter);
        return;
    }
    int64_t seconds = wait_ms / 1000 + 1;
    int64_t until_ms = now_ms + seconds * 1000;
    batch_wait(&outbox->ready, domain, until_ms);
    give_back(outbox, letter, clock_now() + seconds);
    outbox->paced_until_ms = until_ms > outbox->paced_until_ms ? until_ms : outbox->paced_until_ms;
}

/* Asks the pace; *letter NULL: it has to wait, and is put where it waits. */
static bool may_leave(struct outbox *outbox, struct letter **letter, struct failure *why)
{
    int64_t now_ms = clock_monotonic_ms();
    int64_t wait_ms;
    bool relay;
    if (!pace_take(outbox->quick, outbox->options.settings, outbox->options.queue,
                   (*letter)->row.domain, clock_now_ms(), &wait_ms, &relay, why)) {
        batch_add_first(&outbox->ready, *letter);
        return false;
    }
    if (wait_ms == 0) {
        return true;
    }
    if (relay) {
        outbox->relay_until_ms = now_ms + wait_ms;
        batch_add_first(&outbox->ready, *letter);
    } else {
        hold_back(outbox, *letter, now_ms, wait_ms);
    }
    *letter = NULL;
    return true;
}

static int64_t time_to_wait(const struct outbox *outbox, int64_t now_ms)
{
    int64_t until = batch_first_wait(&outbox->ready);
    if (outbox->paced_until_ms > now_ms && (until < 0 || outbox->paced_until_ms < until)) {
        until = outbox->paced_until_ms;
    }
    return until < 0 ? -1 : until > now_ms ? until - now_ms : 0;
}

bool outbox_demand(struct outbox *outbox, size_t *count, int64_t *wait_ms, struct failure *why)
{
    int64_t now_ms = clock_monotonic_ms();
    end_waits(outbox, now_ms);
    *count = 0;
    *wait_ms = -1;
    if (outbox->relay_until_ms > now_ms) {
        *wait_ms = outbox->ready.count > 0 ? outbox->relay_until_ms - now_ms : -1;
        return true;
    }
    if (outbox->ready.count == 0 && now_ms >= outbox->dry_until_ms && !claim(outbox, why)) {
        return false;
    }
    *count = batch_count_free(&outbox->ready);
    *wait_ms = *count == 0 ? time_to_wait(outbox, now_ms) : -1;
    return true;
}

/* The next letter that need not wait for its domain, as far as is known; NULL if there is none. */
static bool next_ready(struct outbox *outbox, int64_t now_ms, bool fresh, struct letter **letter,
                       struct failure *why)
{
    *letter = batch_next(&outbox->ready, fresh);
    bool look = *letter == NULL && outbox->ready.count < OUTBOX_BATCH;
    if (look && now_ms >= outbox->dry_until_ms) {
        if (!claim(outbox, why)) {
            return false;
        }
        *letter = batch_next(&outbox->ready, fresh);
    }
    return true;
}

bool outbox_take(struct outbox *outbox, bool fresh, struct letter **letter, int64_t *wait_ms,
                 struct failure *why)
{
    int64_t now_ms = clock_monotonic_ms();
    *letter = NULL;
    *wait_ms = -1;
    end_waits(outbox, now_ms);
    while (outbox->relay_until_ms <= now_ms) {
        if (!next_ready(outbox, now_ms, fresh, letter, why)) {
            return false;
        }
        if (*letter == NULL) {
            *wait_ms = time_to_wait(outbox, now_ms);
            return true;
        }
        if (!may_leave(outbox, letter, why)) {
            return false;
        }
        if (*letter != NULL) {
            return true;
        }
    }
    *wait_ms = outbox->relay_until_ms - now_ms;
    return true;
}

bool outbox_wants_fresh(const struct outbox *outbox)
{
    return outbox->relay_until_ms <= clock_monotonic_ms() && batch_wants_fresh(&outbox->ready);
}

bool outbox_wanted(struct outbox *outbox, struct letter *letter, const char **reason, bool *halted,
                   struct failure *why)
{
    letter->wanted_ms = clock_monotonic_ms();
    return delivery_still_wanted(outbox->quick, outbox->options.queue, letter->row.id, reason,
                                 halted, why);
}

void outbox_return(struct outbox *outbox, struct letter *letter)
{
    if (letter->noted) {
        *loss_of(outbox, letter->row.id) = (struct loss){letter->row.id, letter->losses};
        give_back(outbox, letter, clock_now());
    } else {
        batch_add_first(&outbox->ready, letter);
    }
}

/* --- outcomes --- */

void outbox_settle(struct outbox *outbox, struct letter *letter, const struct judgement *judgement,
                   const struct reply *reply)
{
    assert(!judgement->again);
    letter->state = judgement->state;
    letter->next_at = 0;
    letter->attempted = judgement->state != DELIVERY_SKIPPED;
    letter->reply = *reply;
    letter->refused = judgement->refused;
    letter->fault = judgement->refusal.fault;
    if (judgement->state == DELIVERY_DEFERRED) {
        letter->next_at =
            retry_at(clock_now(), letter->row.attempts, letter->row.first_at,
                     outbox->options.settings->deliver.max_age, (int64_t)random_below(1000));
        letter->state = letter->next_at == 0 ? DELIVERY_GAVE_UP : DELIVERY_DEFERRED;
    }
    push_settled(outbox, letter);
}

void outbox_note_dot(struct outbox *outbox, struct letter *letter)
{
    if (outbox->note_count == outbox->note_room) {
        outbox->note_room = outbox->note_room * 2 + 16;
        outbox->notes = memory_resize(outbox->notes, outbox->note_room * sizeof(struct letter *));
    }
    outbox->notes[outbox->note_count++] = letter;
}

/* A refusal that no row of the table knows is nobody's fault for sure, and waits. When two issues
 * ended so for one reader, it was no passing trouble of ours: the third is the recipient's. */
static bool settle_third(struct outbox *outbox, struct letter *letter, struct failure *why)
{
    int64_t issue_id = outbox->options.queue.issue_id;
    int64_t before = 0;
    bool lasting = letter->reply.code >= 500 || letter->state == DELIVERY_GAVE_UP;
    if (!letter->refused || letter->fault != REFUSAL_UNKNOWN || !lasting || issue_id == 0) {
        return true;
    }
    if (!delivery_count_unknown(outbox->quick, issue_id, letter->row.subscriber_id, &before, why)) {
        return false;
    }
    if (before >= OUTBOX_UNKNOWN) {
        letter->state = DELIVERY_REFUSED;
        letter->fault = REFUSAL_RECIPIENT;
        letter->next_at = 0;
    }
    return true;
}

static bool write_outcome(struct outbox *outbox, struct letter *letter, struct failure *why)
{
    const struct reply *reply = &letter->reply;
    bool given_back = letter->state == DELIVERY_QUEUED;
    struct delivery_outcome outcome = {
        .id = letter->row.id,
        .generation = letter->row.generation,
        .lane = outbox->lane,
        .state = letter->state,
        .next_at = letter->next_at,
        .count_attempt = letter->attempted,
        .code = reply->code,
        .enhanced = reply->enhanced[0] != '\0' ? reply->enhanced : NULL,
        .reply = reply->text[0] != '\0' ? reply->text : NULL,
        .relay = given_back ? NULL : outbox->options.relay,
        .fault = letter->refused ? refusal_fault_name(letter->fault) : NULL,
    };
    bool held;
    return delivery_record(outbox->quick, outbox->options.queue, &outcome, clock_now(), &held, why);
}

static bool write_all(struct outbox *outbox, struct failure *why)
{
    for (size_t i = 0; i < outbox->note_count; i++) {
        struct letter *letter = outbox->notes[i];
        if (!delivery_note_dot(outbox->quick, outbox->options.queue, letter->row.id,
                               letter->row.generation, outbox->lane, &letter->held, why)) {
            return false;
        }
    }
    for (struct letter *letter = outbox->settled; letter != NULL; letter = letter->next) {
        if (!settle_third(outbox, letter, why) || !write_outcome(outbox, letter, why)) {
            return false;
        }
    }
    return true;
}

/* --- rests --- */

bool outbox_find_rest(struct outbox *outbox, struct arena *arena, struct rest **rest,
                      struct failure *why)
{
    return rest_find(outbox->quick, arena, outbox->options.relay, outbox->options.queue, rest, why);
}

bool outbox_take_probe(struct outbox *outbox, const struct rest *rest, int64_t until, bool *taken,
                       struct failure *why)
{
    return rest_take_probe(outbox->quick, rest, clock_now(), until, taken, why);
}

void outbox_change_rest(struct outbox *outbox, enum outbox_rest change, const struct rest *rest)
{
    outbox->rest_change = change;
    outbox->rest = *rest;
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

static bool write_rest(struct outbox *outbox, struct failure *why)
{
    const struct rest *rest = &outbox->rest;
    int64_t now = clock_now();
    for (size_t i = 0; i < outbox->answered_count; i++) {
        if (!rest_return_row(outbox->quick, outbox->options.queue, outbox->answered[i], now, why)) {
            return false;
        }
    }
    switch (outbox->rest_change) {
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

static void log_outcome(const struct outbox *outbox, const struct letter *letter)
{
    if (!log_wants(LOG_LEVEL_INFO) || letter->state == DELIVERY_QUEUED) {
        return;
    }
    char id[80];
    reply_queue_id(&letter->reply, id, sizeof id);
    int64_t ms = letter->started_ms > 0 ? clock_monotonic_ms() - letter->started_ms : 0;
    const char *enhanced = letter->reply.enhanced;
    log_event(LOG_LEVEL_INFO, "delivery", delivery_state_name(letter->state),
              LOG_INT("issue", outbox->options.queue.issue_id),
              LOG_INT(outbox->options.queue.issue_id != 0 ? "subscriber" : "mail", letter->row.id),
              LOG_INT("code", letter->reply.code),
              LOG_STR("enhanced", enhanced[0] != '\0' ? enhanced : NULL),
              LOG_STR("queue", id[0] != '\0' ? id : NULL), LOG_INT("ms", ms));
    log_event(LOG_LEVEL_DEBUG, "delivery", "reply", LOG_INT("row", letter->row.id),
              LOG_STR("address", letter->row.address), LOG_STR("reply", letter->reply.text));
}

static void finish_settled(struct outbox *outbox)
{
    for (struct letter *letter = outbox->settled; letter != NULL; letter = letter->next) {
        log_outcome(outbox, letter);
        outbox->recorded[letter->state]++;
        if (letter->state == DELIVERY_IN_DOUBT) {
            outbox->doubted_ms = clock_monotonic_ms();
        }
    }
    let_go(outbox);
}

bool outbox_commit(struct outbox *outbox, struct failure *why)
{
    if (outbox->note_count == 0 && outbox->settled == NULL && outbox->answered_count == 0 &&
        outbox->rest_change == OUTBOX_REST_SAME) {
        return true;
    }
    size_t notes = outbox->note_count;
    bool good = store_begin(outbox->quick, why);
    if (good && !(write_all(outbox, why) && write_rest(outbox, why))) {
        store_rollback(outbox->quick);
        good = false;
    }
    good = good && store_commit(outbox->quick, why);
    for (size_t i = 0; i < notes; i++) {
        outbox->notes[i]->noted = good;
    }
    outbox->note_count = 0;
    if (good) {
        outbox->answered_count = 0;
        outbox->rest_change = OUTBOX_REST_SAME;
        finish_settled(outbox);
    }
    return good;
}

bool outbox_give_back(struct outbox *outbox, struct failure *why)
{
    for (struct letter *letter; (letter = batch_shift(&outbox->ready)) != NULL;) {
        give_back(outbox, letter, clock_now());
    }
    return outbox_commit(outbox, why);
}

bool outbox_renew(struct outbox *outbox, struct failure *why)
{
    int64_t now = clock_boottime_ms();
    if (now < outbox->renew_ms) {
        return true;
    }
    bool slept = now >= outbox->lease_until;
    outbox->lease_until = now + outbox->lease_ms;
    outbox->renew_ms = now + outbox->lease_ms / 3;
    return (!slept || outbox_give_back(outbox, why)) &&
           delivery_renew(outbox->durable, outbox->options.queue, outbox->lane, outbox->lease_until,
                          why);
}

bool outbox_defer_all(struct outbox *outbox, const char *text, struct failure *why)
{
    struct reply reply;
    int64_t deferred;
    int64_t now = clock_now();
    reply_say(&reply, "relay away: %s", text);
    const struct delivery_deferral deferral = {
        .away = true,
        .next_at = now + retry_delay(0, (int64_t)random_below(1000)),
        .max_age = outbox->options.settings->deliver.max_age,
        .reply = reply.text,
        .relay = outbox->options.relay,
    };
    return outbox_give_back(outbox, why) &&
           delivery_defer_due(outbox->durable, outbox->options.queue, now, &deferral, &deferred,
                              why);
}

bool outbox_counts(struct outbox *outbox, int64_t counts[DELIVERY_STATES], struct failure *why)
{
    return delivery_counts(outbox->quick, outbox->options.queue, counts, why);
}

bool outbox_next_due(struct outbox *outbox, int64_t *next_at, struct failure *why)
{
    return delivery_next_due(outbox->quick, outbox->options.queue, next_at, why);
}

const int64_t *outbox_recorded(const struct outbox *outbox)
{
    return outbox->recorded;
}
