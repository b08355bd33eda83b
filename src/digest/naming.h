/* Finds a tool's name in a finished text, whole or cut with "…", and its own words. */
#ifndef DIGEST_NAMING_H
#define DIGEST_NAMING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/model.h"

/* Whether the byte is part of a word: names do not begin or end in the middle of one. */
bool naming_is_word(char c);

/* Without the characters that only set the direction. */
char *naming_plain(struct arena *arena, const char *text);

/* The length of this name (plain) at `at`, a position in `text`; 0 if it is another name. */
size_t naming_length(const char *text, const char *at, const char *name);

/* "the words of Otter", "a review of Otter": where the tool's texts contain the text; NULL:
 * nowhere. */
const char *naming_words(struct arena *arena, const struct tool *tool, const char *text);

#endif
