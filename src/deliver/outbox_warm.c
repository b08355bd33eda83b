/* Relays that warm up: how much each may send today, and which readers come first. */
#include "base/clock.h"
#include "deliver/outbox_private.h"
#include "store/warmth.h"

static const char *name_of(const struct outbox *outbox, size_t relay)
{
    return outbox->options.routes->list[relay].name;
}

static bool warms_up(const struct outbox *outbox, size_t relay)
{
    return outbox->options.queue.issue_id != 0 && warming_asked(outbox->relays[relay].settings);
}

struct ours {
    const struct routes *routes;
    size_t relay;
};

static bool may_have(const void *context, const char *domain, int64_t id)
{
    const struct ours *ours = context;
    (void)id;
    return routes_may(ours->routes, ours->relay, domain);
}

bool outbox_find_newest(struct outbox *outbox, size_t relay, struct failure *why)
{
    struct outbox_relay *its = &outbox->relays[relay];
    const struct ours ours = {outbox->options.routes, relay};
    const struct delivery_sieve sieve = {may_have, &ours};
    int64_t left = its->warming.allowance - its->warming.sent;
    its->newest = 0;
    return its->warming.allowance == INT64_MAX || left <= 0 ||
           delivery_newest(outbox->quick, outbox->options.queue, clock_now(), &sieve, left,
                           &its->newest, why);
}

static void spend(struct outbox *outbox, size_t relay)
{
    struct outbox_relay *its = &outbox->relays[relay];
    int64_t now_ms = clock_now_ms();
    its->spent = true;
    its->until_ms = clock_monotonic_ms() + warming_day_end(now_ms / 1000) * 1000 - now_ms;
    outbox->options.routes->list[relay].waits = true;
}

/* Finds today's allowance and who gets it, once per day and run. */
static bool refresh_day(struct outbox *outbox, size_t relay, struct failure *why)
{
    struct outbox_relay *its = &outbox->relays[relay];
    int64_t now = clock_now();
    if (its->warming.day == warming_day(now)) {
        return true;
    }
    return warming_find(outbox->quick, its->settings, name_of(outbox, relay), now, &its->warming,
                        why) &&
           outbox_find_newest(outbox, relay, why);
}

bool outbox_warm_up(struct outbox *outbox, struct failure *why)
{
    for (size_t i = 0; i < outbox->options.routes->count; i++) {
        if (!warms_up(outbox, i)) {
            continue;
        }
        if (!refresh_day(outbox, i, why)) {
            return false;
        }
        if (outbox->relays[i].warming.sent >= outbox->relays[i].warming.allowance) {
            spend(outbox, i);
        }
    }
    return true;
}

int outbox_choose(struct outbox *outbox, const struct claim *claim, int64_t now)
{
    struct routes *routes = outbox->options.routes;
    const struct route_row row = outbox_row_of(outbox, claim);
    bool waits[SETTINGS_RELAYS];
    for (size_t i = 0; i < routes->count; i++) {
        waits[i] = routes->list[i].waits;
        routes->list[i].waits = waits[i] || claim->row.id < outbox->relays[i].newest;
    }
    int relay = routes_choose(routes, &row, now);
    for (size_t i = 0; i < routes->count; i++) {
        routes->list[i].waits = waits[i];
    }
    return relay;
}

static bool give_back_share(struct outbox *outbox, struct claim *claim, struct failure *why)
{
    int64_t day = claim->share_day;
    claim->share_day = 0;
    return day == 0 || warmth_return(outbox->quick, name_of(outbox, claim->share_relay), day, why);
}

bool outbox_take_share(struct outbox *outbox, struct claim *claim, bool *taken, struct failure *why)
{
    size_t relay = claim->relay;
    struct warming *warming = &outbox->relays[relay].warming;
    *taken = true;
    if (claim->share_day != 0 && claim->share_relay == relay &&
        claim->share_day == warming_day(clock_now())) {
        return true;
    }
    if (!give_back_share(outbox, claim, why)) {
        return false;
    }
    if (!warms_up(outbox, relay)) {
        return true;
    }
    if (!refresh_day(outbox, relay, why)) {
        return false;
    }
    if (warming->allowance == INT64_MAX) {
        return true;
    }
    if (!warmth_take(outbox->quick, name_of(outbox, relay), warming->day, warming->allowance, taken,
                     why)) {
        return false;
    }
    if (*taken) {
        claim->share_day = warming->day;
        claim->share_relay = relay;
        warming->sent++;
    } else {
        warming->sent = warming->allowance;
        spend(outbox, relay);
    }
    return true;
}

/* A share was given back: a relay whose allowance was used up continues. */
static void regain(struct outbox *outbox, size_t relay, int64_t day)
{
    struct outbox_relay *its = &outbox->relays[relay];
    if (its->warming.day != day) {
        return;
    }
    its->warming.sent--;
    its->dry_until_ms = 0;
    if (its->spent) {
        its->spent = false;
        its->until_ms = 0;
        outbox->options.routes->list[relay].waits = false;
    }
}

static bool leaves_share(const struct claim *claim)
{
    return claim->share_day != 0 && claim->state != DELIVERY_SENT &&
           claim->state != DELIVERY_IN_DOUBT;
}

bool outbox_settle_share(struct outbox *outbox, const struct claim *claim, struct failure *why)
{
    return !leaves_share(claim) ||
           warmth_return(outbox->quick, name_of(outbox, claim->share_relay), claim->share_day, why);
}

void outbox_regain_share(struct outbox *outbox, struct claim *claim)
{
    if (leaves_share(claim)) {
        regain(outbox, claim->share_relay, claim->share_day);
        claim->share_day = 0;
    }
}

const struct warming *outbox_spent(const struct outbox *outbox, size_t relay)
{
    return outbox->relays[relay].spent ? &outbox->relays[relay].warming : NULL;
}
