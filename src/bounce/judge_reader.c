#include "bounce/judge_reader.h"

#include <stdio.h>

#include "base/log.h"
#include "store/bounce.h"

bool judge_set_status(const struct judge *judge, const struct subscriber *person,
                      enum subscriber_status status, const char *kind, const char *reason,
                      const char *form, struct failure *why)
{
    const struct subscriber_change change = {.status = status,
                                             .paused_until = -1,
                                             .left_reason =
                                                 status != SUBSCRIBER_CONFIRMED ? reason : NULL};
    const struct consent consent = {
        .kind = kind, .wording = reason, .form = form, .origin = "", .at = judge->now};
    log_event(LOG_LEVEL_DEBUG, "subscriber", "enters", LOG_INT("subscriber", person->id),
              LOG_STR("from", subscriber_status_name(person->status)),
              LOG_STR("to", subscriber_status_name(status)), LOG_STR("cause", reason));
    return subscriber_update(judge->store, person->id, &change, &consent, why);
}

bool judge_save_score(const struct judge *judge, const struct subscriber *person, double before,
                      const char *cause, struct failure *why)
{
    char from[32], to[32];
    snprintf(from, sizeof from, "%.1f", before);
    snprintf(to, sizeof to, "%.1f", person->bounce_score);
    log_event(LOG_LEVEL_DEBUG, "subscriber", "scores", LOG_INT("subscriber", person->id),
              LOG_STR("from", from), LOG_STR("to", to), LOG_STR("cause", cause));
    return bounce_save_score(judge->store, person->id, person->bounce_score, person->hard_bounces,
                             person->last_bounce_at, why);
}

bool judge_is_over_limit(const struct judge *judge, const struct subscriber *person)
{
    return person->hard_bounces >= judge->settings->bounce.hard_limit ||
           person->bounce_score >= (double)judge->settings->bounce.score_limit;
}
