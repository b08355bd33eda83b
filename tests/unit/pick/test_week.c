/* Which week is due (src/pick/week.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "pick/week.h"

#include <cmocka.h>

static struct settings make_settings(const char *zone, int weekday, int hour, int minute)
{
    return (struct settings){
        .issue = {.weekday = weekday, .time = {hour, minute}, .timezone = zone}};
}

static int64_t instant(const char *text)
{
    struct failure why = {0};
    int64_t at = 0;
    if (!clock_parse(text, &at, &why)) {
        fail_msg("%s", why.text);
    }
    return at;
}

struct due_row {
    const char *name, *zone;
    int weekday, hour, minute;
    const char *now, *week, *start, *end;
};

static void the_due_week_is_the_newest_window_that_has_ended(void **state)
{
    static const struct due_row rows[] = {
        {"a Friday at nine", "UTC", 5, 9, 0, "2026-11-20T09:00:00Z", "2026-W47",
         "2026-11-13T09:00:00Z", "2026-11-20T09:00:00Z"},
        {"a second before", "UTC", 5, 9, 0, "2026-11-20T08:59:59Z", "2026-W46",
         "2026-11-06T09:00:00Z", "2026-11-13T09:00:00Z"},
        {"cron six days late", "UTC", 5, 9, 0, "2026-11-27T08:59:59Z", "2026-W47",
         "2026-11-13T09:00:00Z", "2026-11-20T09:00:00Z"},
        {"local time counts", "Europe/Berlin", 5, 9, 0, "2026-11-20T08:00:00Z", "2026-W47",
         "2026-11-13T08:00:00Z", "2026-11-20T08:00:00Z"},
        {"a week of 167 hours", "Europe/Berlin", 7, 9, 0, "2026-03-29T07:00:00Z", "2026-W13",
         "2026-03-22T08:00:00Z", "2026-03-29T07:00:00Z"},
        {"a week of 169 hours", "Europe/Berlin", 7, 9, 0, "2026-10-25T08:00:00Z", "2026-W43",
         "2026-10-18T07:00:00Z", "2026-10-25T08:00:00Z"},
        {"due in the hour that is skipped", "Europe/Berlin", 7, 2, 30, "2026-03-29T01:00:00Z",
         "2026-W13", "2026-03-22T01:30:00Z", "2026-03-29T01:00:00Z"},
        {"due in the hour that comes twice", "Europe/Berlin", 7, 2, 30, "2026-10-25T00:30:00Z",
         "2026-W43", "2026-10-18T00:30:00Z", "2026-10-25T00:30:00Z"},
        {"half an hour of daylight saving", "Australia/Lord_Howe", 1, 6, 0, "2026-10-04T19:00:00Z",
         "2026-W41", "2026-09-27T19:30:00Z", "2026-10-04T19:00:00Z"},
        {"the zone is far ahead: Monday is Sunday in UTC", "Pacific/Kiritimati", 1, 0, 0,
         "2026-11-15T10:00:00Z", "2026-W47", "2026-11-08T10:00:00Z", "2026-11-15T10:00:00Z"},
        {"the zone is far behind: Sunday is Monday in UTC", "Pacific/Pago_Pago", 7, 23, 59,
         "2026-11-23T10:59:00Z", "2026-W47", "2026-11-16T10:59:00Z", "2026-11-23T10:59:00Z"},
        {"five and three quarters of an hour", "Asia/Kathmandu", 3, 18, 0, "2026-11-18T12:15:00Z",
         "2026-W47", "2026-11-11T12:15:00Z", "2026-11-18T12:15:00Z"},
        {"week 53", "UTC", 5, 9, 0, "2021-01-01T09:00:00Z", "2020-W53", "2020-12-25T09:00:00Z",
         "2021-01-01T09:00:00Z"},
        {"the week after week 53", "UTC", 5, 9, 0, "2021-01-08T09:00:00Z", "2021-W01",
         "2021-01-01T09:00:00Z", "2021-01-08T09:00:00Z"},
        {"week 1 begins in December", "UTC", 1, 9, 0, "2025-12-29T09:00:00Z", "2026-W01",
         "2025-12-22T09:00:00Z", "2025-12-29T09:00:00Z"},
        {"before 1970 is nothing special", "UTC", 5, 9, 0, "1971-01-08T09:00:00Z", "1971-W01",
         "1971-01-01T09:00:00Z", "1971-01-08T09:00:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct due_row *row = &rows[i];
        struct settings settings = make_settings(row->zone, row->weekday, row->hour, row->minute);
        struct week week;
        print_message("%s\n", row->name);
        week_due(&settings, instant(row->now), &week);
        assert_string_equal(week.name, row->week);
        assert_int_equal(week.start, instant(row->start));
        assert_int_equal(week.end, instant(row->end));
        assert_int_equal(week_next_due(&settings, week.start), week.end);
        assert_int_equal(week_next_due(&settings, week.end - 1), week.end);
        struct week after;
        int64_t next = week_next_due(&settings, week.end);
        week_due(&settings, next, &after);
        assert_int_equal(after.start, week.end);
        assert_int_equal(after.end, next);
    }
}

/* The name of the ISO week that follows, by the count of days alone: a second way to know it. */
static void next_name(int64_t monday, char name[16])
{
    int64_t year;
    int month;
    int day;
    clock_civil_from_days(monday + 3, &year, &month, &day);
    int64_t of_year = monday + 3 - clock_days_from_civil(year, 1, 1);
    snprintf(name, 16, "%04d-W%02d", (int)year, (int)(of_year / 7) + 1);
}

