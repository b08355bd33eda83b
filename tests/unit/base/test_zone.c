/* Local time: gaps, doubled hours, and zones with odd habits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/zone.h"

#include <cmocka.h>

static const struct {
    const char *name, *zone;
    struct local_time local;
    const char *instant;
} walls[] = {
    {"UTC", "UTC", {2026, 11, 20, 9, 0, 0, 0}, "2026-11-20T09:00:00Z"},
    {"winter", "Europe/Berlin", {2026, 1, 20, 9, 0, 0, 0}, "2026-01-20T08:00:00Z"},
    {"summer", "Europe/Berlin", {2026, 7, 20, 9, 0, 0, 0}, "2026-07-20T07:00:00Z"},
    {"the last second before a gap",
     "Europe/Berlin",
     {2026, 3, 29, 1, 59, 59, 0},
     "2026-03-29T00:59:59Z"},
    {"the gap's first second", "Europe/Berlin", {2026, 3, 29, 2, 0, 0, 0}, "2026-03-29T01:00:00Z"},
    {"inside a gap", "Europe/Berlin", {2026, 3, 29, 2, 30, 0, 0}, "2026-03-29T01:00:00Z"},
    {"behind a gap", "Europe/Berlin", {2026, 3, 29, 3, 0, 0, 0}, "2026-03-29T01:00:00Z"},
    {"a doubled hour", "Europe/Berlin", {2026, 10, 25, 2, 30, 0, 0}, "2026-10-25T00:30:00Z"},
    {"behind a doubled hour", "Europe/Berlin", {2026, 10, 25, 3, 0, 0, 0}, "2026-10-25T02:00:00Z"},
    {"America", "America/New_York", {2026, 3, 8, 2, 30, 0, 0}, "2026-03-08T07:00:00Z"},
    {"half an hour of summer",
     "Australia/Lord_Howe",
     {2026, 10, 4, 2, 15, 0, 0},
     "2026-10-03T15:30:00Z"},
    {"half an hour doubled",
     "Australia/Lord_Howe",
     {2026, 4, 5, 1, 45, 0, 0},
     "2026-04-04T14:45:00Z"},
    {"quarter of an hour", "Asia/Kathmandu", {2026, 1, 1, 0, 0, 0, 0}, "2025-12-31T18:15:00Z"},
    {"a day that was skipped", "Pacific/Apia", {2011, 12, 30, 12, 0, 0, 0}, "2011-12-30T10:00:00Z"},
    {"a gap at midnight", "America/Sao_Paulo", {2018, 11, 4, 0, 0, 0, 0}, "2018-11-04T03:00:00Z"},
};

static void a_wall_clock_time_is_one_instant(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof walls / sizeof walls[0]; i++) {
        struct failure why = {0};
        char text[CLOCK_TEXT];
        if (!zone_check(walls[i].zone, &why)) {
            fail_msg("%s", why.text);
        }
        clock_format(zone_to_instant(walls[i].zone, &walls[i].local), text);
        if (strcmp(text, walls[i].instant) != 0) {
            fail_msg("%s: %s", walls[i].name, text);
        }
    }
}

static void an_instant_shows_the_same_time_again(void **state)
{
    (void)state;
    static const char *const zones[] = {"UTC",
                                        "Europe/Berlin",
                                        "Africa/Casablanca",
                                        "Australia/Lord_Howe",
                                        "Asia/Kathmandu",
                                        "America/New_York"};
    for (size_t z = 0; z < 6; z++) {
        for (int64_t instant = 1577836800; instant < 2240000000; instant += 86400 * 3 + 1801) {
            struct local_time local = zone_from_instant(zones[z], instant);
            int64_t back = zone_to_instant(zones[z], &local);
            /* In a doubled hour the first occurrence is meant. */
            if (back != instant && back != instant - 3600 && back != instant - 1800) {
                fail_msg("%s %lld: %lld", zones[z], (long long)instant, (long long)back);
            }
        }
    }
}

static void weekdays_are_those_of_iso_8601(void **state)
{
    (void)state;
    assert_int_equal(zone_from_instant("UTC", 0).weekday, 4);
    assert_int_equal(zone_from_instant("UTC", 3 * 86400).weekday, 7);
    assert_int_equal(zone_from_instant("UTC", 4 * 86400).weekday, 1);
    assert_int_equal(zone_from_instant("Asia/Kathmandu", 4 * 86400 - 3600).weekday, 1);
}

static void asking_leaves_the_processs_own_zone_alone(void **state)
{
    (void)state;
    struct local_time noon = {2026, 7, 1, 12, 0, 0, 0};
    setenv("TZ", "Asia/Tokyo", 1);
    tzset();
    zone_to_instant("Europe/Berlin", &noon);
    zone_from_instant("America/New_York", 0);
    assert_string_equal(getenv("TZ"), "Asia/Tokyo");
    assert_int_equal(timezone, -9 * 3600);
    unsetenv("TZ");
    tzset();
    zone_to_instant("Europe/Berlin", &noon);
    assert_null(getenv("TZ"));
}

static void what_is_no_zone_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",     "Berlin", "Europe/Atlantis", "../../etc/passwd", "/usr/share/zoneinfo/UTC",
        ":UTC", ".",      "Europe",          "tzdata.zi",        "CET-1CEST,M3.5.0,M10.5.0/3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct failure why = {0};
        if (zone_check(bad[i], &why)) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_int_equal(why.kind, FAILURE_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wall_clock_time_is_one_instant),
        cmocka_unit_test(an_instant_shows_the_same_time_again),
        cmocka_unit_test(weekdays_are_those_of_iso_8601),
        cmocka_unit_test(asking_leaves_the_processs_own_zone_alone),
        cmocka_unit_test(what_is_no_zone_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
