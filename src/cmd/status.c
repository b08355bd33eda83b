/* `status`: the state of the newsletter, for the operator at three in the morning. */
#include "cmd/status.h"

#include "base/clock.h"
#include "bounce/report.h"
#include "cmd/common.h"
#include "cmd/verbs.h"
#include "store/comparison.h"
#include "store/delivery.h"
#include "store/hold.h"

enum status_option { STATUS_JSON };

static const struct option_spec status_options[] = {
    [STATUS_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

static bool count_reports(struct store *store, int64_t since, struct status *status,
                          struct failure *why)
{
    return bounce_reports(store, bounce_reason_name(REASON_DMARC_REPORT), since, &status->dmarc,
                          why) &&
           bounce_reports(store, bounce_reason_name(REASON_TLS_REPORT), since, &status->tls, why);
}

static bool status_read(struct store *store, struct arena *arena, const struct settings *settings,
                        struct status *status, struct failure *why)
{
    struct delivery_queue mails = {0};
    int64_t since = clock_now() - (int64_t)STATUS_DAYS * 86400;
    week_due(settings, clock_now(), &status->week);
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
    if (!relay_report_read(store, arena, settings,
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

static bool status_run(struct program *program, int *exit_status, struct failure *why)
{
    struct status status = {0};
    (void)exit_status;
    if (!common_no_operands(program, 0, why) ||
        !status_read(program->store, &program->arena, &program->settings, &status, why)) {
        return false;
    }
    if (program->options[STATUS_JSON].count > 0) {
        common_print_json(status_to_value(&program->arena, &status));
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
