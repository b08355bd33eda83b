/* Which relay each claim uses, and when it moves to another. route.h decides which relays may take
 * it. */
#include "base/clock.h"
#include "deliver/outbox_private.h"
#include "deliver/retry.h"

void outbox_requeue(struct outbox *outbox, struct claim *claim, int64_t next_at)
{
    claim->state = DELIVERY_QUEUED;
    claim->next_at = next_at;
    claim->attempted = false;
    claim->refused = false;
    claim->reply = (struct reply){0};
    outbox_push_settled(outbox, claim);
}

/* There are relays, but none of them offers the SMTPUTF8 that the claim needs. */
static bool is_uncarried(const struct outbox *outbox, const struct claim *claim)
{
    return outbox_row_of(outbox, claim).utf8 &&
           !routes_all_unavailable(outbox->options.routes, claim->row.domain);
}

/* A relay that does may be back next time. None was asked, so no attempt is counted. */
static void defer_uncarried(struct outbox *outbox, struct claim *claim)
{
    const struct disposition disposition = {.state = DELIVERY_DEFERRED};
    struct reply reply;
    reply_say(&reply, "%s needs SMTPUTF8, which no relay that is there offers",
              claim->utf8 ? "the address" : "our own address (mail.from or mail.reply_to)");
    outbox_settle(outbox, claim, &disposition, &reply);
    claim->attempted = false;
}

bool outbox_place(struct outbox *outbox, struct claim *claim, int64_t now)
{
    int relay = outbox_choose(outbox, claim, now);
    if (relay == ROUTE_NONE && is_uncarried(outbox, claim)) {
        defer_uncarried(outbox, claim);
        return false;
    }
    bool tomorrow = relay >= 0 && outbox->relays[relay].spent;
    if (relay < 0 || tomorrow) {
        int64_t next_at = relay == ROUTE_LATER                 ? now + RETRY_FIRST
                          : tomorrow && claim->row.doubted > 0 ? warming_day_end(now)
                                                               : now;
        outbox_requeue(outbox, claim, next_at);
        return false;
    }
    claim->relay = (size_t)relay;
    return true;
}

bool outbox_has(const struct outbox *outbox, size_t relay)
{
    return outbox->ready.counts[relay] > 0;
}

void outbox_shed(struct outbox *outbox, size_t relay)
{
    int64_t now = clock_now();
    struct claim *claim = batch_run_relay(&outbox->ready, relay);
    while (claim != NULL) {
        struct claim *next = claim->next;
        if (outbox_place(outbox, claim, now)) {
            batch_add_last(&outbox->ready, claim);
        }
        claim = next;
    }
}

void outbox_draw(struct outbox *outbox, size_t relay)
{
    const struct routes *routes = outbox->options.routes;
    for (size_t i = 0; i < routes->count && !outbox_has(outbox, relay); i++) {
        struct claim *claim = batch_next(&outbox->ready, i, true);
        if (claim == NULL) {
            continue;
        }
        bool free_to_go = claim->row.doubted == 0 && routes_may(routes, relay, claim->row.domain);
        if (!free_to_go || outbox_place(outbox, claim, clock_now())) {
            batch_add_first(&outbox->ready, claim);
        }
    }
}

void outbox_share_out(struct outbox *outbox, size_t relay)
{
    struct batch *ready = &outbox->ready;
    int64_t now = clock_now();
    if (!outbox_has_several(outbox)) {
        return;
    }
    outbox->options.routes->list[relay].waits = true;
    struct claim *claim = batch_run_relay(ready, relay);
    while (claim != NULL) {
        struct claim *next = claim->next;
        bool open = routes_open(outbox->options.routes, claim->row.domain);
        if (!open || outbox_place(outbox, claim, now)) {
            batch_add_last(ready, claim);
        }
        claim = next;
    }
}
