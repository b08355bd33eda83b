/*
 * Texts of one line: tidied, measured, cut at word ends, joined.
 *
 * Independent of tools and issues. All returned texts live in the arena. "Characters" are Unicode
 * code points, which is what limits on subjects and preheaders count.
 */
#ifndef DIGEST_PHRASE_H
#define DIGEST_PHRASE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* One line of text: every run of white space and control characters (line ends, tabs, C1 controls,
 * line and paragraph separators) becomes one space, with none at the ends. NULL gives "". */
char *phrase_tidy(struct arena *arena, const char *text);

/* The number of characters; isolates (digest/isolate.h) are not counted. */
size_t phrase_length(const char *text);

/* The text itself if it has at most `limit` characters (2 or more), otherwise the whole words that
 * fit, followed by "…"; a single word that is too long is cut between characters, never between a
 * letter and its combining marks. An isolate that the cut leaves open is closed after the "…". */
char *phrase_cut(struct arena *arena, const char *text, size_t limit);

/* The text with its first letter capitalized, if that is an ASCII letter. */
char *phrase_capital(struct arena *arena, const char *text);

/* `left` and `right` with a space between; either may be empty. */
char *phrase_join(struct arena *arena, const char *left, const char *right);

#endif
