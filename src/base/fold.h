/*
 * Normalizes text so that phrases in it can be compared, whoever wrote it: case folded,
 * compatibility forms and Latin diacritics removed (servers drop them), typographic quotes made
 * plain, and each run of white space, line breaks and invisible characters made one blank, with
 * none at the ends.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stddef.h>

#include "base/arena.h"

/* `text`, which is UTF-8, in that form. At most `limit` bytes of it are read, in whole
 * characters. */
const char *fold_text(struct arena *arena, const char *text, size_t len, size_t limit);

#endif
