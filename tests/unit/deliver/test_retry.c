/* When a deferred row is tried again: a table of attempts and ages. */
#include "deliver/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { NOW = 1700000000, DAY = 86400, LEAST = 0, MIDDLE = 500, MOST = 999 };

static const struct {
    const char *name;
    int64_t attempts, chance, delay;
} delays[] = {
    {"the first time", 0, MIDDLE, 300},
    {"doubled", 1, MIDDLE, 600},
    {"doubled again", 2, MIDDLE, 1200},
    {"the last doubling below six hours", 6, MIDDLE, 19200},
    {"six hours at most", 7, MIDDLE, 21600},
    {"six hours after a thousand attempts", 1000, MIDDLE, 21600},
    {"a fifth sooner", 0, LEAST, 240},
    {"a fifth later", 0, MOST, 360},
    {"a fifth later than six hours", 9, MOST, 25920},
};

static void the_delay_doubles_up_to_six_hours(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
        int64_t delay = retry_delay(delays[i].attempts, delays[i].chance);
        if (delay != delays[i].delay) {
            print_error("%s: %lld, not %lld\n", delays[i].name, (long long)delay,
                        (long long)delays[i].delay);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static const struct {
    const char *name;
    int64_t attempts, first_at, max_age, at; /* at: from NOW; -1: gives up */
} rows[] = {
    {"the first attempt", 0, 0, 3 * DAY, 300},
    {"the second", 1, NOW - 300, 3 * DAY, 600},
    {"the last attempt falls on the end of its age", 9, NOW - 3 * DAY + 60, 3 * DAY, 60},
    {"a second before the end", 9, NOW - 3 * DAY + 1, 3 * DAY, 1},
    {"at the end it gives up", 9, NOW - 3 * DAY, 3 * DAY, -1},
    {"past the end it gives up", 9, NOW - 4 * DAY, 3 * DAY, -1},
    {"no age at all gives up at once", 0, 0, 0, -1},
    {"a clock that was set back", 3, NOW + DAY, 3 * DAY, 2400},
};

static void a_row_gives_up_at_its_age_counted_from_the_first_attempt(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t expected = rows[i].at < 0 ? 0 : NOW + rows[i].at;
        int64_t at = retry_at(NOW, rows[i].attempts, rows[i].first_at, rows[i].max_age, MIDDLE);
        if (at != expected) {
            print_error("%s: %lld, not %lld\n", rows[i].name, (long long)at, (long long)expected);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_delay_doubles_up_to_six_hours),
        cmocka_unit_test(a_row_gives_up_at_its_age_counted_from_the_first_attempt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
