/*
 * The addresses of a relay's name: which are tried by a connection, and which stand back.
 *
 * An address that has failed is left out by the connections that follow, where there are others: a
 * second at first, twice as long after each failure that follows. Where all stand back, all are
 * tried.
 */
#ifndef SMTP_ADDRESSES_H
#define SMTP_ADDRESSES_H

#include <pthread.h>

#include "smtp/relay.h"

enum { ADDRESSES_MAX = 24, ADDRESS_TEXT = 64 };

struct stander {
    char text[ADDRESS_TEXT];
    int failures;
    int64_t until_ms; /* clock_monotonic_ms() */
};

/* Those of one relay that have failed; for several threads. */
struct standers {
    pthread_mutex_t lock;
    struct stander list[ADDRESSES_MAX];
    size_t count;
};

void standers_init(struct standers *standers);
void standers_free(struct standers *standers);
/* An address works. */
void standers_clear(struct standers *standers, const char *address);

/* What one connection has not tried yet, in the order of the resolver; zero-initialise. */
struct addresses {
    char list[ADDRESSES_MAX][ADDRESS_TEXT];
    size_t count;
    size_t found; /* how many there were */
};

/* Those of the relay's name but for those that stand back; none where its url has an address. */
bool addresses_look_up(struct addresses *addresses, struct standers *standers,
                       const struct relay *relay, struct failure *why) MUST_CHECK;

/* The connection to `address` has failed: it stands back. True where others are left. "" or an
 * address that is not among them: all of them have failed. */
bool addresses_drop(struct addresses *addresses, struct standers *standers, const char *address);

/* What is left, as CURLOPT_RESOLVE wants it: "HOST:PORT:ADDRESS,ADDRESS". NULL where nothing is. */
const char *addresses_write(const struct addresses *addresses, const struct relay *relay,
                            struct buf *out);

#endif
