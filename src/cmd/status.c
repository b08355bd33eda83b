/* `status`: how the newsletter stands, for the operator at three in the morning. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "bounce/report.h"
#include "cmd/common.h"
#include "cmd/relay_report.h"
#include "cmd/verbs.h"
#include "issue/obstacle.h"
#include "store/bounce.h"
#include "store/comparison.h"
#include "store/delivery.h"
#include "store/growth.h"
#include "store/hold.h"
#include "store/rest.h"
#include "store/run.h"
#include "store/subscriber.h"

enum status_option { STATUS_JSON };
enum { STATUS_RUNS = 20, STATUS_FAILURES = 5, STATUS_ISSUES = 5, STATUS_DAYS = 30 };

static const struct option_spec status_options[] = {
    [STATUS_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

/* Everything that is shown, read once. */
struct status {
    int64_t people[SUBSCRIBER_FORGOTTEN + 1];
    struct growth growth; /* within STATUS_DAYS */
    int64_t comparisons;
    int64_t mails[DELIVERY_STATES];
    struct issue *issues;
    size_t issue_count;
    int64_t (*counts)[DELIVERY_STATES];
    struct run *runs;
    size_t run_count;
    struct week week;
    struct hold *hold;         /* NULL: none */
    struct bounce_group *held; /* bounces that a storm holds back */
    size_t held_count;
    const char *list; /* obstacle_list() */
    struct obstacle_import *imports;
    size_t import_count;
    struct relay_report relays; /* of the newest issue */
    struct rest *rests;         /* relays at rest */
    size_t rest_count;
    int64_t unknown;    /* messages of STATUS_DAYS that lie in Quarantine */
    int64_t dmarc, tls; /* reports of STATUS_DAYS */
};

static bool count_reports(struct store *store, int64_t since, struct status *status,
                          struct failure *why)
{
    return bounce_reports(store, bounce_reason_name(REASON_DMARC_REPORT), since, &status->dmarc,
                          why) &&
           bounce_reports(store, bounce_reason_name(REASON_TLS_REPORT), since, &status->tls, why);
}

static bool status_read(struct program *program, struct status *status, struct failure *why)
{
    struct arena *arena = &program->arena;
    struct store *store = program->store;
    struct delivery_queue mails = {0};
    int64_t since = clock_now() - (int64_t)STATUS_DAYS * 86400;
    week_due(&program->settings, clock_now(), &status->week);
    status->growth.start = since;
    if (!subscriber_counts(store, status->people, why) ||
        !growth_read(store, &status->growth, 1, INT64_MAX, why) ||
        !obstacle_list(store, arena, &status->list, why) ||
        !obstacle_imports(store, arena, &status->imports, &status->import_count, why) ||
        !comparison_count(store, &status->comparisons, why) ||
        !delivery_counts(store, mails, status->mails, why) ||
        !rest_list(store, arena, &status->rests, &status->rest_count, why) ||
        !hold_find(store, arena, clock_now(), &status->hold, why) ||
        !bounce_held_groups(store, arena, &status->held, &status->held_count, why) ||
        !bounce_unknown(store, since, &status->unknown, why) ||
        !count_reports(store, since, status, why) ||
        !issue_list(store, arena, &status->issues, &status->issue_count, why) ||
        !run_latest(store, arena, STATUS_FAILURES, STATUS_RUNS, &status->runs, &status->run_count,
                    why)) {
        return false;
    }
    if (status->issue_count > STATUS_ISSUES) {
        status->issue_count = STATUS_ISSUES;
    }
    if (!relay_report_read(store, arena, &program->settings,
                           status->issue_count > 0 ? status->issues[0].id : 0, &status->relays,
                           why)) {
        return false;
    }
    status->counts = arena_array(arena, status->issue_count, sizeof *status->counts);
    for (size_t i = 0; i < status->issue_count; i++) {
        struct delivery_queue queue = {.issue_id = status->issues[i].id};
        if (!delivery_counts(store, queue, status->counts[i], why)) {
            return false;
        }
    }
    return true;
}

static struct value *counts_to_value(struct arena *arena, const int64_t counts[DELIVERY_STATES])
{
    struct value *object = value_object(arena);
    for (int state = 0; state < DELIVERY_STATES; state++) {
        value_set_int(arena, object, delivery_state_name((enum delivery_state)state),
                      counts[state]);
    }
    return object;
}

