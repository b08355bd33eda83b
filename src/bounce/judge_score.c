/* clang-format off */
/*
 * Counts bounces: a score for each reader, the limits that take a reader off the list, and the
 * storm breaker, which recognises that a provider refuses everybody.
 *
 *   what                        rule                                               setting
 *   --------------------------  -------------------------------------------------  -------------
 *   a hard bounce               adds 1 to the score and 1 to the days with a hard
 *                                 bounce
 *   a soft bounce               adds 0.5 to the score
 *   several on one UTC day, or  count as one: the hard one if there is one (0.5
 *     about one issue             more if a soft one had counted before)
 *   no bounce for that long     the score starts again from 0                      forget_days
 *   that many days with a hard  the reader is taken off the list, as bounced       hard_limit,
 *     bounce, or that score                                                        score_limit
 *   many readers of one domain  a storm: the domain's bounces are held back,       storm_readers,
 *     with one code in a day      nobody is scored until an operator releases      storm_percent
 *                                 them
 *
 * An event is pending when it is recorded; then it is counted, settled (it counts for nothing) or
 * held (a storm):
 *
 *   from      to        by
 *   --------  --------  ----------------------------------------------------------------------
 *   pending   held      a storm in its domain, before anything is counted
 *   pending   counted   it was added to the score
 *   pending   settled   the person is off the list, or another bounce counted in its place
 *   held      counted,  `bounces --release DOMAIN`
 *               settled
 *   counted   settled   judge_review(): it was counted against a reader for a fault of ours
 */
/* clang-format on */
#include <string.h>

#include "bounce/judge_reader.h"
#include "store/bounce.h"

enum { DAY = 86400, NIGHT = DAY / 2, GROUPS = 200, EVENTS = 200 };

static bool is_hard(const char *class)
{
    return class != NULL && strcmp(class, "hard") == 0;
}

/* "user unknown (5.1.1)" */
static const char *describe(struct arena *arena, const struct bounce_event *event)
{
    if (event->enhanced != NULL) {
        return arena_format(arena, "%s (%s)", event->reason, event->enhanced);
    }
    return event->code != 0 ? arena_format(arena, "%s (%d)", event->reason, (int)event->code)
                            : event->reason;
}

/* What has already counted for the person on the event's day or about the same issue: servers on
 * the way may report one copy more than once, also on another day, and so may somebody who replays
 * a report. If the issue is unknown, the evening before belongs to the day. */
static bool find_counted(const struct judge *judge, const struct bounce_event *event,
                         const char **class, struct failure *why)
{
    int64_t day = event->at - event->at % DAY;
    int64_t from = event->issue_id == 0 && event->at - NIGHT < day ? event->at - NIGHT : day;
    return bounce_counted(judge->store, event->subscriber_id, from, day + DAY, event->issue_id,
                          class, why);
}

/* Adds the event to the person's score; false if another one has counted as much in its place. */
static bool add_score(const struct judge *judge, const struct bounce_event *event,
                      const char *counted, struct subscriber *person)
{
    bool hard = is_hard(event->class);
    if (counted != NULL && (is_hard(counted) || !hard)) {
        return false;
    }
    int64_t forget = judge->settings->bounce.forget_days * DAY;
    if (person->last_bounce_at != 0 && event->at - person->last_bounce_at > forget) {
        person->bounce_score = 0;
        person->hard_bounces = 0;
    }
    person->bounce_score += hard && counted == NULL ? 1 : 0.5;
    person->hard_bounces += hard;
    if (event->at > person->last_bounce_at) {
        person->last_bounce_at = event->at;
    }
    return true;
}

static bool count_event(const struct judge *judge, struct arena *arena,
                        const struct bounce_event *event, struct judge_result *result,
                        struct failure *why)
{
    struct subscriber *person = NULL;
    const char *counted;
    if (!subscriber_find_id(judge->store, arena, event->subscriber_id, &person, why) ||
        !find_counted(judge, event, &counted, why)) {
        return false;
    }
    bool listed = person != NULL &&
                  (person->status == SUBSCRIBER_CONFIRMED || person->status == SUBSCRIBER_PENDING);
    double before = listed ? person->bounce_score : 0;
    if (!listed || !add_score(judge, event, counted, person)) {
        return bounce_settle(judge->store, event->id, BOUNCE_SETTLED, why);
    }
    const char *reason = describe(arena, event);
    bool leaves = person->status == SUBSCRIBER_CONFIRMED && judge_is_over_limit(judge, person);
    result->counted++;
    result->gone += leaves;
    return judge_save_score(judge, person, before, reason, why) &&
           bounce_settle(judge->store, event->id, BOUNCE_COUNTED, why) &&
           (!leaves ||
            judge_set_status(judge, person, SUBSCRIBER_BOUNCED, "left", reason, "bounce", why));
}

