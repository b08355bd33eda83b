/*
 * How to read a file, and what is noticed while reading that does not stop it: texts that look like
 * HTML, and unknown members, all of which are reported together.
 */
#ifndef INTAKE_WAY_H
#define INTAKE_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

struct way {
    bool html;           /* texts are HTML: references are decoded and tags dropped */
    bool ignore_unknown; /* ignore unknown members */
    /* What was noticed: the first of each kind in words, beginning with its position. Zeroed by the
     * caller. */
    struct failure marked, unknown;
    size_t marked_count, unknown_count; /* texts; entries of `names` */
    struct failure place;               /* of the first unknown member: "name:1:2: /titel: " */
    char names[600];                    /* the unknown ones, as a message lists them */
};

/* The text to read: decoded if it is HTML. `way` may be NULL. */
const char *way_text(const struct way *way, struct arena *arena, const char *bytes, size_t *len);

/* What a message says about a text that looks like HTML, as the second half of a sentence in the
 * arena; NULL if it does not. */
const char *way_complaint(const struct way *way, struct arena *arena, const char *text);

/* Records the name of an unknown member, and the nearest field (NULL: none), once. "…" stands for
 * names that find no room. False if the name was recorded before. */
bool way_note_name(struct way *way, struct arena *arena, const char *name, const char *near);

/* FAILURE_DATA that names all unknown members. */
bool way_refuse_unknown(const struct way *way, struct failure *why) MUST_CHECK;

#endif
