/*
 * Makes a finished page look as it does in one kind of client: light or dark.
 *
 * A browser asks its own system for the colour scheme, but an editor wants to see both. In a copy
 * of the finished HTML the media query is replaced by one that always or never matches.
 */
#ifndef PREVIEW_EMULATE_H
#define PREVIEW_EMULATE_H

#include "base/arena.h"

/* Returns a copy of the HTML that is dark, or light, on every machine. */
char *emulate_scheme(struct arena *arena, const char *html, size_t len, bool dark);

#endif
