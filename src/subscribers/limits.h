/*
 * Limits against floods: token buckets per network, address, domain and in all, kept in the
 * database, so that a restart does not reset them.
 *
 * They count what is asked, never who is on the list, so that a limit tells nothing about anybody.
 * A network has its own share before it takes of what all share, and so have the wider networks
 * that one owner may hold: nobody uses up alone what everybody needs. Where a shared one is empty,
 * a network that has used nothing passes all the same.
 * A bucket is taken from only when all of them let the request pass: what one limit turns away
 * writes nothing and uses up nothing of the others.
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
    const struct token_keys *keys; /* addresses are in the database as keyed hashes alone */
};

/* A sign-up for `address`, with our own form's stamp by its name (NULL: none). Where it does not
 * pass, `*wait` is the number of seconds until it could. */
bool limits_take_signup(const struct limits *limits, const struct limits_origin *origin,
                        const struct address *address, const char *stamp, int64_t now,
                        enum limits_answer *answer, int64_t *wait, struct failure *why) MUST_CHECK;

/* Any other form that makes us write a mail. */
bool limits_take_form(const struct limits *limits, const struct limits_origin *origin, int64_t now,
                      enum limits_answer *answer, int64_t *wait, struct failure *why) MUST_CHECK;

#endif