static bool count_events(const struct judge *judge, struct arena *arena,
                         const struct bounce_event *events, size_t count,
                         struct judge_result *result, struct failure *why)
{
    struct judge_result before = *result;
    bool ok = store_begin(judge->store, why);
    for (size_t i = 0; ok && i < count; i++) {
        ok = count_event(judge, arena, &events[i], result, why);
    }
    ok = store_end(judge->store, ok, why);
    if (!ok) {
        *result = before;
    }
    return ok;
}

/* Counts all events of a group (domain and key) or, if `key` is NULL, all of a domain that is held
 * back. */
static bool count_all(const struct judge *judge, const char *domain, const char *key,
                      struct judge_result *result, struct failure *why)
{
    struct arena arena = {0};
    bool ok = true;
    for (size_t count = 1; ok && count > 0;) {
        struct bounce_event *events;
        arena_reset(&arena);
        ok = (key == NULL ? bounce_held(judge->store, &arena, domain, EVENTS, &events, &count, why)
                          : bounce_pending(judge->store, &arena, domain, key, EVENTS, &events,
                                           &count, why)) &&
             count_events(judge, &arena, events, count, result, why);
    }
    arena_free(&arena);
    return ok;
}

static void add_storm(struct arena *arena, const struct bounce_group *group,
                      struct judge_result *result)
{
    struct judge_storm *storms = arena_array(arena, result->storm_count + 1, sizeof *storms);
    if (result->storm_count > 0) {
        memcpy(storms, result->storms, result->storm_count * sizeof *storms);
    }
    storms[result->storm_count++] =
        (struct judge_storm){arena_copy(arena, group->domain), arena_copy(arena, group->key),
                             group->people, group->readers};
    result->storms = storms;
}

/* Before anything is counted: nobody in a domain with a storm is scored, whatever the code. Cron
 * reads the mailbox every hour and a storm lasts longer, so what was held back within a day belongs
 * to the same storm and is not reported again. What was counted within a day belongs to it too:
 * otherwise a storm that arrives in small lots would not be recognised. */
static bool hold_storms(const struct judge *judge, struct arena *arena, struct arena *own,
                        struct judge_result *result, struct failure *why)
{
    struct bounce_group *groups;
    size_t count;
    int64_t held;
    bool ok = bounce_storms(judge->store, own, judge->settings->bounce.storm_readers,
                            judge->settings->bounce.storm_percent, judge->now - DAY, &groups,
                            &count, why);
    for (size_t i = 0; ok && i < count; i++) {
        if (groups[i].held == 0) {
            add_storm(arena, &groups[i], result);
        }
        ok = bounce_hold(judge->store, groups[i].domain, &held, why);
    }
    return ok;
}

bool judge_pending(const struct judge *judge, struct arena *arena, struct judge_result *result,
                   struct failure *why)
{
    struct arena own = {0};
    *result = (struct judge_result){0};
    bool ok = judge_review(judge, why) && hold_storms(judge, arena, &own, result, why);
    for (size_t count = 1; ok && count > 0;) {
        struct bounce_group *groups;
        arena_reset(&own);
        ok = bounce_groups(judge->store, &own, GROUPS, &groups, &count, why);
        for (size_t i = 0; ok && i < count; i++) {
            ok = count_all(judge, groups[i].domain, groups[i].key, result, why);
        }
    }
    arena_free(&own);
    return ok;
}

bool judge_release(const struct judge *judge, struct arena *arena, const char *domain,
                   struct judge_result *result, struct failure *why)
{
    (void)arena;
    *result = (struct judge_result){0};
    return count_all(judge, domain, NULL, result, why);
}
