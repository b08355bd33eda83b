#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"

static bool replaced;
static int64_t replaced_by;
static int64_t replaced_at_ms;

int64_t clock_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_boottime_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now(void)
{
    if (replaced) {
        return replaced_by + (clock_monotonic_ms() - replaced_at_ms) / 1000;
    }
    return (int64_t)time(NULL);
}

int64_t clock_now_ms(void)
{
    struct timespec now;
    if (replaced) {
        return replaced_by * 1000 + clock_monotonic_ms() - replaced_at_ms;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_set_now(int64_t instant)
{
    replaced = true;
    replaced_by = instant;
    replaced_at_ms = clock_monotonic_ms();
}

void clock_clear_now(void)
{
    replaced = false;
}

enum { BOOT_ID = 36 };

/* A system without this file (no /proc) reports "unknown" for every boot. If the file exists but
 * cannot be read, the process stops: with a wrong id, claims of processes that died in this boot
 * would be taken for those of another boot. Reads without stdio, whose buffer needs memory. */
static void read_boot_id(char id[BOOT_ID + 1])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) {
        snprintf(id, BOOT_ID + 1, "unknown");
        return;
    }
    ssize_t len = fd >= 0 ? read(fd, id, BOOT_ID) : -1;
    if (len != BOOT_ID) {
        memory_stop("verdicts: the boot's id cannot be read from /proc\n");
    }
    id[BOOT_ID] = '\0';
    close(fd);
}

const char *clock_boot_id(void)
{
    static char id[40];
    if (id[0] == '\0') {
        const char *given = getenv("VERDICTS_BOOT_ID");
        if (given != NULL) {
            snprintf(id, sizeof id, "%s", given);
        } else {
            read_boot_id(id);
        }
    }
    return id;
}

/* The algorithm shifts the year's start to March, so that the leap day is its last day. */
int64_t clock_days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void clock_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = years + era * 400 + (*month <= 2);
}

static bool two_digits(const char **text, int low, int high, int *value)
{
    const char *t = *text;
    if (t[0] < '0' || t[0] > '9' || t[1] < '0' || t[1] > '9') {
        return false;
    }
    *value = (t[0] - '0') * 10 + t[1] - '0';
    *text += 2;
    return *value >= low && *value <= high;
}

static bool one_of(const char **text, const char *set)
{
    if (**text == '\0' || strchr(set, **text) == NULL) {
        return false;
    }
    (*text)++;
    return true;
}

static bool parse_date(const char **text, int64_t *days)
{
    int century, of_century, month, day;
    if (!two_digits(text, 19, 99, &century) || !two_digits(text, 0, 99, &of_century) ||
        !one_of(text, "-") || !two_digits(text, 1, 12, &month) || !one_of(text, "-") ||
        !two_digits(text, 1, 31, &day)) {
        return false;
    }
    int64_t year, back_year;
    int back_month, back_day;
    year = century * 100 + of_century;
    *days = clock_days_from_civil(year, month, day);
    clock_civil_from_days(*days, &back_year, &back_month, &back_day);
    return year >= 1970 && back_month == month && back_day == day;
}

static bool parse_zone(const char **text, int64_t *seconds)
{
    *seconds = 0;
    if (one_of(text, "Zz")) {
        return true;
    }
    int sign = **text == '-' ? -1 : 1;
    int hours, minutes;
    if (!one_of(text, "+-") || !two_digits(text, 0, 23, &hours) || !one_of(text, ":") ||
        !two_digits(text, 0, 59, &minutes)) {
        return false;
    }
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* A leap second (:60) is taken as the second that follows it. */
static bool parse_time(const char **text, int64_t *seconds)
{
    int hour, minute, second;
    int64_t offset;
    if (!one_of(text, "Tt ") || !two_digits(text, 0, 23, &hour) || !one_of(text, ":") ||
        !two_digits(text, 0, 59, &minute) || !one_of(text, ":") ||
        !two_digits(text, 0, 60, &second)) {
        return false;
    }
    if (**text == '.') {
        (*text)++;
        if (**text < '0' || **text > '9') {
            return false;
        }
        *text += strspn(*text, "0123456789");
    }
    if (!parse_zone(text, &offset)) {
        return false;
    }
    *seconds = (int64_t)hour * 3600 + minute * 60 + second - offset;
    return true;
}

bool clock_parse(const char *text, int64_t *instant, struct failure *why)
{
    const char *at = text;
    int64_t days = 0;
    int64_t seconds = 0;
    bool good = parse_date(&at, &days) && (*at == '\0' || parse_time(&at, &seconds));
    if (!good || *at != '\0') {
        return fail(why, FAILURE_DATA,
                    "\"%.40s\" is not a time; write it as 2026-11-20T09:00:00Z (RFC 3339)", text);
    }
    *instant = days * 86400 + seconds;
    return true;
}

static void split(int64_t instant, int64_t *days, int *hour, int *minute, int *second)
{
    *days = instant / 86400 - (instant % 86400 < 0);
    int64_t of_day = instant - *days * 86400;
    *hour = (int)(of_day / 3600);
    *minute = (int)(of_day / 60 % 60);
    *second = (int)(of_day % 60);
}

void clock_format(int64_t instant, char out[CLOCK_TEXT])
{
    int64_t days, year;
    int month, day, hour, minute, second;
    split(instant, &days, &hour, &minute, &second);
    clock_civil_from_days(days, &year, &month, &day);
    snprintf(out, CLOCK_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)(year % 10000), month, day,
             hour, minute, second);
}

void clock_format_mail(int64_t instant, char out[CLOCK_TEXT])
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t days, year;
    int month, day, hour, minute, second;
    split(instant, &days, &hour, &minute, &second);
    clock_civil_from_days(days, &year, &month, &day);
    /* 1970-01-01 was a Thursday, the fourth day of its week. */
    int weekday = (int)(((days + 3) % 7 + 7) % 7);
    snprintf(out, CLOCK_TEXT, "%s, %02d %s %04d %02d:%02d:%02d +0000", weekdays[weekday], day,
             months[month - 1], (int)(year % 10000), hour, minute, second);
}
