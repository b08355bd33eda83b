#include "doctor/checks.h"

#include "base/clock.h"
#include "deliver/guard.h"
#include "doctor/finding.h"
#include "issue/build.h"
#include "issue/issue_view.h"
#include "issue/obstacle.h"
#include "issue/signing.h"
#include "pick/week.h"

/* The issue that a run would continue with: one under way before an approved one, the oldest first.
 * NULL if there is none. */
static const struct issue *find_next(const struct issue *issues, size_t count)
{
    const struct issue *approved = NULL;
    for (size_t i = count; i-- > 0;) {
        if (issues[i].state == ISSUE_SENDING) {
            return &issues[i];
        }
        if (issues[i].state == ISSUE_APPROVED && approved == NULL) {
            approved = &issues[i];
        }
    }
    return approved;
}

/* Somebody may have stopped something and forgotten it. */
static void report_holds(struct doctor *doctor, const struct issue *issues, size_t count)
{
    struct failure why = {0};
    struct hold *hold;
    if (!hold_find(doctor->store, doctor->arena, clock_now(), &hold, &why)) {
        finding_fault(doctor, "hold", &why);
        return;
    }
    if (hold != NULL) {
        finding_warning(doctor, "hold", "%s", obstacle_hold(doctor->arena, hold));
    }
    for (size_t i = 0; i < count; i++) {
        bool open = issues[i].state != ISSUE_SENT && issues[i].state != ISSUE_CANCELLED;
        if (open && issues[i].paused_at != 0) {
            finding_warning(doctor, "hold", "%s", obstacle_pause(doctor->arena, &issues[i]));
        }
    }
}

/* Whether the rollback guard would let an issue be sent. Rehearsals have no guard. */
static void report_record(struct doctor *doctor, const struct issue *issue)
{
    const struct settings *settings = doctor->settings;
    struct guard_place place;
    struct failure why = {0};
    if (settings_relay(settings, 0)->url == NULL || settings_rehearses(settings)) {
        return;
    }
    if (!guard_inspect(doctor->store, settings, issue != NULL ? issue->id : 0, doctor->arena,
                       &place, &why)) {
        finding_fault(doctor, "record", &why);
    } else if (place.beside) {
        finding_warning(doctor, "record",
                        "%s lies in the database's folder and would be put back with it; set "
                        "state_dir to a folder elsewhere",
                        place.path);
    } else {
        finding_fine(doctor, "record", "%s%s", place.path,
                     place.made ? " agrees with the database" : " will be made");
    }
}

/* Whether comparisons of an approved issue were withdrawn. */
static void report_withdrawals(struct doctor *doctor, const struct issue *issue)
{
    struct failure why = {0};
    if (issue->state == ISSUE_APPROVED &&
        !issue_refuse_withdrawn(doctor->store, doctor->arena, issue, &why)) {
        finding_fault(doctor, "issue", &why);
    }
}

/* Whether an issue under way can continue with today's keys. */
static void report_signing(struct doctor *doctor, const struct issue *issue)
{
    long long number = (long long)issue->number;
    struct signing signing = {0};
    struct failure why = {0};
    bool left;
    if (issue_may_have_left(doctor->store, issue->id, &left, &why) &&
        signing_open(doctor->arena, doctor->settings, issue, left, false, &signing, &why)) {
        finding_fine(doctor, "signing", "issue %lld is %s", number,
                     signing.signer != NULL ? "signed with the keys of the settings"
                                            : "not signed here");
    } else {
        fail_context(&why, "issue %lld", number);
        finding_fault(doctor, "signing", &why);
    }
    signing_close(&signing);
}

void doctor_check_sending(struct doctor *doctor)
{
    struct failure why = {0};
    struct issue *issues;
    size_t count;
    if (!issue_list(doctor->store, doctor->arena, &issues, &count, &why)) {
        finding_fault(doctor, "issue", &why);
        return;
    }
    const struct issue *issue = find_next(issues, count);
    report_holds(doctor, issues, count);
    report_record(doctor, issue);
    if (issue != NULL) {
        report_withdrawals(doctor, issue);
        report_signing(doctor, issue);
    }
}

static const char *state_phrase(const struct issue_view *view)
{
    switch (issue_view_is_frozen(view) ? view->issue.state : ISSUE_DRAFT) {
    case ISSUE_APPROVED:
        return "is approved and waits to be sent";
    case ISSUE_SENDING:
        return "is being sent";
    case ISSUE_SENT:
        return "is sent already";
    case ISSUE_CANCELLED:
        return "was cancelled";
    case ISSUE_DRAFT:
        break;
    }
    return "can be made";
}

/* Rendered from today's templates, as by `preview`, or read as it was frozen. */
void doctor_check_due_issue(struct doctor *doctor)
{
    struct store *store = doctor->store;
    struct arena *arena = doctor->arena;
    struct failure why = {0};
    struct issue_view view;
    struct issue *issue;
    struct week week;
    week_due(doctor->settings, clock_now(), &week);
    /* The due instant is used instead of the current time, as in `preview`. */
    if (issue_find_week(store, arena, week.name, &issue, &why) &&
        issue_view_find(store, arena, doctor->settings, &week, issue, week.end, &view, &why)) {
        finding_fine(doctor, "issue", "that of %s %s; `verdicts check` reads it",
                     view.issue.iso_week, state_phrase(&view));
    } else if (why.kind == FAILURE_NO_INPUT) {
        finding_fine(doctor, "issue", "%s", why.text);
    } else {
        finding_fault(doctor, "issue", &why);
    }
}
