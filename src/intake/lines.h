/* The lines of a page: tidied, without empty ones, each with its position in the file. */
#ifndef INTAKE_LINES_H
#define INTAKE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"
#include "intake/way.h"

struct line {
    const char *text; /* never empty, white space tidied (text_tidy) */
    int number, column;
};

/* `name` appears in failures, which go to `why`; everything is allocated from `arena`. Text that
 * looks like HTML is decoded or noted as `way` says, which may be NULL. */
struct lines {
    struct arena *arena;
    const char *name;
    struct way *way;
    struct failure *why;
    struct line *lines;
    size_t count;
};

/* Fills `lines` and `count`. CR, LF and CR LF end a line. A control character is an error. The
 * bytes are valid UTF-8 and not blank (text_check). */
bool lines_split(struct lines *lines, const char *bytes, size_t len) MUST_CHECK;

/* FAILURE_DATA "name:line:column: text" at a line; past the last one, at the last one. */
bool lines_fail(const struct lines *lines, size_t at, const char *format, ...) FORMAT(3, 4);

/* Whether there is a line `at` that equals `label`, ignoring case. */
bool lines_match(const struct lines *lines, size_t at, const char *label);

/* The lines from `first` (included) to `end` (excluded), joined by spaces; "" if there is none. */
const char *lines_join(const struct lines *lines, size_t first, size_t end);

/* The beginning of a line, for a message. */
const char *lines_shown(const struct lines *lines, size_t at);

#endif
