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

/* --- what the operator hears of the relays --- */

static void tell_rest(struct shift *shift, const struct resting *resting)
{
    struct deliver_result *result = shift->result;
    result->rests = true;
    result->asked = result->asked || resting->asked;
    resting_tell(resting, &result->relay_why);
    snprintf(result->topic, sizeof result->topic, "rests: %s", resting->rest->sentence);
}

/* A line for the first that is away, and how many others are. */
static void tell_absence(struct shift *shift, const struct transport *first, size_t others)
{
    struct deliver_result *result = shift->result;
    bool several = shift->transport_count > 1;
    result->relay_why = first->away_why;
    if (several && result->relay_away) {
        fail_context(&result->relay_why, "no relay can be reached");
    } else if (others > 0) {
        fail_context(&result->relay_why, "%zu other relay%s away too", others,
                     others == 1 ? " is" : "s are");
    }
    snprintf(result->topic, sizeof result->topic, several ? "away: %s" : "away", first->relay.name);
}

/* A rest before an absence: it comes with what to do. */
static void tell_relays(struct shift *shift)
{
    const struct transport *away = NULL;
    size_t count = 0;
    for (size_t i = 0; i < shift->transport_count; i++) {
        const struct transport *transport = &shift->transports[i];
        if (transport->away) {
            away = away != NULL ? away : transport;
            count++;
        }
    }
    if (away != NULL) {
        tell_absence(shift, away, count - 1);
    }
    for (size_t i = shift->transport_count; i-- > 0;) {
        if (shift->transports[i].resting.rest != NULL) {
            tell_rest(shift, &shift->transports[i].resting);
        }
    }
}

/* Rows stay queued because relays have had what their warm-up gives them today. */
static void tell_warming(struct shift *shift)
{
    struct deliver_result *result = shift->result;
    for (size_t i = 0; i < shift->transport_count; i++) {
        const struct warming *warming = outbox_spent(shift->outbox, i);
        const char *name = shift->transports[i].relay.name;
        if (warming == NULL || result->counts[DELIVERY_QUEUED] == 0 ||
            result->relay_why.kind != FAILURE_NONE) {
            continue;
        }
        fail(&result->relay_why, FAILURE_TRY_AGAIN,
             "the relay %s warms up and has had its %lld message%s of day %lld of %lld; the others "
             "wait for the next day (UTC)",
             name, (long long)warming->allowance, warming->allowance == 1 ? "" : "s",
             (long long)warming->number, (long long)warming->days);
        snprintf(result->topic, sizeof result->topic, "warms up: %s", name);
    }
}

/* --- the whole --- */

/* Where relays were away in earlier runs, one is tried with a single letter first; of those that
 * the settings do not name any more nothing is kept. */
static bool find_absences(struct shift *shift, struct arena *arena, struct failure *why)
{
    struct absence *absences;
    size_t count;
    bool good = outbox_find_absences(shift->outbox, arena, &absences, &count, why);
    for (size_t i = 0; good && i < count; i++) {
        int found = routes_find(&shift->routes, absences[i].relay);
        if (found < 0) {
            good = outbox_end_absence(shift->outbox, absences[i].relay, why);
        } else {
            shift->transports[found].away_since = absences[i].since;
            shift->transports[found].trial = shift->transport_count > 1;
        }
    }
    return good;
}

static bool look_at_relays(struct shift *shift, struct arena *arena, struct failure *why)
{
    for (size_t i = 0; i < shift->transport_count; i++) {
        if (!resting_look(&shift->transports[i].resting, shift->outbox, why)) {
            return false;
        }
    }
    return find_absences(shift, arena, why);
}

static bool send_all(struct shift *shift, struct arena *arena, struct failure *why)
{
    struct outbox *outbox = shift->outbox;
    bool smtp = shift->transports[0].relay.kind == RELAY_SMTP;
    if (!outbox_wake(outbox, why) || (smtp && !look_at_relays(shift, arena, why))) {
        return false;
    }
    bool good = smtp ? loop_run(shift, why) : local_run(shift, why);
    for (size_t i = 0; i < shift->transport_count; i++) {
        resting_end(&shift->transports[i].resting, outbox);
    }
    good = good && outbox_commit(outbox, why) && outbox_give_back(outbox, why);
    if (!good) {
        settle_late(shift);
        return false;
    }
    tell_relays(shift);
    shift->result->sent = outbox_recorded(outbox)[DELIVERY_SENT];
    good = outbox_counts(outbox, shift->result->counts, why);
    tell_warming(shift);
    return good;
}

static bool read_relays(struct shift *shift, struct arena *arena, struct failure *why)
{
    const struct settings *settings = shift->job->settings;
    size_t count = settings_relay_count(settings);
    shift->transport_count = count;
    shift->transports = arena_array(arena, count, sizeof *shift->transports);
    shift->routes = (struct routes){arena_array(arena, count, sizeof *shift->routes.list), count};
    for (size_t i = 0; i < count; i++) {
        const struct settings_relay *named = settings_relay(settings, i);
        struct transport *transport = &shift->transports[i];
        transport->number = i;
        if (!relay_read(arena, named, &transport->relay, why)) {
            return false;
        }
        shift->routes.list[i] = (struct route_relay){.name = transport->relay.name,
                                                     .host = transport->relay.place,
                                                     .domains = (const char *const *)named->domains,
                                                     .weight = named->weight,
                                                     .backup = named->backup};
    }
    return true;
}

static bool open_outbox(struct shift *shift, struct failure *why)
{
    const struct deliver_job *job = shift->job;
    const struct outbox_options options = {.database = job->database,
                                           .settings = job->settings,
                                           .queue = job->queue,
                                           .routes = &shift->routes,
                                           .witness = job->witness};
    return outbox_open(&options, &shift->outbox, why);
}

bool deliver_run(const struct deliver_job *job, struct deliver_result *result, struct failure *why)
{
    struct arena arena = {0};
    struct answers_book own = {0};
    struct dialer own_dialer = {0};
    struct shift shift = {.job = job, .result = result};
    *result = (struct deliver_result){0};
    if (!read_relays(&shift, &arena, why)) {
        arena_free(&arena);
        return false;
    }
    for (size_t i = 0; i < shift.transport_count; i++) {
        const char *name = shift.transports[i].relay.name;
        shift.transports[i].dialer = job->dialer != NULL ? job->dialer : &own_dialer;
        resting_init(&shift.transports[i].resting, job->settings, i, name, job->queue,
                     answers_of(job->answers != NULL ? job->answers : &own, name));
    }
    bool good = signers_start(job->finish, job->finish_context, &shift.signers, why) &&
                open_outbox(&shift, why) && send_all(&shift, &arena, why);
    outbox_close(shift.outbox);
    signers_stop(shift.signers);
    for (size_t i = 0; i < shift.transport_count; i++) {
        resting_free(&shift.transports[i].resting);
    }
    answers_free(&own);
    dialer_free(&own_dialer);
    arena_free(&arena);
    return good;
}
