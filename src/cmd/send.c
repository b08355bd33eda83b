/* `send`: sends an approved issue, resumes an unfinished one, or sends one copy as a test. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/common.h"
#include "cmd/operator.h"
#include "cmd/testmail.h"
#include "cmd/verbs.h"
#include "issue/build.h"
#include "issue/send.h"
#include "store/run.h"
#include "store/subscriber.h"

enum send_option {
    SEND_ISSUE,
    SEND_TEST,
    SEND_DRY_RUN,
    SEND_LIMIT,
    SEND_RETRY,
    SEND_CODE,
    SEND_DOMAIN,
    SEND_FORCE,
    SEND_YES
};

static const struct option_spec send_options[] = {
    [SEND_ISSUE] = {"issue", 0, "N", "that issue instead of the one that waits", false},
    [SEND_TEST] = {"test", 0, "ADDR", "one copy to this address, marked as a test", true},
    [SEND_DRY_RUN] = {"dry-run", 'n', NULL, "say what would be sent, send nothing", false},
    [SEND_LIMIT] = {"limit", 0, "N", "stop after so many messages", false},
    [SEND_RETRY] = {"retry", 0, "refused|gave_up|in_doubt|all", "queue those rows once more first",
                    true},
    [SEND_CODE] = {"code", 0, "X", "with --retry: only rows with this code, 5.4.5 or 550", false},
    [SEND_DOMAIN] = {"domain", 0, "D", "with --retry: only readers of this domain", false},
    [SEND_FORCE] = {"force", 0, NULL,
                    "also what was due long ago, or from a database put back or copied", false},
    [SEND_YES] = {"yes", 'y', NULL, "do not ask", false},
    {0},
};

static bool send_read_retry(const char *value, struct send_options *options, struct failure *why)
{
    bool all = strcmp(value, "all") == 0;
    bool in_doubt = all || strcmp(value, "in_doubt") == 0;
    bool gave_up = all || strcmp(value, "gave_up") == 0;
    bool refused = all || strcmp(value, "refused") == 0;
    options->retry_in_doubt |= in_doubt;
    options->retry_gave_up |= gave_up;
    options->retry_refused |= refused;
    return in_doubt || gave_up || refused ||
           fail(why, FAILURE_USAGE,
                "--retry takes refused, gave_up, in_doubt or all, not \"%.40s\"", value);
}

/* A filter without --retry would be mistaken for a limit on who gets the issue. */
static bool send_read_filter(struct program *program, struct send_options *options,
                             struct failure *why)
{
    const struct option_value *code = &program->options[SEND_CODE];
    const struct option_value *domain = &program->options[SEND_DOMAIN];
    if ((code->count > 0 || domain->count > 0) && program->options[SEND_RETRY].count == 0) {
        return fail(why, FAILURE_USAGE,
                    "--code and --domain say which rows --retry tries again; give --retry too");
    }
    if (code->count > 0 && (code->values[0][0] == '\0' ||
                            code->values[0][strspn(code->values[0], "0123456789.")] != '\0')) {
        return fail(why, FAILURE_USAGE, "--code takes a code such as 5.4.5 or 550, not \"%.100s\"",
                    code->values[0]);
    }
    options->filter.code = code->count > 0 ? code->values[0] : NULL;
    options->filter.domain = domain->count > 0 ? domain->values[0] : NULL;
    return true;
}

static bool send_read_options(struct program *program, struct send_options *options,
                              struct failure *why)
{
    const struct option_value *limit = &program->options[SEND_LIMIT];
    const struct option_value *retry = &program->options[SEND_RETRY];
    if (limit->count > 0 &&
        !options_number("--limit", limit->values[0], 1, INT32_MAX, &options->limit, why)) {
        return false;
    }
    for (size_t i = 0; i < retry->count; i++) {
        if (!send_read_retry(retry->values[i], options, why)) {
            return false;
        }
    }
    if (!send_read_filter(program, options, why)) {
        return false;
    }
    options->force = program->options[SEND_FORCE].count > 0;
    return true;
}

/* How many would get it: the ledger's open rows, or for an issue not yet begun the confirmed
 * people. */
static bool send_count_readers(struct program *program, const struct issue *issue, int64_t *count,
                               struct failure *why)
{
    if (issue->state == ISSUE_SENDING) {
        int64_t counts[DELIVERY_STATES];
        struct delivery_queue queue = {.issue_id = issue->id};
        if (!delivery_counts(program->store, queue, counts, why)) {
            return false;
        }
        *count = counts[DELIVERY_QUEUED] + counts[DELIVERY_DEFERRED] + counts[DELIVERY_SENDING];
        return true;
    }
    return subscriber_eligible(program->store, count, why);
}

