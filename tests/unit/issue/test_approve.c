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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_waits_for_the_editors_as_the_settings_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
