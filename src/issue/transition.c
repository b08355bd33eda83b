#include "issue/transition.h"

#include "base/log.h"

void transition_log(int64_t issue_id, const char *from, const char *to, const char *cause)
{
    log_event(LOG_LEVEL_DEBUG, "issue", "enters", LOG_INT("issue", issue_id),
              LOG_STR("from", from != NULL ? from : "none"),
              LOG_STR("to", to != NULL ? to : "none"), LOG_STR("cause", cause));
}

bool transition_finish(struct store *store, const struct issue *issue, int64_t now,
                       const char *cause, bool *finished, struct failure *why)
{
    if (!issue_finish(store, issue->id, now, finished, why)) {
        return false;
    }
    if (*finished) {
        transition_log(issue->id, "sending", "sent", cause);
    }
    return true;
}

bool transition_cancel(struct store *store, const struct issue *issue, int64_t now, bool keep,
                       enum issue_cancelled *outcome, struct failure *why)
{
    if (!(keep ? issue_stop(store, issue->id, now, outcome, why)
               : issue_cancel(store, issue->id, now, outcome, why))) {
        return false;
    }
    const char *from = issue_state_name(issue->state);
    if (*outcome == ISSUE_CANCEL_FREED) {
        transition_log(issue->id, from, NULL, "cancelled before a copy had left");
    } else if (*outcome == ISSUE_CANCEL_STOPPED) {
        transition_log(issue->id, from, "cancelled",
                       keep ? "taken as sent elsewhere" : "cancelled when a copy may have left");
    }
    return true;
}

bool transition_pause(struct store *store, const struct issue *issue, int64_t now, bool *changed,
                      struct failure *why)
{
    if (!issue_pause(store, issue->id, now, changed, why)) {
        return false;
    }
    if (*changed) {
        transition_log(issue->id, issue_state_name(issue->state), "paused", "issue pause");
    }
    return true;
}

bool transition_resume(struct store *store, const struct issue *issue, int64_t now, bool *changed,
                       struct failure *why)
{
    if (!issue_resume(store, issue->id, now, changed, why)) {
        return false;
    }
    if (*changed) {
        transition_log(issue->id, "paused", issue_state_name(issue->state), "issue resume");
    }
    return true;
}