static void check_zone(const char *zone, int weekday, int hour, int minute)
{
    struct settings settings = make_settings(zone, weekday, hour, minute);
    int64_t last = clock_days_from_civil(2041, 1, 7);
    int64_t before = 0;
    char name_before[16] = "";
    for (int64_t monday = clock_days_from_civil(2019, 12, 30); monday < last; monday += 7) {
        char name[16];
        struct week week;
        struct failure why = {0};
        next_name(monday, name);
        assert_true(week_named(&settings, name, &week, &why));
        assert_string_equal(week.name, name);
        assert_true(before == 0 || week.start == before);
        int64_t hours = (week.end - week.start) / 3600;
        assert_true(hours >= 7 * 24 - 2 && hours <= 7 * 24 + 2);
        struct week due;
        week_due(&settings, week.end, &due);
        assert_string_equal(due.name, name);
        assert_int_equal(due.start, week.start);
        assert_int_equal(due.end, week.end);
        week_due(&settings, week.end - 1, &due);
        assert_int_equal(due.end, week.start);
        assert_true(before == 0 || strcmp(due.name, name_before) == 0);
        before = week.end;
        memcpy(name_before, name, sizeof name);
    }
}

static void every_instant_of_two_decades_is_in_exactly_one_window(void **state)
{
    static const struct {
        const char *zone;
        int weekday, hour, minute;
    } rows[] = {
        {"UTC", 5, 9, 0},
        {"Europe/Berlin", 7, 2, 30}, /* changes on Sundays, between two and three */
        {"Australia/Lord_Howe", 7, 2, 15},
        {"Africa/Casablanca", 7, 2, 30}, /* daylight saving stops for Ramadan */
        {"Asia/Kathmandu", 1, 0, 0},
        {"America/St_Johns", 7, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct failure why = {0};
        if (!zone_check(rows[i].zone, &why)) {
            fail_msg("%s", why.text);
        }
        check_zone(rows[i].zone, rows[i].weekday, rows[i].hour, rows[i].minute);
    }
}

static void a_name_that_is_no_week_is_refused(void **state)
{
    static const char *const names[] = {
        "",         "2026",     "2026-47",  "2026-W4",      "2026-W470", "2026-w47",  "W47-2026",
        "2026-W00", "2026-W54", "2025-W53", "2021-W53",     "20266-W01", " 2026-W47", "2026-W47 ",
        "1969-W01", "9999-W01", "2026-W4a", "２０２６-W47", "2026\nW47", "-026-W47"};
    (void)state;
    struct settings settings = make_settings("UTC", 5, 9, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct failure why = {0};
        struct week week;
        assert_false(week_named(&settings, names[i], &week, &why));
        assert_int_equal(why.kind, FAILURE_USAGE);
    }
    struct failure why = {0};
    struct week week;
    assert_false(week_named(&settings, "2025-W53", &week, &why));
    assert_string_equal(why.text, "there is no week 2025-W53; 2025 has the weeks W01 to W52");
    assert_true(week_named(&settings, "2020-W53", &week, &why));
    assert_true(week_named(&settings, "2026-W53", &week, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_due_week_is_the_newest_window_that_has_ended),
        cmocka_unit_test(every_instant_of_two_decades_is_in_exactly_one_window),
        cmocka_unit_test(a_name_that_is_no_week_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
