/*
 * `weekly`: the cron job. Resumes what is unfinished, builds the issue that is due, sends it where
 * policy allows. Once a week or every hour: a run with nothing to do does nothing and says nothing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cmd/approval.h"
#include "cmd/bouncing.h"
#include "cmd/common.h"
#include "cmd/sending.h"
#include "cmd/verbs.h"
#include "issue/build.h"
#include "store/run.h"

enum weekly_option { WEEKLY_SUMMARY };

static const struct option_spec weekly_options[] = {
    [WEEKLY_SUMMARY] = {"summary", 0, NULL, "print the summary line although no terminal watches",
                        false},
    {0},
};

enum { WEEKLY_LEASE_MS = 24 * 3600 * 1000, WEEKLY_RUNS = 50 };

struct weekly {
    struct program *program;
    bool left;     /* work for a later run */
    bool sent_any; /* an issue was sent or resumed */
    int bounces;   /* exit code of reading the mailbox */
    char summary[256];
};

/* One line a run: to a person at a terminal always, to cron's mail only when something is left. */
static void weekly_say(struct weekly *weekly, bool wrong)
{
    struct program *program = weekly->program;
    bool asked = program->options[WEEKLY_SUMMARY].count > 0;
    if (asked && !wrong) {
        printf("%s\n", weekly->summary);
    } else if ((program->terminal && !program->quiet) || wrong || asked) {
        fprintf(stderr, "%s%s\n", wrong ? "verdicts: " : "", weekly->summary);
    }
}

static bool weekly_send(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct deliver_result result = {0};
    struct sending_options options = {0};
    bool left = false;
    if (!sending_issue(weekly->program, issue, &options, &result, &left, why)) {
        return fail_context(why, "issue %lld", (long long)issue->number);
    }
    sending_summary(issue, result.counts, weekly->summary, sizeof weekly->summary);
    if (result.relay_away) {
        program_complain(&result.relay_why);
    }
    weekly_say(weekly, left);
    weekly->left = weekly->left || left;
    weekly->sent_any = true;
    return true;
}

