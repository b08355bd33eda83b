/*
 * The state of one rendering: the stack of contexts, the overrides in effect, the chain of
 * partials, and where the output goes. Private to mustache/.
 *
 * The same walk renders and specializes: with a residual program as output, the reader's fields
 * become holes; without one, they are looked up like any other name.
 */
#ifndef MUSTACHE_RUN_H
#define MUSTACHE_RUN_H

#include "mustache/program.h"

/* One level of the stack of contexts. Lives on the C stack of the section that opened it. */
struct scope {
    const struct value *value; /* NULL: none, or a field of the reader */
    enum reader_field field;   /* READER_FIELDS: none */
    const struct scope *outer;
};

/* The blocks that a parent tag passes to its parent. Lives on the C stack of the parent tag. */
struct overrides {
    const struct unit *unit;
    uint32_t first, end; /* its ARGUMENT nodes, linked by `end` */
    const struct overrides *outer;
};

/* A partial or parent being rendered. */
struct call {
    const struct unit *unit; /* the unit that is included */
    const struct unit *from; /* the unit of the tag */
    uint32_t offset;
    const struct call *outer;
};

struct evaluation {
    struct mustache *template;
    struct failure *why;
    struct buf *out;           /* or NULL */
    struct residual *residual; /* or NULL */
    size_t output_max;         /* bytes */
    size_t room;               /* how many bytes are left */
    struct buf scratch;        /* a value while it is being escaped */
    struct buf indent;         /* what precedes each line, from `indent_from` on */
    size_t indent_from;
    const struct scope *scope;
    const struct overrides *overrides;
    const struct call *call;
    size_t calls, depth, steps;
};

enum found_kind { FOUND_NOTHING, FOUND_VALUE, FOUND_READER };

struct found {
    enum found_kind kind;
    const struct value *value;
    enum reader_field field;
};

/* Looks the node's name up in the stack of contexts. In strict mode a name that is not there is a
 * failure; a name below null or false counts as null. */
bool mustache_look_up(struct evaluation *run, const struct unit *unit,
                      const struct template_node *node, struct found *found) MUST_CHECK;

/* mustache_fail() with the chain of partials at the end. */
bool mustache_run_fail(struct evaluation *run, const struct unit *unit,
                       const struct template_node *node, const char *format, ...) FORMAT(4, 5);

/* Renders the template with `data` as the outermost context. `run` has its template, failure,
 * output and `output_max` set; everything else is zero. */
bool mustache_run(struct evaluation *run, const struct value *data) MUST_CHECK;

/* Renders the body of the node at `index`, with `scope` on top of the stack unless NULL. */
bool mustache_run_body(struct evaluation *run, const struct unit *unit, uint32_t index,
                       struct scope *scope) MUST_CHECK;

#endif
