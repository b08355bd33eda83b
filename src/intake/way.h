/*
 * How a file is to be read, and what is noticed on the way that does not stop the reading: texts
 * that look like HTML, and members that are no fields, all of which are named at once.
 */
#ifndef INTAKE_WAY_H
#define INTAKE_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

struct way {
    bool html;           /* texts are HTML: references are decoded and tags dropped */
    bool ignore_unknown; /* ignore members that are no fields */
    /* What was noticed; the first of each kind in words that begin with its place. Zeroed by the
     * caller. */
    struct failure marked, unknown;
    size_t marked_count, unknown_count; /* texts; entries of `names` */
    struct failure place;               /* of the first unknown member: "name:1:2: /titel: " */
    char names[600];                    /* of the unknown ones, as they are told */
};

/* The text as it is read: decoded where it is HTML. `way` may be NULL. */
const char *way_text(const struct way *way, struct arena *arena, const char *bytes, size_t *len);

/* What to say of a text that looks like HTML, as the second half of a sentence in the arena; NULL
 * if it does not. */
const char *way_complaint(const struct way *way, struct arena *arena, const char *text);

/* Notes the name of a member that is no field, and the nearest field (NULL: none), once. "…" stands
 * for those there is no room for. False if the name was noted before. */
bool way_note_name(struct way *way, struct arena *arena, const char *name, const char *near);

/* FAILURE_DATA that names all members that are no fields. */
bool way_refuse_unknown(const struct way *way, struct failure *why) MUST_CHECK;

#endif
