/*
 * How the process in the sandbox sends a report back: as bytes in a fixed form that is checked on
 * arrival.
 *
 * An attacker who has taken over that process can say nothing but what a report can say: numbers
 * within their ranges, addresses with one '@' and without control characters, tokens of 40 base32
 * letters, lines of UTF-8. Anything else is rejected.
 */
#ifndef BOUNCE_ANSWER_H
#define BOUNCE_ANSWER_H

#include "base/buf.h"
#include "bounce/report.h"

enum { ANSWER_MAX = 8192 }; /* the longest answer */

/* Appends the report; `out` has a limit of at least ANSWER_MAX. */
void answer_write(const struct bounce_report *report, struct buf *out);

/* False if the bytes are not a report in this form; `report` is all zero then. */
bool answer_read(const char *bytes, size_t len, struct bounce_report *report);

#endif
