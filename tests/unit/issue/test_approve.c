#include "issue/approve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { DUE = 1795165200, HOUR = 3600 };

static void a_draft_waits_for_the_editors_as_the_settings_say(void **state)
{
    (void)state;
    const struct {
        const char *name;
        enum settings_approval approval;
        int64_t deadline_hours;
        bool send_past_deadline;
        int64_t now;
        enum approve_answer answer;
    } rows[] = {
        {"nobody is to approve", APPROVAL_NONE, 0, false, DUE, APPROVE_SEND},
        {"nobody is to approve, past a deadline", APPROVAL_NONE, 2, false, DUE + 3 * HOUR,
         APPROVE_SEND},
        {"no deadline, a year later", APPROVAL_REQUIRED, 0, true, DUE + 8760 * HOUR, APPROVE_WAIT},
        {"before the deadline", APPROVAL_REQUIRED, 2, true, DUE + 2 * HOUR - 1, APPROVE_WAIT},
        {"at the deadline, to be sent", APPROVAL_REQUIRED, 2, true, DUE + 2 * HOUR, APPROVE_SEND},
        {"at the deadline, to be held", APPROVAL_REQUIRED, 2, false, DUE + 2 * HOUR, APPROVE_HOLD},
        {"before it is due", APPROVAL_REQUIRED, 2, true, DUE - HOUR, APPROVE_WAIT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct issue issue = {.window_end = DUE};
        const struct settings settings = {
            .issue = {.approval = rows[i].approval,
                      .deadline_hours = rows[i].deadline_hours,
                      .send_past_deadline = rows[i].send_past_deadline}};
        if (approve_answer(&settings, &issue, rows[i].now) != rows[i].answer) {
            fail_msg("%s", rows[i].name);
        }
    }
}

static void the_editors_mails_leave_something_only_where_they_wait(void **state)
{
    (void)state;
    const struct deliver_result well = {0}, away = {.relay_away = true}, held = {.halted = true},
                                said = {.relay_why = {.kind = FAILURE_PERMISSION}},
                                unread = {.unread = FAILURE_PERMISSION,
                                          .relay_why = {.kind = FAILURE_PERMISSION}};
    const struct {
        const char *name;
        const struct deliver_result *result;
        bool some, left;
        enum failure_kind outcome;
    } rows[] = {
        {"all have left", &well, true, false, FAILURE_NONE},
        {"a relay is away", &away, true, true, FAILURE_TRY_AGAIN},
        {"a relay is away, none waits", &away, false, false, FAILURE_NONE},
        {"a hold", &held, true, true, FAILURE_TRY_AGAIN},
        {"a hold, none waits", &held, false, false, FAILURE_NONE},
        {"a relay refuses us", &said, true, true, FAILURE_TRY_AGAIN},
        {"a relay refuses us, none waits any more", &said, true, false, FAILURE_NONE},
        {"one password cannot be read, the others took all", &unread, true, false,
         FAILURE_PERMISSION},
        {"one password cannot be read, and some wait", &unread, true, true, FAILURE_PERMISSION},
        {"one password cannot be read, nothing was to be sent", &unread, false, false,
         FAILURE_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (approve_mails_outcome(rows[i].result, rows[i].some, rows[i].left) != rows[i].outcome) {
            fail_msg("%s", rows[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_waits_for_the_editors_as_the_settings_say),
        cmocka_unit_test(the_editors_mails_leave_something_only_where_they_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
