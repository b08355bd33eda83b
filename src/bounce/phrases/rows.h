/*
 * The rows of all tables as they are written, for the tests: the program itself has no use for
 * them, and does not carry them.
 */
#ifndef BOUNCE_PHRASES_ROWS_H
#define BOUNCE_PHRASES_ROWS_H

#include <stddef.h>

#include "bounce/meanings.h"

struct phrases_row {
    enum meaning_set set;
    int row; /* its number in the set */
    enum meaning meaning;
    const char *language, *phrase;
};

extern const struct phrases_row phrases_rows[];
extern const size_t phrases_row_count;

#endif
