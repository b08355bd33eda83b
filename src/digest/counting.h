/* What a number in a finished text counts, "three new comparisons", and whether a story has so
 * many.
 */
#ifndef DIGEST_COUNTING_H
#define DIGEST_COUNTING_H

#include <stdbool.h>
#include <stddef.h>

#include "digest/standing.h"

/* Whether what stands behind the number begins with the noun ("comparison"), "new" and the like
 * passed over. */
bool counting_is_of(const char *behind, const char *noun);

/* Whether the story has so many of what stands behind: tools, rivals, reviews or reviewers. */
bool counting_fits(const struct standing *standing, const char *behind, size_t number);

#endif
