/*
 * Claims that have not been started yet, in order, each with the relay it will use (claim->relay),
 * and the domains that have to wait for their rate. Pure: knows neither the ledger nor the buckets.
 */
#ifndef DELIVER_BATCH_H
#define DELIVER_BATCH_H

#include "deliver/claim.h"
#include "settings/settings.h"

/* The most domains that can be waiting. */
enum { BATCH_WAITS = 256 };

struct batch_wait {
    char domain[256];
    int64_t until_ms; /* of clock_monotonic_ms() */
};

struct batch {
    struct claim *spare; /* no longer used; their memory is recycled */
    struct claim *first, **end;
    size_t count;
    size_t counts[SETTINGS_RELAYS]; /* by relay */
    struct batch_wait *waits;
    size_t wait_count;
};

void batch_init(struct batch *batch);
void batch_free(struct batch *batch);

/* Makes a claim from the row, with copies of its strings; it is in no list yet. */
struct claim *batch_make(struct batch *batch, const struct delivery *row);
/* The claim is no longer needed. */
void batch_drop(struct batch *batch, struct claim *claim);

void batch_add_last(struct batch *batch, struct claim *claim);
void batch_add_first(struct batch *batch, struct claim *claim);

/* Removes and returns the first claim for `relay` whose domain need not wait; NULL if there is
 * none. A claim that has lost a connection is given only to a `fresh` one. */
struct claim *batch_next(struct batch *batch, size_t relay, bool fresh);
/* Whether a claim needs a fresh connection. */
bool batch_wants_fresh(const struct batch *batch, size_t relay);
/* Removes and returns the first claim of any relay; NULL if there is none. */
struct claim *batch_run(struct batch *batch);
/* Removes all claims for `relay` and returns them as a list, in order. */
struct claim *batch_run_relay(struct batch *batch, size_t relay);
/* The number of claims for `relay` whose domain need not wait. */
size_t batch_count_free(const struct batch *batch, size_t relay);

bool batch_must_wait(const struct batch *batch, const char *domain);

/* Makes the domain wait until then; false, and ignored, if BATCH_WAITS domains are waiting already.
 */
bool batch_wait(struct batch *batch, const char *domain, int64_t until_ms);
/* Removes the waits that have ended; true if there was one. */
bool batch_end_waits(struct batch *batch, int64_t now_ms);
/* When the first wait ends; -1 if no domain is waiting. */
int64_t batch_first_wait(const struct batch *batch);

#endif
