/* A reader's preferences: topics, and a pause. */
#include "subscribers/subscription_private.h"

/* The person of a PREFERENCES token, if on the list; UNKNOWN otherwise. */
static bool preferring(const struct subscription *subscription, struct arena *arena,
                       const char *token, int64_t now, enum subscription_answer *answer,
                       struct subscriber **person, struct failure *why)
{
    if (!subscription_verify(subscription, arena, TOKEN_PREFERENCES, token, now, answer, person,
                             why)) {
        return false;
    }
    if (*person != NULL && (*person)->status != SUBSCRIBER_CONFIRMED) {
        *answer = SUBSCRIPTION_UNKNOWN;
        *person = NULL;
    }
    return true;
}

static bool prefer(const struct subscription *subscription, struct arena *arena, const char *token,
                   const struct subscription_preferences *preferences, const char *origin,
                   int64_t now, enum subscription_answer *answer, struct failure *why)
{
    struct subscriber *person;
    if (!preferring(subscription, arena, token, now, answer, &person, why)) {
        return false;
    }
    if (person == NULL) {
        return true;
    }
    const struct subscriber_change change = {
        .status = SUBSCRIBER_CONFIRMED,
        .topics = preferences->topics,
        .paused_until = preferences->paused_until,
    };
    const struct consent consent = {
        .kind = "changed", .wording = "", .form = "preferences", .origin = origin, .at = now};
    return subscriber_update(subscription->store, person->id, &change, &consent, why);
}

bool subscription_prefer(const struct subscription *subscription, struct arena *arena,
                         const char *token, const struct subscription_preferences *preferences,
                         const char *origin, int64_t now, enum subscription_answer *answer,
                         struct failure *why)
{
    return store_begin(subscription->store, why) &&
           store_end(subscription->store,
                     prefer(subscription, arena, token, preferences, origin, now, answer, why),
                     why);
}
