/*
 * The libraries that this program runs with, and their versions as each reports its own: those that
 * are loaded now, which need not be those it was built with. gumbo and libcsv report none.
 *
 * This is the only place that calls all of them; it asks nothing else.
 */
#ifndef CMD_LIBRARIES_H
#define CMD_LIBRARIES_H

#include "base/value.h"

/* Sets "libcurl": "7.88.1" and so on in `object`. */
void libraries_tell(struct arena *arena, struct value *object);

#endif
