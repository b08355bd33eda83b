/* `subscribers import`: imports people from a file, and undoes an import. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/subscribers.h"
#include "subscribers/list_run.h"

const char *subscribers_option(const struct program *program, enum subscribers_option which)
{
    const struct option_value *value = &program->options[which];
    return value->count > 0 ? value->values[0] : NULL;
}

bool subscribers_operand(const struct program *program, struct failure *why)
{
    return program->argc == 2 ||
           fail(why, FAILURE_USAGE, "subscribers %s takes one %s", program->argv[0],
                strcmp(program->argv[0], "import") == 0 ? "CSV file" : "address");
}

static bool check_wording(const struct program *program, enum subscriber_status status,
                          struct failure *why)
{
    const char *wording = subscribers_option(program, OPTION_WORDING);
    if (wording != NULL && wording[strspn(wording, " \t")] == '\0') {
        return fail(why, FAILURE_USAGE, "--wording is empty: write what these people agreed to");
    }
    return status != SUBSCRIBER_CONFIRMED || wording != NULL ||
           fail(why, FAILURE_USAGE,
                "--status confirmed needs --wording: what these people agreed to, and where; "
                "it is kept as the proof of their consent");
}

/* --status of people who are added; confirmed ones need the wording of their consent. `gone`: a
 * file may be one of people who left. */
bool subscribers_new_status(const struct program *program, bool gone,
                            enum subscriber_status *status, struct failure *why)
{
    const char *name = subscribers_option(program, OPTION_STATUS);
    *status = SUBSCRIBER_PENDING;
    if (name != NULL && (!subscriber_status_find(name, status) ||
                         *status > (gone ? SUBSCRIBER_COMPLAINED : SUBSCRIBER_CONFIRMED))) {
        return fail(why, FAILURE_USAGE, "--status takes pending%s here, not \"%.40s\"",
                    gone ? ", confirmed, left, bounced or complained" : " or confirmed", name);
    }
    return check_wording(program, *status, why);
}

/* Somebody who does not give --status may not expect pending people, who look as if they were on
 * the list. */
void subscribers_tell_pending(const struct program *program, const char *who)
{
    if (!program->quiet && subscribers_option(program, OPTION_STATUS) == NULL) {
        fprintf(stderr,
                "verdicts: %s: pending, so no mail until they confirm by the signup form; who has "
                "agreed already is added with --status confirmed --wording 'to what, and where'\n",
                who);
    }
}

static void import_report(void *context, int64_t line, const char *address, const char *outcome,
                          const char *reason)
{
    const struct program *program = context;
    bool dry = program->options[OPTION_DRY_RUN].count > 0;
    bool wrong = strcmp(outcome, "bad") == 0;
    if (wrong || dry || program->verbose > 0) {
        fprintf(wrong ? stderr : stdout, "%s:%lld: %s: %s%s%s\n", program->argv[1], (long long)line,
                address, outcome, reason != NULL ? ": " : "", reason != NULL ? reason : "");
    }
}

static void tell_strange_topics(const struct program *program,
                                const struct list_import_counts *counts)
{
    if (!program->quiet && counts->strangers > 0) {
        bool several = counts->strange_count > 1 || counts->strange_more;
        fprintf(stderr, "verdicts: %s: warning: no comparison has the topic%s %s%s (of %lld %s)\n",
                program->argv[1], several ? "s" : "", counts->strange,
                counts->strange_more ? " and others" : "", (long long)counts->strangers,
                counts->strangers == 1 ? "person" : "people");
    }
}

/* Prints what happened to the rows: the counts add up. */
static void print_counts(const struct list_import_counts *counts, bool dry_run)
{
    printf("%lld lines: %lld added, %lld already there, %lld left before, ",
           (long long)counts->lines, (long long)counts->added, (long long)counts->already,
           (long long)counts->left_before);
    if (counts->taken_off > 0) {
        printf("%lld taken off the list, ", (long long)counts->taken_off);
    }
    printf("%lld suppressed, %lld bad%s\n", (long long)counts->suppressed, (long long)counts->bad,
           dry_run ? " (dry run: nothing stored)" : "");
}

static void tell_result(struct program *program, const struct list_import_options *options,
                        const struct list_import_counts *counts)
{
    if (!program->quiet && counts->unused[0] != '\0') {
        fprintf(stderr, "verdicts: %s: columns not used: %s (--map FIELD=COLUMN names others)\n",
                program->argv[1], counts->unused);
    }
    if (!program->quiet) {
        print_counts(counts, options->dry_run);
    }
    if (!program->quiet && counts->id != 0) {
        printf("import %" PRId64 "%s: verdicts subscribers import --undo %" PRId64
               " takes it back\n",
               counts->id, counts->resumed > 0 ? " (continued)" : "", counts->id);
    }
    tell_strange_topics(program, counts);
    if (counts->added > 0) {
        subscribers_tell_pending(program, program->argv[1]);
    }
}

static bool take_file(struct program *program, int *status, struct failure *why)
{
    struct list_import_counts counts = {0};
    const char *continues = subscribers_option(program, OPTION_CONTINUE);
    struct list_import_options options = {
        .map = subscribers_option(program, OPTION_MAP),
        .ignored = program->options[OPTION_IGNORE].values,
        .ignored_count = program->options[OPTION_IGNORE].count,
        .encoding = subscribers_option(program, OPTION_ENCODING),
        .wording = subscribers_option(program, OPTION_WORDING),
        .dry_run = program->options[OPTION_DRY_RUN].count > 0,
    };
    if (!subscribers_operand(program, why) ||
        !subscribers_new_status(program, true, &options.status, why) ||
        (continues != NULL &&
         !options_number("continue", continues, 1, INT64_MAX, &options.continues, why)) ||
        !list_run_import(program->store, program->settings.database, program->keys,
                         program->argv[1], &options, clock_now(), import_report, program, &counts,
                         why)) {
        return false;
    }
    *status = counts.bad > 0 ? EXIT_BAD_DATA : 0;
    tell_result(program, &options, &counts);
    return true;
}

static bool take_back(struct program *program, const char *text, struct failure *why)
{
    struct import_undone undone;
    int64_t id;
    if (program->argc != 1) {
        return fail(why, FAILURE_USAGE, "subscribers import --undo ID takes no file");
    }
    if (!options_number("undo", text, 1, INT64_MAX, &id, why) ||
        !list_run_undo(program->store, program->settings.database, id, clock_now(), &undone, why)) {
        return false;
    }
    if (!program->quiet) {
        printf("import %" PRId64 ": %" PRId64 " taken out, %" PRId64
               " pending again; who left or was heard from stays as they are\n",
               id, undone.removed, undone.pending);
    }
    return true;
}

bool subscribers_import(struct program *program, int *status, struct failure *why)
{
    const char *undo = subscribers_option(program, OPTION_UNDO);
    return undo != NULL ? take_back(program, undo, why) : take_file(program, status, why);
}
