/*
 * A reading of the prices of several tools: one sentence where they are all alike, else a ladder,
 * the cheapest first, of those that compare, and the others apart.
 */
#ifndef DIGEST_LADDER_H
#define DIGEST_LADDER_H

#include "digest/say.h"
#include "digest/standing.h"

/* Whether all tools have one price, so that a column of prices says nothing; also where none has
 * any. */
bool ladder_is_alike(struct arena *arena, const struct tool *const *tools, size_t count);

/* "All six are free to start, so price decides nothing."; "" where no price is given at all. */
char *ladder_sentence(const struct say *say, const struct tool *const *tools, size_t count);

#endif