static struct value *issues_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->issue_count; i++) {
        const struct issue *issue = &status->issues[i];
        struct value *row = value_object(arena);
        value_set_int(arena, row, "number", issue->number);
        value_set_text(arena, row, "week", issue->iso_week);
        value_set_text(arena, row, "state", issue_state_name(issue->state));
        value_set(arena, row, "paused_at", common_time(arena, issue->paused_at));
        value_set_text(arena, row, "subject", issue->subject);
        value_set(arena, row, "counts", counts_to_value(arena, status->counts[i]));
        value_add(list, row);
    }
    return list;
}

static struct value *runs_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->run_count; i++) {
        const struct run *run = &status->runs[i];
        struct value *row = value_object(arena);
        value_set_text(arena, row, "verb", run->verb);
        value_set(arena, row, "started_at", common_time(arena, run->started_at));
        value_set(arena, row, "finished_at", common_time(arena, run->finished_at));
        value_set(arena, row, "exit_code",
                  run->exit_code < 0 ? value_null(arena) : value_int(arena, run->exit_code));
        value_set_text(arena, row, "summary", run->summary);
        value_add(list, row);
    }
    return list;
}

static struct value *held_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->held_count; i++) {
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "domain", status->held[i].domain);
        value_set_text(arena, row, "code", status->held[i].key);
        value_set_int(arena, row, "people", status->held[i].people);
    }
    return list;
}

static struct value *hold_to_value(struct arena *arena, const struct hold *hold)
{
    if (hold == NULL) {
        return value_null(arena);
    }
    struct value *object = value_object(arena);
    value_set(arena, object, "since", common_time(arena, hold->since));
    value_set(arena, object, "until", common_time(arena, hold->until));
    value_set(arena, object, "all", value_bool(arena, hold->everything));
    value_set_text(arena, object, "by", hold->who);
    value_set_text(arena, object, "reason", hold->reason);
    return object;
}

static int64_t all_gone(const struct growth *growth)
{
    return growth->left + growth->bounced + growth->complained;
}

static struct value *gone_to_value(struct arena *arena, const struct status *status)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "left", status->growth.left);
    value_set_int(arena, object, "bounced", status->growth.bounced);
    value_set_int(arena, object, "complained", status->growth.complained);
    return object;
}

static struct value *rests_to_value(struct arena *arena, const struct status *status)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < status->rest_count; i++) {
        const struct rest *rest = &status->rests[i];
        struct value *row = value_add(list, value_object(arena));
        value_set_text(arena, row, "relay", rest->relay);
        value_set(arena, row, "since", common_time(arena, rest->began_at));
        value_set(arena, row, "next_try", common_time(arena, rest->until));
        value_set_int(arena, row, "readers", rest->answers);
        value_set_text(arena, row, "reply", rest->reply);
        value_set(arena, row, "remedy", value_text(arena, rest->remedy));
    }
    return list;
}

static void status_print_json(struct arena *arena, const struct status *status)
{
    struct value *object = value_object(arena);
    struct value *people = value_object(arena);
    for (int i = 0; i <= SUBSCRIBER_FORGOTTEN; i++) {
        value_set_int(arena, people, subscriber_status_name((enum subscriber_status)i),
                      status->people[i]);
    }
    value_set_text(arena, object, "week", status->week.name);
    value_set(arena, object, "subscribers", people);
    value_set_int(arena, object, "joined", status->growth.confirmed);
    value_set_int(arena, object, "left", all_gone(&status->growth));
    value_set(arena, object, "gone", gone_to_value(arena, status));
    value_set_int(arena, object, "comparisons", status->comparisons);
    value_set(arena, object, "issues", issues_to_value(arena, status));
    value_set(arena, object, "mails", counts_to_value(arena, status->mails));
    value_set(arena, object, "hold", hold_to_value(arena, status->hold));
    value_set(arena, object, "relays", relay_report_shares_value(arena, &status->relays));
    value_set(arena, object, "absent_relays", relay_report_absences_value(arena, &status->relays));
    value_set(arena, object, "warming_relays", relay_report_warmth_value(arena, &status->relays));
    value_set(arena, object, "resting_relays", rests_to_value(arena, status));
    value_set(arena, object, "held_bounces", held_to_value(arena, status));
    value_set_int(arena, object, "quarantined", status->unknown);
    struct value *reports = value_set(arena, object, "reports", value_object(arena));
    value_set_int(arena, reports, "dmarc", status->dmarc);
    value_set_int(arena, reports, "tls", status->tls);
    value_set(arena, object, "runs", runs_to_value(arena, status));
    common_print_json(object);
}

static void print_counts(const int64_t counts[DELIVERY_STATES])
{
    const char *comma = "";
    for (int state = 0; state < DELIVERY_STATES; state++) {
        if (counts[state] > 0) {
            printf("%s%lld %s", comma, (long long)counts[state],
                   delivery_state_name((enum delivery_state)state));
            comma = ", ";
        }
    }
    printf("%s\n", comma[0] == '\0' ? "none" : "");
}

