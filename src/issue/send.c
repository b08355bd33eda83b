#include "issue/send.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/bouncing.h"
#include "deliver/guard.h"
#include "deliver/progress.h"
#include "deliver/retry.h"
#include "deliver/senders.h"
#include "issue/build.h"
#include "issue/copy_maker.h"
#include "issue/obstacle.h"
#include "issue/signing.h"

int sending_status(const struct deliver_result *result)
{
    if (result->unread != FAILURE_NONE) {
        return failure_exit_code(result->unread);
    }
    bool nothing = result->rests && result->asked && result->sent == 0;
    return nothing ? failure_exit_code(FAILURE_UNAVAILABLE) : EXIT_TRY_AGAIN;
}

void sending_summary(const struct issue *issue, const int64_t counts[DELIVERY_STATES],
                     int64_t doubted, char *line, size_t size)
{
    static const enum delivery_state order[] = {
        DELIVERY_SENT,     DELIVERY_REFUSED,  DELIVERY_GAVE_UP, DELIVERY_SKIPPED,
        DELIVERY_DEFERRED, DELIVERY_IN_DOUBT, DELIVERY_QUEUED,  DELIVERY_SENDING};
    int64_t eligible = 0;
    for (int state = 0; state < DELIVERY_STATES; state++) {
        eligible += counts[state];
    }
    struct buf text;
    buf_init(&text, size - 1);
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
    snprintf(line, size, "%s", text.data);
    buf_free(&text);
}

static bool requeue(struct program *program, struct delivery_queue queue,
                    const struct sending_options *options, struct failure *why)
{
    const struct {
        bool wanted;
        enum delivery_state state;
    } retries[] = {{options->retry_in_doubt, DELIVERY_IN_DOUBT},
                   {options->retry_gave_up, DELIVERY_GAVE_UP},
                   {options->retry_refused, DELIVERY_REFUSED}};
    int64_t count;
    for (size_t i = 0; i < sizeof retries / sizeof *retries; i++) {
        if (retries[i].wanted && !delivery_requeue(program->store, queue, retries[i].state,
                                                   &options->filter, clock_now(), &count, why)) {
            return false;
        }
    }
    return true;
}

/* Rows of an issue under way that a run would send. */
static bool owes(struct program *program, const struct issue *issue, bool *owes_some,
                 struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t counts[DELIVERY_STATES];
    if (!delivery_counts(program->store, queue, counts, why)) {
        return false;
    }
    *owes_some = counts[DELIVERY_QUEUED] + counts[DELIVERY_SENDING] + counts[DELIVERY_DEFERRED] > 0;
    return true;
}

