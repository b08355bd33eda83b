#include "deliver/outbox_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "deliver/pace.h"
#include "deliver/retry.h"
#include "smtp/content_check.h"
#include "store/issue.h"

enum {
    OUTBOX_PARK_MS = 2000, /* a longer wait for pace is spent in the queue */
    OUTBOX_DRY_MS = 1000,  /* between two queries for rows that have become due */
};

/* The name is unique among the processes of all machines that share the database, and among the
 * runs of one process. */
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
    for (size_t i = 0; i < options->routes->count; i++) {
        outbox->relays[i].settings = settings_relay(options->settings, i);
    }
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

static void end_drought(struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->options.routes->count; i++) {
        outbox->relays[i].dry_until_ms = 0;
    }
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL) {
        return;
    }
    outbox_free_settled(outbox);
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
    end_drought(outbox);
    return requeue_doubtful(outbox, why) &&
           delivery_wake(outbox->durable, outbox->options.queue, clock_now(), &woken, why) &&
           outbox_warm_up(outbox, why);
}

bool outbox_resend_doubtful(struct outbox *outbox, int64_t seconds, struct failure *why)
{
    if (outbox->doubted_ms == 0 || clock_monotonic_ms() < outbox->doubted_ms + seconds * 1000) {
        return true;
    }
    outbox->doubted_ms = 0;
    end_drought(outbox);
    return requeue_doubtful(outbox, why);
}

bool outbox_resends_later(const struct outbox *outbox)
{
    return outbox->doubted_ms != 0 && outbox->options.settings->deliver.in_doubt == IN_DOUBT_RESEND;
}

static void end_waits(struct outbox *outbox, int64_t now_ms)
{
    const struct routes *routes = outbox->options.routes;
    for (size_t i = 0; i < routes->count; i++) {
        routes->list[i].waits = outbox->relays[i].until_ms > now_ms;
        outbox->relays[i].spent = outbox->relays[i].spent && routes->list[i].waits;
    }
    if (batch_end_waits(&outbox->ready, now_ms)) {
        end_drought(outbox);
    }
}

static struct loss *loss_of(struct outbox *outbox, int64_t id)
{
    return &outbox->returned[(uint64_t)id % OUTBOX_RETURNED];
}

/* While a run waits, an issue of which nothing was sent can be freed and its id be used again. Then
 * the rows belong to the new issue, and the run would send the old one. */
static bool is_the_same(struct outbox *outbox, struct failure *why)
{
    int64_t started_at;
    return issue_started_at(outbox->durable, outbox->options.queue.issue_id, &started_at, why) &&
           (started_at == 0 || started_at == outbox->started_at ||
            fail(why, FAILURE_TRY_AGAIN, "was cancelled and begun anew meanwhile; this run ends"));
}

/* Raises the newsletter's count in the transaction of the claim; the guard is updated after it,
 * before anything of the batch is sent. */
static bool claim_rows(struct outbox *outbox, const struct delivery_claimer *claimer,
                       const struct delivery_sieve *sieve, struct delivery **rows, size_t *count,
                       size_t *skipped, struct failure *why)
{
    struct guard *guard = outbox->options.guard;
    bool good = store_begin(outbox->durable, why) && is_the_same(outbox, why) &&
                delivery_claim(outbox->durable, &outbox->claims, outbox->options.queue, claimer,
                               clock_now(), sieve, OUTBOX_BATCH - outbox->ready.count, rows, count,
                               skipped, why) &&
                (guard == NULL || *count == 0 || epoch_raise(outbox->durable, why));
    return store_end(outbox->durable, good, why);
}

/* Whether a row is worth claiming: one that may be sent now, by a relay that does not have its
 * share of the batch waiting already. Otherwise rows that one relay must put off would fill the
 * batch, and the other relays would starve. */
static bool is_worth_a_claim(const void *context, const char *domain, int64_t id)
{
    const struct outbox *outbox = context;
    const struct routes *routes = outbox->options.routes;
    if (batch_must_wait(&outbox->ready, domain)) {
        return false;
    }
    if (routes->count == 1) {
        return id >= outbox->relays[0].newest;
    }
    for (size_t i = 0; routes_open(routes, domain) && i < routes->count; i++) {
        const struct route_relay *relay = &routes->list[i];
        if (relay->state != ROUTE_UNAVAILABLE && !relay->waits && id >= outbox->relays[i].newest &&
            routes_may(routes, i, domain) &&
            outbox->ready.counts[i] < OUTBOX_BATCH / routes->count) {
            return true;
        }
    }
    return false;
}

