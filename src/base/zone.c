#include "base/zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

const char *zone_folder(void)
{
    const char *root = getenv("TZDIR");
    return root != NULL ? root : "/usr/share/zoneinfo";
}

bool zone_check(const char *zone, struct failure *why)
{
    if (strcmp(zone, "UTC") == 0) {
        return true;
    }
    char path[512];
    bool plain = zone[0] != '\0' && zone[0] != '/' && zone[0] != '.' && zone[0] != ':' &&
                 strstr(zone, "..") == NULL && strlen(zone) < 100;
    snprintf(path, sizeof path, "%s/%s", zone_folder(), zone);
    errno = 0;
    FILE *file = plain ? fopen(path, "re") : NULL;
    if (file == NULL && errno == ENOMEM) {
        memory_exhausted();
    }
    char magic[4] = "";
    bool good = file != NULL && fread(magic, 1, 4, file) == 4 && memcmp(magic, "TZif", 4) == 0;
    if (file != NULL) {
        fclose(file);
    }
    if (!good) {
        return fail(why, FAILURE_CONFIG,
                    "\"%.100s\" is not a time zone of this machine; write it as Europe/Berlin or "
                    "UTC (see tzselect(8); the zones are in Debian's package tzdata)",
                    zone);
    }
    return true;
}

/* Sets the process's zone; returns a copy of the old TZ, or NULL if it was not set. */
static char *zone_enter(const char *zone)
{
    const char *old = getenv("TZ");
    char *copy = old != NULL ? memory_copy(old) : NULL;
    if (setenv("TZ", zone, 1) != 0) {
        memory_exhausted();
    }
    tzset();
    return copy;
}

static void zone_leave(char *old)
{
    if (old != NULL) {
        if (setenv("TZ", old, 1) != 0) {
            memory_exhausted();
        }
    } else {
        unsetenv("TZ");
    }
    free(old);
    tzset();
}

/* The local time at `instant`, read as if it were UTC, so that two of them can be compared. */
static int64_t wall_seconds(int64_t instant)
{
    time_t t = (time_t)instant;
    struct tm tm;
    localtime_r(&t, &tm);
    int64_t days = clock_days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    return days * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

/* mktime() leaves skipped and repeated hours to the implementation, so the answer is calculated
 * from the offsets in force a day before and a day after. An offset is right if it holds at the
 * instant that it gives; of two right ones the earlier instant is the first occurrence; if none is
 * right, the time is skipped. */
static int64_t wall_to_instant(int64_t wanted)
{
    int64_t offset_before = wall_seconds(wanted - 86400 * 2) - (wanted - 86400 * 2);
    int64_t offset_after = wall_seconds(wanted + 86400 * 2) - (wanted + 86400 * 2);
    int64_t first = wanted - (offset_before > offset_after ? offset_before : offset_after);
    int64_t second = wanted - (offset_before > offset_after ? offset_after : offset_before);
    if (wall_seconds(first) == wanted) {
        return first;
    }
    if (wall_seconds(second) == wanted) {
        return second;
    }
    /* The time is skipped: search for the end of the gap, the first instant whose local time is
     * later. */
    int64_t low = first - 86400;
    int64_t high = second + 86400;
    while (low + 1 < high) {
        int64_t middle = low + (high - low) / 2;
        if (wall_seconds(middle) >= wanted) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

int64_t zone_to_instant(const char *zone, const struct local_time *local)
{
    int64_t days = clock_days_from_civil(local->year, local->month, local->day);
    int64_t wanted = days * 86400 + local->hour * 3600 + local->minute * 60 + local->second;
    char *old = zone_enter(zone);
    int64_t instant = wall_to_instant(wanted);
    zone_leave(old);
    return instant;
}

struct local_time zone_from_instant(const char *zone, int64_t instant)
{
    char *old = zone_enter(zone);
    time_t t = (time_t)instant;
    struct tm tm;
    localtime_r(&t, &tm);
    zone_leave(old);
    return (struct local_time){
        .year = tm.tm_year + 1900,
        .month = tm.tm_mon + 1,
        .day = tm.tm_mday,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec > 59 ? 59 : tm.tm_sec,
        .weekday = tm.tm_wday == 0 ? 7 : tm.tm_wday,
    };
}
