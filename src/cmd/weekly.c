/* `weekly`: the cron job (issue/weekly.h). */
#include <stdio.h>

#include "cmd/common.h"
#include "cmd/operator.h"
#include "cmd/read_bounces.h"
#include "cmd/verbs.h"
#include "issue/weekly.h"

enum weekly_option { WEEKLY_SUMMARY };

static const struct option_spec weekly_options[] = {
    [WEEKLY_SUMMARY] = {"summary", 0, NULL, "print the summary line although no terminal watches",
                        false},
    {0},
};

static bool read_mailbox(void *context, struct failure *why)
{
    struct bounce_run_result result = {0};
    return read_bounces(context, &result, why);
}

/* One line per run: always to a person at a terminal, but in cron's mail only if something is
 * wrong. */
static void say(void *context, enum issue_say kind, const char *line)
{
    const struct program *program = context;
    if (kind == ISSUE_SAY_WARNING) {
        program_warn(line);
    } else if (program->options[WEEKLY_SUMMARY].count > 0) {
        printf("%s\n", line);
    } else if (program->terminal && !program->quiet) {
        fprintf(stderr, "%s\n", line);
    }
}

static bool weekly_verb(struct program *program, int *status, struct failure *why)
{
    const struct weekly_options options = {
        .watched = program->terminal,
        .summary = program->options[WEEKLY_SUMMARY].count > 0,
        .read_bounces = read_mailbox,
    };
    struct issue_run run = operator_run(program);
    enum failure_kind outcome;
    run.say = say;
    if (!common_no_operands(program, 0, why) || !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !settings_require_relay(&program->settings, why) ||
        !weekly_run(&run, &options, &outcome, why)) {
        return false;
    }
    *status = failure_exit_code(outcome);
    return true;
}

const struct verb verb_weekly = {
    .name = "weekly",
    .needs = NEEDS_STORE | NEEDS_KEYS,
    .options = weekly_options,
    .usage = "[--summary]",
    .help = "The cron job: build the due issue, send it, resume unfinished ones",
    .examples = "  verdicts weekly\n"
                "  verdicts backup rehearsal.db   (and on that copy, to nobody:)\n"
                "  verdicts --now 2026-11-27T09:00:00Z --set database=rehearsal.db "
                "--set smtp.url=null: weekly --summary\n"
                "  7 * * * *  /usr/local/bin/verdicts --config /etc/verdicts/verdicts.conf weekly  "
                " (crontab)\n",
    .run = weekly_verb,
};
