/*
 * Limits against floods of requests: token buckets per network, address, domain and overall, kept
 * in the database, so that a restart does not reset them.
 *
 * They count requests, never who is on the list, so that a limit reveals nothing about anybody. A
 * network uses up its own share, and those of the wider networks that one owner may hold, before it
 * takes from what everybody shares: so nobody alone can exhaust what everybody needs. If a shared
 * bucket is empty, a network that has used nothing may still pass. A request takes from its buckets
 * only if all of them let it pass: one that is refused writes nothing and uses up nothing.
 */
#ifndef SUBSCRIBERS_LIMITS_H
#define SUBSCRIBERS_LIMITS_H

#include "base/token.h"
#include "mail/address.h"
#include "settings/settings.h"
#include "store/store.h"

enum limits_answer {
    LIMITS_PASS,
    LIMITS_NETWORK,   /* too many requests from this network */
    LIMITS_ADDRESS,   /* too many requests for this address */
    LIMITS_DOMAIN,    /* too many requests for addresses of this domain */
    LIMITS_ALL,       /* too many requests overall */
    LIMITS_UNSTAMPED, /* too many requests without the stamp of our own form */
    LIMITS_STAMP,     /* this stamp was used too often: a fresh form works at once */
};

enum {
    LIMITS_NETWORKS = 3,
    LIMITS_STAMP_USES = 5,    /* sign-ups with one form: enough for a typing error and a family */
    LIMITS_OTHER_DOMAIN = 10, /* a domain that is not large gets this fraction of limit_domain */
};

/* Where a request comes from: the networks of http/origin.h; "" or NULL if unknown. */
struct limits_origin {
    const char *networks[LIMITS_NETWORKS]; /* the smallest first */
};

struct limits {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys; /* addresses are stored only as keyed hashes */
};

/* Takes for a sign-up for `address`, with the stamp of our own form (NULL: none). If it may not
 * pass, `*wait` is the number of seconds until it could. */
bool limits_take_signup(const struct limits *limits, const struct limits_origin *origin,
                        const struct address *address, const char *stamp, int64_t now,
                        enum limits_answer *answer, int64_t *wait, struct failure *why) MUST_CHECK;

/* Takes for any other form that causes a mail. */
bool limits_take_form(const struct limits *limits, const struct limits_origin *origin, int64_t now,
                      enum limits_answer *answer, int64_t *wait, struct failure *why) MUST_CHECK;

#endif
