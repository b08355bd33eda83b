#include "pick/week.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/zone.h"

/* A week is identified by its Monday, as days since 1970-01-01. ISO 8601: the week belongs to the
 * year of its Thursday, and week 1 contains January 4th. */

enum { YEAR_FIRST = 1971, YEAR_LAST = 9998 };

static int64_t monday_of(int64_t days)
{
    /* 1970-01-01 was a Thursday, three days after its Monday. */
    int64_t weekday = ((days + 3) % 7 + 7) % 7;
    return days - weekday;
}

static int64_t first_monday(int64_t year)
{
    return monday_of(clock_days_from_civil(year, 1, 4));
}

/* When the issue of the week that begins on `monday` is due. */
static int64_t due_at(const struct settings *settings, int64_t monday)
{
    struct local_time local = {.hour = (int)settings->issue.time.hour,
                               .minute = (int)settings->issue.time.minute};
    clock_civil_from_days(monday + settings->issue.weekday - 1, &local.year, &local.month,
                          &local.day);
    return zone_to_instant(settings->issue.timezone, &local);
}

static void name_week(int64_t monday, struct week *week)
{
    int64_t year;
    int month;
    int day;
    clock_civil_from_days(monday + 3, &year, &month, &day);
    int64_t number = (monday - first_monday(year)) / 7 + 1;
    snprintf(week->name, sizeof week->name, "%04u-W%02u", (unsigned)(year % 10000),
             (unsigned)(number % 100));
}

static void fill_week(const struct settings *settings, int64_t monday, struct week *week)
{
    name_week(monday, week);
    week->start = due_at(settings, monday - 7);
    week->end = due_at(settings, monday);
}

void week_due(const struct settings *settings, int64_t now, struct week *week)
{
    /* No time zone is more than a day from UTC, so it is enough to start with the week after that
     * of `now`. */
    int64_t days = now / 86400 - (now % 86400 < 0);
    int64_t monday = monday_of(days) + 7;
    while (due_at(settings, monday) > now) {
        monday -= 7;
    }
    fill_week(settings, monday, week);
}

int64_t week_next_due(const struct settings *settings, int64_t now)
{
    struct week week;
    week_due(settings, now, &week);
    /* Clock changes make a week an hour shorter or longer, never a day. */
    week_due(settings, week.end + 8 * (int64_t)86400, &week);
    return week.end;
}

/* Accepts "2026-W47" and nothing else. */
static bool parse_name(const char *name, int64_t *year, int64_t *number)
{
    static const char form[] = "dddd-Wdd";
    int64_t digits[6];
    size_t count = 0;
    for (size_t i = 0; i < sizeof form; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9';
        if (form[i] == 'd' ? !digit : name[i] != form[i]) {
            return false;
        }
        if (digit) {
            digits[count++] = name[i] - '0';
        }
    }
    *year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    *number = digits[4] * 10 + digits[5];
    return true;
}

bool week_named(const struct settings *settings, const char *name, struct week *week,
                struct failure *why)
{
    int64_t year;
    int64_t number;
    if (!parse_name(name, &year, &number) || year < YEAR_FIRST || year > YEAR_LAST) {
        return fail(why, FAILURE_USAGE,
                    "\"%.40s\" is no week; write it as 2026-W47 (ISO 8601), years %d to %d", name,
                    YEAR_FIRST, YEAR_LAST);
    }
    int64_t weeks = (first_monday(year + 1) - first_monday(year)) / 7;
    if (number < 1 || number > weeks) {
        return fail(why, FAILURE_USAGE, "there is no week %s; %d has the weeks W01 to W%d", name,
                    (int)year, (int)weeks);
    }
    fill_week(settings, first_monday(year) + (number - 1) * 7, week);
    return true;
}

static int64_t midnight_of(const struct settings *settings, int64_t day)
{
    struct local_time local = {0};
    clock_civil_from_days(day, &local.year, &local.month, &local.day);
    return zone_to_instant(settings->issue.timezone, &local);
}

void week_calendar(const struct settings *settings, int64_t now, int64_t back, struct week *week)
{
    struct local_time local = zone_from_instant(settings->issue.timezone, now);
    int64_t monday =
        monday_of(clock_days_from_civil(local.year, local.month, local.day)) - 7 * back;
    name_week(monday, week);
    week->start = midnight_of(settings, monday);
    week->end = midnight_of(settings, monday + 7);
}
