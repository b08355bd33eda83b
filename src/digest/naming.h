/* A tool's name as it stands in a finished text, whole or cut with "…", and its own words. */
#ifndef DIGEST_NAMING_H
#define DIGEST_NAMING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/model.h"

/* Whether the byte is part of a word: no name begins or ends in the middle of one. */
bool naming_is_word(char c);

/* Without the characters that only set the direction. */
char *naming_plain(struct arena *arena, const char *text);

/* The bytes at `at`, a place in `text`, that are this name (plain); 0 where it is another one. */
size_t naming_length(const char *text, const char *at, const char *name);

/* "the words of Otter", "a review of Otter": which of them hold the text; NULL: none does. */
const char *naming_words(struct arena *arena, const struct tool *tool, const char *text);

#endif
