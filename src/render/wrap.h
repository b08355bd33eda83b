/* Wrapping of plaintext by display width. */
#ifndef RENDER_WRAP_H
#define RENDER_WRAP_H

#include "base/residual.h"

enum { WRAP_COLUMNS = 72, WRAP_HOLE_COLUMNS = 24 };

/* Each line of the program's text that is wider than `columns` is broken at spaces; the pieces get
 * the line's own indent. A word (a URL above all) is never broken. A hole counts
 * WRAP_HOLE_COLUMNS, or nothing where it stands alone on its line. `out` is initialised. */
void wrap_residual(const struct residual *in, size_t columns, struct residual *out);

/* The same for a plain text. */
void wrap_text(const char *text, size_t len, size_t columns, struct buf *out);

#endif
