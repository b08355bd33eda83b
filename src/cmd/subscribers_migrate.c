/* `subscribers migrate`: imports a list from another system. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/subscribers.h"
#include "subscribers/list_run.h"

static void migrate_report_row(void *context, const char *name, int64_t line, const char *address,
                               const char *outcome, const char *reason)
{
    const struct program *program = context;
    bool dry = program->options[OPTION_DRY_RUN].count > 0;
    bool wrong = strcmp(outcome, "bad") == 0;
    if (wrong || dry || program->verbose > 0) {
        fprintf(wrong ? stderr : stdout, "%s:%lld: %s: %s%s%s\n", name, (long long)line, address,
                outcome, reason != NULL ? ": " : "", reason != NULL ? reason : "");
    }
}

/* Prints the rows of a file and what happened to them: the counts add up. */
static void print_proof(const char *name, const struct import_counts *counts)
{
    int64_t left = counts->left_before + counts->taken_off;
    bool proven =
        counts->lines == counts->added + counts->already + left + counts->suppressed + counts->bad;
    printf("%s: %" PRId64 " rows = %" PRId64 " added + %" PRId64 " already there + %" PRId64
           " left + %" PRId64 " suppressed + %" PRId64 " bad",
           name, counts->lines, counts->added, counts->already, left, counts->suppressed,
           counts->bad);
    if (counts->taken_off > 0) {
        printf(" (%" PRId64 " of those who left were taken off the list)", counts->taken_off);
    }
    printf("%s\n", proven ? "" : ": THIS DOES NOT ADD UP");
}

static void print_words(const struct program *program, const struct migrate_result *result)
{
    if (program->quiet) {
        return;
    }
    if (result->passed[0] != '\0') {
        fprintf(stderr, "verdicts: files without people passed over: %s\n", result->passed);
    }
    if (result->note != NULL) {
        fprintf(stderr, "verdicts: %s: %s\n", subscribers_option(program, OPTION_FROM),
                result->note);
    }
}

static void print_result(const struct program *program, const struct migrate_result *result,
                         const char *rest)
{
    const struct list_import_counts *total = &result->total;
    for (size_t i = 0; i < result->count; i++) {
        print_proof(result->files[i].name, &result->files[i].counts);
    }
    print_proof("all", &(struct import_counts){.lines = total->lines,
                                               .added = total->added,
                                               .already = total->already,
                                               .left_before = total->left_before,
                                               .taken_off = total->taken_off,
                                               .suppressed = total->suppressed,
                                               .bad = total->bad});
    print_words(program, result);
    if (total->id == 0) {
        printf("dry run: nothing stored\n");
        return;
    }
    printf("who is not confirmed, and why: %s\n", rest);
    printf("import %" PRId64 "%s: verdicts subscribers import --undo %" PRId64 " takes it back\n",
           total->id, total->resumed > 0 ? " (continued)" : "", total->id);
}

static bool read_options(const struct program *program, struct migrate_options *options,
                         struct failure *why)
{
    *options =
        (struct migrate_options){.from = subscribers_option(program, OPTION_FROM),
                                 .topics = subscribers_option(program, OPTION_TOPICS),
                                 .list = {.map = subscribers_option(program, OPTION_MAP),
                                          .ignored = program->options[OPTION_IGNORE].values,
                                          .ignored_count = program->options[OPTION_IGNORE].count,
                                          .encoding = subscribers_option(program, OPTION_ENCODING),
                                          .wording = subscribers_option(program, OPTION_WORDING),
                                          .status = SUBSCRIBER_CONFIRMED,
                                          .dry_run = program->options[OPTION_DRY_RUN].count > 0}};
    const char *status = subscribers_option(program, OPTION_STATUS);
    if (options->from == NULL || program->argc < 2) {
        return fail(why, FAILURE_USAGE,
                    "subscribers migrate --from SYSTEM takes the files that the system exports, or "
                    "the ZIP");
    }
    return status == NULL ||
           (subscriber_status_find(status, &options->list.status) &&
            options->list.status <= SUBSCRIBER_COMPLAINED) ||
           fail(why, FAILURE_USAGE,
                "--status takes confirmed, pending, left, bounced or complained here, not "
                "\"%.40s\"",
                status);
}

bool subscribers_migrate(struct program *program, int *status, struct failure *why)
{
    struct migrate_options options;
    struct migrate_result result;
    const char *rest = subscribers_option(program, OPTION_REST);
    if (!read_options(program, &options, why)) {
        return false;
    }
    if (rest == NULL) {
        rest = arena_format(&program->arena, "%s.not-confirmed.csv", program->settings.database);
    }
    options.report = migrate_report_row;
    options.context = program;
    if (!list_run_migrate(program->store, program->settings.database, program->keys,
                          &program->arena, (const char *const *)program->argv + 1,
                          (size_t)program->argc - 1, &options, rest, clock_now(), &result, why)) {
        return false;
    }
    print_result(program, &result, rest);
    *status = result.total.bad > 0 ? EXIT_BAD_DATA : 0;
    return true;
}
