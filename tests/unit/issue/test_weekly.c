/* What a weekly run ends with, of what several issues have ended with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "issue/weekly_private.h"

#include <cmocka.h>

static void what_is_more_than_work_left_is_kept(void **state)
{
    (void)state;
    const struct {
        const char *name;
        bool left;
        enum failure_kind first, second, kept;
    } rows[] = {
        {"all is well", false, FAILURE_NONE, FAILURE_NONE, FAILURE_NONE},
        {"rows wait", false, FAILURE_TRY_AGAIN, FAILURE_NONE, FAILURE_TRY_AGAIN},
        {"rows wait, then worse", false, FAILURE_TRY_AGAIN, FAILURE_NO_INPUT, FAILURE_NO_INPUT},
        {"the first of two", false, FAILURE_NO_INPUT, FAILURE_UNAVAILABLE, FAILURE_NO_INPUT},
        {"worse, then rows wait", false, FAILURE_NO_INPUT, FAILURE_TRY_AGAIN, FAILURE_NO_INPUT},
        {"another issue is paused", true, FAILURE_NO_INPUT, FAILURE_NONE, FAILURE_NO_INPUT},
        {"another is paused, and the relay refuses", true, FAILURE_NONE, FAILURE_UNAVAILABLE,
         FAILURE_UNAVAILABLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct weekly weekly = {.left = rows[i].left};
        weekly_add_outcome(&weekly, rows[i].first);
        weekly_add_outcome(&weekly, rows[i].second);
        if (weekly.left_kind != rows[i].kept) {
            fail_msg("%s", rows[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_more_than_work_left_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
