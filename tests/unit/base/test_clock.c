/* The clock: dates in and out, the replaced present, the civil calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

#include <cmocka.h>

static const struct {
    const char *text;
    int64_t instant;
    const char *written;
} good[] = {
    {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
    {"2026-11-20T09:00:00Z", 1795165200, "2026-11-20T09:00:00Z"},
    {"2026-11-20 09:00:00Z", 1795165200, "2026-11-20T09:00:00Z"},
    {"2026-11-20t09:00:00z", 1795165200, "2026-11-20T09:00:00Z"},
    {"2026-11-20T10:00:00+01:00", 1795165200, "2026-11-20T09:00:00Z"},
    {"2026-11-19T23:30:00-09:30", 1795165200, "2026-11-20T09:00:00Z"},
    {"2026-11-20T09:00:00.999Z", 1795165200, "2026-11-20T09:00:00Z"},
    {"2026-11-20", 1795132800, "2026-11-20T00:00:00Z"},
    {"2024-02-29", 1709164800, "2024-02-29T00:00:00Z"},
    {"2000-02-29", 951782400, "2000-02-29T00:00:00Z"},
    {"2016-12-31T23:59:60Z", 1483228800, "2017-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59Z", 253402300799, "9999-12-31T23:59:59Z"},
    {"1970-01-01T00:00:00+00:01", -60, "1969-12-31T23:59:00Z"},
};

static void a_time_is_read_and_written_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t instant = -1;
        struct failure why = {0};
        char text[CLOCK_TEXT];
        if (!clock_parse(good[i].text, &instant, &why) || instant != good[i].instant) {
            fail_msg("%s: %lld %s", good[i].text, (long long)instant, why.text);
        }
        clock_format(instant, text);
        assert_string_equal(text, good[i].written);
    }
}

static const char *const bad[] = {
    "",
    "now",
    "2026-11-20T09:00:00",
    "2026-11-20T09:00Z",
    "2026-11-20T09:00:00Zx",
    "2026-11-20T",
    "2026-11-20T24:00:00Z",
    "2026-11-20T09:60:00Z",
    "2026-11-20T09:00:61Z",
    "2026-11-20T09:00:00.Z",
    "2026-11-20T09:00:00+1:00",
    "2026-11-20T09:00:00+24:00",
    "2026-11-20T09:00:00+01:60",
    "2026-13-01",
    "2026-00-01",
    "2026-02-29",
    "1900-02-29",
    "2026-04-31",
    "2026-11-00",
    "26-11-20",
    "12026-11-20",
    "1969-12-31",
    "2026/11/20",
    " 2026-11-20",
};

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t instant = 0;
        struct failure why = {0};
        if (clock_parse(bad[i], &instant, &why)) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_int_equal(why.kind, FAILURE_DATA);
    }
}

static void the_calendar_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -200000; day < 2932896; day += 37) {
        time_t t = (time_t)(day * 86400);
        struct tm tm;
        int64_t year;
        int month, date;
        gmtime_r(&t, &tm);
        clock_civil_from_days(day, &year, &month, &date);
        if (year != tm.tm_year + 1900 || month != tm.tm_mon + 1 || date != tm.tm_mday ||
            clock_days_from_civil(year, month, date) != day) {
            fail_msg("day %lld", (long long)day);
        }
    }
}

static void a_mail_date_has_its_weekday(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    clock_format_mail(1795165200, text);
    assert_string_equal(text, "Fri, 20 Nov 2026 09:00:00 +0000");
    clock_format_mail(0, text);
    assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 +0000");
    clock_format_mail(1709164800 + 86399, text);
    assert_string_equal(text, "Thu, 29 Feb 2024 23:59:59 +0000");
}

static void the_present_can_be_replaced_and_given_back(void **state)
{
    (void)state;
    int64_t real = clock_now();
    clock_set_now(1000);
    assert_in_range(clock_now(), 1000, 1100);
    assert_in_range(clock_now_ms(), 1000 * 1000, 1100 * 1000);
    clock_clear_now();
    assert_true(clock_now() >= real);
    assert_true(clock_now_ms() >= real * 1000 && clock_now_ms() / 1000 <= clock_now() + 1);
}

static void leases_do_not_use_the_replaced_present(void **state)
{
    (void)state;
    int64_t monotonic = clock_monotonic_ms();
    int64_t boottime = clock_boottime_ms();
    clock_set_now(0);
    assert_true(clock_monotonic_ms() >= monotonic);
    assert_true(clock_boottime_ms() >= boottime);
    assert_true(boottime >= monotonic);
    clock_clear_now();
}

static void the_boot_has_a_name(void **state)
{
    (void)state;
    assert_true(strlen(clock_boot_id()) > 0);
    assert_ptr_equal(clock_boot_id(), clock_boot_id());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_read_and_written_again),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_calendar_agrees_with_the_c_library),
        cmocka_unit_test(a_mail_date_has_its_weekday),
        cmocka_unit_test(the_present_can_be_replaced_and_given_back),
        cmocka_unit_test(leases_do_not_use_the_replaced_present),
        cmocka_unit_test(the_boot_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
