#include "deliver/deliver.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "deliver/local.h"
#include "deliver/loop.h"

/* Writes the outcomes of messages that servers have answered even if something else failed: without
 * them those rows would be in doubt. Usually another process holds the database's lock, with a long
 * import: wait for it as long as the rows are ours. */
static void settle_late(struct delivery_run *run)
{
    const struct deliver_job *job = run->job;
    int64_t until_ms = clock_monotonic_ms() + job->settings->deliver.lease * 1000;
    struct failure late;
    bool good, patient;
    do {
        late = (struct failure){0};
        good = outbox_commit(run->outbox, &late) && outbox_give_back(run->outbox, &late);
        patient = late.kind == FAILURE_TRY_AGAIN && (job->stop == NULL || *job->stop == 0);
    } while (!good && patient && clock_monotonic_ms() < until_ms);
    if (!good) {
        log_event(LOG_LEVEL_ERROR, "delivery", "unsettled", LOG_STR("why", late.text));
    }
}

/* --- what the operator is told about the relays --- */

static void tell_rest(struct delivery_run *run, const struct resting *resting)
{
    struct deliver_result *result = run->result;
    result->rests = true;
    result->asked = result->asked || resting->asked;
    resting_tell(resting, &result->relay_why);
    snprintf(result->topic, sizeof result->topic, "rests: %s", resting->rest->sentence);
}

/* A line about the first relay that is away, and the number of others that are. */
static void tell_absence(struct delivery_run *run, const struct transport *first, size_t others)
{
    struct deliver_result *result = run->result;
    bool several = run->transport_count > 1;
    result->relay_why = first->away_why;
    if (several && result->relay_away) {
        fail_context(&result->relay_why, "no relay can be reached");
    } else if (others > 0) {
        fail_context(&result->relay_why, "%zu other relay%s away too", others,
                     others == 1 ? " is" : "s are");
    }
    snprintf(result->topic, sizeof result->topic, several ? "away: %s" : "away", first->relay.name);
}

/* A rest is reported before an absence: its line says what to do. Of absences, those that only the
 * operator can end come first. */
static void tell_relays(struct delivery_run *run)
{
    const struct transport *away = NULL;
    size_t count = 0;
    for (size_t i = 0; i < run->transport_count; i++) {
        const struct transport *transport = &run->transports[i];
        if (transport->away) {
            away = away == NULL || (transport->unread && !away->unread) ? transport : away;
            if (transport->unread) {
                run->result->unread = transport->away_why.kind;
            }
            count++;
        }
    }
    if (away != NULL) {
        tell_absence(run, away, count - 1);
    }
    for (size_t i = run->transport_count; i-- > 0;) {
        if (run->transports[i].resting.rest != NULL) {
            tell_rest(run, &run->transports[i].resting);
        }
    }
}

