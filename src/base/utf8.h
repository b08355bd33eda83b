/*
 * UTF-8 (RFC 3629), validated at every input: text that has passed utf8_valid() is trusted inside
 * the program. Surrogates, overlong forms and everything above U+10FFFF are refused.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True if all `len` bytes are UTF-8. `bad_at` (may be NULL) gets the offset of the first byte
 * that is not. NUL counts as valid UTF-8 here; callers that refuse it say so. */
bool utf8_valid(const char *bytes, size_t len, size_t *bad_at);

/* Bytes of the character that starts at `text` (1 to 4), its code point in `*point` (may be
 * NULL). `len` > 0. Invalid input gives 1 and U+FFFD. */
size_t utf8_decode(const char *text, size_t len, uint32_t *point);

/* Writes the character and returns its bytes (1 to 4). `point` is a scalar value. */
size_t utf8_encode(uint32_t point, char out[4]);

/* Whether the character changes the direction of the text around it (U+202A to U+202E, U+2066 to
 * U+2069): one that is never closed would affect the text after somebody's name. */
bool utf8_is_bidi_control(uint32_t point);

/* Whether the character is written from right to left (Annex 9: R and AL) or is an Arabic number
 * (AN). */
bool utf8_is_rtl(uint32_t point);

/* Whether XML 1.0 allows the character (its production Char): no control characters but tab and
 * line ends, nor U+FFFE and U+FFFF. A feed that contains another one cannot be parsed at all. */
bool utf8_in_xml(uint32_t point);

/* Trims invisible characters from both ends: white space of any script, line breaks, zero-width
 * characters, byte order marks. */
void utf8_trim(const char **text, size_t *len);

/* Makes text from a foreign server safe for a terminal, a log and a report, in place: each control
 * character (C0, DEL, C1), bidirectional control, direction mark and invalid byte becomes '?'.
 * Returns the new length, never more than `len`; the text is not terminated again. */
size_t utf8_tame(char *text, size_t len);

/* Replaces runs of white space of any script by one space and removes those at the ends; in
 * place. */
void utf8_fold_space(char *text);

/* Columns that the text takes in a fixed-width font: wide characters 2, combining marks 0
 * (Unicode Annex 11, by libunistring). Control characters count 0. */
size_t utf8_width(const char *text, size_t len);

/* The largest length <= `limit` at which `text` can be cut without splitting a character. */
size_t utf8_cut(const char *text, size_t len, size_t limit);

#endif