static bool weekly_resume(struct weekly *weekly, struct failure *why)
{
    struct issue *issues;
    size_t count;
    struct program *program = weekly->program;
    if (!issue_list(program->store, &program->arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = count; i-- > 0;) {
        if (issues[i].state == ISSUE_SENDING && !program->stop &&
            !weekly_send(weekly, &issues[i], why)) {
            return false;
        }
    }
    return true;
}

static bool weekly_send_approved(struct weekly *weekly, int64_t id, struct failure *why)
{
    struct issue *issue;
    struct program *program = weekly->program;
    return issue_get(program->store, &program->arena, id, &issue, why) &&
           (issue->state != ISSUE_APPROVED || weekly_send(weekly, issue, why));
}

/* Whether the last run that ended said the same: an hourly cron job is not to repeat itself. */
static bool weekly_said(struct weekly *weekly, bool *said, struct failure *why)
{
    struct run *runs;
    size_t count;
    struct program *program = weekly->program;
    *said = false;
    if (!run_list(program->store, &program->arena, WEEKLY_RUNS, &runs, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(runs[i].verb, "weekly") == 0 && runs[i].finished_at != 0) {
            *said = strcmp(runs[i].summary != NULL ? runs[i].summary : "", weekly->summary) == 0;
            break;
        }
    }
    return true;
}

/* A draft that no editor has approved: the editors are asked once. Cron's mail hears of it where
 * there is nobody to ask, and once when the deadline has passed. */
static bool weekly_wait(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct program *program = weekly->program;
    const char *const *editors = program->settings.issue.editors;
    bool nobody = editors == NULL || editors[0] == NULL;
    bool held = approval_answer(&program->settings, issue, clock_now()) == APPROVAL_HELD;
    bool asked, away, said;
    snprintf(weekly->summary, sizeof weekly->summary,
             held ? "issue %lld (%s) is held, as nobody approved it in time: verdicts issue "
                    "approve %lld"
                  : "issue %lld (%s) waits for approval: verdicts issue approve %lld",
             (long long)issue->number, issue->iso_week, (long long)issue->number);
    if (!approval_ask(program, issue, &asked, &away, why) || !weekly_said(weekly, &said, why)) {
        return false;
    }
    weekly->left = weekly->left || away;
    if ((held || nobody) && !said) {
        weekly_say(weekly, true);
        weekly->sent_any = true; /* it has been said */
    }
    return true;
}

/* An issue that goes out although nobody approved it. */
static void weekly_tell_deadline(const struct weekly *weekly, const struct issue *issue)
{
    if (weekly->program->settings.issue.approval == APPROVAL_REQUIRED) {
        fprintf(stderr,
                "verdicts: issue %lld (%s) is sent without approval: its deadline has passed and "
                "issue.after_deadline is send\n",
                (long long)issue->number, issue->iso_week);
    }
}

/* What the due week's issue needs next. */
static bool weekly_due(struct weekly *weekly, struct failure *why)
{
    struct program *program = weekly->program;
    struct week week;
    struct issue *issue;
    enum issue_built outcome;
    bool changed;
    week_due(&program->settings, clock_now(), &week);
    if (!issue_build(program->store, &program->arena, &program->settings, &week, clock_now(),
                     &outcome, &issue, why)) {
        return fail_context(why, "%s", week.name);
    }
    if (outcome == ISSUE_THIN || issue->state == ISSUE_SENDING) {
        return true;
    }
    if (issue->state == ISSUE_DRAFT) {
        if (approval_answer(&program->settings, issue, clock_now()) != APPROVAL_GO) {
            return weekly_wait(weekly, issue, why);
        }
        if (!approval_gate(program, issue, why) ||
            !issue_freeze(program->store, &program->arena, &program->settings, issue, clock_now(),
                          &changed, why)) {
            return false;
        }
        weekly_tell_deadline(weekly, issue);
    }
    return weekly_send_approved(weekly, issue->id, why);
}

/* Bounces first, so that who is gone does not get the issue. A mailbox that is out of reach does
 * not keep the issue from the others. */
static void weekly_bounces(struct weekly *weekly)
{
    struct program *program = weekly->program;
    const char *mailbox = program->settings.bounce.mailbox;
    struct bounce_run_result result = {0};
    struct failure bad = {0};
    if (mailbox == NULL || mailbox[0] == '\0') {
        return;
    }
    if (!bouncing_mailbox(program, &result, &bad)) {
        program_complain(&bad);
        weekly->bounces = program_exit_code(bad.kind);
    }
}

static bool weekly_work(struct weekly *weekly, struct failure *why)
{
    struct program *program = weekly->program;
    snprintf(weekly->summary, sizeof weekly->summary, "nothing due");
    weekly_bounces(weekly);
    if (!weekly_resume(weekly, why) || (!program->stop && !weekly_due(weekly, why))) {
        return false;
    }
    if (!weekly->sent_any) {
        weekly_say(weekly, false);
    }
    return true;
}

/* A lock on this machine, a lease for one that shares the disk. */
static bool weekly_lock(struct program *program, int *fd, struct failure *why)
{
    const char *path = arena_format(&program->arena, "%s.weekly", program->settings.database);
    char host[256] = "";
    const char *other;
    bool taken;
    gethostname(host, sizeof host - 1);
    if (!file_lock(path, fd, why)) {
        return why->kind == FAILURE_TRY_AGAIN
                   ? fail(why, FAILURE_TRY_AGAIN, "weekly is running already; nothing done")
                   : false;
    }
    int64_t boottime = clock_boottime_ms();
    if (!lease_take(program->store, &program->arena, "weekly", host, clock_boot_id(), boottime,
                    boottime + WEEKLY_LEASE_MS, &taken, &other, why)) {
        return false;
    }
    return taken ||
           fail(why, FAILURE_TRY_AGAIN, "weekly is running already on %s; nothing done", other);
}

static bool weekly_locked(struct weekly *weekly, int *status, struct failure *why)
{
    struct program *program = weekly->program;
    struct failure late = {0};
    int64_t run;
    if (!run_begin(program->store, "weekly", clock_now(), &run, why)) {
        return false;
    }
    bool good = weekly_work(weekly, why);
    bool again = weekly->left || program->stop;
    *status = good && again ? EXIT_TRY_AGAIN : good ? weekly->bounces : *status;
    int code = good ? *status : program_exit_code(why->kind);
    if (!run_end(program->store, run, clock_now(), code, good ? weekly->summary : why->text,
                 &late) &&
        good) {
        *why = late;
        return false;
    }
    return good;
}

static bool weekly_run(struct program *program, int *status, struct failure *why)
{
    struct weekly weekly = {.program = program};
    int fd = -1;
    if (!common_no_operands(program, 0, why) || !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !settings_require_relay(&program->settings, why)) {
        return false;
    }
    bool good = weekly_lock(program, &fd, why) && weekly_locked(&weekly, status, why);
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

const struct verb verb_weekly = {
    .name = "weekly",
    .needs = NEEDS_STORE | NEEDS_KEYS,
    .options = weekly_options,
    .usage = "[--summary]",
    .help = "The cron job: build the due issue, send it, resume unfinished ones",
    .examples = "  verdicts weekly\n"
                "  verdicts --now 2026-11-27T09:00:00Z --set smtp.url=null: weekly --summary\n"
                "  7 * * * *  verdicts --config /etc/verdicts/verdicts.conf weekly   (crontab)\n",
    .run = weekly_run,
};
