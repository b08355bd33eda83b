/*
 * The IP addresses of a relay's host name, and which of them a connection tries.
 *
 * An address that fails is skipped by the connections that follow, as long as there are others: for
 * a second at first, for twice as long after each further failure. If all addresses are being
 * skipped, all are tried.
 */
#ifndef SMTP_ADDRESSES_H
#define SMTP_ADDRESSES_H

#include <pthread.h>

#include "smtp/relay.h"

enum { ADDRESSES_MAX = 24, ADDRESS_TEXT = 64 };

struct backoff {
    char text[ADDRESS_TEXT];
    int failures;
    int64_t until_ms; /* clock_monotonic_ms() */
};

/* The addresses of one relay that have failed. Thread-safe. */
struct backoffs {
    pthread_mutex_t lock;
    struct backoff list[ADDRESSES_MAX];
    size_t count;
};

void backoffs_init(struct backoffs *backoffs);
void backoffs_free(struct backoffs *backoffs);
/* The address has worked: it is no longer skipped. */
void backoffs_clear(struct backoffs *backoffs, const char *address);

/* The addresses that one connection has not tried yet, in the resolver's order; zero-initialise. */
struct addresses {
    char list[ADDRESSES_MAX][ADDRESS_TEXT];
    size_t count;
    size_t found; /* how many the resolver returned */
};

/* Resolves the relay's name and leaves out the addresses that back off. Finds none if the URL has
 * an address instead of a name. */
bool addresses_look_up(struct addresses *addresses, struct backoffs *backoffs,
                       const struct relay *relay, struct failure *why) MUST_CHECK;

/* The connection to `address` has failed: it backs off from now on. True if others are left. "" or
 * an address that is not among them means that all have failed. */
bool addresses_drop(struct addresses *addresses, struct backoffs *backoffs, const char *address);

/* The remaining addresses as CURLOPT_RESOLVE takes them: "HOST:PORT:ADDRESS,ADDRESS"; NULL if none
 * is left. */
const char *addresses_write(const struct addresses *addresses, const struct relay *relay,
                            struct buf *out);

#endif
