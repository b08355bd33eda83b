#include "issue/send.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "deliver/guard.h"
#include "deliver/senders.h"
#include "issue/bounces.h"
#include "issue/build.h"
#include "issue/copy_maker.h"
#include "issue/expire.h"
#include "issue/obstacle.h"
#include "issue/signing.h"
#include "issue/transition.h"

enum failure_kind send_outcome(const struct send_result *result)
{
    const struct deliver_result *delivered = &result->delivered;
    if (delivered->unread != FAILURE_NONE) {
        return delivered->unread;
    }
    if (!result->left) {
        return FAILURE_NONE;
    }
    bool refused_all = delivered->rests && delivered->asked && delivered->sent == 0;
    return refused_all ? FAILURE_UNAVAILABLE : FAILURE_TRY_AGAIN;
}

void send_summary(const struct issue *issue, const int64_t counts[DELIVERY_STATES], int64_t doubted,
                  char line[SEND_SUMMARY])
{
    static const enum delivery_state order[] = {
        DELIVERY_SENT,     DELIVERY_REFUSED,  DELIVERY_GAVE_UP, DELIVERY_SKIPPED,
        DELIVERY_DEFERRED, DELIVERY_IN_DOUBT, DELIVERY_QUEUED,  DELIVERY_SENDING};
    int64_t eligible = 0;
    for (int state = 0; state < DELIVERY_STATES; state++) {
        eligible += counts[state];
    }
    struct buf text;
    buf_init(&text, SEND_SUMMARY - 1);
    buf_addf(&text, "issue %lld (%s): %lld reader%s", (long long)issue->number, issue->iso_week,
             (long long)eligible, eligible == 1 ? "" : "s");
    const char *comma = ": ";
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (counts[order[i]] > 0) {
            buf_addf(&text, "%s%lld %s", comma, (long long)counts[order[i]],
                     delivery_state_name(order[i]));
            comma = ", ";
        }
    }
    if (doubted > 0) {
        buf_addf(&text, "; %lld of them may have it twice (report --readers doubted)",
                 (long long)doubted);
    }
    snprintf(line, SEND_SUMMARY, "%s", text.data);
    buf_free(&text);
}

/* The states whose rows are tried again, ending with -1. */
static void list_retries(const struct send_options *options, int states[DELIVERY_STATES + 1])
{
    const struct {
        bool wanted;
        enum delivery_state state;
    } retries[] = {{options->retry_in_doubt, DELIVERY_IN_DOUBT},
                   {options->retry_gave_up, DELIVERY_GAVE_UP},
                   {options->retry_refused, DELIVERY_REFUSED}};
    size_t count = 0;
    for (size_t i = 0; i < sizeof retries / sizeof *retries; i++) {
        if (retries[i].wanted) {
            states[count++] = (int)retries[i].state;
        }
    }
    states[count] = -1;
}

bool send_count_retries(struct store *store, const struct issue *issue,
                        const struct send_options *options, int64_t *count, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    int states[DELIVERY_STATES + 1];
    *count = 0;
    list_retries(options, states);
    for (size_t i = 0; states[i] >= 0; i++) {
        int64_t some;
        if (!delivery_count_filtered(store, queue, (enum delivery_state)states[i], &options->filter,
                                     &some, why)) {
            return false;
        }
        *count += some;
    }
    return true;
}

static bool requeue(const struct issue_run *run, const struct issue *issue,
                    const struct send_options *options, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t all = 0;
    int states[DELIVERY_STATES + 1];
    int64_t count;
    list_retries(options, states);
    for (size_t i = 0; states[i] >= 0; i++) {
        if (!delivery_requeue(run->store, queue, (enum delivery_state)states[i], &options->filter,
                              clock_now(), &count, why)) {
            return false;
        }
        all += count;
    }
    if (all > 0 && issue->state == ISSUE_SENT) {
        transition_log(issue->id, "sent", "sending", "send --retry");
    }
    return true;
}

static bool refuse_stale(const struct issue_run *run, const struct issue *issue, bool force,
                         struct failure *why)
{
    struct failure line = {0};
    bool stale;
    if (force) {
        return true;
    }
    if (!expire_is_stale(run, issue, &stale, &line, why)) {
        return false;
    }
    if (stale) {
        *why = line;
    }
    return !stale;
}

/* A mail must not have a Date in the future. */
static bool refuse_early(const struct issue *issue, struct failure *why)
{
    char due[CLOCK_TEXT];
    clock_format(issue->window_end, due);
    return clock_now() >= issue->window_end ||
           fail(why, FAILURE_DATA, "issue %lld (%s) is due only at %s", (long long)issue->number,
                issue->iso_week, due);
}

