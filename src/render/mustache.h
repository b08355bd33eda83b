/*
 * Mustache (the public specification's six mandatory modules; inheritance and dynamic names),
 * compiled once, rendered many times; and partial evaluation into a residual program.
 *
 * Own work, as no C library for it is packaged. Pure: templates and partials come from a loader
 * that the caller gives. Nesting, recursion of partials and output are bounded.
 */
#ifndef RENDER_MUSTACHE_H
#define RENDER_MUSTACHE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/residual.h"
#include "base/value.h"

struct mustache;

/* Gives the text of the partial `name`; *text NULL if there is none. `path` gets what errors call
 * it. Text and path live in `arena`. */
typedef bool (*mustache_load)(void *context, struct arena *arena, const char *name,
                              const char **text, size_t *len, const char **path,
                              struct failure *why);

enum mustache_escape { MUSTACHE_HTML, MUSTACHE_PLAIN }; /* what {{x}} does; {{{x}}} never escapes */

struct mustache_options {
    enum mustache_escape escape;
    bool strict;        /* a variable or partial that is not there is an error */
    size_t output_max;  /* bytes; 0: 16 MiB */
    mustache_load load; /* NULL: there are no partials */
    void *load_context;
};

/* Compiles a template and, on first use, its partials. Errors: "path:line:column: what". */
bool mustache_compile(struct arena *arena, const char *path, const char *text, size_t len,
                      const struct mustache_options *options, struct mustache **template,
                      struct failure *why) MUST_CHECK;

/* Renders with everything known. */
bool mustache_render(struct mustache *template, const struct value *data, struct buf *out,
                     struct failure *why) MUST_CHECK;

/* Renders what does not depend on the reader. `reader.FIELD` (base/residual.h) becomes a hole, a
 * section on it an IF or UNLESS; `{{#reader}}` alone, an unknown field, and reader fields in a
 * place that must be known (dynamic names) are errors with line and column. */
bool mustache_specialise(struct mustache *template, const struct value *data,
                         struct residual *residual, struct failure *why) MUST_CHECK;

#endif
