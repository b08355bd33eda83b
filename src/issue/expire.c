#include "issue/expire.h"

#include "base/clock.h"
#include "deliver/retry.h"
#include "deliver/senders.h"
#include "issue/transition.h"

/* Whether an issue that is being sent has rows that a run would send. */
static bool owes(const struct issue_run *run, const struct issue *issue, bool *owes_some,
                 struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t counts[DELIVERY_STATES];
    if (!delivery_counts(run->store, queue, counts, why)) {
        return false;
    }
    *owes_some = counts[DELIVERY_QUEUED] + counts[DELIVERY_SENDING] + counts[DELIVERY_DEFERRED] > 0;
    return true;
}

bool expire_is_stale(const struct issue_run *run, const struct issue *issue, bool *stale,
                     struct failure *line, struct failure *why)
{
    int64_t age = clock_now() - issue->window_end;
    *stale = age > run->settings->issue.max_age_days * 86400 &&
             (issue->state == ISSUE_APPROVED || issue->state == ISSUE_SENDING);
    if (*stale && issue->state == ISSUE_SENDING && !owes(run, issue, stale, why)) {
        return false;
    }
    if (*stale) {
        bool begun = issue->state == ISSUE_SENDING;
        fail(line, FAILURE_DATA,
             "issue %lld (%s) was due %lld days ago and %s; `verdicts send "
             "--issue %lld --force` sends it all the same, `verdicts issue cancel %lld` %s it",
             (long long)issue->number, issue->iso_week, (long long)(age / 86400),
             begun ? "has not been sent to all" : "was never sent", (long long)issue->number,
             (long long)issue->number, begun ? "stops" : "frees");
    }
    return true;
}

/* As with a relay that is away, the age of a row counts from its first attempt. */
bool expire_rows(const struct issue_run *run, const struct issue *issue, const char *reply,
                 bool *finished, struct failure *why)
{
    const struct settings *settings = run->settings;
    const struct delivery_patience patience = {RETRY_FIRST, RETRY_LONGEST,
                                               settings->deliver.max_age};
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t now = clock_now();
    const struct delivery_deferral deferral = {
        .next_at = now, .max_age = patience.max_age, .reply = reply, .relay = ""};
    int64_t count;
    return (settings->deliver.in_doubt != IN_DOUBT_RESEND ||
            delivery_resend(run->store, queue, now, &patience, &count, why)) &&
           delivery_defer_due(run->store, queue, now, &deferral, &count, why) &&
           transition_finish(run->store, issue, now, reply, finished, why);
}

bool expire_issue(const struct issue_run *run, const struct issue *issue, const char *reply,
                  bool *finished, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    struct senders senders;
    *finished = false;
    bool good = senders_join(&senders, run->settings->database, why);
    /* Somebody who is sending it by force must not find its rows given up. */
    if (good && senders.alone) {
        good = senders_recover(&senders, run->store, queue, why) &&
               expire_rows(run, issue, reply, finished, why);
    }
    senders_leave(&senders);
    return good;
}
