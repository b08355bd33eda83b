#include "deliver/pace.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "store/bucket.h"

struct pace_shape pace_shape(struct settings_rate rate)
{
    double count = (double)rate.count;
    double seconds = rate.seconds > 0 ? (double)rate.seconds : 1;
    double size = seconds > 10 ? count / seconds : count / 10;
    size = size > 1 ? size : 1;
    return (struct pace_shape){.size = size, .per_second = (count - size + 1) / seconds};
}

struct settings_rate pace_domain_rate(const struct settings *settings, const char *domain)
{
    struct settings_rate others = {0};
    for (size_t i = 0; i < settings->deliver.domain_rate.count; i++) {
        const struct settings_domain_rate *entry = &settings->deliver.domain_rate.list[i];
        if (strcasecmp(entry->domain, domain) == 0) {
            return entry->rate;
        }
        if (strcmp(entry->domain, "*") == 0) {
            others = entry->rate;
        }
    }
    return others;
}

/* A tenth is reserved for single mails; a rate too small to divide is shared. */
struct settings_rate pace_relay_rate(const struct settings_relay *relay,
                                     struct delivery_queue queue)
{
    struct settings_rate rate = relay->rate;
    if (rate.count >= 10) {
        int64_t reserved = rate.count / 10;
        rate.count = queue.issue_id != 0 ? rate.count - reserved : reserved;
    }
    return rate;
}

static bool take_one(struct store *store, const char *name, struct settings_rate rate,
                     int64_t now_ms, int64_t *wait_ms, struct failure *why)
{
    struct pace_shape shape = pace_shape(rate);
    return bucket_take(store, name, shape.size, shape.per_second, 1, now_ms, wait_ms, why);
}

/* The bucket of a named relay contains its name. */
static void name_relay_bucket(const struct settings_relay *relay, struct delivery_queue queue,
                              char *out, size_t size)
{
    bool shared = relay->rate.count < 10;
    snprintf(out, size, "relay%s%s%s", relay->name != NULL ? "=" : "",
             relay->name != NULL ? relay->name : "",
             shared                ? ""
             : queue.issue_id != 0 ? ":issues"
                                   : ":mails");
}

/* Takes both or neither: no token of one bucket is spent while the other is empty. */
static bool take_both(struct store *store, const struct settings *settings,
                      const struct settings_relay *relay, struct delivery_queue queue,
                      const char *domain, int64_t now_ms, int64_t *wait_ms, bool *of_relay,
                      struct failure *why)
{
    struct settings_rate relay_rate = pace_relay_rate(relay, queue);
    struct settings_rate domain_rate = pace_domain_rate(settings, domain);
    char name[320];
    if (domain_rate.count > 0) {
        snprintf(name, sizeof name, "domain:%.255s", domain);
        if (!take_one(store, name, domain_rate, now_ms, wait_ms, why) || *wait_ms > 0) {
            return *wait_ms > 0;
        }
    }
    if (relay_rate.count > 0) {
        *of_relay = true;
        name_relay_bucket(relay, queue, name, sizeof name);
        return take_one(store, name, relay_rate, now_ms, wait_ms, why);
    }
    return true;
}

bool pace_take(struct store *store, const struct settings *settings,
               const struct settings_relay *relay, struct delivery_queue queue, const char *domain,
               int64_t now_ms, int64_t *wait_ms, bool *of_relay, struct failure *why)
{
    *wait_ms = 0;
    *of_relay = false;
    if (relay->rate.count == 0 && settings->deliver.domain_rate.count == 0) {
        return true;
    }
    if (!store_begin(store, why)) {
        return false;
    }
    if (!take_both(store, settings, relay, queue, domain, now_ms, wait_ms, of_relay, why)) {
        store_rollback(store);
        return false;
    }
    if (*wait_ms > 0) {
        store_rollback(store);
        return true;
    }
    return store_commit(store, why);
}
