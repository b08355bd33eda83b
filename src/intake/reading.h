/*
 * A comparison out of a value tree, by the tables of intake/fields.h, in both documented forms:
 * nested ("left": {"name": …}) and flat ("left_name": …, reviews as JSON text), as rows of a
 * database come.
 *
 * Every failure names the place: file, line and column, and the path of the element (RFC 6901).
 */
#ifndef INTAKE_READING_H
#define INTAKE_READING_H

#include "intake/fields.h"
#include "intake/way.h"

/* Where a value tree comes from. */
struct json_source {
    const char *name;  /* of the file; NULL: no file, failures name the path alone */
    const char *bytes; /* the JSON text that was read */
    size_t len;
    int line, column; /* of its first byte in the file, from 1 */
    struct way *way;  /* NULL: a member that is no field is refused where it stands */
};

/* A step on the way into a value tree, on the stack of whoever goes there. */
struct step {
    const struct step *up; /* NULL: the root */
    const char *name;      /* of a member; NULL: an element of a list */
    size_t index;
};

/* FAILURE_DATA "name:line:column: path: text" for the element at `step` (NULL: the root). */
bool reading_fail(const struct json_source *source, const struct step *step, struct failure *why,
                  const char *format, ...) FORMAT(4, 5);

/* Line and column in the file of the element at `step`. */
void reading_place(const struct json_source *source, const struct step *step, int *line,
                   int *column);

/* Reads one comparison. Unknown members are refused with the nearest known one, or noted in the
 * source's way, whose owner refuses them at the end; refused are wrong types, numbers out of range
 * and texts past their limit. What is not there is empty, and so is null. */
bool reading_comparison(struct arena *arena, const struct json_source *source,
                        const struct step *step, const struct value *value,
                        struct comparison *comparison, struct failure *why) MUST_CHECK;

#endif
