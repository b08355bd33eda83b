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

/* Whether the character turns the direction of the text around it (U+202A to U+202E, U+2066 to
 * U+2069): one that is never closed would turn what stands behind somebody's name. */
bool utf8_is_bidi_control(uint32_t point);

/* Whether the character runs from right to left (Annex 9: R and AL), or is a digit there (AN). */
bool utf8_is_rtl(uint32_t point);

/* Whether XML 1.0 may hold the character (its production Char): no control character but tab and
 * line ends, nor U+FFFE and U+FFFF. A feed with any other cannot be read at all. */
bool utf8_in_xml(uint32_t point);

/* Takes off both ends what nobody sees or means there: white space of any script, line breaks,
 * zero-width characters, byte order marks. */
void utf8_trim(const char **text, size_t *len);

/* Makes what a stranger's server wrote fit for a terminal, a log and a report, in place: control
 * characters (C0, DEL, C1), those that turn the direction of text, direction marks, and bytes that
 * are no UTF-8 become '?' each. Returns the new length, never more than `len`; the text is not
 * terminated anew. */
size_t utf8_tame(char *text, size_t len);

/* Runs of white space of any script become one space, and there is none at the ends; in place. */
void utf8_fold_space(char *text);

/* Columns that the text takes in a fixed-width font: wide characters 2, combining marks 0
 * (Unicode Annex 11, by libunistring). Control characters count 0. */
size_t utf8_width(const char *text, size_t len);

/* The largest length <= `limit` at which `text` can be cut without splitting a character. */
size_t utf8_cut(const char *text, size_t len, size_t limit);

#endif
