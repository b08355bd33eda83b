/* Finds the known name that is nearest to a misspelt one. Private to mustache/. */
#ifndef MUSTACHE_NEAREST_H
#define MUSTACHE_NEAREST_H

#include "mustache/program.h"

struct nearest {
    struct span wanted; /* the misspelt name */
    struct span name;   /* the best so far; `len` is 0 while none is near enough */
    size_t distance;
};

struct nearest nearest_to(struct span wanted);

void nearest_try(struct nearest *nearest, struct span name);

/* Tries all members of an object; other values have none. */
void nearest_try_members(struct nearest *nearest, const struct value *object);

#endif
