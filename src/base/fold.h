/*
 * Brings text into the form in which phrases are compared, whoever wrote it: case folded,
 * compatibility forms and Latin diacritics removed (servers drop them), typographic quotes plain,
 * and white space, line breaks and invisible characters as single blanks, none at the ends.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stddef.h>

#include "base/arena.h"

/* `text`, which is UTF-8, in that form; at most `limit` bytes of it are read, no half a character.
 */
const char *fold_text(struct arena *arena, const char *text, size_t len, size_t limit);

#endif
