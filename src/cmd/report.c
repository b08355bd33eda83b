/* `report`: who got an issue and who did not, and why. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/common.h"
#include "cmd/relaying.h"
#include "cmd/report_bounces.h"
#include "cmd/report_growth.h"
#include "cmd/sending.h"
#include "cmd/verbs.h"

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

enum { ROW_MAX = 64 * 1024 };

/* Rows are printed as they are read: a list of a million does not wait in memory. */
struct report {
    struct arena arena; /* one row's */
    bool json;
    bool first;
    bool doubted;    /* only rows that may have been sent twice */
    unsigned states; /* only these, a bit each */
};

static struct value *row_to_value(struct arena *arena, const struct delivery *row)
{
    struct value *object = value_object(arena);
    value_set_int(arena, object, "subscriber", row->subscriber_id);
    value_set_text(arena, object, "address", row->address);
    value_set_text(arena, object, "state", delivery_state_name(row->state));
    value_set(arena, object, "code",
              row->code != 0 ? value_int(arena, row->code) : value_null(arena));
    value_set_text(arena, object, "enhanced", row->enhanced);
    value_set_text(arena, object, "reply", row->reply);
    value_set(arena, object, "relay",
              row->relay != NULL && row->relay[0] != '\0' ? value_text(arena, row->relay)
                                                          : value_null(arena));
    value_set_int(arena, object, "attempts", row->attempts);
    value_set(arena, object, "next_at",
              row->state == DELIVERY_DEFERRED ? common_time(arena, row->next_at)
                                              : value_null(arena));
    value_set(arena, object, "done_at", common_time(arena, row->done_at));
    value_set_int(arena, object, "doubted", row->doubted);
    value_set_text(arena, object, "message_id", row->message_id);
    return object;
}

static bool report_row(void *context, const struct delivery *row, struct failure *why)
{
    struct report *report = context;
    (void)why;
    if ((report->doubted && row->doubted == 0) || !(report->states & 1u << row->state)) {
        return true;
    }
    if (!report->json) {
        printf("%lld\t%s\t%s\t%s\n", (long long)row->subscriber_id, row->address,
               delivery_state_name(row->state), row->reply != NULL ? row->reply : "");
        return true;
    }
    struct buf text;
    arena_reset(&report->arena);
    buf_init(&text, ROW_MAX);
    json_write(&text, row_to_value(&report->arena, row), JSON_COMPACT);
    printf("%s%s", report->first ? "\n" : ",\n", text.data);
    report->first = false;
    buf_free(&text);
    return true;
}

/* "refused,gave_up", "not-sent", "all", "doubted"; a bit for each state. */
static bool read_states(const char *text, struct report *report, struct failure *why)
{
    const unsigned every = (1u << DELIVERY_STATES) - 1;
    for (const char *at = text; *at != '\0';) {
        char name[40];
        enum delivery_state state;
        size_t len = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), at);
        if (strcmp(name, "all") == 0 || strcmp(name, "doubted") == 0) {
            report->states = every;
            report->doubted = name[0] == 'd';
        } else if (strcmp(name, "not-sent") == 0) {
            report->states |= every & ~(1u << DELIVERY_SENT);
        } else if (delivery_state_find(name, &state)) {
            report->states |= 1u << state;
        } else {
            return fail(why, FAILURE_USAGE,
                        "--readers takes all, not-sent, doubted (those who may have it twice), or "
                        "some of queued, sending, in_doubt, sent, deferred, refused, gave_up and "
                        "skipped with commas between, not \"%.40s\"",
                        text);
        }
        at += len + (at[len] == ',');
    }
    return report->states != 0 || fail(why, FAILURE_USAGE, "--readers names no state");
}

/* The one state, which has an index; NULL where there are several. */
static const enum delivery_state *only_state(const struct report *report,
                                             enum delivery_state *storage)
{
    for (int state = 0; state < DELIVERY_STATES; state++) {
        if (report->states == 1u << state) {
            *storage = (enum delivery_state)state;
            return storage;
        }
    }
    return NULL;
}

static bool report_readers(struct program *program, const struct issue *issue, const char *names,
                           struct failure *why)
{
    struct report report = {.json = program->options[REPORT_JSON].count > 0, .first = true};
    struct delivery_queue queue = {.issue_id = issue->id};
    enum delivery_state state;
    if (!read_states(names, &report, why)) {
        return false;
    }
    if (!report.json && isatty(STDOUT_FILENO)) {
        printf("ID\tADDRESS\tSTATE\tREPLY\n");
    }
    printf("%s", report.json ? "[" : "");
    bool good =
        delivery_each(program->store, queue, only_state(&report, &state), report_row, &report, why);
    printf("%s", report.json ? "\n]\n" : "");
    arena_free(&report.arena);
    return good;
}

static void report_json(struct arena *arena, const struct issue *issue,
                        const int64_t counts[DELIVERY_STATES], int64_t doubted,
                        const struct relaying *relaying)
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
    value_set(arena, object, "relays", relaying_shares_value(arena, relaying));
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
    char line[SENDING_LINE];
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
        return report_readers(program, issue, readers->values[0], why);
    }
    struct delivery_queue queue = {.issue_id = issue->id};
    struct relaying relaying;
    if (!delivery_counts(program->store, queue, counts, why) ||
        !delivery_doubted(program->store, queue, &doubted, why) ||
        !relaying_read(program->store, &program->arena, &program->settings, issue->id, &relaying,
                       why)) {
        return false;
    }
    if (program->options[REPORT_JSON].count > 0) {
        report_json(&program->arena, issue, counts, doubted, &relaying);
    } else {
        sending_summary(issue, counts, doubted, line, sizeof line);
        printf("%s\n", line);
        relaying_print_shares(&relaying, "  ");
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
