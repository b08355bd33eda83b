#include "base/spelling.h"

#include <assert.h>
#include <string.h>

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* One row of the matrix at a time. */
size_t spelling_distance(const char *left, size_t left_len, const char *right, size_t right_len)
{
    size_t row[SPELLING_MAX + 1];
    assert(right_len <= SPELLING_MAX);
    for (size_t j = 0; j <= right_len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= left_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= right_len; j++) {
            size_t change = diagonal + (left[i - 1] != right[j - 1]);
            diagonal = row[j];
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, change);
        }
    }
    return row[right_len];
}

int spelling_tolerance(size_t len)
{
    return len < 4 ? 1 : 2;
}

bool spelling_is_near(const char *word, size_t len, const char *candidate, int *best)
{
    size_t candidate_len = strlen(candidate);
    if (len > SPELLING_MAX || candidate_len > SPELLING_MAX) {
        return false;
    }
    int apart = (int)spelling_distance(word, len, candidate, candidate_len);
    if (apart > *best) {
        return false;
    }
    *best = apart - 1;
    return true;
}
