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
#include "cmd/bouncing.h"
#include "cmd/common.h"
#include "cmd/operator.h"
#include "issue/send.h"
#include "cmd/verbs.h"
#include "issue/approve.h"
#include "issue/build.h"
#include "issue/obstacle.h"
#include "store/import.h"
#include "store/run.h"
#include "store/subscriber.h"

enum weekly_option { WEEKLY_SUMMARY };

static const struct option_spec weekly_options[] = {
    [WEEKLY_SUMMARY] = {"summary", 0, NULL, "print the summary line although no terminal watches",
                        false},
    {0},
};

struct weekly {
    struct program *program;
    struct issue_run run;
    struct mailer *mailer;
    struct hold *hold;      /* nothing of any issue is sent; NULL: none is in force */
    bool left;              /* work for a later run */
    int left_status;        /* and the exit code for it */
    bool sent_any;          /* an issue was sent or resumed */
    int bounces;            /* exit code of reading the mailbox */
    bool stale;             /* an issue was not sent in its time: somebody has to decide */
    struct failure refused; /* the first issue that could not be sent; the others were tried */
    char summary[SENDING_LINE];
    const char *notes; /* what the run's record says besides */
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

/* Once for each change: what is left, whether the last have given up, who may have it twice (also
 * when all is well again), and what the relay says. Hourly runs would else tell of one full mailbox
 * seventy-two times. */
static bool weekly_tell(struct weekly *weekly, const struct issue *issue,
                        const struct deliver_result *result, int64_t doubted, struct failure *why)
{
    struct program *program = weekly->program;
    const int64_t *counts = result->counts;
    bool open = counts[DELIVERY_QUEUED] + counts[DELIVERY_SENDING] + counts[DELIVERY_DEFERRED] > 0;
    bool doubt = counts[DELIVERY_IN_DOUBT] > 0;
    bool gave_up = !open && !doubt && counts[DELIVERY_GAVE_UP] > 0;
    bool fresh;
    const char *topic =
        arena_format(&program->arena, "%s%s%s%s%s", open ? "left " : "", doubt ? "in doubt " : "",
                     gave_up ? "gave up " : "", doubted > 0 ? "doubled " : "", result->topic);
    if (!issue_say(program->store, issue->id, topic, &fresh, why)) {
        return false;
    }
    bool wrong = fresh && topic[0] != '\0';
    if (result->relay_why.kind != FAILURE_NONE && (wrong || program->terminal)) {
        program_complain(&result->relay_why);
    }
    weekly_say(weekly, wrong);
    return true;
}

static void weekly_note(struct weekly *weekly, const char *note)
{
    weekly->notes = weekly->notes == NULL
                        ? note
                        : arena_format(&weekly->program->arena, "%s; %s", weekly->notes, note);
}

/* Work is kept back by somebody's word: the hold, or the pause of the issue. */
static bool weekly_keep(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct program *program = weekly->program;
    bool aloud = program->terminal || program->options[WEEKLY_SUMMARY].count > 0;
    const char *line;
    if (!obstacle_say(&weekly->run, weekly->hold, issue, aloud, &line, why)) {
        return false;
    }
    weekly->left = true;
    weekly_note(weekly, line);
    return true;
}

static bool weekly_look_for_hold(struct weekly *weekly, struct failure *why)
{
    return obstacle_find_hold(weekly->program->store, &weekly->program->arena, &weekly->hold,
                              why) &&
           (weekly->hold == NULL || weekly_keep(weekly, NULL, why));
}

/* Whether nothing of this issue is to be sent in this run. */
static bool weekly_is_kept(struct weekly *weekly, const struct issue *issue, bool *kept,
                           struct failure *why)
{
    *kept = weekly->hold != NULL || issue->paused_at != 0;
    return issue->paused_at == 0 || weekly_keep(weekly, issue, why);
}

/* The run was stopped by a word in its midst, and has said so. */
static bool weekly_keep_halted(struct weekly *weekly, const struct issue *issue,
                               struct failure *why)
{
    struct program *program = weekly->program;
    bool first;
    return obstacle_find_hold(program->store, &program->arena, &weekly->hold, why) &&
           hold_tell(program->store, &first, why) &&
           issue_tell_pause(program->store, issue->id, &first, why);
}

static bool weekly_send(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct deliver_result result = {0};
    struct sending_options options = {0};
    bool left = false;
    int64_t doubted = 0;
    if (!sending_issue(weekly->program, issue->id, &options, &result, &doubted, &left, why)) {
        return false;
    }
    sending_summary(issue, result.counts, doubted, weekly->summary, sizeof weekly->summary);
    if ((left || result.unread != FAILURE_NONE) &&
        (!weekly->left || weekly->left_status == EXIT_TRY_AGAIN)) {
        weekly->left_status = sending_status(&result);
    }
    weekly->left = weekly->left || left;
    weekly->sent_any = true;
    return weekly_tell(weekly, issue, &result, doubted, why) &&
           (!result.halted || weekly_keep_halted(weekly, issue, why));
}

/* The last of an issue under way that was not sent in its time. */
static bool weekly_let_go(struct weekly *weekly, const struct issue *issue, bool *finished,
                          struct failure *why)
{
    struct program *program = weekly->program;
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t counts[DELIVERY_STATES];
    int64_t doubted;
    if (!sending_let_go(program, issue, "was not sent while it was news", finished, why)) {
        return false;
    }
    if (!*finished) {
        return true;
    }
    if (!delivery_counts(program->store, queue, counts, why) ||
        !delivery_doubted(program->store, queue, &doubted, why)) {
        return false;
    }
    sending_summary(issue, counts, doubted, weekly->summary, sizeof weekly->summary);
    size_t used = strlen(weekly->summary);
    snprintf(weekly->summary + used, sizeof weekly->summary - used,
             "; `verdicts send --issue %lld --retry gave_up` tries those again",
             (long long)issue->number);
    weekly_say(weekly, true);
    weekly->sent_any = true;
    return true;
}

/* What was not sent while it was news is left alone, and told once. */
static bool weekly_send_unless_stale(struct weekly *weekly, const struct issue *issue,
                                     struct failure *why)
{
    struct failure line = {0};
    bool stale, first, finished = false;
    if (!sending_is_stale(weekly->program, issue, &stale, &line, why)) {
        return false;
    }
    if (!stale) {
        return weekly_send(weekly, issue, why);
    }
    if ((issue->state == ISSUE_SENDING && !weekly_let_go(weekly, issue, &finished, why)) ||
        !issue_tell(weekly->program->store, issue->id, ISSUE_TOLD_STALE, &first, why)) {
        return false;
    }
    /* What the line offers would do nothing any more for an issue that has just ended. */
    if (first && !finished) {
        program_complain(&line);
    }
    weekly->stale = true;
    weekly_note(weekly, arena_format(&weekly->program->arena, "issue %lld (%s) is too old",
                                     (long long)issue->number, issue->iso_week));
    return true;
}

/* What is wrong with one issue does not keep back the others, nor the mails: it is told, and the
 * exit code is its own. False where nothing else would go well either. */
static bool weekly_bear(struct weekly *weekly, struct failure *bad, struct failure *why)
{
    if (bad->kind == FAILURE_IO || bad->kind == FAILURE_SYSTEM || bad->kind == FAILURE_INTERNAL) {
        *why = *bad;
        return false;
    }
    program_complain(bad);
    if (weekly->refused.kind == FAILURE_NONE) {
        weekly->refused = *bad;
    }
    return true;
}

static bool weekly_try(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct failure bad = {0};
    bool kept;
    return weekly_is_kept(weekly, issue, &kept, why) &&
           (kept || weekly_send_unless_stale(weekly, issue, &bad) ||
            weekly_bear(weekly, &bad, why));
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
            !weekly_try(weekly, &issues[i], why)) {
            return false;
        }
    }
    return true;
}