static bool begin(const struct issue_run *run, const struct issue *issue,
                  const struct send_options *options, struct failure *why)
{
    bool started;
    int64_t readers;
    switch (issue->state) {
    case ISSUE_APPROVED:
        return refuse_early(issue, why) && refuse_stale(run, issue, options->force, why) &&
               issue_begin(run->store, run->arena, run->settings, issue, clock_now(), &started,
                           &readers, why);
    case ISSUE_SENDING:
        return refuse_stale(run, issue, options->force, why);
    case ISSUE_SENT:
        return true;
    case ISSUE_DRAFT:
        return fail(why, FAILURE_DATA,
                    "issue %lld is a draft; `verdicts issue approve %lld` "
                    "releases it",
                    (long long)issue->number, (long long)issue->number);
    case ISSUE_CANCELLED:
        break;
    }
    return fail(why, FAILURE_DATA, "issue %lld was cancelled; nothing more of it is sent",
                (long long)issue->number);
}

static bool deliver(const struct issue_run *run, struct delivery_queue queue,
                    struct copy_maker *maker, bool signed_copies,
                    const struct send_options *options, struct guard *guard,
                    struct deliver_result *result, struct failure *why)
{
    struct deliver_job job = {
        .database = run->settings->database,
        .settings = run->settings,
        .queue = queue,
        .compose = copy_maker_compose,
        .context = maker,
        .finish = signed_copies ? copy_maker_finish : NULL,
        .finish_context = maker,
        .guard = guard,
        .limit = options->limit,
        .linger = options->limit == 0,
        .progress = true,
        .watch = run->watch,
        .watch_context = run->context,
        .stop = run->stop,
    };
    store_rest(run->store);
    memory_trim();
    bool good = deliver_run(&job, result, why);
    run->watch(run->context, NULL);
    return good;
}

static bool finish(const struct issue_run *run, const struct issue *issue,
                   struct send_result *result, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    const int64_t *counts = result->delivered.counts;
    bool finished;
    result->left = counts[DELIVERY_QUEUED] + counts[DELIVERY_SENDING] + counts[DELIVERY_DEFERRED] +
                       counts[DELIVERY_IN_DOUBT] >
                   0;
    return transition_finish(run->store, issue, clock_now(), "no row is waiting", &finished, why) &&
           delivery_doubted(run->store, queue, &result->doubted, why);
}

/* Whether messages may be sent: of an issue that was sent only if rows are tried again. */
static bool will_send(const struct issue *issue, const struct send_options *options)
{
    bool again = options->retry_gave_up || options->retry_in_doubt || options->retry_refused;
    return issue->state == ISSUE_APPROVED || issue->state == ISSUE_SENDING ||
           (issue->state == ISSUE_SENT && again);
}

/* Before anything is recovered, because open claims show where the database comes from. */
static bool open_guard(const struct issue_run *run, const struct issue *issue,
                       const struct send_options *options, struct guard **guard,
                       struct failure *why)
{
    return !will_send(issue, options) ||
           guard_open(run->store, run->settings, issue->id, options->force, guard, why);
}

/* However the run ended, a backup taken during it must be behind the guard. */
static bool close_guard(const struct issue_run *run, struct guard *guard, bool good,
                        struct failure *why)
{
    struct failure late = {0};
    bool finished = guard_finish(guard, run->store, good ? why : &late);
    guard_close(guard);
    return good && finished;
}

/* The issue is being sent and cannot be signed. `why` says so already. */
static bool end_unsigned(const struct issue_run *run, const struct issue *issue,
                         struct failure *why)
{
    struct failure refusal = *why;
    bool finished = false;
    if (issue->state != ISSUE_SENDING || refusal.kind != FAILURE_CONFIG) {
        return false;
    }
    if (!expire_rows(run, issue, "cannot be signed as it was begun", &finished, why)) {
        return false;
    }
    return finished
               ? fail(why, refusal.kind,
                      "%s. Its other readers are given up now; `verdicts send --issue %lld --retry "
                      "gave_up` tries them again",
                      refusal.text, (long long)issue->number)
               : fail(why, refusal.kind, "%s", refusal.text);
}

/* The keys are checked before anything is claimed. If no copy of the issue was sent, its rows stay
 * as they are: it can still be freed, and be signed as the settings say. While another run is
 * sending it, that run's keys count, even if its first copy is still waiting for the pace. */
static bool open_signing(const struct issue_run *run, const struct issue *issue,
                         const struct send_options *options, bool alone, struct signing *signing,
                         struct failure *why)
{
    bool left;
    if (!will_send(issue, options)) {
        return true;
    }
    if (!issue_may_have_left(run->store, issue->id, &left, why)) {
        return false;
    }
    bool begun = left || (!alone && issue->state == ISSUE_SENDING);
    return signing_open(run->arena, run->settings, issue, begun, options->force, signing, why) ||
           (left && end_unsigned(run, issue, why));
}

