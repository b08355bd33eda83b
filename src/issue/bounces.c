#include "issue/bounces.h"

#include "base/clock.h"
#include "subscribers/subscription.h"

struct leaving {
    struct subscription subscription;
    struct arena arena; /* for one person who leaves */
};

static bool leave(void *context, const char *token, const char *form, struct failure *why)
{
    struct leaving *leaving = context;
    enum subscription_answer answer;
    arena_reset(&leaving->arena);
    return subscription_leave(&leaving->subscription, &leaving->arena, token, form, "", clock_now(),
                              &answer, why);
}

static struct judge make_judge(const struct bounces *bounces, struct leaving *leaving)
{
    leaving->subscription = (struct subscription){
        .store = bounces->store, .settings = bounces->settings, .keys = bounces->keys};
    return (struct judge){.store = bounces->store,
                          .keys = bounces->keys,
                          .settings = bounces->settings,
                          .leave = leave,
                          .context = leaving,
                          .now = clock_now()};
}

bool bounces_read(const struct bounces *bounces, const struct bounce_run *run, struct arena *arena,
                  struct bounce_run_result *result, struct failure *why)
{
    struct leaving leaving = {0};
    struct judge judge = make_judge(bounces, &leaving);
    struct bounce_run judged = *run;
    judged.judge = &judge;
    bool good = bounce_run_locked(&judged, arena, result, why);
    arena_free(&leaving.arena);
    return good;
}

bool bounces_release(const struct bounces *bounces, struct arena *arena, const char *domain,
                     struct judge_result *result, struct failure *why)
{
    struct leaving leaving = {0};
    struct judge judge = make_judge(bounces, &leaving);
    bool good = judge_release(&judge, arena, domain, result, why);
    arena_free(&leaving.arena);
    return good;
}

bool bounces_count_refusals(const struct bounces *bounces, struct arena *arena, int64_t issue_id,
                            struct judge_result *result, struct failure *why)
{
    struct leaving leaving = {0};
    struct judge judge = make_judge(bounces, &leaving);
    int64_t count;
    *result = (struct judge_result){0};
    bool good = judge_refusals(&judge, issue_id, &count, why) &&
                (count == 0 || judge_pending(&judge, arena, result, why));
    arena_free(&leaving.arena);
    return good;
}
