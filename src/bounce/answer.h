/*
 * A report as bytes: how the process in the sandbox answers.
 *
 * The form is fixed and checked. Whoever has taken over that process can say nothing but what a
 * report can say: numbers within their ranges, addresses with one '@' and without control
 * characters, tokens of 40 base32 letters, lines of UTF-8. Anything else is no answer.
 */
#ifndef BOUNCE_ANSWER_H
#define BOUNCE_ANSWER_H

#include "base/buf.h"
#include "bounce/report.h"

enum { ANSWER_MAX = 8192 }; /* the longest answer */

/* Appends the report; `out` has a limit of at least ANSWER_MAX. */
void answer_write(const struct bounce_report *report, struct buf *out);

/* False: these bytes are no answer; `report` is all zero. */
bool answer_read(const char *bytes, size_t len, struct bounce_report *report);

#endif
