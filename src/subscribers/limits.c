#include "subscribers/limits.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "store/bucket.h"

enum { NAME_MAX_LEN = 400, CHECKS_MAX = 5 };

/* One bucket that is asked. */
struct check {
    enum limits_answer answer;
    struct settings_rate rate;
    char name[NAME_MAX_LEN];
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

/* The first that does not let pass answers, and the others get back what they gave. */
static bool take_all(const struct limits *limits, const struct check *checks, size_t count,
                     int64_t now, enum limits_answer *answer, int64_t *wait, struct failure *why)
{
    *answer = LIMITS_PASS;
    *wait = 0;
    if (!store_begin(limits->store, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool good = take(limits, &checks[i], now, wait, why);
        if (!good || *wait > 0) {
            *answer = checks[i].answer;
            store_rollback(limits->store);
            return good;
        }
    }
    if (!store_commit(limits->store, why)) {
        store_rollback(limits->store);
        return false;
    }
    return true;
}

/* "ann+news@example.org" is ann's mailbox: one person is not flooded under a hundred names. */
static void mailbox_of(const struct address *address, char out[sizeof address->key])
{
    const char *at = strrchr(address->key, '@');
    size_t local = (size_t)(at - address->key);
    const char *plus = memchr(address->key, '+', local);
    if (plus != NULL && plus != address->key) {
        local = (size_t)(plus - address->key);
    }
    snprintf(out, sizeof address->key, "%.*s%s", (int)local, address->key, at);
}

static void check_network(const struct limits *limits, const char *origin, struct check *check)
{
    check->answer = LIMITS_NETWORK;
    check->rate = limits->settings->subscribe.limit_network;
    snprintf(check->name, sizeof check->name, "signup:net:%s", origin);
}

bool limits_take_signup(const struct limits *limits, const char *origin,
                        const struct address *address, bool stamped, int64_t now,
                        enum limits_answer *answer, int64_t *wait, struct failure *why)
{
    const struct settings *settings = limits->settings;
    char hash[HASH_HEX], mailbox[sizeof address->key];
    mailbox_of(address, mailbox);
    token_suppression_hash(limits->keys, mailbox, hash);
    struct check checks[CHECKS_MAX] = {
        [1] = {.answer = LIMITS_ADDRESS, .rate = settings->subscribe.limit_address},
        [2] = {.answer = LIMITS_DOMAIN, .rate = settings->subscribe.limit_domain},
        [3] = {.answer = LIMITS_ALL, .rate = settings->subscribe.limit_all, .name = "signup:all"},
        [4] = {.answer = LIMITS_UNSTAMPED,
               .rate = settings->subscribe.limit_unstamped,
               .name = "signup:unstamped"},
    };
    check_network(limits, origin, &checks[0]);
    snprintf(checks[1].name, sizeof checks[1].name, "signup:address:%s", hash);
    snprintf(checks[2].name, sizeof checks[2].name, "signup:domain:%s",
             address->normal + address->at + 1);
    return take_all(limits, checks, stamped ? CHECKS_MAX - 1 : CHECKS_MAX, now, answer, wait, why);
}

bool limits_take_form(const struct limits *limits, const char *origin, int64_t now,
                      enum limits_answer *answer, int64_t *wait, struct failure *why)
{
    struct check check;
    check_network(limits, origin, &check);
    return take_all(limits, &check, 1, now, answer, wait, why);
}
