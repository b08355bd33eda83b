#include "issue/approve.h"

#include "base/clock.h"
#include "issue/build.h"
#include "issue/examine.h"

enum { NOTE_TEXT_MAX = 256 * 1024, HOUR = 3600 };

static bool examine_stored(const struct issue_run *run, struct arena *arena,
                           const struct issue *issue, struct check_report *report,
                           struct failure *why)
{
    struct issue_view view;
    return issue_view_stored(run->store, arena, run->settings, issue, &view, why) &&
           examine(run->store, arena, run->settings, run->keys, &view, report, why);
}

/* Uses an arena of its own, so that the memory for examining is freed before the issue is sent. */
bool approve_check(const struct issue_run *run, const struct issue *issue, struct failure *why)
{
    struct arena arena = {0};
    struct check_report report;
    bool good = examine_stored(run, &arena, issue, &report, why) &&
                examine_require_pass(issue, &report, why);
    arena_free(&arena);
    return good;
}

static bool warn_of_errors(const struct issue_run *run, const struct issue *issue,
                           struct failure *why)
{
    struct failure found = {0};
    if (approve_check(run, issue, &found)) {
        return true;
    }
    if (found.kind != FAILURE_DATA) {
        *why = found;
        return false;
    }
    run->say(run->context, ISSUE_SAY_WARNING, found.text);
    return true;
}

bool approve_issue(const struct issue_run *run, const struct issue *issue, bool *changed,
                   struct failure *why)
{
    return (issue->state != ISSUE_DRAFT || warn_of_errors(run, issue, why)) &&
           issue_freeze(run->store, run->arena, run->settings, issue, NULL, clock_now(), changed,
                        why);
}

char *approve_words(struct arena *arena, const struct issue *issue, int64_t now)
{
    char due[CLOCK_TEXT];
    if (issue->window_end <= now) {
        return arena_copy(arena, "the next `verdicts weekly` or `verdicts send` sends it");
    }
    clock_format(issue->window_end, due);
    return arena_format(arena,
                        "it is sent when it is due, at %s, and what arrives until then is for a "
                        "later issue",
                        due);
}

static int64_t deadline(const struct settings *settings, const struct issue *issue)
{
    return issue->window_end + settings->issue.deadline_hours * HOUR;
}

enum approve_answer approve_answer(const struct settings *settings, const struct issue *issue,
                                   int64_t now)
{
    if (settings->issue.approval == APPROVAL_NONE) {
        return APPROVE_SEND;
    }
    if (settings->issue.deadline_hours == 0 || now < deadline(settings, issue)) {
        return APPROVE_WAIT;
    }
    return settings->issue.send_past_deadline ? APPROVE_SEND : APPROVE_HOLD;
}

static void say_what_follows(const struct issue_run *run, const struct issue *issue,
                             struct buf *note)
{
    const struct settings *settings = run->settings;
    char time[CLOCK_TEXT];
    buf_addf(note,
             "Issue %lld of %s waits for your approval.\nTo release it: verdicts issue approve "
             "%lld\n",
             (long long)issue->number, settings->site.name, (long long)issue->number);
    if (settings->issue.deadline_hours > 0) {
        clock_format(deadline(settings, issue), time);
        buf_addf(note, "At %s it is %s without it.\n", time,
                 settings->issue.send_past_deadline ? "sent" : "held");
    }
}

static void say_findings(const struct check_report *report, struct buf *note)
{
    size_t errors = report->counts[CHECK_ERROR], warnings = report->counts[CHECK_WARNING];
    if (report->findings == NULL) {
        buf_add_text(note, "The check found nothing.");
        return;
    }
    buf_addf(note, "The check found %zu error%s, %zu warning%s and %zu note%s:\n", errors,
             errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s", report->counts[CHECK_INFO],
             report->counts[CHECK_INFO] == 1 ? "" : "s");
    check_print(note, report);
    if (errors > 0) {
        buf_add_text(note, "Without your approval the errors keep it from being sent.\n");
    }
}

static bool ask_each(const struct issue_run *run, const struct issue *issue, const char *note,
                     struct failure *why)
{
    const char *const *editors = run->settings->issue.editors;
    for (size_t i = 0; editors != NULL && editors[i] != NULL; i++) {
        int64_t id;
        if (!mailer_ask_approval(run->store, run->settings, editors[i], issue->id, note,
                                 clock_now(), &id, why)) {
            return false;
        }
    }
    return issue_set_announced(run->store, issue->id, clock_now(), why);
}

/* All editors' mails and the mark that they were written are one transaction. */
static bool write_mails(const struct issue_run *run, const struct issue *issue, struct failure *why)
{
    struct check_report report;
    struct buf note;
    if (!examine_stored(run, run->arena, issue, &report, why)) {
        return false;
    }
    buf_init(&note, NOTE_TEXT_MAX);
    say_what_follows(run, issue, &note);
    say_findings(&report, &note);
    bool good = store_begin(run->store, why) && ask_each(run, issue, note.data, why);
    buf_free(&note);
    return store_end(run->store, good, why);
}

enum failure_kind approve_mails_outcome(const struct deliver_result *result, bool some, bool left)
{
    bool away = result->relay_away || result->halted || result->relay_why.kind != FAILURE_NONE;
    if (some && result->unread != FAILURE_NONE) {
        return result->unread;
    }
    return away && left ? FAILURE_TRY_AGAIN : FAILURE_NONE;
}

bool approve_ask(const struct issue_run *run, struct mailer *mailer, const struct issue *issue,
                 bool *asked, enum failure_kind *outcome, struct failure *why)
{
    const struct delivery_queue queue = {0};
    struct deliver_result result = {0};
    int64_t before, after;
    *asked = issue->announced_at == 0;
    if ((*asked && !write_mails(run, issue, why)) ||
        !delivery_next_due(run->store, queue, &before, why) || !mailer_send(mailer, &result, why) ||
        !delivery_next_due(run->store, queue, &after, why)) {
        return false;
    }
    /* A fault of ours keeps the editors' mail back, too; it is reported with the first attempt. */
    bool told = result.relay_why.kind != FAILURE_NONE;
    *outcome = approve_mails_outcome(&result, before != 0 || after != 0, after != 0);
    if (result.relay_away || (told && !result.halted && *asked)) {
        run->say(run->context, ISSUE_SAY_WARNING, result.relay_why.text);
    }
    return true;
}
