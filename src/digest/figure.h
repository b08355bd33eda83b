/* Reads a share in a finished text, "3 of 4", "62%", "62% of 48", and checks whether a tool has
 * it. */
#ifndef DIGEST_FIGURE_H
#define DIGEST_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/model.h"

struct figure {
    size_t number, of; /* `of` is 0 if the text does not say how many decided */
    bool percent;
    bool readers, panel; /* whose share it can be */
};

/* Reads digits at `*at`, with thousands separators; `*at` moves past them. */
size_t figure_digits(const char **at);

/* Fills all fields but whose it can be; false, without moving `*at`, if there is another kind of
 * number. */
bool figure_read(const char **at, struct figure *figure);

/* "the panel", "the readers"; NULL if the tool has no such share. */
const char *figure_holder(const struct figure *figure, const struct tool *tool);

#endif