/* No row was found for the relay. If only rows of later readers were looked at, and others took
 * some of them or nobody may have them, the allowance is left for earlier rows. */
static bool note_dry(struct outbox *outbox, size_t relay, struct failure *why)
{
    struct outbox_relay *its = &outbox->relays[relay];
    int64_t newest = its->newest;
    if (newest > 0 && !outbox_find_newest(outbox, relay, why)) {
        return false;
    }
    if (its->newest == newest) {
        its->dry_until_ms = clock_monotonic_ms() + OUTBOX_DRY_MS;
    }
    return true;
}

static bool claim_batch(struct outbox *outbox, size_t relay, struct failure *why)
{
    struct batch *ready = &outbox->ready;
    int64_t newest = outbox->relays[relay].newest;
    bool choosy = outbox_has_several(outbox) || ready->wait_count > 0 || newest > 0;
    const struct delivery_sieve sieve = {is_worth_a_claim, outbox};
    struct delivery_claimer claimer = {
        .lane = outbox->lane, .boot_id = clock_boot_id(), .lease_until = outbox->lease_until};
    struct delivery *rows;
    size_t count, skipped;
    arena_reset(&outbox->claims);
    if (!claim_rows(outbox, &claimer, choosy ? &sieve : NULL, &rows, &count, &skipped, why)) {
        return false;
    }
    outbox->recorded[DELIVERY_SKIPPED] += (int64_t)skipped;
    int64_t now = clock_now();
    for (size_t i = 0; i < count; i++) {
        struct claim *claim = batch_make(ready, &rows[i]);
        const struct loss *loss = loss_of(outbox, rows[i].id);
        claim->losses = loss->id == rows[i].id ? loss->count : 0;
        claim->utf8 = content_check_address_needs_utf8(claim->row.address);
        if (outbox_place(outbox, claim, now)) {
            batch_add_last(ready, claim);
        }
    }
    if (outbox->options.guard != NULL && count > 0 &&
        !guard_follow(outbox->options.guard, outbox->durable, why)) {
        return false;
    }
    return outbox_has(outbox, relay) || note_dry(outbox, relay, why);
}

/* The claim must wait for its domain: here for a short time, in the queue for a long one. */
static void hold_back(struct outbox *outbox, struct claim *claim, int64_t now_ms, int64_t wait_ms)
{
    const char *domain = claim->row.domain;
    if (wait_ms <= OUTBOX_PARK_MS && batch_wait(&outbox->ready, domain, now_ms + wait_ms)) {
        batch_add_first(&outbox->ready, claim);
        return;
    }
    int64_t seconds = wait_ms / 1000 + 1;
    int64_t until_ms = now_ms + seconds * 1000;
    batch_wait(&outbox->ready, domain, until_ms);
    outbox_requeue(outbox, claim, clock_now() + seconds);
    outbox->paced_until_ms = until_ms > outbox->paced_until_ms ? until_ms : outbox->paced_until_ms;
}

