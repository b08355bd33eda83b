/*
 * Texts at the door: what every source of comparisons has to get right, whatever its format.
 *
 * Texts of a comparison are one line each. White space inside (tabs, line ends, U+0085, U+2028,
 * U+2029) counts as one space, white space around falls away, no-break spaces inside stay; controls
 * of direction (U+202A to U+202E, U+2066 to U+2069) are left out; other control characters are
 * refused, so that nothing a site publishes can add a line anywhere, and so are U+FFFE and U+FFFF,
 * which XML forbids like them: one in a name would make the feed unreadable. Lines and columns
 * count from 1, columns in bytes.
 */
#ifndef INTAKE_TEXT_H
#define INTAKE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

/* Whether the bytes can be read at all: not empty, not UTF-16, valid UTF-8, no NUL. `*start` gets
 * the offset of the first byte after a byte order mark. */
bool text_check(const char *name, const char *bytes, size_t len, size_t *start,
                struct failure *why) MUST_CHECK;

/* Line and column of an offset. CR, LF and CR LF end a line. */
void text_place(const char *bytes, size_t offset, int *line, int *column);

/* A copy with white space tidied as described above. */
char *text_tidy(struct arena *arena, const char *bytes, size_t len);

/* The first refused character, or NULL. `*point` gets its code point. */
const char *text_control(const char *bytes, size_t len, unsigned *point);

/* Characters (code points) of a text. */
size_t text_length(const char *text);

/* The first `limit` characters at most, for a message; "…" stands where something was cut. */
const char *text_excerpt(struct arena *arena, const char *text, size_t limit);

/* The word of `words` (NULL-terminated) that is nearest to `word` by edit distance, or NULL if none
 * is near enough to be what was meant. */
const char *text_nearest(const char *word, const char *const *words);

#endif
