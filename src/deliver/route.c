#include "deliver/route.h"

#include <string.h>
#include <strings.h>

static bool names(const struct route_relay *relay, const char *domain)
{
    for (const char *const *at = relay->domains; at != NULL && *at != NULL; at++) {
        if (strcasecmp(*at, domain) == 0) {
            return true;
        }
    }
    return false;
}

static bool names_some(const struct route_relay *relay)
{
    return relay->domains != NULL && relay->domains[0] != NULL;
}

/* Whether a relay other than a backup names the domain. */
static bool is_named(const struct routes *routes, const char *domain)
{
    for (size_t i = 0; i < routes->count; i++) {
        if (!routes->list[i].backup && names(&routes->list[i], domain)) {
            return true;
        }
    }
    return false;
}

/* `named` is is_named(). A backup without domains may take everything. */
static bool may(const struct route_relay *relay, const char *domain, bool named)
{
    return relay->weight > 0 &&
           (names_some(relay) ? names(relay, domain) : relay->backup || !named);
}

bool routes_may(const struct routes *routes, size_t relay, const char *domain)
{
    return may(&routes->list[relay], domain, is_named(routes, domain));
}

int routes_find(const struct routes *routes, const char *name)
{
    for (size_t i = 0; name != NULL && i < routes->count; i++) {
        if (strcmp(routes->list[i].name, name) == 0) {
            return (int)i;
        }
    }
    for (size_t i = 0; name != NULL && i < routes->count; i++) {
        if (strcmp(routes->list[i].host, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The relays that may take the row now: those of one kind (backup or not) that are available. */
struct candidates {
    const struct routes *routes;
    const char *domain;
    bool named, backup, utf8;
};

static bool is_candidate(const struct candidates *among, size_t i)
{
    const struct route_relay *relay = &among->routes->list[i];
    return relay->backup == among->backup && relay->state != ROUTE_UNAVAILABLE &&
           may(relay, among->domain, among->named) && !(among->utf8 && relay->no_utf8);
}

static bool any(const struct candidates *among, bool at_once)
{
    for (size_t i = 0; i < among->routes->count; i++) {
        if (is_candidate(among, i) && !(at_once && among->routes->list[i].waits)) {
            return true;
        }
    }
    return false;
}

static struct candidates find_candidates(const struct routes *routes, const char *domain, bool utf8)
{
    struct candidates among = {
        .routes = routes, .domain = domain, .named = is_named(routes, domain), .utf8 = utf8};
    among.backup = !any(&among, false);
    return among;
}

/* Smooth weighted round robin: each relay is credited its weight; the one with the most credit gets
 * the row and pays the sum. Relays that wait are skipped if another does not wait. */
static int choose_by_weight(struct routes *routes, const struct candidates *among)
{
    bool at_once = any(among, true);
    int best = ROUTE_NONE;
    int64_t total = 0;
    for (size_t i = 0; i < routes->count; i++) {
        struct route_relay *relay = &routes->list[i];
        if (!is_candidate(among, i) || (at_once && relay->waits)) {
            continue;
        }
        if (relay->state == ROUTE_TRIAL) {
            relay->state = ROUTE_UNAVAILABLE;
            return (int)i;
        }
        relay->credit += relay->weight;
        total += relay->weight;
        best = best < 0 || relay->credit > routes->list[best].credit ? (int)i : best;
    }
    if (best >= 0) {
        routes->list[best].credit -= total;
    }
    return best;
}

int routes_choose(struct routes *routes, const struct route_row *row, int64_t now)
{
    if (routes->count == 1) {
        return routes->list[0].state == ROUTE_UNAVAILABLE ? ROUTE_NONE : 0;
    }
    int same = routes_find(routes, row->doubted);
    if (same >= 0 && !(row->utf8 && routes->list[same].no_utf8)) {
        struct route_relay *relay = &routes->list[same];
        if (relay->state != ROUTE_UNAVAILABLE) {
            relay->state = relay->state == ROUTE_TRIAL ? ROUTE_UNAVAILABLE : relay->state;
            return same;
        }
        if (now < relay->unavailable_since + ROUTE_DOUBT_SECONDS) {
            return ROUTE_LATER;
        }
    }
    const struct candidates among = find_candidates(routes, row->domain, row->utf8);
    return choose_by_weight(routes, &among);
}

bool routes_can(const struct routes *routes, const struct route_row *row)
{
    const struct candidates among = find_candidates(routes, row->domain, row->utf8);
    return any(&among, false);
}

bool routes_open(const struct routes *routes, const char *domain)
{
    const struct candidates among = find_candidates(routes, domain, false);
    return any(&among, true);
}

bool routes_all_unavailable(const struct routes *routes, const char *domain)
{
    const struct candidates among = find_candidates(routes, domain, false);
    return !any(&among, false);
}
