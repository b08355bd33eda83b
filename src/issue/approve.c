#include "cmd/approval.h"

#include "base/clock.h"
#include "cmd/posting.h"
#include "issue/mailer.h"

enum { NOTE_TEXT_MAX = 256 * 1024, HOUR = 3600 };

static bool look(struct program *program, struct arena *arena, const struct issue *issue,
                 struct check_report *report, struct failure *why)
{
    struct issue_view view;
    return issue_view_stored(program->store, arena, &program->settings, issue, &view, why) &&
           examine(program->store, arena, &program->settings, program->keys, &view, report, why);
}

/* With memory of its own: what a look takes is not to stay while the issue is sent. */
bool approval_gate(struct program *program, const struct issue *issue, struct failure *why)
{
    struct arena arena = {0};
    struct check_report report;
    bool good = look(program, &arena, issue, &report, why) && examine_gate(issue, &report, why);
    arena_free(&arena);
    return good;
}

static int64_t deadline(const struct settings *settings, const struct issue *issue)
{
    return issue->window_end + settings->issue.deadline_hours * HOUR;
}

enum approval_answer approval_answer(const struct settings *settings, const struct issue *issue,
                                     int64_t now)
{
    if (settings->issue.approval == APPROVAL_NONE) {
        return APPROVAL_GO;
    }
    if (settings->issue.deadline_hours == 0 || now < deadline(settings, issue)) {
        return APPROVAL_WAITS;
    }
    return settings->issue.send_past_deadline ? APPROVAL_GO : APPROVAL_HELD;
}

static void say_what_follows(struct program *program, const struct issue *issue, struct buf *note)
{
    const struct settings *settings = &program->settings;
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

static bool ask_each(struct program *program, const struct issue *issue, const char *note,
                     struct failure *why)
{
    const char *const *editors = program->settings.issue.editors;
    for (size_t i = 0; editors != NULL && editors[i] != NULL; i++) {
        int64_t id;
        if (!mailer_ask_approval(program->store, &program->settings, editors[i], issue->id, note,
                                 clock_now(), &id, why)) {
            return false;
        }
    }
    return issue_set_announced(program->store, issue->id, clock_now(), why);
}

/* All editors' mails and the mark that they are written: one transaction. */
static bool write_mails(struct program *program, const struct issue *issue, struct failure *why)
{
    struct check_report report;
    struct buf note;
    if (!look(program, &program->arena, issue, &report, why)) {
        return false;
    }
    buf_init(&note, NOTE_TEXT_MAX);
    say_what_follows(program, issue, &note);
    say_findings(&report, &note);
    bool good = store_begin(program->store, why);
    if (good) {
        good = ask_each(program, issue, note.data, why) && store_commit(program->store, why);
        if (!good) {
            store_rollback(program->store);
        }
    }
    buf_free(&note);
    return good;
}

bool approval_ask(struct program *program, const struct issue *issue, bool *asked, bool *away,
                  struct failure *why)
{
    struct deliver_result result = {0};
    *asked = issue->announced_at == 0;
    if ((*asked && !write_mails(program, issue, why)) ||
        !posting_send(program, &program->settings, program->keys, &result, why)) {
        return false;
    }
    /* What is ours to mend keeps the editors' mail back, too; it is said with the first try. */
    bool told = result.relay_why.kind != FAILURE_NONE;
    *away = result.relay_away || result.halted || told;
    if (result.relay_away || (told && !result.halted && *asked)) {
        program_complain(&result.relay_why);
    }
    return true;
}
