/*
 * Texts of one line: tidied, measured, cut at word ends, joined.
 *
 * Knows nothing of tools or issues. All texts that come back live in the arena. "Characters" are
 * Unicode code points, which is what limits on subjects and preheaders count.
 */
#ifndef DIGEST_PHRASE_H
#define DIGEST_PHRASE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* One line of text: every run of white space and control characters (line ends, tabs, C1
 * controls, line and paragraph separators) is one space, none at either end. NULL gives "". */
char *phrase_tidy(struct arena *arena, const char *text);

/* Characters of a text; isolates (digest/isolate.h) are none. */
size_t phrase_length(const char *text);

/* The text itself if it has at most `limit` characters, else (2 or more) the whole words that
 * fit with "…" behind them; a single word that is too long is cut between characters, never between
 * a letter and its combining marks. An isolate that the cut leaves open is closed behind the "…".
 */
char *phrase_cut(struct arena *arena, const char *text, size_t limit);

/* The text with its first letter as a capital, where that is an ASCII letter. */
char *phrase_capital(struct arena *arena, const char *text);

/* `left` and `right` with a space between; either may be empty. */
char *phrase_join(struct arena *arena, const char *left, const char *right);

#endif
