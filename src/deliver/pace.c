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

/* A tenth is kept for single mails; a rate too small to divide is shared. */
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

static const char *relay_bucket(const struct settings *settings, struct delivery_queue queue)
{
    bool shared = settings->smtp.rate.count < 10;
    return shared ? "relay" : queue.issue_id != 0 ? "relay:issues" : "relay:mails";
}

/* Both or none: a token of the one bucket is not spent while the other is empty. */
static bool take_both(struct store *store, const struct settings *settings,
                      struct delivery_queue queue, const char *domain, int64_t now_ms,
                      int64_t *wait_ms, bool *relay, struct failure *why)
{
    struct settings_rate of_relay = pace_relay_rate(&settings->smtp, queue);
    struct settings_rate of_domain = pace_domain_rate(settings, domain);
    char name[320];
    if (of_domain.count > 0) {
        snprintf(name, sizeof name, "domain:%.255s", domain);
        if (!take_one(store, name, of_domain, now_ms, wait_ms, why) || *wait_ms > 0) {
            return *wait_ms > 0;
        }
    }
    if (of_relay.count > 0) {
        *relay = true;
        return take_one(store, relay_bucket(settings, queue), of_relay, now_ms, wait_ms, why);
    }
    return true;
}

bool pace_take(struct store *store, const struct settings *settings, struct delivery_queue queue,
               const char *domain, int64_t now_ms, int64_t *wait_ms, bool *relay,
               struct failure *why)
{
    *wait_ms = 0;
    *relay = false;
    if (settings->smtp.rate.count == 0 && settings->deliver.domain_rate.count == 0) {
        return true;
    }
    if (!store_begin(store, why)) {
        return false;
    }
    if (!take_both(store, settings, queue, domain, now_ms, wait_ms, relay, why)) {
        store_rollback(store);
        return false;
    }
    if (*wait_ms > 0) {
        store_rollback(store);
        return true;
    }
    return store_commit(store, why);
}
