/*
 * Which relay a row takes.
 *
 *   domains   Mail to a domain that relays name goes by those relays and by no other, and a relay
 *             that names domains takes no other mail. Those without take all the rest.
 *   weight    Of several relays that may, each gets its share: of 3 and 1, three rows of four. The
 *             shares are exact, not left to chance. A relay of weight 0 gets nothing.
 *   state     A relay that is away, at rest or refuses our login is unavailable, and the others get
 *             its rows. One that comes back gets a single row first.
 *   backup    Gets a row when every relay that may have it is unavailable.
 *   waits     A relay that has to wait for its rate or its warm-up is not unavailable: another
 *             takes the row if it can at once, but no backup does.
 *   utf8      A row that needs SMTPUTF8 goes by relays that offer it. Of a relay to which nothing
 *             has connected yet that is hoped for.
 *   doubt     A row that may have left by a relay goes by the same again, so that a receiver that
 *             knows the first copy sees the second come from where the first did; unless that relay
 *             has been unavailable for an hour.
 *
 * Pure: knows neither ledger nor connections. Where there is one relay it takes everything.
 */
#ifndef DELIVER_ROUTE_H
#define DELIVER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROUTE_FAITH = 3600 /* seconds that a row in doubt waits for its relay */ };

enum route_state {
    ROUTE_GOOD,
    ROUTE_TRIAL, /* one row, and unavailable until it is known how that ended */
    ROUTE_UNAVAILABLE,
};

struct route_relay {
    const char *name;           /* in the ledger */
    const char *host;           /* "host:port": the name of a relay that had none of its own */
    const char *const *domains; /* NULL-terminated; NULL or empty: it names none */
    int64_t weight;
    bool backup;
    enum route_state state;
    int64_t unavailable_since; /* clock_now(), where it is unavailable */
    bool waits;
    bool no_utf8;   /* a connection of this run has shown that it offers no SMTPUTF8 */
    int64_t credit; /* what it is owed of the rows so far; grows and shrinks with each choice */
};

struct routes {
    struct route_relay *list;
    size_t count;
};

enum { ROUTE_NONE = -1, ROUTE_LATER = -2 };

struct route_row {
    const char *domain;
    const char *doubted; /* the name of the relay by which it may have left; NULL or "": none */
    bool utf8;           /* it needs SMTPUTF8 */
};

/* The relay of a row. ROUTE_NONE: every relay that may have it is unavailable, or offers no
 * SMTPUTF8 to a row that needs it. ROUTE_LATER: it waits for the relay that it may have left by. */
int routes_choose(struct routes *routes, const struct route_row *row, int64_t now);

/* Whether a relay that is not unavailable could have the row. */
bool routes_can(const struct routes *routes, const struct route_row *row);

/* Whether a row to that domain would find a relay that neither waits nor is unavailable. */
bool routes_open(const struct routes *routes, const char *domain);

/* Whether every relay that may have mail to that domain is unavailable. */
bool routes_all_unavailable(const struct routes *routes, const char *domain);

/* Whether the relay names that domain, or takes what no relay names. */
bool routes_may(const struct routes *routes, size_t relay, const char *domain);

/* Index of a relay by either name; -1 if there is none. */
int routes_find(const struct routes *routes, const char *name);

#endif
