/*
 * The addresses of a relay's host name, and which of them a connection tries.
 *
 * The connections after a failure leave the address that failed out, where there are others: for a
 * second at first, for twice as long after each further failure. Where all addresses back off, all
 * are tried.
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

/* Those of one relay that have failed; for several threads. */
struct backoffs {
    pthread_mutex_t lock;
    struct backoff list[ADDRESSES_MAX];
    size_t count;
};

void backoffs_init(struct backoffs *backoffs);
void backoffs_free(struct backoffs *backoffs);
/* An address works. */
void backoffs_clear(struct backoffs *backoffs, const char *address);

/* What one connection has not tried yet, in the order of the resolver; zero-initialise. */
struct addresses {
    char list[ADDRESSES_MAX][ADDRESS_TEXT];
    size_t count;
    size_t found; /* how many there were */
};

/* Those of the relay's name without those that back off; none where its url has an address. */
bool addresses_look_up(struct addresses *addresses, struct backoffs *backoffs,
                       const struct relay *relay, struct failure *why) MUST_CHECK;

/* The connection to `address` has failed: it backs off. True where others are left. "" or an
 * address that is not among them: all of them have failed. */
bool addresses_drop(struct addresses *addresses, struct backoffs *backoffs, const char *address);

/* What is left, as CURLOPT_RESOLVE wants it: "HOST:PORT:ADDRESS,ADDRESS". NULL where nothing is. */
const char *addresses_write(const struct addresses *addresses, const struct relay *relay,
                            struct buf *out);

#endif
