/*
 * Converts mail in any character set to UTF-8. The C library loads its converters from files, so
 * they are opened before the sandbox is closed.
 */
#ifndef BOUNCE_CHARSET_H
#define BOUNCE_CHARSET_H

#include <stddef.h>

#include "base/arena.h"

struct charsets;

/* Opens the converters that this machine has. The struct lives in the arena. */
struct charsets *charsets_open(struct arena *arena);
void charsets_close(struct charsets *charsets); /* accepts NULL */

/* Returns UTF-8 with LF line ends and without NUL, whatever the input: a declared character set is
 * believed unless the bytes contradict it, and bytes that fit none are read as windows-1252. `name`
 * may be NULL. */
const char *charset_decode(struct arena *arena, const struct charsets *charsets, const char *name,
                           const char *bytes, size_t len, size_t *out_len);

/* A copy with LF line ends, also for a lone CR, and a space for each NUL. `out_len` may be NULL. */
char *charset_clean(struct arena *arena, const char *text, size_t len, size_t *out_len);

/* Decodes the encoded-words (RFC 2047) of a header value, by the same rules. */
const char *charset_decode_words(struct arena *arena, const struct charsets *charsets,
                                 const char *value);

#endif
