/*
 * Parses a raw message into a struct split, by libetpan. Runs in the sandbox only: libetpan crashes
 * on some messages that strangers can send (see sandbox.h).
 */
#ifndef BOUNCE_PARSE_H
#define BOUNCE_PARSE_H

#include "bounce/charset.h"
#include "bounce/split.h"

/* Everything lives in the arena. Never fails: what cannot be read as MIME is one part of text. */
void parse_message(struct arena *arena, const struct charsets *charsets, const char *bytes,
                   size_t len, struct split *split);

#endif