bool sending_is_stale(struct program *program, const struct issue *issue, bool *stale,
                      struct failure *line, struct failure *why)
{
    int64_t age = clock_now() - issue->window_end;
    *stale = age > program->settings.issue.max_age_days * 86400 &&
             (issue->state == ISSUE_APPROVED || issue->state == ISSUE_SENDING);
    if (*stale && issue->state == ISSUE_SENDING && !owes(program, issue, stale, why)) {
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

/* A copied or restored database must not mail old news. */
static bool refuse_stale(struct program *program, const struct issue *issue, bool force,
                         struct failure *why)
{
    struct failure line = {0};
    bool stale;
    if (force) {
        return true;
    }
    if (!sending_is_stale(program, issue, &stale, &line, why)) {
        return false;
    }
    if (stale) {
        *why = line;
    }
    return !stale;
}

/* A mail must not carry a Date that is still to come. */
static bool refuse_early(const struct issue *issue, struct failure *why)
{
    char due[CLOCK_TEXT];
    clock_format(issue->window_end, due);
    return clock_now() >= issue->window_end ||
           fail(why, FAILURE_DATA, "issue %lld (%s) is due only at %s", (long long)issue->number,
                issue->iso_week, due);
}

static bool begin(struct program *program, const struct issue *issue,
                  const struct sending_options *options, struct failure *why)
{
    bool started;
    int64_t readers;
    switch (issue->state) {
    case ISSUE_APPROVED:
        return refuse_early(issue, why) && refuse_stale(program, issue, options->force, why) &&
               issue_begin(program->store, &program->arena, &program->settings, issue, clock_now(),
                           &started, &readers, why);
    case ISSUE_SENDING:
        return refuse_stale(program, issue, options->force, why);
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

enum { PROGRESS_COLUMNS = 78, PROGRESS_LINE = 512 };

/* A line that is longer than the terminal is wide wraps, and each next one stands below it. */
static size_t progress_columns(void)
{
    struct winsize size = {0};
    bool narrow = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
                  size.ws_col <= PROGRESS_COLUMNS;
    return narrow ? size.ws_col - 1U : PROGRESS_COLUMNS;
}

/* A bar on a terminal; anywhere else a line for each SIGUSR1. */
static void sending_watch(void *context, const struct deliver_progress *progress)
{
    struct program *program = context;
    bool bar = program->terminal && !program->quiet;
    bool asked = program->asked != 0;
    program->asked = 0;
    if (!bar && !asked) {
        return;
    }
    struct buf line;
    buf_init(&line, PROGRESS_LINE);
    progress_line(progress, bar ? progress_columns() : PROGRESS_COLUMNS, &line);
    fprintf(stderr, bar ? "\r\033[K%s" : "verdicts: %s\n", line.data);
    buf_free(&line);
}

static bool deliver(struct program *program, struct delivery_queue queue, struct copy_maker *maker,
                    bool signed_copies, const struct sending_options *options, struct guard *guard,
                    struct deliver_result *result, struct failure *why)
{
    struct deliver_job job = {
        .database = program->settings.database,
        .settings = &program->settings,
        .queue = queue,
        .compose = copy_maker_compose,
        .context = maker,
        .finish = signed_copies ? copy_maker_finish : NULL,
        .finish_context = maker,
        .guard = guard,
        .limit = options->limit,
        .linger = options->limit == 0,
        .progress = true,
        .watch = sending_watch,
        .watch_context = program,
        .stop = &program->stop,
    };
    store_rest(program->store);
    memory_trim();
    bool good = deliver_run(&job, result, why);
    if (program->terminal && !program->quiet) {
        fprintf(stderr, "\r\033[K");
    }
    return good;
}

static bool finish(struct program *program, const struct issue *issue,
                   const struct deliver_result *result, int64_t *doubted, bool *left,
                   struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    const int64_t *counts = result->counts;
    bool finished;
    *left = counts[DELIVERY_QUEUED] + counts[DELIVERY_SENDING] + counts[DELIVERY_DEFERRED] +
                counts[DELIVERY_IN_DOUBT] >
            0;
    return issue_finish(program->store, issue->id, clock_now(), &finished, why) &&
           delivery_doubted(program->store, queue, doubted, why);
}

/* Whether messages may leave: of one that was sent only where rows are tried again. */
static bool will_send(const struct issue *issue, const struct sending_options *options)
{
    bool again = options->retry_gave_up || options->retry_in_doubt || options->retry_refused;
    return issue->state == ISSUE_APPROVED || issue->state == ISSUE_SENDING ||
           (issue->state == ISSUE_SENT && again);
}

/* Before anything is recovered: open claims tell something about where the database comes from. */
static bool open_guard(struct program *program, const struct issue *issue,
                       const struct sending_options *options, struct guard **guard,
                       struct failure *why)
{
    return !will_send(issue, options) ||
           guard_open(program->store, &program->settings, issue->id, options->force, guard, why);
}

/* Whatever became of the run, a backup from its midst is to be behind the guard. */
static bool close_guard(struct program *program, struct guard *guard, bool good,
                        struct failure *why)
{
    struct failure late = {0};
    bool finished = guard_finish(guard, program->store, good ? why : &late);
    guard_close(guard);
    return good && finished;
}

/* What cannot be sent comes to an end as well: the age of its rows counts from the first time that
 * somebody has tried, as with a relay that is away, and past deliver.max_age they give up. */
static bool age(struct program *program, const struct issue *issue, const char *reply,
                bool *finished, struct failure *why)
{
    const struct settings *settings = &program->settings;
    const struct delivery_patience patience = {RETRY_FIRST, RETRY_LONGEST,
                                               settings->deliver.max_age};
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t now = clock_now();
    const struct delivery_deferral deferral = {
        .next_at = now, .max_age = patience.max_age, .reply = reply, .relay = ""};
    int64_t count;
    return (settings->deliver.in_doubt != IN_DOUBT_RESEND ||
            delivery_resend(program->store, queue, now, &patience, &count, why)) &&
           delivery_defer_due(program->store, queue, now, &deferral, &count, why) &&
           issue_finish(program->store, issue->id, now, finished, why);
}

bool sending_let_go(struct program *program, const struct issue *issue, const char *reply,
                    bool *finished, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    struct senders senders;
    *finished = false;
    bool good = senders_join(&senders, program->settings.database, why);
    /* Who is sending it by force is not to find its rows given up. */
    if (good && senders.alone) {
        good = senders_recover(&senders, program->store, queue, why) &&
               age(program, issue, reply, finished, why);
    }
    senders_leave(&senders);
    return good;
}

/* An issue under way that cannot be signed. `why` says so already. */
static bool end_unsigned(struct program *program, const struct issue *issue, struct failure *why)
{
    struct failure refusal = *why;
    bool finished = false;
    if (issue->state != ISSUE_SENDING || refusal.kind != FAILURE_CONFIG) {
        return false;
    }
    if (!age(program, issue, "cannot be signed as it was begun", &finished, why)) {
        return false;
    }
    return finished
               ? fail(why, refusal.kind,
                      "%s. Its other readers are given up now; `verdicts send --issue %lld --retry "
                      "gave_up` tries them again",
                      refusal.text, (long long)issue->number)
               : fail(why, refusal.kind, "%s", refusal.text);
}

/* Keys are looked at before anything is claimed. Rows of an issue of which nothing has left stay as
 * they are: it can still be freed, and signed as the settings say. Where another run is under way
 * its keys count, though it may be waiting for the pace with its first copy. */
static bool open_signing(struct program *program, const struct issue *issue,
                         const struct sending_options *options, bool alone, struct signing *signing,
                         struct failure *why)
{
    bool left;
    if (!will_send(issue, options)) {
        return true;
    }
    if (!issue_may_have_left(program->store, issue->id, &left, why)) {
        return false;
    }
    bool begun = left || (!alone && issue->state == ISSUE_SENDING);
    return signing_open(&program->arena, &program->settings, issue, begun, options->force, signing,
                        why) ||
           (left && end_unsigned(program, issue, why));
}

/* Two runs may have come to an approved issue at the same time. From its beginning on only `force`
 * changes what its copies have to be like. */
static bool check_sender(const struct issue *issue, const struct signing *signing,
                         const struct issue *fresh, struct failure *why)
{
    const char *kept = signing->sender != NULL ? signing->sender : issue->sender;
    return strcmp(kept, fresh->sender) == 0 ||
           fail(why, FAILURE_TRY_AGAIN,
                "another run has begun it with other keys; look at the settings, and run it again");
}

/* The issue is begun, its claims are those of the living. */
static bool send_copies(struct program *program, const struct issue *issue,
                        const struct sending_options *options, const struct signing *signing,
                        struct guard *guard, struct deliver_result *result, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    struct issue *fresh;
    struct copy_maker *maker = NULL;
    bool good = issue_get(program->store, &program->arena, issue->id, &fresh, why) &&
                check_sender(issue, signing, fresh, why) &&
                copy_maker_open(program->store, fresh, NULL, program->keys, &maker, why);
    if (good) {
        copy_maker_sign_with(maker, signing->signer);
        good = deliver(program, queue, maker, signing->signer != NULL, options, guard, result, why);
    }
    copy_maker_close(maker);
    return good;
}

/* Stopped by a hold or a pause, which may be over by now. */
static bool say_halt(struct program *program, int64_t issue_id, struct deliver_result *result,
                     struct failure *why)
{
    struct issue *fresh;
    struct failure line = {0};
    if (!result->halted) {
        return true;
    }
    if (!issue_get(program->store, &program->arena, issue_id, &fresh, why)) {
        return false;
    }
    if (!obstacle_refuse(program->store, fresh, &line) && line.kind != FAILURE_TRY_AGAIN) {
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

/* All that has to agree before a copy leaves, in this order: the guard sees what the database
 * brought along, the keys what became of it. */
static bool prepare(struct program *program, const struct issue *issue,
                    const struct sending_options *options, struct signing *signing,
                    struct guard **guard, struct senders *senders, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    if (!senders_join(senders, program->settings.database, why)) {
        return false;
    }
    bool alone = senders->alone;
    return open_guard(program, issue, options, guard, why) &&
           senders_recover(senders, program->store, queue, why) &&
           open_signing(program, issue, options, alone, signing, why);
}

bool sending_issue(struct program *program, int64_t issue_id, const struct sending_options *options,
                   struct deliver_result *result, int64_t *doubted, bool *left, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue_id};
    struct guard *guard = NULL;
    struct signing signing = {0};
    struct issue *issue; /* read once: all that follows decides on the same one */
    struct senders senders = {.fd = -1};
    if (!issue_get(program->store, &program->arena, issue_id, &issue, why) ||
        (will_send(issue, options) && !obstacle_refuse(program->store, issue, why))) {
        return false;
    }
    bool ready = prepare(program, issue, options, &signing, &guard, &senders, why) &&
                 signing_keep(program->store, issue, &signing, why);
    bool begun = ready && begin(program, issue, options, why);
    bool good = begun && requeue(program, queue, options, why) &&
                send_copies(program, issue, options, &signing, guard, result, why) &&
                finish(program, issue, result, doubted, left, why) &&
                say_halt(program, issue->id, result, why) &&
                bouncing_refusals(program, issue->id, why);
    if (!ready || (begun && !good)) {
        fail_context(why, "issue %lld", (long long)issue->number); /* begin() has named it */
    }
    good = close_guard(program, guard, good, why);
    signing_close(&signing);
    senders_leave(&senders);
    return good;
}
