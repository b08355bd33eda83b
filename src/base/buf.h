/*
 * A growing string of bytes.
 *
 * `data` is never NULL and always terminated; `len` does not count the terminator. A buffer has a
 * limit from the start and remembers its first overflow: an append that does not fit is dropped as
 * a whole, and so are all later ones, so a chain of appends is checked once at its end with
 * buf_ok(). The bytes may be anything, including NUL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/failure.h"

struct buf {
    char *data;
    size_t len;
    size_t size;  /* bytes allocated, 0 while `data` is the shared empty string */
    size_t limit; /* the largest `len` */
    bool overflow;
};

void buf_init(struct buf *buf, size_t limit);
void buf_free(struct buf *buf); /* accepts a zeroed struct; leaves one */

/* Empties the buffer, keeps its memory, forgets an overflow. */
void buf_reset(struct buf *buf);

/* Cuts to `len`, which is at most the present one. */
void buf_truncate(struct buf *buf, size_t len);

void buf_add(struct buf *buf, const char *bytes, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char byte);
void buf_addf(struct buf *buf, const char *format, ...) FORMAT(2, 3);

/* Makes room for `more` bytes; afterwards they may be written at data + len. False on overflow. */
bool buf_reserve(struct buf *buf, size_t more);

/* True while nothing was dropped. */
bool buf_ok(const struct buf *buf);

#endif
