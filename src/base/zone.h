/*
 * Local time in a named zone of the tz database, with the C library.
 *
 * The C library has one zone at a time, that of the process; a conversion sets it, asks and
 * restores it. This is not thread-safe: zones are used while an issue's window is calculated,
 * before any threads start.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdint.h>

#include "base/failure.h"

struct local_time {
    int64_t year;
    int month;   /* 1 to 12 */
    int day;     /* 1 to 31 */
    int hour;    /* 0 to 23 */
    int minute;  /* 0 to 59 */
    int second;  /* 0 to 59 */
    int weekday; /* ISO 8601: 1 is Monday, 7 is Sunday */
};

/* The folder of the tz database. */
const char *zone_folder(void);

/* Whether the tz database has this zone ("Europe/Berlin", "UTC"). */
bool zone_check(const char *zone, struct failure *why) MUST_CHECK;

/* The instant at which the local time in `zone` is this one (weekday is ignored). A time that
 * occurs twice means its first occurrence; a time that is skipped means the first instant after the
 * gap. `zone` has passed zone_check(). */
int64_t zone_to_instant(const char *zone, const struct local_time *local);

/* The local time in `zone` at this instant. */
struct local_time zone_from_instant(const char *zone, int64_t instant);

#endif
