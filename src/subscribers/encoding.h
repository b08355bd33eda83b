/* Converts text of any encoding to UTF-8 with one kind of line end. */
#ifndef SUBSCRIBERS_ENCODING_H
#define SUBSCRIBERS_ENCODING_H

#include <stdio.h>

#include "base/failure.h"

/* Copies `in` to `out` as UTF-8, with '\n' for CR, CRLF and LF and without a leading byte order
 * mark. `encoding` NULL means UTF-8, or UTF-16 with a byte order mark. FAILURE_DATA names `name`,
 * the line and the encoding that the bytes look like; FAILURE_USAGE if iconv(3) does not know
 * `encoding`. */
bool encoding_copy(FILE *in, const char *name, const char *encoding, FILE *out,
                   struct failure *why) MUST_CHECK;

#endif
