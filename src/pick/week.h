/*
 * Decides which week's issue is due: half-open UTC windows that follow each other without a gap.
 *
 * The issue of ISO week W is due at issue.weekday, issue.time in issue.timezone of that week; its
 * window runs from the due time of the previous week (included) to its own (excluded). The due
 * issue is that of the newest window that has ended, so cron may run late, early or every hour.
 * Weeks are those of ISO 8601; a local time that a clock change repeats or skips is resolved by
 * base/zone. Pure, except for the tz database.
 */
#ifndef PICK_WEEK_H
#define PICK_WEEK_H

#include "settings/settings.h"

struct week {
    char name[9];       /* "2026-W47" */
    int64_t start, end; /* window: start <= t < end; the issue is due at `end` */
};

/* The newest window that has ended by `now` (end <= now). */
void week_due(const struct settings *settings, int64_t now, struct week *week);

/* When the first issue after `now` is due. */
int64_t week_next_due(const struct settings *settings, int64_t now);

/* The window of a named week; FAILURE_USAGE for a name that is not valid ("2026-W54",
 * "2025-W53"). */
bool week_named(const struct settings *settings, const char *name, struct week *week,
                struct failure *why) MUST_CHECK;

/* The calendar week that contains `now`, Monday to Sunday in issue.timezone, or the week `back`
 * weeks earlier. Not an issue's window. */
void week_calendar(const struct settings *settings, int64_t now, int64_t back, struct week *week);

#endif