/* A claim of a dead process in a cancelled issue is settled too. */
static bool weekly_settle(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct delivery_queue queue = {.issue_id = issue->id};
    int64_t queued, in_doubt;
    return issue->state != ISSUE_CANCELLED ||
           delivery_recover(weekly->program->store, queue, clock_boot_id(), clock_boottime_ms(),
                            false, clock_now(), &queued, &in_doubt, why);
}

/* Approved issues that are due and not too old go out now, the due week's among them. */
static bool weekly_earlier(struct weekly *weekly, struct failure *why)
{
    struct issue *issues;
    size_t count;
    struct program *program = weekly->program;
    if (!issue_list(program->store, &program->arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = count; i-- > 0;) {
        bool approved = issues[i].state == ISSUE_APPROVED && issues[i].window_end <= clock_now();
        if (!weekly_settle(weekly, &issues[i], why)) {
            return false;
        }
        if (approved && !program->stop && !weekly_try(weekly, &issues[i], why)) {
            return false;
        }
    }
    return true;
}

/* Single mails that wait: a test whose relay was away, confirmations where `serve` does not run. */
static bool weekly_mails(struct weekly *weekly, struct failure *why)
{
    const struct delivery_queue queue = {0};
    struct deliver_result result = {0};
    struct program *program = weekly->program;
    int64_t next_at;
    if (!delivery_next_due(program->store, queue, &next_at, why)) {
        return false;
    }
    return next_at == 0 || next_at > clock_now() || program->stop ||
           mailer_send(weekly->mailer, &result, why);
}

/* An issue for nobody would use up the week's comparisons. People who wait to be asked are a list
 * that its operator takes for complete: that is told once. */
static bool weekly_has_readers(struct weekly *weekly, const struct issue *issue, bool *has,
                               struct failure *why)
{
    struct program *program = weekly->program;
    int64_t readers;
    const char *list;
    bool first = false;
    if (!subscriber_eligible(program->store, &readers, why)) {
        return false;
    }
    *has = readers > 0;
    if (*has) {
        return true;
    }
    if (!obstacle_list(program->store, &program->arena, &list, why)) {
        return false;
    }
    snprintf(weekly->summary, sizeof weekly->summary, "issue %lld (%s) waits: %s",
             (long long)issue->number, issue->iso_week,
             list != NULL ? list : "the list has no confirmed reader yet");
    if (list != NULL && !issue_tell(program->store, issue->id, ISSUE_TOLD_WAITS, &first, why)) {
        return false;
    }
    if (first) {
        weekly_say(weekly, true);
        weekly->sent_any = true; /* it has been said */
    }
    return true;
}

/* Readers of an import that broke off get nothing: told once, whatever else is due. */
static bool weekly_imports(struct weekly *weekly, struct failure *why)
{
    struct program *program = weekly->program;
    struct obstacle_import *imports;
    size_t count;
    if (!obstacle_imports(program->store, &program->arena, &imports, &count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool first;
        if (!import_tell(program->store, imports[i].id, &first, why)) {
            return false;
        }
        if (first) {
            fprintf(stderr, "verdicts: %s\n", imports[i].line);
        }
        weekly_note(weekly, imports[i].line);
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

/* A draft that no editor has approved: the editors are asked once. Cron's mail hears of it where
 * there is nobody to ask, and once when the deadline has passed. */
static bool weekly_wait(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct program *program = weekly->program;
    const char *const *editors = program->settings.issue.editors;
    bool nobody = editors == NULL || editors[0] == NULL;
    bool held = approve_answer(&program->settings, issue, clock_now()) == APPROVE_HOLD;
    bool asked, away, first = false;
    snprintf(weekly->summary, sizeof weekly->summary,
             held ? "issue %lld (%s) is held, as nobody approved it in time: verdicts issue "
                    "approve %lld"
                  : "issue %lld (%s) waits for approval: verdicts issue approve %lld",
             (long long)issue->number, issue->iso_week, (long long)issue->number);
    if (!approve_ask(&weekly->run, weekly->mailer, issue, &asked, &away, why) ||
        ((held || nobody) && !issue_tell(program->store, issue->id,
                                         held ? ISSUE_TOLD_HELD : ISSUE_TOLD_WAITS, &first, why))) {
        return false;
    }
    weekly->left = weekly->left || away;
    if (first) {
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

/* Builds and freezes a week's issue where it may go out now: *id is what to send, 0 nothing.
 */
static bool weekly_prepare(struct weekly *weekly, struct arena *arena, const struct week *week,
                           int64_t *id, struct failure *why)
{
    struct program *program = weekly->program;
    struct issue *issue;
    enum issue_built outcome;
    bool readers, changed, kept;
    *id = 0;
    if (!issue_build(program->store, arena, &program->settings, week, clock_now(), &outcome, &issue,
                     why)) {
        return fail_context(why, "%s", week->name);
    }
    if (outcome == ISSUE_THIN) {
        if (!weekly->sent_any) {
            snprintf(weekly->summary, sizeof weekly->summary,
                     "nothing due: too few new comparisons for %s, they carry over", week->name);
        }
        return true;
    }
    /* One that was approved before this run has been tried by now. */
    if (issue->state != ISSUE_DRAFT) {
        return true;
    }
    if (approve_answer(&program->settings, issue, clock_now()) != APPROVE_SEND) {
        return weekly_wait(weekly, issue, why);
    }
    if (!weekly_has_readers(weekly, issue, &readers, why) ||
        (readers && !weekly_is_kept(weekly, issue, &kept, why))) {
        return false;
    }
    /* One that is kept back stays a draft, which can still be changed. */
    if (!readers || kept) {
        return true;
    }
    if (!approve_check(&weekly->run, issue, why) ||
        !issue_freeze(program->store, arena, &program->settings, issue, NULL, clock_now(), &changed,
                      why)) {
        return false;
    }
    weekly_tell_deadline(weekly, issue);
    *id = issue->id;
    return true;
}

/* What the week's issue needs next. What building it took is not kept while it is sent. */
static bool weekly_week(struct weekly *weekly, const struct week *week, struct failure *why)
{
    struct arena arena = {0};
    int64_t id;
    struct failure bad = {0};
    bool good = weekly_prepare(weekly, &arena, week, &id, &bad);
    arena_free(&arena);
    return (good && (id == 0 || weekly_send_approved(weekly, id, &bad))) ||
           weekly_bear(weekly, &bad, why);
}

/* A draft that nobody has to approve was not sent in its week: there was no reader yet, check found
 * errors, or cron was away. As nobody asks for it any more, it would keep its comparisons from
 * every issue; so they go on to the next one. */
static bool weekly_let_on(struct weekly *weekly, const struct issue *issue, struct failure *why)
{
    struct program *program = weekly->program;
    bool released;
    if (!issue_release(program->store, &program->arena, issue->id, clock_now(), &released, why)) {
        return false;
    }
    if (released && issue->edited) {
        fprintf(stderr,
                "verdicts: the draft of %s, which an editor had arranged, was not sent in its "
                "week; its comparisons go on to the next issue\n",
                issue->iso_week);
    }
    return true;
}

/* Drafts of earlier weeks. One that the editors were told is sent past its deadline is sent. */
static bool weekly_drafts(struct weekly *weekly, const struct week *due, struct failure *why)
{
    struct program *program = weekly->program;
    const struct settings *settings = &program->settings;
    struct issue *issues;
    size_t count;
    if (!issue_list(program->store, &program->arena, &issues, &count, why)) {
        return false;
    }
    for (size_t i = count; i-- > 0 && !program->stop;) {
        struct week week;
        if (issues[i].state != ISSUE_DRAFT || strcmp(issues[i].iso_week, due->name) >= 0 ||
            issues[i].paused_at != 0 ||
            approve_answer(settings, &issues[i], clock_now()) != APPROVE_SEND) {
            continue;
        }
        bool old = clock_now() - issues[i].window_end > settings->issue.max_age_days * 86400;
        bool promised = settings->issue.approval == APPROVAL_REQUIRED && !old;
        if (!week_named(settings, issues[i].iso_week, &week, why) ||
            !(promised ? weekly_week(weekly, &week, why)
                       : weekly_let_on(weekly, &issues[i], why))) {
            return false;
        }
    }
    return true;
}

static bool weekly_due(struct weekly *weekly, struct failure *why)
{
    struct week week;
    week_due(&weekly->program->settings, clock_now(), &week);
    return weekly_drafts(weekly, &week, why) &&
           (weekly->program->stop || weekly_week(weekly, &week, why));
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
        weekly->bounces = failure_exit_code(bad.kind);
    }
}

static bool weekly_work(struct weekly *weekly, struct failure *why)
{
    struct program *program = weekly->program;
    snprintf(weekly->summary, sizeof weekly->summary, "nothing due");
    weekly_bounces(weekly);
    if (!weekly_look_for_hold(weekly, why) || !weekly_resume(weekly, why) ||
        !weekly_earlier(weekly, why) || (!program->stop && !weekly_due(weekly, why)) ||
        !weekly_mails(weekly, why) || !weekly_imports(weekly, why)) {
        return false;
    }
    if (!weekly->sent_any && weekly->refused.kind == FAILURE_NONE) {
        weekly_say(weekly, false);
    }
    return true;
}

/* What `status` shows of the run. */
static const char *weekly_record(struct weekly *weekly)
{
    struct arena *arena = &weekly->program->arena;
    const char *record = weekly->refused.kind == FAILURE_NONE
                             ? weekly->summary
                             : arena_format(arena, "%s; %s", weekly->refused.text, weekly->summary);
    return weekly->notes == NULL ? record : arena_format(arena, "%s; %s", record, weekly->notes);
}

/* The kernel lets go of the lock when a process dies, and whoever can reach the database asks the
 * same kernel, from another container too: it is never on a network file system. */
static bool weekly_lock(struct program *program, int *fd, struct failure *why)
{
    const char *path = file_beside(&program->arena, program->settings.database, "weekly");
    return file_lock(path, fd, why) ||
           (why->kind == FAILURE_TRY_AGAIN &&
            fail(why, FAILURE_TRY_AGAIN, "weekly is running already; nothing done"));
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
    if (good) {
        *status = weekly->refused.kind != FAILURE_NONE ? failure_exit_code(weekly->refused.kind)
                  : weekly->left_status != 0           ? weekly->left_status
                  : again                              ? EXIT_TRY_AGAIN
                  : weekly->stale                      ? EXIT_BAD_DATA
                                                       : weekly->bounces;
    }
    int code = good ? *status : failure_exit_code(why->kind);
    if (!run_end(program->store, run, clock_now(), code, good ? weekly_record(weekly) : why->text,
                 &late) &&
        good) {
        *why = late;
        return false;
    }
    return good;
}

static bool weekly_run(struct program *program, int *status, struct failure *why)
{
    struct weekly weekly = {.program = program, .run = operator_run(program)};
    int fd = -1;
    if (!common_no_operands(program, 0, why) || !settings_require_site(&program->settings, why) ||
        !settings_require_mail(&program->settings, why) ||
        !settings_require_relay(&program->settings, why)) {
        return false;
    }
    weekly.mailer = mailer_open(program->store, &program->settings, program->keys, &program->stop);
    bool good = weekly_lock(program, &fd, why) && weekly_locked(&weekly, status, why);
    mailer_close(weekly.mailer);
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
                "  verdicts backup rehearsal.db   (and on that copy, to nobody:)\n"
                "  verdicts --now 2026-11-27T09:00:00Z --set database=rehearsal.db "
                "--set smtp.url=null: weekly --summary\n"
                "  7 * * * *  /usr/local/bin/verdicts --config /etc/verdicts/verdicts.conf weekly  "
                " (crontab)\n",
    .run = weekly_run,
};
