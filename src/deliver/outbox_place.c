/* By which relay each claimed letter goes, and when it changes to another. Who may have it is
 * route.h's to say. */
#include "base/clock.h"
#include "deliver/outbox_private.h"
#include "deliver/retry.h"

void outbox_requeue(struct outbox *outbox, struct letter *letter, int64_t next_at)
{
    letter->state = DELIVERY_QUEUED;
    letter->next_at = next_at;
    letter->attempted = false;
    letter->refused = false;
    letter->reply = (struct reply){0};
    outbox_push_settled(outbox, letter);
}

/* There are relays, and none of them offers the SMTPUTF8 that the letter needs. */
static bool is_uncarried(const struct outbox *outbox, const struct letter *letter)
{
    return outbox_row_of(outbox, letter).utf8 &&
           !routes_all_aside(outbox->options.routes, letter->row.domain);
}

/* One that does may be back at the next attempt. */
static void defer_uncarried(struct outbox *outbox, struct letter *letter)
{
    const struct judgement judgement = {.state = DELIVERY_DEFERRED};
    struct reply reply;
    reply_say(&reply, "%s needs SMTPUTF8, which no relay that is there offers",
              letter->utf8 ? "the address" : "our own address (mail.from or mail.reply_to)");
    outbox_settle(outbox, letter, &judgement, &reply);
}

bool outbox_place(struct outbox *outbox, struct letter *letter, int64_t now)
{
    int relay = outbox_choose(outbox, letter, now);
    if (relay == ROUTE_NONE && is_uncarried(outbox, letter)) {
        defer_uncarried(outbox, letter);
        return false;
    }
    bool tomorrow = relay >= 0 && outbox->relays[relay].spent;
    if (relay < 0 || tomorrow) {
        int64_t next_at = relay == ROUTE_LATER                  ? now + RETRY_FIRST
                          : tomorrow && letter->row.doubted > 0 ? warming_day_end(now)
                                                                : now;
        outbox_requeue(outbox, letter, next_at);
        return false;
    }
    letter->relay = (size_t)relay;
    return true;
}

bool outbox_has(const struct outbox *outbox, size_t relay)
{
    return outbox->ready.counts[relay] > 0;
}

void outbox_shed(struct outbox *outbox, size_t relay)
{
    int64_t now = clock_now();
    struct letter *letter = batch_run_relay(&outbox->ready, relay);
    while (letter != NULL) {
        struct letter *next = letter->next;
        if (outbox_place(outbox, letter, now)) {
            batch_add_last(&outbox->ready, letter);
        }
        letter = next;
    }
}

void outbox_draw(struct outbox *outbox, size_t relay)
{
    const struct routes *routes = outbox->options.routes;
    for (size_t i = 0; i < routes->count && !outbox_has(outbox, relay); i++) {
        struct letter *letter = batch_next(&outbox->ready, i, true);
        if (letter == NULL) {
            continue;
        }
        bool free_to_go = letter->row.doubted == 0 && routes_may(routes, relay, letter->row.domain);
        if (!free_to_go || outbox_place(outbox, letter, clock_now())) {
            batch_add_first(&outbox->ready, letter);
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
    struct letter *letter = batch_run_relay(ready, relay);
    while (letter != NULL) {
        struct letter *next = letter->next;
        bool open = routes_open(outbox->options.routes, letter->row.domain);
        if (!open || outbox_place(outbox, letter, now)) {
            batch_add_last(ready, letter);
        }
        letter = next;
    }
}