/* Asks the pace; `*claim` becomes NULL if it has to wait, and has been put where it waits. */
static bool may_leave(struct outbox *outbox, struct claim **claim, struct failure *why)
{
    int64_t now_ms = clock_monotonic_ms();
    int64_t wait_ms;
    bool of_relay;
    struct outbox_relay *relay = &outbox->relays[(*claim)->relay];
    bool share;
    if (!outbox_take_share(outbox, *claim, &share, why)) {
        batch_add_first(&outbox->ready, *claim);
        return false;
    }
    if (!share) {
        batch_add_first(&outbox->ready, *claim);
        outbox_shed(outbox, (*claim)->relay);
        *claim = NULL;
        return true;
    }
    if (!pace_take(outbox->quick, outbox->options.settings, relay->settings, outbox->options.queue,
                   (*claim)->row.domain, clock_now_ms(), &wait_ms, &of_relay, why)) {
        batch_add_first(&outbox->ready, *claim);
        return false;
    }
    if (wait_ms == 0) {
        return true;
    }
    if (of_relay) {
        relay->until_ms = now_ms + wait_ms;
        batch_add_first(&outbox->ready, *claim);
        outbox_share_out(outbox, (*claim)->relay);
    } else {
        hold_back(outbox, *claim, now_ms, wait_ms);
    }
    *claim = NULL;
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

bool outbox_demand(struct outbox *outbox, size_t relay, size_t *count, int64_t *wait_ms,
                   struct failure *why)
{
    const struct outbox_relay *its = &outbox->relays[relay];
    int64_t now_ms = clock_monotonic_ms();
    end_waits(outbox, now_ms);
    *count = 0;
    *wait_ms = -1;
    if (its->until_ms > now_ms) {
        *wait_ms = outbox_has(outbox, relay) ? its->until_ms - now_ms : -1;
        return true;
    }
    if (!outbox_has(outbox, relay) && outbox->ready.count < OUTBOX_BATCH &&
        now_ms >= its->dry_until_ms && !claim_batch(outbox, relay, why)) {
        return false;
    }
    *count = batch_count_free(&outbox->ready, relay);
    *wait_ms = *count == 0 ? time_to_wait(outbox, now_ms) : -1;
    return true;
}

/* The next claim whose domain is not known to be waiting; NULL if there is none. */
static bool next_ready(struct outbox *outbox, size_t relay, int64_t now_ms, bool fresh,
                       struct claim **claim, struct failure *why)
{
    *claim = batch_next(&outbox->ready, relay, fresh);
    bool search = *claim == NULL && outbox->ready.count < OUTBOX_BATCH;
    if (search && now_ms >= outbox->relays[relay].dry_until_ms) {
        if (!claim_batch(outbox, relay, why)) {
            return false;
        }
        *claim = batch_next(&outbox->ready, relay, fresh);
    }
    return true;
}

bool outbox_take(struct outbox *outbox, size_t relay, bool fresh, struct claim **claim,
                 int64_t *wait_ms, struct failure *why)
{
    const struct outbox_relay *its = &outbox->relays[relay];
    int64_t now_ms = clock_monotonic_ms();
    *claim = NULL;
    *wait_ms = -1;
    end_waits(outbox, now_ms);
    while (its->until_ms <= now_ms) {
        if (!next_ready(outbox, relay, now_ms, fresh, claim, why)) {
            return false;
        }
        if (*claim == NULL) {
            *wait_ms = time_to_wait(outbox, now_ms);
            return true;
        }
        if (!may_leave(outbox, claim, why)) {
            return false;
        }
        if (*claim != NULL) {
            return true;
        }
    }
    bool waits = outbox_has(outbox, relay) || (!outbox_has_several(outbox) && !its->spent);
    *wait_ms = waits ? its->until_ms - now_ms : -1;
    return true;
}

bool outbox_wants_fresh(const struct outbox *outbox, size_t relay)
{
    return outbox->relays[relay].until_ms <= clock_monotonic_ms() &&
           batch_wants_fresh(&outbox->ready, relay);
}

bool outbox_wanted(struct outbox *outbox, struct claim *claim, const char **reason, bool *halted,
                   struct failure *why)
{
    claim->wanted_ms = clock_monotonic_ms();
    return delivery_still_wanted(outbox->quick, outbox->options.queue, claim->row.id, reason,
                                 halted, why);
}

/* Whether the claim has to move to another relay. */
static bool must_leave(const struct outbox *outbox, const struct claim *claim)
{
    const struct route_relay *relay = &outbox->options.routes->list[claim->relay];
    return relay->state == ROUTE_UNAVAILABLE ||
           (outbox_has_several(outbox) && relay->no_utf8 && outbox_row_of(outbox, claim).utf8);
}

void outbox_return(struct outbox *outbox, struct claim *claim)
{
    if (claim->noted) {
        *loss_of(outbox, claim->row.id) = (struct loss){claim->row.id, claim->losses};
        outbox_requeue(outbox, claim, clock_now());
    } else if (!must_leave(outbox, claim) || outbox_place(outbox, claim, clock_now())) {
        batch_add_first(&outbox->ready, claim);
    }
}

bool outbox_needs_utf8(struct outbox *outbox, struct claim *claim, bool sender)
{
    outbox->sender_utf8 = outbox->sender_utf8 || sender;
    outbox->options.routes->list[claim->relay].no_utf8 = true;
    const struct route_row row = outbox_row_of(outbox, claim);
    return outbox_has_several(outbox) && routes_can(outbox->options.routes, &row);
}

bool outbox_give_back(struct outbox *outbox, struct failure *why)
{
    for (struct claim *claim; (claim = batch_run(&outbox->ready)) != NULL;) {
        outbox_requeue(outbox, claim, clock_now());
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