/* Rows stay queued because relays have used up today's allowance of their warm-up. */
static void tell_warming(struct delivery_run *run)
{
    struct deliver_result *result = run->result;
    for (size_t i = 0; i < run->transport_count; i++) {
        const struct warming *warming = outbox_spent(run->outbox, i);
        const char *name = run->transports[i].relay.name;
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

/* A relay that was away in earlier runs is tried with a single message first. What is kept about
 * relays that the settings no longer name is removed. */
static bool find_absences(struct delivery_run *run, struct arena *arena, struct failure *why)
{
    struct absence *absences;
    size_t count;
    bool good = outbox_find_absences(run->outbox, arena, &absences, &count, why);
    for (size_t i = 0; good && i < count; i++) {
        int found = routes_find(&run->routes, absences[i].relay);
        if (found < 0) {
            good = outbox_end_absence(run->outbox, absences[i].relay, why);
        } else {
            run->transports[found].away_since = absences[i].since;
            run->transports[found].trial = run->transport_count > 1;
        }
    }
    return good;
}

/* The rows of such a relay go to the others from the start. */
static bool note_unread(struct delivery_run *run, struct failure *why)
{
    for (size_t i = 0; i < run->transport_count; i++) {
        struct transport *transport = &run->transports[i];
        struct failure unread = transport->away_why;
        if (transport->unread && !delivery_run_relay_away(run, transport, &unread, why)) {
            return false;
        }
    }
    return true;
}

static bool refresh_relays(struct delivery_run *run, struct arena *arena, struct failure *why)
{
    for (size_t i = 0; i < run->transport_count; i++) {
        if (!resting_refresh(&run->transports[i].resting, run->outbox, why)) {
            return false;
        }
    }
    return find_absences(run, arena, why) && note_unread(run, why);
}

static bool send_all(struct delivery_run *run, struct arena *arena, struct failure *why)
{
    struct outbox *outbox = run->outbox;
    bool smtp = run->transports[0].relay.kind == RELAY_SMTP;
    if (!outbox_wake(outbox, why) || (smtp && !refresh_relays(run, arena, why))) {
        return false;
    }
    bool good = smtp ? loop_run(run, why) : local_run(run, why);
    for (size_t i = 0; i < run->transport_count; i++) {
        resting_end(&run->transports[i].resting, outbox);
    }
    good = good && outbox_commit(outbox, why) && outbox_give_back(outbox, why);
    if (!good) {
        settle_late(run);
        return false;
    }
    tell_relays(run);
    run->result->sent = outbox_recorded(outbox)[DELIVERY_SENT];
    good = outbox_counts(outbox, run->result->counts, why);
    tell_warming(run);
    return good;
}

/* If the password of one of several relays cannot be read, that relay is away for this run: the
 * file says nothing against the others. `*last` is the reason for the last such relay. */
static void read_password(struct arena *arena, struct transport *transport, struct failure *last)
{
    struct failure unread = {0};
    if (!relay_read_password(arena, &transport->relay, &unread)) {
        *last = unread;
        transport->unread = true;
        fail(&transport->away_why, unread.kind, "%.800s; the relay %s takes no part in this run",
             unread.text, transport->relay.label);
    }
}

static bool read_relays(struct delivery_run *run, struct arena *arena, struct failure *why)
{
    size_t unread = 0;
    struct failure last = {0};
    const struct settings *settings = run->job->settings;
    size_t count = settings_relay_count(settings);
    run->transport_count = count;
    run->transports = arena_array(arena, count, sizeof *run->transports);
    run->routes = (struct routes){arena_array(arena, count, sizeof *run->routes.list), count};
    for (size_t i = 0; i < count; i++) {
        const struct settings_relay *named = settings_relay(settings, i);
        struct transport *transport = &run->transports[i];
        transport->number = i;
        if (!relay_read_place(arena, named, &transport->relay, why)) {
            return false;
        }
        read_password(arena, transport, &last);
        unread += transport->unread;
        run->routes.list[i] = (struct route_relay){.name = transport->relay.name,
                                                   .host = transport->relay.place,
                                                   .domains = (const char *const *)named->domains,
                                                   .weight = named->weight,
                                                   .backup = named->backup};
    }
    if (unread == count) {
        *why = last;
    }
    return unread < count;
}

static bool open_outbox(struct delivery_run *run, struct failure *why)
{
    const struct deliver_job *job = run->job;
    const struct outbox_options options = {.database = job->database,
                                           .settings = job->settings,
                                           .queue = job->queue,
                                           .routes = &run->routes,
                                           .guard = job->guard};
    return outbox_open(&options, &run->outbox, why);
}

bool deliver_run(const struct deliver_job *job, struct deliver_result *result, struct failure *why)
{
    struct arena arena = {0};
    struct answers_book own = {0};
    struct dialer own_dialer = {0};
    struct delivery_run run = {.job = job, .result = result};
    *result = (struct deliver_result){0};
    if (!read_relays(&run, &arena, why)) {
        for (size_t i = 0; i < run.transport_count; i++) {
            relay_wipe(&run.transports[i].relay);
        }
        arena_free(&arena);
        return false;
    }
    for (size_t i = 0; i < run.transport_count; i++) {
        const char *name = run.transports[i].relay.name;
        run.transports[i].dialer = job->dialer != NULL ? job->dialer : &own_dialer;
        resting_init(&run.transports[i].resting, job->settings, i, name, job->queue,
                     answers_of(job->answers != NULL ? job->answers : &own, name));
    }
    bool good = signers_start(job->finish, job->finish_context, &run.signers, why) &&
                open_outbox(&run, why) && send_all(&run, &arena, why);
    outbox_close(run.outbox);
    signers_stop(run.signers);
    for (size_t i = 0; i < run.transport_count; i++) {
        resting_free(&run.transports[i].resting);
        relay_wipe(&run.transports[i].relay);
    }
    answers_free(&own);
    dialer_free(&own_dialer);
    arena_free(&arena);
    return good;
}
