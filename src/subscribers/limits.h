/*
 * Limits against floods: token buckets per network, address, domain and in all, kept in the
 * database, so that a restart does not reset them.
 *
 * They count requests, never who is on the list, so that a limit tells nothing about anybody. A
 * network uses up its own share before it takes from what all share, and so do the wider networks
 * that one owner may hold: nobody can use up alone what everybody needs. If a shared bucket is
 * empty, a network that has used nothing passes all the same. A request takes from its buckets only
 * if all of them let it pass: one that is turned away writes nothing and uses up nothing.
 */
#ifndef SUBSCRIBERS_LIMITS_H
#define SUBSCRIBERS_LIMITS_H

#include "base/token.h"
#include "mail/address.h"
#include "settings/settings.h"
#include "store/store.h"

enum limits_answer {
    LIMITS_PASS,
    LIMITS_NETWORK,   /* too much from this network */
    LIMITS_ADDRESS,   /* this address was asked for too often */
    LIMITS_DOMAIN,    /* too much for addresses of this domain */
    LIMITS_ALL,       /* too much in all */
    LIMITS_UNSTAMPED, /* too much without the stamp of our own form */
    LIMITS_STAMP,     /* this stamp was used often enough: a fresh form works at once */
};

enum {
    LIMITS_NETWORKS = 3,
    LIMITS_STAMP_USES = 5,    /* sign-ups with one form: a typing error and a family */
    LIMITS_OTHER_DOMAIN = 10, /* a domain that is not large has that part of limit_domain */
};

/* Where a form comes from: the networks of http/origin.h, "" or NULL where there is none. */
struct limits_origin {
    const char *networks[LIMITS_NETWORKS]; /* the narrowest first */
};

struct limits {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys; /* addresses are stored as keyed hashes only */
};

/* A sign-up for `address`, with the stamp of our own form (NULL: none). If it does not pass,
 * `*wait` is the number of seconds until it could. */
bool limits_take_signup(const struct limits *limits, const struct limits_origin *origin,
                        const struct address *address, const char *stamp, int64_t now,
                        enum limits_answer *answer, int64_t *wait, struct failure *why) MUST_CHECK;

/* Any other form that causes a mail. */
bool limits_take_form(const struct limits *limits, const struct limits_origin *origin, int64_t now,
                      enum limits_answer *answer, int64_t *wait, struct failure *why) MUST_CHECK;

#endif
