/*
 * Texts of comparisons at input: the rules for every source, whatever its format.
 *
 * Each text is one line. White space inside (tabs, line ends, U+0085, U+2028, U+2029) becomes one
 * space, white space at the ends is dropped, no-break spaces inside are kept; bidirectional
 * controls (U+202A to U+202E, U+2066 to U+2069) are dropped; other control characters are refused,
 * so that nothing that a site publishes can add a line anywhere, and so are U+FFFE and U+FFFF,
 * which XML forbids: one of them in a name would make the feed unreadable. Lines and columns count
 * from 1, columns in bytes.
 */
#ifndef INTAKE_TEXT_H
#define INTAKE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

/* Whether the bytes are readable at all: not empty, not UTF-16, valid UTF-8, no NUL. `*start`
 * receives the offset of the first byte after a byte order mark. */
bool text_check(const char *name, const char *bytes, size_t len, size_t *start,
                struct failure *why) MUST_CHECK;

/* Line and column of an offset. CR, LF and CR LF end a line. */
void text_place(const char *bytes, size_t offset, int *line, int *column);

/* A copy with white space tidied as described above. */
char *text_tidy(struct arena *arena, const char *bytes, size_t len);

/* The first refused character, or NULL. `*point` receives its code point. */
const char *text_control(const char *bytes, size_t len, unsigned *point);

/* The number of characters (code points) in a text. */
size_t text_length(const char *text);

/* At most the first `limit` characters, for a message; "…" marks a cut. */
const char *text_excerpt(struct arena *arena, const char *text, size_t limit);

/* The word in `words` (NULL-terminated) that is nearest to `word` by edit distance, or NULL if none
 * is near enough to be what was meant. */
const char *text_nearest(const char *word, const char *const *words);

#endif
