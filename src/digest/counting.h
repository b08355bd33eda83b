/* Reads what a number in a finished text counts ("three new comparisons"), and checks it against a
 * story. */
#ifndef DIGEST_COUNTING_H
#define DIGEST_COUNTING_H

#include <stdbool.h>
#include <stddef.h>

#include "digest/standing.h"

/* Whether the text after the number begins with the noun ("comparison"), possibly after "new" and
 * the like. */
bool counting_is_of(const char *behind, const char *noun);

/* Whether the story has that many of what follows the number: tools, rivals, reviews or
 * reviewers. */
bool counting_fits(const struct standing *standing, const char *behind, size_t number);

#endif
