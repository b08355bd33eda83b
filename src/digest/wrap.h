/* Wrapping of plaintext by display width. */
#ifndef DIGEST_WRAP_H
#define DIGEST_WRAP_H

#include "base/residual.h"

enum { WRAP_COLUMNS = 72, WRAP_HOLE_COLUMNS = 24 };

/* Each line of the program's text that is wider than `columns` is broken at spaces, and where a
 * script puts none between its words, there (digest/breaks.h); the pieces get the line's own
 * indent, and hang behind its bullet ("- ", "* ", "• ") where it has one, or below the column that
 * two spaces and more begin in the line's first half. A word that is wider than
 * a line is broken between letters; a URL, what hangs on a hole and a ruler never are. Isolates
 * (digest/isolate.h) are closed at a line's end and opened again. A hole counts WRAP_HOLE_COLUMNS,
 * or nothing where it stands alone on its line; a branch counts as taken, of an IF and the UNLESS
 * behind it the wider.
 *
 * Spaces before a line end are dropped, but for the line "-- " before a signature; else a line that
 * fits stays as it is. Lines end with LF. `in` is complete, `out` initialised and empty; ask it
 * residual_ok() afterwards. */
void wrap_residual(const struct residual *in, size_t columns, struct residual *out);

/* The same for a plain text, which is appended to `out`. */
void wrap_text(const char *text, size_t len, size_t columns, struct buf *out);

#endif
