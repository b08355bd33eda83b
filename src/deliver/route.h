/*
 * Which relay a row uses.
 *
 *   domains   Mail to a domain that relays name uses only those relays, and a relay that names
 *             domains takes no other mail. Relays without domains take all the rest.
 *   weight    Several relays that may take a row share the rows by weight: of 3 and 1, the first
 *             gets three rows of four. The shares are exact, not random. A relay of weight 0 gets
 *             nothing.
 *   state     A relay that is away, at rest or refuses our login is unavailable, and the others get
 *             its rows. When it returns it first gets a single row.
 *   backup    Gets a row when every relay that may take it is unavailable.
 *   waits     A relay that has to wait for its rate or its warm-up is not unavailable: another one
 *             takes the row if it can at once, but no backup does.
 *   utf8      A row that needs SMTPUTF8 uses relays that offer it. A relay that has not been
 *             connected to yet is assumed to.
 *   doubt     A row that may have been sent over a relay uses that relay again, so that a receiver
 *             that knows the first copy sees the second one come from the same place; unless that
 *             relay has been unavailable for an hour.
 *
 * Pure: knows neither ledger nor connections. A single relay takes everything.
 */
#ifndef DELIVER_ROUTE_H
#define DELIVER_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROUTE_DOUBT_SECONDS = 3600 /* seconds that a row in doubt waits for its relay */ };

enum route_state {
    ROUTE_GOOD,
    ROUTE_TRIAL, /* one row is sent; unavailable until its outcome is known */
    ROUTE_UNAVAILABLE,
};

struct route_relay {
    const char *name;           /* in the ledger */
    const char *host;           /* "host:port": how older rows name a relay that had no name of
                                   its own */
    const char *const *domains; /* NULL-terminated; NULL or empty: it names none */
    int64_t weight;
    bool backup;
    enum route_state state;
    int64_t unavailable_since; /* clock_now(), if it is unavailable */
    bool waits;
    bool no_utf8;   /* a connection of this run has shown that it offers no SMTPUTF8 */
    int64_t credit; /* the share it is owed so far; grows and shrinks with each choice */
};

struct routes {
    struct route_relay *list;
    size_t count;
};

enum { ROUTE_NONE = -1, ROUTE_LATER = -2 };

struct route_row {
    const char *domain;
    const char *doubted; /* the name of the relay over which it may have been sent; NULL or "":
                            none */
    bool utf8;           /* it needs SMTPUTF8 */
};

/* The relay of a row. ROUTE_NONE: every relay that may take it is unavailable, or does not offer
 * the SMTPUTF8 that it needs. ROUTE_LATER: it waits for the relay over which it may have been sent.
 */
int routes_choose(struct routes *routes, const struct route_row *row, int64_t now);

/* Whether an available relay could take the row. */
bool routes_can(const struct routes *routes, const struct route_row *row);

/* Whether there is a relay for that domain that neither waits nor is unavailable. */
bool routes_open(const struct routes *routes, const char *domain);

/* Whether every relay that may take mail to that domain is unavailable. */
bool routes_all_unavailable(const struct routes *routes, const char *domain);

/* Whether the relay names that domain, or takes what no relay names. */
bool routes_may(const struct routes *routes, size_t relay, const char *domain);

/* The index of a relay by either of its names; -1 if there is none. */
int routes_find(const struct routes *routes, const char *name);

#endif
