/*
 * The prices of several tools in words: one sentence if they are all alike; otherwise those that
 * compare as a ladder, the cheapest first, and the others after it.
 */
#ifndef DIGEST_LADDER_H
#define DIGEST_LADDER_H

#include "digest/say.h"
#include "digest/standing.h"

/* Whether all tools have the same price, so that a column of prices says nothing; also if none has
 * any. */
bool ladder_is_alike(struct arena *arena, const struct tool *const *tools, size_t count);

/* "All six are free to start, so price decides nothing."; "" if no price is given at all. */
char *ladder_sentence(const struct say *say, const struct tool *const *tools, size_t count);

#endif
