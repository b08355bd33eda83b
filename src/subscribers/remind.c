#include "subscribers/remind.h"

#include "subscribers/subscription_private.h"

static bool write_all(const struct join *join, struct arena *arena, int64_t now, int64_t *count,
                      struct failure *why)
{
    struct subscriber *people;
    size_t found;
    int64_t oldest = now - (JOIN_CONFIRM_HOURS - 1) * 3600;
    if (!subscriber_unreminded(join->store, arena, oldest, now - REMIND_AFTER, REMIND_BATCH,
                               &people, &found, why)) {
        return false;
    }
    for (size_t i = 0; i < found; i++) {
        if (!join_write_mail(join, arena, "reminder", people[i].id, people[i].address, now, why)) {
            return false;
        }
    }
    *count = (int64_t)found;
    return true;
}

bool remind_write(const struct join *join, struct arena *arena, int64_t now, int64_t *count,
                  struct failure *why)
{
    *count = 0;
    return !join->settings->subscribe.reminder ||
           (store_begin(join->store, why) &&
            join_end(join, write_all(join, arena, now, count, why), why));
}
