/*
 * Parses a raw message into a struct split, with libetpan. Runs only in the sandbox: libetpan
 * crashes on some messages that strangers can send (see sandbox.h).
 */
#ifndef BOUNCE_PARSE_H
#define BOUNCE_PARSE_H

#include "bounce/charset.h"
#include "bounce/split.h"

/* Everything is in the arena. Never fails: what cannot be parsed as MIME becomes one part of text.
 */
void parse_message(struct arena *arena, const struct charsets *charsets, const char *bytes,
                   size_t len, struct split *split);

#endif
