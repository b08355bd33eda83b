/* The edit distance of two words, for "did you mean …?". */
#ifndef BASE_SPELLING_H
#define BASE_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

enum { SPELLING_MAX = 48 /* bytes; longer words are not compared */ };

/* Levenshtein's distance in bytes of two texts of at most SPELLING_MAX each. */
size_t spelling_distance(const char *left, size_t left_len, const char *right, size_t right_len);

/* How many slips are forgiven in a word of `len` bytes: the initial value of *best. */
int spelling_tolerance(size_t len);

/* True if `candidate` is at most *best slips (a letter too many, too few or wrong) away from the
 * word, and neither is longer than SPELLING_MAX; then *best becomes one less than its distance, so
 * that only nearer ones come after it. */
bool spelling_is_near(const char *word, size_t len, const char *candidate, int *best);

#endif
