#include "subscribers/remind.h"

#include "subscribers/subscription_private.h"

static bool write_all(const struct subscription *subscription, struct arena *arena, int64_t now,
                      int64_t *count, struct failure *why)
{
    struct subscriber *people;
    size_t found;
    int64_t oldest = now - (SUBSCRIPTION_CONFIRM_HOURS - 1) * 3600;
    if (!subscriber_unreminded(subscription->store, arena, oldest, now - REMIND_AFTER, REMIND_BATCH,
                               &people, &found, why)) {
        return false;
    }
    for (size_t i = 0; i < found; i++) {
        if (!subscription_write_mail(subscription, arena, "reminder", people[i].id,
                                     people[i].address, now, why)) {
            return false;
        }
    }
    *count = (int64_t)found;
    return true;
}

bool remind_write(const struct subscription *subscription, struct arena *arena, int64_t now,
                  int64_t *count, struct failure *why)
{
    *count = 0;
    return !subscription->settings->subscribe.reminder ||
           (store_begin(subscription->store, why) &&
            store_end(subscription->store, write_all(subscription, arena, now, count, why), why));
}
