/* `report`: prints who got an issue and who did not, and why. */
#include <stdio.h>

#include "cmd/common.h"
#include "cmd/relay_report.h"
#include "cmd/report_bounces.h"
#include "cmd/report_growth.h"
#include "cmd/report_readers.h"
#include "cmd/verbs.h"
#include "issue/send.h"

enum report_option {
    REPORT_ISSUE,
    REPORT_READERS,
    REPORT_BOUNCES,
    REPORT_GROWTH,
    REPORT_WEEKS,
    REPORT_PLOT,
    REPORT_JSON
};

static const struct option_spec report_options[] = {
    [REPORT_ISSUE] = {"issue", 0, "N", "that issue instead of the newest", false},
    [REPORT_READERS] = {"readers", 0, "STATE,...|all|not-sent",
                        "each reader in one of these states", false},
    [REPORT_BOUNCES] = {"bounces", 0, NULL,
                        "what came back in the last 90 days, by domain and reason", false},
    [REPORT_GROWTH] = {"growth", 0, NULL, "who joined and who went, week by week", false},
    [REPORT_WEEKS] = {"weeks", 0, "N", "of --growth: so many weeks instead of 26", false},
    [REPORT_PLOT] = {"plot", 0, NULL, "of --growth: draw it also where stdout is no terminal",
                     false},
    [REPORT_JSON] = {"json", 0, NULL, "print JSON", false},
    {0},
};

static void report_json(struct arena *arena, const struct issue *issue,
                        const int64_t counts[DELIVERY_STATES], int64_t doubted,
                        const struct relay_report *relays)
{
    struct value *object = value_object(arena);
    struct value *nested = value_object(arena);
    int64_t eligible = 0;
    value_set_int(arena, object, "issue", issue->number);
    value_set_text(arena, object, "week", issue->iso_week);
    value_set_text(arena, object, "state", issue_state_name(issue->state));
    for (int state = 0; state < DELIVERY_STATES; state++) {
        eligible += counts[state];
        const char *name = delivery_state_name((enum delivery_state)state);
        value_set_int(arena, object, name, counts[state]);
        value_set_int(arena, nested, name, counts[state]);
    }
    value_set(arena, object, "counts", nested);
    value_set_int(arena, object, "eligible", eligible);
    value_set_int(arena, object, "doubted", doubted);
    value_set(arena, object, "relays", relay_report_shares_value(arena, relays));
    value_set(arena, object, "started_at", common_time(arena, issue->started_at));
    value_set(arena, object, "finished_at", common_time(arena, issue->finished_at));
    common_print_json(object);
}

static bool report_weeks(struct program *program, struct failure *why)
{
    const struct option_value *given = &program->options[REPORT_WEEKS];
    int64_t weeks = REPORT_GROWTH_WEEKS;
    return (given->count == 0 ||
            options_number("weeks", given->values[0], 1, REPORT_GROWTH_WEEKS_MAX, &weeks, why)) &&
           report_growth(program, weeks, program->options[REPORT_JSON].count > 0,
                         program->options[REPORT_PLOT].count > 0, why);
}

static bool check_fit(const struct program *program, struct failure *why)
{
    bool drawn = program->options[REPORT_WEEKS].count + program->options[REPORT_PLOT].count > 0;
    size_t others = program->options[REPORT_GROWTH].count + program->options[REPORT_BOUNCES].count;
    size_t of_issue = program->options[REPORT_ISSUE].count + program->options[REPORT_READERS].count;
    if (others > 0 && others + of_issue > 1) {
        return fail(why, FAILURE_USAGE,
                    "--bounces and --growth are reports of their own; give one of them, without "
                    "--issue and --readers");
    }
    return !drawn || program->options[REPORT_GROWTH].count > 0 ||
           fail(why, FAILURE_USAGE, "--weeks and --plot go with --growth");
}

static bool report_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    const struct option_value *number = &program->options[REPORT_ISSUE];
    const struct option_value *readers = &program->options[REPORT_READERS];
    struct issue *issue;
    int64_t counts[DELIVERY_STATES];
    int64_t doubted;
    char line[SEND_SUMMARY];
    if (!common_no_operands(program, 0, why) || !check_fit(program, why)) {
        return false;
    }
    if (program->options[REPORT_GROWTH].count > 0) {
        return report_weeks(program, why);
    }
    if (program->options[REPORT_BOUNCES].count > 0) {
        return report_bounces(program, program->options[REPORT_JSON].count > 0, why);
    }
    if (!common_find_issue(program, number->count > 0 ? number->values[0] : NULL, &issue, why)) {
        return false;
    }
    if (readers->count > 0) {
        return report_readers(program, issue, readers->values[0],
                              program->options[REPORT_JSON].count > 0, why);
    }
    struct delivery_queue queue = {.issue_id = issue->id};
    struct relay_report relays;
    if (!delivery_counts(program->store, queue, counts, why) ||
        !delivery_doubted(program->store, queue, &doubted, why) ||
        !relay_report_read(program->store, &program->arena, &program->settings, issue->id, &relays,
                           why)) {
        return false;
    }
    if (program->options[REPORT_JSON].count > 0) {
        report_json(&program->arena, issue, counts, doubted, &relays);
    } else {
        send_summary(issue, counts, doubted, line);
        printf("%s\n", line);
        relay_report_print_shares(&relays, "  ");
    }
    return true;
}

const struct verb verb_report = {
    .name = "report",
    .needs = NEEDS_READING,
    .options = report_options,
    .usage = "[--issue N] [--readers STATE,...|all|not-sent] [--json] | --bounces [--json] | "
             "--growth [--weeks N] [--plot] [--json]",
    .help = "Who got an issue and who did not, and why",
    .examples = "  verdicts report --issue 3\n"
                "  verdicts report --issue 3 --readers refused,gave_up\n"
                "  verdicts report --issue 3 --readers not-sent\n"
                "  verdicts report --issue 3 --json\n"
                "  verdicts report --bounces\n"
                "  verdicts report --growth\n",
    .run = report_run,
};
