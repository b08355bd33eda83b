/*
 * The buckets that a request takes from, in this order. The first empty one decides the answer, and
 * then nothing is taken from any of them.
 *
 *   bucket                        answer     rate                       shared by everybody
 *   ----------------------------  ---------  -------------------------  -------------------
 *   the asker's network           NETWORK    limit_network              no
 *   the two wider networks        NETWORK    2 and 4 times that         no
 *   the mailbox asked for         ADDRESS    limit_address              no
 *   this form (its stamp)         STAMP      LIMITS_STAMP_USES a day    no
 *   or all forms without one      UNSTAMPED  limit_unstamped            no
 *   the mailbox's domain          DOMAIN     limit_domain of a large    yes
 *                                              provider, else a tenth
 *   all sign-ups                  ALL        limit_all                  yes
 *
 * A shared bucket that is empty does not refuse a network that has used nothing. Other forms that
 * cause a mail take only from the networks' buckets. (The rates are settings of `subscribe`.)
 */
#include "subscribers/limits.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "mail/address.h"
#include "store/bucket.h"
#include "subscribers/provider.h"

enum { NAME_MAX_LEN = 400, CHECKS_MAX = LIMITS_NETWORKS + 4 };

/* A bucket to take from. */
struct check {
    enum limits_answer answer;
    struct settings_rate rate;
    bool shared; /* by everybody: does not refuse a network that has used nothing */
    char name[NAME_MAX_LEN];
};

/* In the order in which they are taken from: the networks first, the widest of them last. */
struct checks {
    struct check list[CHECKS_MAX];
    size_t count, networks;
};

static bool take(const struct limits *limits, const struct check *check, int64_t now, int64_t *wait,
                 struct failure *why)
{
    int64_t wait_ms = 0;
    double count = (double)check->rate.count;
    *wait = 0;
    if (check->rate.count == 0) {
        return true;
    }
    if (!bucket_take(limits->store, check->name, count, count / (double)check->rate.seconds, 1,
                     now * 1000, &wait_ms, why)) {
        return false;
    }
    *wait = (wait_ms + 999) / 1000;
    return true;
}

/* Whether the asker's widest network has used nothing of its share. */
static bool find_unused(const struct limits *limits, const struct checks *checks, int64_t now,
                        bool *unused, struct failure *why)
{
    const struct check *widest = checks->networks > 0 ? &checks->list[checks->networks - 1] : NULL;
    *unused = false;
    if (widest == NULL || widest->rate.count == 0) {
        return true;
    }
    double count = (double)widest->rate.count;
    return bucket_is_full(limits->store, widest->name, count, count / (double)widest->rate.seconds,
                          now * 1000, unused, why);
}

static bool take_each(const struct limits *limits, const struct checks *checks, int64_t now,
                      enum limits_answer *answer, int64_t *wait, struct failure *why)
{
    bool unused;
    if (!find_unused(limits, checks, now, &unused, why)) {
        return false;
    }
    for (size_t i = 0; i < checks->count; i++) {
        if (!take(limits, &checks->list[i], now, wait, why)) {
            return false;
        }
        if (*wait > 0 && !(checks->list[i].shared && unused)) {
            *answer = checks->list[i].answer;
            return true;
        }
    }
    *wait = 0;
    return true;
}

/* The first bucket that refuses decides the answer, and what was taken from the others is rolled
 * back. */
static bool take_all(const struct limits *limits, const struct checks *checks, int64_t now,
                     enum limits_answer *answer, int64_t *wait, struct failure *why)
{
    *answer = LIMITS_PASS;
    *wait = 0;
    if (!store_begin(limits->store, why)) {
        return false;
    }
    bool good = take_each(limits, checks, now, answer, wait, why);
    if (good && *answer == LIMITS_PASS && store_commit(limits->store, why)) {
        return true;
    }
    store_rollback(limits->store);
    return good && *answer != LIMITS_PASS;
}

/* --- which limits there are --- */

static struct check *add(struct checks *checks, enum limits_answer answer,
                         struct settings_rate rate)
{
    struct check *check = &checks->list[checks->count++];
    *check = (struct check){.answer = answer, .rate = rate};
    return check;
}

/* A provider gives one customer a /64, a /56 or a /48; an IPv4 /16 often has one owner. The wider
 * networks are shared by more people and get more. */
static void add_networks(struct checks *checks, const struct settings *settings,
                         const struct limits_origin *origin)
{
    static const int64_t shares[LIMITS_NETWORKS] = {1, 2, 4};
    for (size_t i = 0; i < LIMITS_NETWORKS; i++) {
        struct settings_rate rate = settings->subscribe.limit_network;
        rate.count *= shares[i];
        if (origin->networks[i] != NULL && origin->networks[i][0] != '\0') {
            struct check *check = add(checks, LIMITS_NETWORK, rate);
            snprintf(check->name, sizeof check->name, "signup:net:%s", origin->networks[i]);
        }
    }
    checks->networks = checks->count;
}

static void add_domain(struct checks *checks, const struct settings *settings,
                       const struct address *address)
{
    const char *domain = address->normal + address->at + 1;
    struct settings_rate rate = settings->subscribe.limit_domain;
    if (rate.count > 0 && provider_find(domain) == NULL) {
        rate.count = rate.count > LIMITS_OTHER_DOMAIN ? rate.count / LIMITS_OTHER_DOMAIN : 1;
    }
    struct check *check = add(checks, LIMITS_DOMAIN, rate);
    check->shared = true;
    snprintf(check->name, sizeof check->name, "signup:domain:%s", domain);
}

/* Counts all spellings of one mailbox together: otherwise one person could be flooded under a
 * hundred of them. */
static void add_mailbox(struct checks *checks, const struct limits *limits,
                        const struct address *address)
{
    char hash[HASH_HEX], mailbox[sizeof address->key];
    provider_mailbox(address, mailbox);
    token_suppression_hash(limits->keys, mailbox, hash);
    struct check *check = add(checks, LIMITS_ADDRESS, limits->settings->subscribe.limit_address);
    snprintf(check->name, sizeof check->name, "signup:address:%s", hash);
}

bool limits_take_signup(const struct limits *limits, const struct limits_origin *origin,
                        const struct address *address, const char *stamp, int64_t now,
                        enum limits_answer *answer, int64_t *wait, struct failure *why)
{
    static const struct settings_rate uses = {LIMITS_STAMP_USES, 86400};
    const struct settings *settings = limits->settings;
    struct checks checks = {0};
    add_networks(&checks, settings, origin);
    add_mailbox(&checks, limits, address);
    if (stamp != NULL) {
        struct check *check = add(&checks, LIMITS_STAMP, uses);
        snprintf(check->name, sizeof check->name, "signup:stamp:%s", stamp);
    } else {
        struct check *check = add(&checks, LIMITS_UNSTAMPED, settings->subscribe.limit_unstamped);
        snprintf(check->name, sizeof check->name, "signup:unstamped");
    }
    add_domain(&checks, settings, address);
    struct check *all = add(&checks, LIMITS_ALL, settings->subscribe.limit_all);
    all->shared = true;
    snprintf(all->name, sizeof all->name, "signup:all");
    return take_all(limits, &checks, now, answer, wait, why);
}

bool limits_take_form(const struct limits *limits, const struct limits_origin *origin, int64_t now,
                      enum limits_answer *answer, int64_t *wait, struct failure *why)
{
    struct checks checks = {0};
    add_networks(&checks, limits->settings, origin);
    return take_all(limits, &checks, now, answer, wait, why);
}
