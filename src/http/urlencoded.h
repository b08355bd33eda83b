/*
 * Parses application/x-www-form-urlencoded from a whole body, and handles the character sets of
 * forms.
 *
 * It follows browsers (WHATWG URL 5.1): any sequence of bytes is a form. A '%' that is not followed
 * by two hex digits stands for itself, a value without '=' is empty. Written for this program,
 * because libmicrohttpd's parser stops at such a '%'.
 */
#ifndef HTTP_URLENCODED_H
#define HTTP_URLENCODED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Called for each field in order, decoded; returns false to stop. `name` is NUL-terminated. */
typedef bool (*urlencoded_field)(void *context, const char *name, const char *value, size_t len);

/* False if `field` returned false. */
bool urlencoded_read(struct arena *arena, const char *body, size_t len, urlencoded_field field,
                     void *context);

/* Whether a character set label ("ISO-8859-1") means windows-1252, as it does for browsers (WHATWG
 * Encoding 4.2). */
bool urlencoded_is_latin(const char *label);

/* Converts windows-1252 to UTF-8; every byte is a character there. The text is NUL-terminated. */
const char *urlencoded_from_latin(struct arena *arena, const char *bytes, size_t len,
                                  size_t *out_len);

#endif
