/*
 * Reads a comparison from a value tree by the tables of intake/fields.h, in both documented forms:
 * nested ("left": {"name": …}) and flat ("left_name": …, reviews as JSON text), as the rows of a
 * database.
 *
 * Every failure names its place: file, line, column, and the path of the element (RFC 6901).
 */
#ifndef INTAKE_READING_H
#define INTAKE_READING_H

#include "intake/fields.h"
#include "intake/way.h"

/* The origin of a value tree. */
struct json_source {
    const char *name;  /* of the file; NULL: no file, failures name the path alone */
    const char *bytes; /* the JSON text that was read */
    size_t len;
    int line, column; /* the position of its first byte in the file, from 1 */
    struct way *way;  /* NULL: an unknown member is refused at once */
};

/* A step on the path into a value tree, on the stack of the function that descends. */
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

/* Reads one comparison. An unknown member is refused with the nearest known name, or noted in the
 * source's way, whose owner refuses all of them at the end; wrong types, numbers out of range and
 * overlong texts are refused. A missing member is empty, and so is null. */
bool reading_comparison(struct arena *arena, const struct json_source *source,
                        const struct step *step, const struct value *value,
                        struct comparison *comparison, struct failure *why) MUST_CHECK;

/* The same for one tool. */
bool reading_tool(struct arena *arena, const struct json_source *source, const struct value *value,
                  struct tool *tool, struct failure *why) MUST_CHECK;

#endif