/* Two runs may have started an approved issue at the same time. Once it is started, only `force`
 * changes what its copies have to be like. */
static bool check_sender(const struct issue *issue, const struct signing *signing,
                         const struct issue *fresh, struct failure *why)
{
    const char *kept = signing->sender != NULL ? signing->sender : issue->sender;
    return strcmp(kept, fresh->sender) == 0 ||
           fail(why, FAILURE_TRY_AGAIN,
                "another run has begun it with other keys; look at the settings, and run it again");
}

/* The issue is started, and all open claims belong to live processes. */
static bool send_copies(const struct issue_run *run, const struct issue *issue,
                        const struct send_options *options, const struct signing *signing,
                        struct guard *guard, struct deliver_result *result, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    struct issue *fresh;
    struct copy_maker *maker = NULL;
    bool good = issue_get(run->store, run->arena, issue->id, &fresh, why) &&
                check_sender(issue, signing, fresh, why) &&
                copy_maker_open(run->store, fresh, NULL, run->keys, &maker, why);
    if (good) {
        copy_maker_sign_with(maker, signing->signer);
        good = deliver(run, queue, maker, signing->signer != NULL, options, guard, result, why);
    }
    copy_maker_close(maker);
    return good;
}

/* Sending was stopped by a hold or a pause, which may be over by now. */
static bool say_halt(const struct issue_run *run, int64_t issue_id, struct deliver_result *result,
                     struct failure *why)
{
    struct issue *fresh;
    struct failure line = {0};
    if (!result->halted) {
        return true;
    }
    if (!issue_get(run->store, run->arena, issue_id, &fresh, why)) {
        return false;
    }
    if (!obstacle_refuse(run->store, fresh, &line) && line.kind != FAILURE_TRY_AGAIN) {
        *why = line;
        return false;
    }
    if (line.kind != FAILURE_NONE) {
        result->relay_why = line;
        snprintf(result->topic, sizeof result->topic, "%.*s", (int)sizeof result->topic - 1,
                 line.text);
    }
    return true;
}

static bool count_refusals(const struct issue_run *run, int64_t issue_id, struct failure *why)
{
    const struct bounces bounces = {
        .store = run->store, .settings = run->settings, .keys = run->keys};
    struct judge_result judged;
    bool good = bounces_count_refusals(&bounces, run->arena, issue_id, &judged, why);
    for (size_t i = 0; i < judged.storm_count; i++) {
        run->say(run->context, ISSUE_SAY_WARNING,
                 bounce_run_storm_line(run->arena, &judged.storms[i]));
    }
    return good;
}

/* Everything that has to agree before a copy is sent, in this order: the guard must see the claims
 * as the database brought them, the keys what became of them. */
static bool prepare(const struct issue_run *run, const struct issue *issue,
                    const struct send_options *options, struct signing *signing,
                    struct guard **guard, struct senders *senders, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    if (!senders_join(senders, run->settings->database, why)) {
        return false;
    }
    bool alone = senders->alone;
    return open_guard(run, issue, options, guard, why) &&
           senders_recover(senders, run->store, queue, why) &&
           open_signing(run, issue, options, alone, signing, why);
}

bool send_issue(const struct issue_run *run, int64_t issue_id, const struct send_options *options,
                struct send_result *result, struct failure *why)
{
    struct deliver_result *delivered = &result->delivered;
    struct guard *guard = NULL;
    struct signing signing = {0};
    struct issue *issue; /* read once: all that follows decides on the same one */
    struct senders senders = {.fd = -1};
    if (!issue_get(run->store, run->arena, issue_id, &issue, why) ||
        (will_send(issue, options) && !obstacle_refuse(run->store, issue, why))) {
        return false;
    }
    bool ready = prepare(run, issue, options, &signing, &guard, &senders, why) &&
                 signing_keep(run->store, issue, &signing, why);
    bool begun = ready && begin(run, issue, options, why);
    bool good = begun && requeue(run, issue, options, why) &&
                send_copies(run, issue, options, &signing, guard, delivered, why) &&
                finish(run, issue, result, why) && say_halt(run, issue->id, delivered, why) &&
                count_refusals(run, issue->id, why);
    if (!ready || (begun && !good)) {
        fail_context(why, "issue %lld", (long long)issue->number); /* begin() has named it */
    }
    good = close_guard(run, guard, good, why);
    signing_close(&signing);
    senders_leave(&senders);
    return good;
}
