/* Words that put one tool above others, and whether the data of a story carries them. */
#ifndef DIGEST_SUPERLATIVE_H
#define DIGEST_SUPERLATIVE_H

#include <stdbool.h>

#include "digest/derivation.h"

/* The first one in the text from `*at` on, whatever its case, and where it ends; NULL: there is
 * none. */
const char *superlative_find(const char *text, const char **at, const char **end);

/* Whether it speaks of all tools that its sentence lists, not of those beside it. */
bool superlative_is_of_list(const char *word);

/* What carries it, "the order of the panels"; NULL: nothing does. `word` is as superlative_find()
 * gives it. */
const char *superlative_source(const struct derivation_scope *scope, const char *word);

#endif