/* "smtp://…", or "the relays main and spare". */
static const char *send_ways(struct program *program)
{
    const struct settings *settings = &program->settings;
    size_t count = settings_relay_count(settings);
    if (count == 1) {
        return settings_relay(settings, 0)->url;
    }
    const char *ways = "the relays";
    for (size_t i = 0; i < count; i++) {
        ways = arena_format(&program->arena, "%s%s%s", ways,
                            i == 0          ? " "
                            : i + 1 < count ? ", "
                                            : " and ",
                            settings_relay(settings, i)->name);
    }
    return ways;
}

/* On a terminal it asks, so that nobody mails a list by mistake. */
static bool send_ask(struct program *program, const struct issue *issue, int64_t readers)
{
    if (program->options[SEND_YES].count > 0 || isatty(STDIN_FILENO) != 1) {
        return true;
    }
    fprintf(stderr, "Send issue %lld, \"%s\", to %lld reader%s over %s? [y/N] ",
            (long long)issue->number, issue->subject, (long long)readers, readers == 1 ? "" : "s",
            send_ways(program));
    char answer[16];
    return fgets(answer, sizeof answer, stdin) != NULL &&
           (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
}

static bool send_all(struct program *program, const struct issue *issue,
                     const struct send_options *options, int *status, struct failure *why)
{
    const struct issue_run sender = operator_run(program);
    struct send_result result = {0};
    char line[SEND_SUMMARY];
    int64_t run;
    if (!run_begin(program->store, "send", clock_now(), &run, why)) {
        return false;
    }
    bool good = send_issue(&sender, issue->id, options, &result, why);
    send_summary(issue, result.delivered.counts, result.doubted, line);
    if (good && result.delivered.relay_why.kind != FAILURE_NONE) {
        program_warn(result.delivered.relay_why.text);
    }
    if (good && !program->quiet) {
        printf("%s%s\n", line, issue->state == ISSUE_SENT && !result.left ? " (sent before)" : "");
    }
    *status = good ? failure_exit_code(send_outcome(&result)) : *status;
    struct failure late = {0};
    int code = good ? *status : failure_exit_code(why->kind);
    if (!run_end(program->store, run, clock_now(), code, good ? line : why->text, &late) && good) {
        *why = late;
        return false;
    }
    return good;
}

/* With --retry it prints only the number of rows, for scripts. */
static bool send_dry_run(struct program *program, const struct issue *issue,
                         const struct send_options *options, int64_t readers, struct failure *why)
{
    int64_t count;
    if (program->options[SEND_RETRY].count > 0) {
        bool good = send_count_retries(program->store, issue, options, &count, why);
        if (good) {
            printf("%lld\n", (long long)count);
        }
        return good;
    }
    if (issue->state == ISSUE_APPROVED &&
        !issue_refuse_withdrawn(program->store, &program->arena, issue, why)) {
        return false;
    }
    bool may = issue->state == ISSUE_APPROVED || issue->state == ISSUE_SENDING;
    printf("issue %lld (%s) is %s: %lld reader%s over %s; nothing sent (dry run)\n",
           (long long)issue->number, issue->iso_week, issue_state_name(issue->state),
           (long long)(may ? readers : 0), readers == 1 && may ? "" : "s", send_ways(program));
    return true;
}

static bool send_run(struct program *program, int *status, struct failure *why)
{
    const struct option_value *number = &program->options[SEND_ISSUE];
    struct send_options options = {0};
    struct issue *issue;
    int64_t readers;
    if (!common_no_operands(program, 0, why) || !send_read_options(program, &options, why) ||
        !settings_require_relay(&program->settings, why)) {
        return false;
    }
    if (program->options[SEND_TEST].count > 0 && program->options[SEND_DRY_RUN].count > 0) {
        return fail(why, FAILURE_USAGE,
                    "--test sends a copy and --dry-run sends none: give one of "
                    "the two (preview --out shows the copy)");
    }
    if (program->options[SEND_TEST].count > 0) {
        return testmail_send(program, number->count > 0 ? number->values[0] : NULL,
                             &program->options[SEND_TEST], status, why);
    }
    if (!common_find_issue(program, number->count > 0 ? number->values[0] : NULL, &issue, why) ||
        !send_count_readers(program, issue, &readers, why)) {
        return false;
    }
    if (program->options[SEND_DRY_RUN].count > 0) {
        return send_dry_run(program, issue, &options, readers, why);
    }
    if (!send_ask(program, issue, readers)) {
        printf("not sent\n");
        return true;
    }
    return send_all(program, issue, &options, status, why);
}

const struct verb verb_send = {
    .name = "send",
    .needs = NEEDS_STORE | NEEDS_KEYS,
    .options = send_options,
    .usage = "[--issue N] [--test ADDR] [--dry-run] [--limit N] [--retry STATE [--code X] "
             "[--domain D]] [--force] [--yes]",
    .help = "Send an approved issue, resume an unfinished one, or send a test copy",
    .examples = "  verdicts send --test editor@example.org\n"
                "  verdicts send --issue 3\n"
                "  verdicts send --issue 3 --retry in_doubt\n"
                "  verdicts send --issue 3 --retry refused --code 5.4.5 --dry-run\n",
    .run = send_run,
};
