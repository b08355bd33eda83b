/* What each sending day of a warm-up may have. */
#include "deliver/warming.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    int64_t start, factor, until; /* factor in hundredths */
    int64_t number, allowance, days;
} rows[] = {
    {200, 150, 50000, 1, 200, 15},
    {200, 150, 50000, 2, 300, 15},
    {200, 150, 50000, 6, 1518, 15},
    {200, 150, 50000, 14, 38923, 15},
    {200, 150, 50000, 15, 50000, 15},
    {200, 150, 50000, 16, INT64_MAX, 15},
    {3, 200, 10, 1, 3, 3},
    {3, 200, 10, 2, 6, 3},
    {3, 200, 10, 3, 10, 3},
    {3, 200, 10, 4, INT64_MAX, 3},
    {5, 200, 5, 1, 5, 1},
    {5, 200, 5, 2, INT64_MAX, 1},
    {1, 1000, 1000, 4, 1000, 4},
    {100, 101, 101, 2, 101, 2},
};

static void each_sending_day_has_its_allowance_until_the_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct settings_warmup warmup = {
            {rows[i].start, 86400}, rows[i].factor, {rows[i].until, 86400}};
        if (warming_allowance(&warmup, rows[i].number) != rows[i].allowance ||
            warming_days(&warmup) != rows[i].days) {
            fail_msg("row %zu: %lld of %lld days", i,
                     (long long)warming_allowance(&warmup, rows[i].number),
                     (long long)warming_days(&warmup));
        }
    }
}

static void a_day_ends_at_midnight_utc(void **state)
{
    (void)state;
    assert_int_equal(warming_day(86399), 0);
    assert_int_equal(warming_day(86400), 1);
    assert_int_equal(warming_day_end(86399), 86400);
    assert_int_equal(warming_day_end(86400), 172800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sending_day_has_its_allowance_until_the_last),
        cmocka_unit_test(a_day_ends_at_midnight_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
