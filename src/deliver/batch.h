/*
 * Claims that have not begun yet, in order, each with the relay that it goes by (claim->relay), and
 * the domains that have to wait for their rate. Pure: knows neither the ledger nor the buckets.
 */
#ifndef DELIVER_BATCH_H
#define DELIVER_BATCH_H

#include "deliver/claim.h"
#include "settings/settings.h"

/* Domains that are remembered as waiting. */
enum { BATCH_WAITS = 256 };

struct batch_wait {
    char domain[256];
    int64_t until_ms; /* of clock_monotonic_ms() */
};

struct batch {
    struct claim *spare; /* done with; their memory is used again */
    struct claim *first, **end;
    size_t count;
    size_t counts[SETTINGS_RELAYS]; /* by relay */
    struct batch_wait *waits;
    size_t wait_count;
};

void batch_init(struct batch *batch);
void batch_free(struct batch *batch);

/* A claim of the row, with copies of its texts; belongs to nobody yet. */
struct claim *batch_make(struct batch *batch, const struct delivery *row);
/* The claim is done with. */
void batch_drop(struct batch *batch, struct claim *claim);

void batch_add_last(struct batch *batch, struct claim *claim);
void batch_add_first(struct batch *batch, struct claim *claim);

/* Takes out the first claim for `relay` whose domain need not wait; NULL if there is none. One
 * under which a connection has ended goes by a `fresh` one alone. */
struct claim *batch_next(struct batch *batch, size_t relay, bool fresh);
/* Whether there is one that needs a fresh connection. */
bool batch_wants_fresh(const struct batch *batch, size_t relay);
/* Takes out the first claim, whatever its relay; NULL if there is none. */
struct claim *batch_run(struct batch *batch);
/* Takes out all claims for `relay`, a list in their order. */
struct claim *batch_run_relay(struct batch *batch, size_t relay);
/* How many claims for `relay` need not wait. */
size_t batch_count_free(const struct batch *batch, size_t relay);

bool batch_must_wait(const struct batch *batch, const char *domain);

/* The domain waits until then; forgotten where BATCH_WAITS wait already (false). */
bool batch_wait(struct batch *batch, const char *domain, int64_t until_ms);
/* Forgets waits that are over; true if there was one. */
bool batch_end_waits(struct batch *batch, int64_t now_ms);
/* The end of the wait that is over first; -1 if none waits. */
int64_t batch_first_wait(const struct batch *batch);

#endif
