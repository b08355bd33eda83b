/*
 * Mustache templates (the six mandatory modules of the public specification, inheritance and
 * dynamic names), compiled once and rendered many times; and their partial evaluation into a
 * residual program.
 *
 * Written for this program, because no C library for it is packaged. Pure: the caller's loader
 * supplies templates and partials. Nesting, recursion of partials, steps and output are limited
 * (program.h). verdicts-templates(5) describes the language to authors.
 *
 * Null, false, "" and an empty list are false in a section; 0 and an empty object are true.
 * Failures are FAILURE_DATA, or the loader's: "path:line:column: what; in partial NAME, included at
 * path:line:column". Lines and columns (in bytes) count from 1.
 */
#ifndef MUSTACHE_MUSTACHE_H
#define MUSTACHE_MUSTACHE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/residual.h"
#include "base/value.h"

struct mustache;

/* Loads the text of the partial `name`; *text is NULL if there is none. `path` is its name in
 * errors. Text and path are in `arena`. Names with "..", empty components, a leading "/" or control
 * characters are refused before. */
typedef bool (*mustache_load)(void *context, struct arena *arena, const char *name,
                              const char **text, size_t *len, const char **path,
                              struct failure *why);

enum mustache_escape { MUSTACHE_HTML, MUSTACHE_PLAIN }; /* what {{x}} does; {{{x}}} never escapes */

struct mustache_options {
    enum mustache_escape escape;
    bool strict;        /* a name, partial or block that does not exist is an error */
    size_t output_max;  /* bytes; 0: 16 MiB */
    mustache_load load; /* NULL: there are no partials */
    void *load_context;
};

/* Compiles a template and the partials that it names; partials named by data are compiled at first
 * use. `arena` holds the result and is used while rendering; `text` may be freed afterwards.
 * Strict: a name that is not in the data is an error, also in a section or inverted section, where
 * a typo would silently drop text; null, false and empty values express absence, and a member of
 * null or false is null. */
bool mustache_compile(struct arena *arena, const char *path, const char *text, size_t len,
                      const struct mustache_options *options, struct mustache **template,
                      struct failure *why) MUST_CHECK;

/* Renders with all values known: appends to `out`, within its limit, or leaves it unchanged. `data`
 * NULL: no data. */
bool mustache_render(struct mustache *template, const struct value *data, struct buf *out,
                     struct failure *why) MUST_CHECK;

/* Renders all that does not depend on the reader. `reader.FIELD` (base/residual.h) becomes a hole,
 * a section on it an IF or UNLESS; `{{#reader}}` alone, an unknown field, and reader fields where
 * the value must be known (dynamic names) are errors with line and column. `residual` is
 * initialised; after a failure it can only be freed. `data` has no member "reader" of its own. */
bool mustache_specialise(struct mustache *template, const struct value *data,
                         struct residual *residual, struct failure *why) MUST_CHECK;

#endif
