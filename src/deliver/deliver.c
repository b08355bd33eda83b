#include "deliver/deliver.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/local.h"
#include "deliver/loop.h"

/* Outcomes of what the servers have answered are written even when something else went wrong:
 * without them those rows would be in doubt. Most often it is another process that keeps the
 * database, with a long import: it is waited for as long as the rows are ours. */
static void settle_late(struct shift *shift)
{
    const struct deliver_job *job = shift->job;
    int64_t until_ms = clock_monotonic_ms() + job->settings->deliver.lease * 1000;
    struct failure late;
    bool good, patient;
    do {
        late = (struct failure){0};
        good = outbox_commit(shift->outbox, &late) && outbox_give_back(shift->outbox, &late);
        patient = late.kind == FAILURE_TRY_AGAIN && (job->stop == NULL || *job->stop == 0);
    } while (!good && patient && clock_monotonic_ms() < until_ms);
    if (!good) {
        log_event(LOG_LEVEL_ERROR, "delivery", "unsettled", LOG_STR("why", late.text));
    }
}

static void tell_rest(struct shift *shift)
{
    const struct resting *resting = &shift->resting;
    if (resting->rest != NULL) {
        shift->result->rests = true;
        shift->result->asked = resting->asked;
        resting_tell(resting, &shift->result->relay_why);
        snprintf(shift->result->topic, sizeof shift->result->topic, "rests: %s",
                 resting->rest->sentence);
    }
}

static bool send_all(struct shift *shift, struct failure *why)
{
    struct outbox *outbox = shift->outbox;
    if (!outbox_wake(outbox, why) ||
        (shift->relay->kind == RELAY_SMTP && !resting_look(&shift->resting, outbox, why))) {
        return false;
    }
    bool smtp = shift->relay->kind == RELAY_SMTP;
    bool good = smtp ? loop_run(shift, why) : local_run(shift, why);
    resting_end(&shift->resting, outbox);
    good = good && outbox_commit(outbox, why) && outbox_give_back(outbox, why);
    if (!good) {
        settle_late(shift);
        return false;
    }
    tell_rest(shift);
    shift->result->sent = outbox_recorded(outbox)[DELIVERY_SENT];
    return outbox_counts(outbox, shift->result->counts, why);
}

bool deliver_run(const struct deliver_job *job, struct deliver_result *result, struct failure *why)
{
    struct arena arena = {0};
    struct relay relay;
    struct answers own;
    struct dialer own_dialer = {0};
    struct shift shift = {.job = job, .relay = &relay, .result = result};
    *result = (struct deliver_result){0};
    if (!relay_read(&arena, &job->settings->smtp, &relay, why)) {
        arena_free(&arena);
        return false;
    }
    struct outbox_options options = {.database = job->database,
                                     .settings = job->settings,
                                     .queue = job->queue,
                                     .relay = relay.name,
                                     .witness = job->witness};
    shift.dialer = job->dialer != NULL ? job->dialer : &own_dialer;
    answers_init(&own);
    resting_init(&shift.resting, job->settings, relay.name, job->queue,
                 job->answers != NULL ? job->answers : &own);
    bool good = finisher_start(job->finish, job->finish_context, &shift.finisher, why) &&
                outbox_open(&options, &shift.outbox, why) && send_all(&shift, why);
    outbox_close(shift.outbox);
    finisher_stop(shift.finisher);
    resting_free(&shift.resting);
    dialer_free(&own_dialer);
    arena_free(&arena);
    return good;
}
