#include "base/spelling.h"

#include <string.h>

enum { SPELLING_MAX = 40 };

int spelling_tolerance(size_t len)
{
    return len < 4 ? 1 : 2;
}

static int smallest(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's distance; `right` has at most SPELLING_MAX bytes. */
static int measure(const char *left, size_t left_len, const char *right, size_t right_len)
{
    int row[SPELLING_MAX + 1];
    for (size_t j = 0; j <= right_len; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 1; i <= left_len; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= right_len; j++) {
            int change = corner + (left[i - 1] != right[j - 1]);
            corner = row[j];
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, change);
        }
    }
    return row[right_len];
}

bool spelling_is_near(const char *word, size_t len, const char *candidate, int *best)
{
    size_t candidate_len = strlen(candidate);
    if (len > SPELLING_MAX || candidate_len > SPELLING_MAX) {
        return false;
    }
    int apart = measure(word, len, candidate, candidate_len);
    if (apart > *best) {
        return false;
    }
    *best = apart - 1;
    return true;
}
