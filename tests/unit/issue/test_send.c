/* What a run that sends an issue leaves behind: the exit code and the line (src/issue/send.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "issue/send.h"

#include <cmocka.h>

static void the_outcome_is_that_of_what_is_left(void **state)
{
    (void)state;
    const struct {
        const char *name;
        struct send_result result;
        enum failure_kind outcome;
    } rows[] = {
        {"all is done", {.left = false}, FAILURE_NONE},
        {"all is done, and a relay rests",
         {.delivered = {.rests = true, .asked = true}},
         FAILURE_NONE},
        {"rows wait", {.left = true}, FAILURE_TRY_AGAIN},
        {"rows wait, a hold came",
         {.left = true, .delivered = {.halted = true}},
         FAILURE_TRY_AGAIN},
        {"the relay refused all of it",
         {.left = true, .delivered = {.rests = true, .asked = true}},
         FAILURE_UNAVAILABLE},
        {"the relay refused what came behind some",
         {.left = true, .delivered = {.rests = true, .asked = true, .sent = 3}},
         FAILURE_TRY_AGAIN},
        {"the relay rests since an earlier run",
         {.left = true, .delivered = {.rests = true}},
         FAILURE_TRY_AGAIN},
        {"one relay's password cannot be read",
         {.delivered = {.unread = FAILURE_PERMISSION}},
         FAILURE_PERMISSION},
        {"the same, and rows wait",
         {.left = true, .delivered = {.unread = FAILURE_PERMISSION}},
         FAILURE_PERMISSION},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (send_outcome(&rows[i].result) != rows[i].outcome) {
            fail_msg("%s", rows[i].name);
        }
    }
}

static void the_summary_counts_every_reader_once(void **state)
{
    (void)state;
    const struct issue issue = {.number = 3, .iso_week = "2026-W47"};
    const struct {
        int64_t counts[DELIVERY_STATES];
        int64_t doubted;
        const char *line;
    } rows[] = {
        {{0}, 0, "issue 3 (2026-W47): 0 readers"},
        {{[DELIVERY_SENT] = 1}, 0, "issue 3 (2026-W47): 1 reader: 1 sent"},
        {{[DELIVERY_SENT] = 498, [DELIVERY_REFUSED] = 2},
         0,
         "issue 3 (2026-W47): 500 readers: 498 sent, 2 refused"},
        {{[DELIVERY_QUEUED] = 5, [DELIVERY_SENT] = 1, [DELIVERY_IN_DOUBT] = 1},
         1,
         "issue 3 (2026-W47): 7 readers: 1 sent, 1 in_doubt, 5 queued; 1 of them may have it twice "
         "(report --readers doubted)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[SEND_SUMMARY];
        send_summary(&issue, rows[i].counts, rows[i].doubted, line);
        assert_string_equal(line, rows[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_outcome_is_that_of_what_is_left),
        cmocka_unit_test(the_summary_counts_every_reader_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
