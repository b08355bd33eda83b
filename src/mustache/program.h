/*
 * The compiled form of a template, which parse.c makes and evaluate.c walks. Private to
 * mustache/.
 *
 * A unit is one template or partial. Its nodes are a flat array in the order of the text; a node
 * with a body (section, parent, block, argument) is followed by its body, and `end` is the index
 * after that. Names are split at their dots, literals point into the text.
 */
#ifndef MUSTACHE_PROGRAM_H
#define MUSTACHE_PROGRAM_H

#include <stdarg.h>

#include "base/utf8.h"
#include "mustache/mustache.h"

enum {
    MUSTACHE_TEXT_MAX = 16 * 1024 * 1024, /* bytes of one template */
    MUSTACHE_NODES_MAX = 400000,          /* of one template */
    MUSTACHE_NEST_MAX = 100,              /* nesting of sections, parents and blocks */
    MUSTACHE_ARGUMENTS_MAX = 200,         /* blocks given to one parent */
    MUSTACHE_UNITS_MAX = 1000,            /* templates and partials together */
    MUSTACHE_CALLS_MAX = 64,              /* nesting of partials while rendering */
    MUSTACHE_DEPTH_MAX = 400,             /* nesting of bodies and partials together */
    MUSTACHE_STEPS_MAX = 10000000,        /* nodes visited and names compared in one rendering */
    MUSTACHE_NAME_MAX = 255,              /* bytes of a partial's name */
    MUSTACHE_OUTPUT_MAX = 16 * 1024 * 1024,
};

enum template_node_kind {
    NODE_LITERAL,
    NODE_INDENT,  /* a line of the template starts here with a tag */
    NODE_NOTHING, /* left where white space turned out to precede a standalone tag */
    NODE_VARIABLE,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
    NODE_PARENT,
    NODE_BLOCK,    /* a place that may be overridden; its body is the default */
    NODE_ARGUMENT, /* a block directly inside a parent: an override */
};

struct span {
    const char *text;
    size_t len;
};

/* For "%.*s" in messages: a name, cut to a readable length. */
#define SPAN(span) (int)utf8_cut((span).text, (span).len, 80), (span).text

struct unit;

struct template_node {
    enum template_node_kind kind;
    bool line_start;    /* LITERAL: the text begins a line of the template */
    bool raw;           /* VARIABLE: {{{name}}} or {{&name}} */
    bool dynamic;       /* PARTIAL, PARENT: {{>*name}} */
    bool standalone;    /* PARTIAL, PARENT, BLOCK: alone on its lines, and `indent` applies */
    uint32_t offset;    /* of the tag or literal in the unit's text */
    uint32_t end;       /* index after the body; the next index if there is none */
    struct span text;   /* LITERAL: the bytes; else the name as written */
    struct span *parts; /* the name split at its dots; none for "." */
    uint32_t part_count;
    struct span indent;  /* white space before each line of what replaces the tag */
    struct unit *target; /* PARTIAL, PARENT with a fixed name */
};

struct unit {
    const char *name; /* as in the tag; NULL for the template itself */
    const char *path; /* its name in errors */
    struct span text;
    bool missing; /* there is no partial of that name */
    bool broken;  /* could not be loaded or compiled; loaded again when it is next needed */
    struct template_node *nodes;
    uint32_t count, size;
    const struct unit *from; /* the first tag that named it, for errors while compiling */
    uint32_t from_offset;
    struct unit *next;
    struct unit *queued; /* of mustache_check_overrides() */
    uint32_t mark;
};

struct mustache {
    struct arena *arena;
    struct mustache_options options;
    struct unit *first, *last; /* the template, then partials in the order of first use */
    size_t unit_count;
    struct unit *linked;  /* the last one whose partials have been loaded */
    struct unit *checked; /* the last one whose overrides have been checked */
    uint32_t marks;       /* handed out so far */
    size_t check_steps;   /* nodes visited while checking; it stops at MUSTACHE_STEPS_MAX */
};

/* Fills `unit` from its text. The failure begins with path, line and column. */
bool mustache_parse(struct arena *arena, struct unit *unit, struct failure *why) MUST_CHECK;

/* Called when a block or argument has been closed: removes the indentation that all lines of the
 * body share. `index` is the node's. `own` is the white space before the opening tag, and
 * `inline_start` means that the body begins on the tag's line. False, with nothing changed, if
 * lines of an inline body are indented less than `own`. */
bool mustache_dedent(struct unit *unit, uint32_t index, struct span own, bool inline_start);

/* The unit of that partial, loaded and compiled at first use; `missing` may be set. `from` and
 * `offset` are the place of the tag that names it. */
bool mustache_unit_get(struct mustache *template, struct span name, const struct unit *from,
                       uint32_t offset, struct unit **unit, struct failure *why) MUST_CHECK;

/* Strict mode: fails if an override of the unit has no block to override, as far as that can be
 * known. */
bool mustache_check_overrides(struct mustache *template, const struct unit *unit,
                              struct failure *why) MUST_CHECK;

/* Line and column (in bytes), both from 1. */
void mustache_place(const struct unit *unit, uint32_t offset, int *line, int *column);

/* fail() with "path:line:column: " in front and `way` at the end. */
bool mustache_fail_on_way(const struct unit *unit, uint32_t offset, struct failure *why,
                          const char *way, const char *format, va_list args) FORMAT(5, 0);

/* The same with the partials through which the unit was first included. */
bool mustache_fail(const struct unit *unit, uint32_t offset, struct failure *why,
                   const char *format, ...) FORMAT(4, 5);

#endif
