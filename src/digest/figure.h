/* A share as it stands in a finished text, "3 of 4", "62%", "62% of 48", and whether it is a
 * tool's. */
#ifndef DIGEST_FIGURE_H
#define DIGEST_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/model.h"

struct figure {
    size_t number, of; /* `of` 0: the number of those who decided is not told */
    bool percent;
    bool readers, panel; /* whose share it may be */
};

/* The digits at `*at`, with a separator per thousand; `*at` moves behind them. */
size_t figure_digits(const char **at);

/* Fills all but whose it may be; false, and `*at` stays, where another number stands there. */
bool figure_read(const char **at, struct figure *figure);

/* "the panel", "the readers"; NULL where the tool has no such share. */
const char *figure_holder(const struct figure *figure, const struct tool *tool);

#endif
