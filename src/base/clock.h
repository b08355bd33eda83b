/*
 * The only clock of the program.
 *
 * Instants are int64_t seconds since 1970-01-01T00:00:00Z. clock_now() can be replaced for a
 * rehearsal (--now); leases and time-outs use the machine's own clocks, which cannot be replaced.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/failure.h"

/* The present instant; with --now, the given instant plus the real time since it was given. */
int64_t clock_now(void);
/* The same in milliseconds. */
int64_t clock_now_ms(void);

/* Replaces the current time (--now). The clock runs on from there. */
void clock_set_now(int64_t instant);
/* Returns to the machine's clock. */
void clock_clear_now(void);

/* Milliseconds of CLOCK_MONOTONIC: time-outs and rates within one process. */
int64_t clock_monotonic_ms(void);
/* The same in microseconds: what a service manager compares with its own. */
int64_t clock_monotonic_us(void);

/* Milliseconds of CLOCK_BOOTTIME, which also runs while the machine sleeps: leases that several
 * processes of one boot compare. */
int64_t clock_boottime_ms(void);

/* The id of this boot, 36 characters, from /proc/sys/kernel/random/boot_id, or the value of
 * VERDICTS_BOOT_ID where that is set (tests use it to simulate another boot). "unknown" where the
 * system has none. */
const char *clock_boot_id(void);

enum { CLOCK_TEXT = 32 };

/* RFC 3339: 2026-11-20T09:00:00Z, an offset (+01:00) instead of Z, seconds with a fraction that
 * is dropped, a space instead of T; a bare date is midnight UTC. Years 1970 to 9999. */
bool clock_parse(const char *text, int64_t *instant, struct failure *why) MUST_CHECK;

/* "2026-11-20T09:00:00Z". */
void clock_format(int64_t instant, char out[CLOCK_TEXT]);

/* RFC 5322 date in UTC: "Fri, 20 Nov 2026 09:00:00 +0000". */
void clock_format_mail(int64_t instant, char out[CLOCK_TEXT]);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and back. */
int64_t clock_days_from_civil(int64_t year, int month, int day);
void clock_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

#endif
