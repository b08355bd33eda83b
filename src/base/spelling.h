/* The edit distance of two words, for "did you mean …?" about options and settings. */
#ifndef BASE_SPELLING_H
#define BASE_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

/* How many slips are forgiven in a word of `len` bytes: where *best starts. */
int spelling_tolerance(size_t len);

/* True if `candidate` is at most *best slips (a letter too many, too few or wrong) away from the
 * word; then *best becomes one less than its distance, so that only nearer ones come after it. */
bool spelling_is_near(const char *word, size_t len, const char *candidate, int *best);

#endif