static void print_rests(const struct status *status)
{
    for (size_t i = 0; i < status->rest_count; i++) {
        const struct rest *rest = &status->rests[i];
        char since[CLOCK_TEXT], until[CLOCK_TEXT];
        clock_format(rest->began_at, since);
        clock_format(rest->until, until);
        printf(
            "relay        %s rests since %s, next try %s: %lld reader%s answered with \"%s\"%s%s\n",
            rest->relay, since, until, (long long)rest->answers,
            rest->answers == 1 ? " was" : "s were", rest->reply, rest->remedy != NULL ? ": " : "",
            rest->remedy != NULL ? rest->remedy : "");
    }
}

static void print_bounces(const struct status *status)
{
    for (size_t i = 0; i < status->held_count; i++) {
        const struct bounce_group *held = &status->held[i];
        printf("held back    %lld bounces of %s with %s: verdicts bounces --release %s\n",
               (long long)held->people, held->domain, held->key, held->domain);
    }
    if (status->unknown > 0) {
        printf("quarantine   %lld message%s of the last %d days could not be understood: look at "
               "%s in the folder Quarantine; verdicts bounces --explain FILE\n",
               (long long)status->unknown, status->unknown == 1 ? "" : "s", STATUS_DAYS,
               status->unknown == 1 ? "it" : "them");
    }
    if (status->dmarc + status->tls > 0) {
        printf("reports      %lld of DMARC and %lld of TLS in the last %d days, in the folder "
               "Reports\n",
               (long long)status->dmarc, (long long)status->tls, STATUS_DAYS);
    }
}

static void print_runs(const struct status *status)
{
    for (size_t i = 0; i < status->run_count; i++) {
        const struct run *run = &status->runs[i];
        char started[CLOCK_TEXT];
        clock_format(run->started_at, started);
        if (run->exit_code < 0) {
            printf("run          %s %s: not ended (running, or it died)\n", started, run->verb);
        } else {
            printf("run          %s %s: exit %lld%s%s\n", started, run->verb,
                   (long long)run->exit_code, run->summary[0] != '\0' ? ": " : "", run->summary);
        }
    }
}

static void print_standing(const struct status *status)
{
    if (status->list != NULL) {
        printf("list         %s\n", status->list);
    }
    for (size_t i = 0; i < status->import_count; i++) {
        printf("import       %s\n", status->imports[i].line);
    }
}

static void status_print(struct arena *arena, const struct status *status)
{
    if (status->hold != NULL) {
        printf("hold         %s\n", obstacle_hold(arena, status->hold));
    }
    printf("due week     %s\nsubscribers  ", status->week.name);
    for (int i = 0; i < SUBSCRIBER_FORGOTTEN; i++) {
        printf("%s%lld %s", i > 0 ? ", " : "", (long long)status->people[i],
               subscriber_status_name((enum subscriber_status)i));
    }
    printf("\nlast %d days  %lld joined, %lld left, %lld bounced, %lld complained\n", STATUS_DAYS,
           (long long)status->growth.confirmed, (long long)status->growth.left,
           (long long)status->growth.bounced, (long long)status->growth.complained);
    print_standing(status);
    printf("comparisons  %lld\n", (long long)status->comparisons);
    for (size_t i = 0; i < status->issue_count; i++) {
        const struct issue *issue = &status->issues[i];
        printf("issue %-6lld %s %s%s: ", (long long)issue->number, issue->iso_week,
               issue_state_name(issue->state), issue->paused_at != 0 ? ", paused" : "");
        print_counts(status->counts[i]);
        if (i == 0) {
            relay_report_print_shares(&status->relays, "             ");
        }
    }
    printf("mails        ");
    print_counts(status->mails);
    relay_report_print_absences(&status->relays);
    relay_report_print_warmth(&status->relays);
    print_rests(status);
    print_bounces(status);
    print_runs(status);
}

static bool status_run(struct program *program, int *exit_status, struct failure *why)
{
    struct status status = {0};
    (void)exit_status;
    if (!common_no_operands(program, 0, why) || !status_read(program, &status, why)) {
        return false;
    }
    if (program->options[STATUS_JSON].count > 0) {
        status_print_json(&program->arena, &status);
    } else {
        status_print(&program->arena, &status);
    }
    return true;
}

const struct verb verb_status = {
    .name = "status",
    .needs = NEEDS_READING,
    .options = status_options,
    .usage = "[--json]",
    .help = "How the newsletter stands: people, issues, mails, the last run of each verb",
    .examples = "  verdicts status\n"
                "  verdicts status --json\n",
    .run = status_run,
};
