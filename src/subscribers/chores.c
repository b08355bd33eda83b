#include "subscribers/chores.h"

#include "base/log.h"
#include "store/address_change.h"
#include "store/bucket.h"
#include "subscribers/remind.h"

enum {
    CHORES_PURGE = 1000,    /* people per call */
    CHORES_BUCKET_DAYS = 3, /* no limit counts over a longer time */
};

/* A count is removed when it no longer matters, and not before: an address whose mails were
 * forgotten after three days could be sent as many again. */
static bool purge_counts(struct store *store, int64_t now, struct failure *why)
{
    return bucket_purge(store, (now - (int64_t)CHORES_BUCKET_DAYS * SUBSCRIPTION_DAY) * 1000,
                        SUBSCRIPTION_WITHDRAWN, (now - SUBSCRIPTION_WINDOW) * 1000, why);
}

/* Mails to somebody count for SUBSCRIPTION_WINDOW, and are removed with the person. */
bool chores_do(const struct subscription *subscription, int64_t now, struct failure *why)
{
    struct arena arena = {0};
    int64_t stale = now - (int64_t)SUBSCRIPTION_PURGE_DAYS * SUBSCRIPTION_DAY;
    int64_t purged, reminded;
    bool good = remind_write(subscription, &arena, now, &reminded, why) &&
                subscriber_purge_pending(subscription->store, stale, now - SUBSCRIPTION_WINDOW,
                                         CHORES_PURGE, &purged, why) &&
                address_change_purge(subscription->store, stale, why) &&
                purge_counts(subscription->store, now, why);
    arena_free(&arena);
    if (good && purged + reminded > 0) {
        log_event(LOG_LEVEL_INFO, "mailer", "chores", LOG_INT("purged", purged),
                  LOG_INT("reminded", reminded));
    }
    return good;
}
