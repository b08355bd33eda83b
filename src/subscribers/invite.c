#include "subscribers/invite.h"

#include "subscribers/subscription_private.h"

struct inviting {
    const struct subscription *subscription;
    int64_t import_id, now, start, after;
    bool dry_run;
    struct invite_result *result;
};

static int64_t due_at(const struct inviting *inviting, int64_t position)
{
    const struct settings_rate *rate = &inviting->subscription->settings->subscribe.invite_rate;
    return inviting->start + (rate->count > 0 ? position * rate->seconds / rate->count : 0);
}

static bool invite(const struct inviting *inviting, struct arena *arena,
                   const struct subscriber *person, struct failure *why)
{
    struct invite_result *result = inviting->result;
    int64_t due = due_at(inviting, result->people);
    result->first = result->people == 0 ? due : result->first;
    result->last = due;
    result->people++;
    return inviting->dry_run || subscription_write_mail(inviting->subscription, arena, "invite",
                                                        person->id, person->address, due, why);
}

/* Handles one batch; `*count` is its size. */
static bool invite_batch(struct inviting *inviting, struct arena *arena, size_t *count,
                         struct failure *why)
{
    struct subscriber *people;
    bool good = subscriber_uninvited(inviting->subscription->store, arena, inviting->import_id,
                                     inviting->after, inviting->now - INVITE_YEAR + 1,
                                     inviting->now - SUBSCRIPTION_DAY + 1, INVITE_BATCH, &people,
                                     count, why);
    for (size_t i = 0; good && i < *count; i++) {
        good = invite(inviting, arena, &people[i], why);
        inviting->after = people[i].id;
    }
    return good;
}

bool invite_write(const struct subscription *subscription, int64_t import_id, bool dry_run,
                  int64_t now, struct invite_result *result, struct failure *why)
{
    struct arena arena = {0};
    int64_t last;
    *result = (struct invite_result){0};
    struct inviting inviting = {.subscription = subscription,
                                .import_id = import_id,
                                .now = now,
                                .start = now,
                                .dry_run = dry_run,
                                .result = result};
    bool good = subscriber_last_invited(subscription->store, &last, why);
    if (good && last >= now) {
        inviting.start = last;
        inviting.start = due_at(&inviting, 1);
    }
    for (size_t count = INVITE_BATCH; good && count == INVITE_BATCH;) {
        arena_reset(&arena);
        good = store_begin(subscription->store, why);
        good = good &&
               store_end(subscription->store, invite_batch(&inviting, &arena, &count, why), why) &&
               (dry_run || store_give_way(subscription->store, why));
    }
    arena_free(&arena);
    return good;
}
