/* Finds words that rank one tool above others, and checks them against the data of a story. */
#ifndef DIGEST_SUPERLATIVE_H
#define DIGEST_SUPERLATIVE_H

#include <stdbool.h>

#include "digest/derivation.h"

/* The first one in the text from `*at` on, ignoring case, and its end; NULL: there is none. */
const char *superlative_find(const char *text, const char **at, const char **end);

/* Whether it refers to all tools that its sentence lists, not to those beside it. */
bool superlative_is_of_list(const char *word);

/* What supports it: "the order of the panels"; NULL: nothing does. `word` is a result of
 * superlative_find(). */
const char *superlative_source(const struct derivation_scope *scope, const char *word);

#endif
