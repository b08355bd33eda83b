/*
 * Walks over the nodes of a template and renders them. Bodies and partials recurse in C, to a fixed
 * depth; the stacks of contexts, overrides and calls are linked through those C frames.
 */
#include <string.h>

#include "mustache/escape.h"
#include "mustache/run.h"

static bool run_nodes(struct evaluation *run, const struct unit *unit, uint32_t first,
                      uint32_t end);

static bool put(struct evaluation *run, const struct unit *unit, const struct template_node *node,
                const char *bytes, size_t len)
{
    if (len > run->room) {
        return mustache_run_fail(run, unit, node, "the output grows past %zu bytes",
                                 run->output_max);
    }
    run->room -= len;
    if (run->residual != NULL) {
        residual_add_literal(run->residual, bytes, len);
    } else {
        buf_add(run->out, bytes, len);
    }
    return true;
}

static bool put_indent(struct evaluation *run, const struct unit *unit,
                       const struct template_node *node)
{
    return put(run, unit, node, run->indent.data + run->indent_from,
               run->indent.len - run->indent_from);
}

/* Adds the current indentation to each line that is not empty; to the first only if it begins a
 * line in its template. */
static bool put_lines(struct evaluation *run, const struct unit *unit,
                      const struct template_node *node)
{
    const char *at = node->text.text, *end = at + node->text.len;
    for (bool starts = node->line_start; at < end; starts = true) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *next = newline == NULL ? end : newline + 1;
        bool empty = *at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n');
        if ((starts && !empty && !put_indent(run, unit, node)) ||
            !put(run, unit, node, at, (size_t)(next - at))) {
            return false;
        }
        at = next;
    }
    return true;
}

static bool run_literal(struct evaluation *run, const struct unit *unit,
                        const struct template_node *node)
{
    if (run->indent.len > run->indent_from) {
        return put_lines(run, unit, node);
    }
    return put(run, unit, node, node->text.text, node->text.len);
}

/* Text and numbers as they are written; null as nothing. */
static bool put_value(struct evaluation *run, const struct unit *unit,
                      const struct template_node *node, const struct value *value)
{
    struct span text = {value->text, value->len};
    if (value->kind == VALUE_TRUE || value->kind == VALUE_FALSE) {
        text = value->kind == VALUE_TRUE ? (struct span){"true", 4} : (struct span){"false", 5};
    } else if (value->kind == VALUE_LIST || value->kind == VALUE_OBJECT) {
        return !run->template->options.strict ||
               mustache_run_fail(run, unit, node, "\"%.*s\" is %s, which has no text of its own",
                                 SPAN(node->text),
                                 value->kind == VALUE_LIST ? "a list" : "an object");
    } else if (value->kind == VALUE_NULL) {
        return true;
    }
    if (node->raw || run->template->options.escape == MUSTACHE_PLAIN) {
        return put(run, unit, node, text.text, text.len);
    }
    buf_reset(&run->scratch);
    escape_html(&run->scratch, text.text, text.len);
    size_t len = buf_ok(&run->scratch) ? run->scratch.len : run->room + 1;
    return put(run, unit, node, run->scratch.data, len);
}

static bool run_variable(struct evaluation *run, const struct unit *unit,
                         const struct template_node *node)
{
    struct found found;
    if (!mustache_look_up(run, unit, node, &found)) {
        return false;
    }
    if (found.kind == FOUND_READER) {
        bool html = !node->raw && run->template->options.escape == MUSTACHE_HTML;
        residual_add_hole(run->residual, found.field, html ? RESIDUAL_HTML : RESIDUAL_PLAIN);
        return true;
    }
    return found.kind == FOUND_NOTHING || put_value(run, unit, node, found.value);
}

bool mustache_run_body(struct evaluation *run, const struct unit *unit, uint32_t index,
                       struct scope *scope)
{
    const struct scope *outer = run->scope;
    if (scope != NULL) {
        scope->outer = outer;
        run->scope = scope;
    }
    bool ok = run_nodes(run, unit, index + 1, unit->nodes[index].end);
    run->scope = outer;
    return ok;
}

static bool run_list(struct evaluation *run, const struct unit *unit, uint32_t index,
                     const struct value *list)
{
    for (const struct value *element = list->first; element != NULL; element = element->next) {
        struct scope scope = {.value = element, .field = READER_FIELDS};
        if (!mustache_run_body(run, unit, index, &scope)) {
            return false;
        }
    }
    return true;
}

/* A section on a field of the reader: its body inside an IF or UNLESS. */
static bool reader_section(struct evaluation *run, const struct unit *unit, uint32_t index,
                           enum reader_field field)
{
    struct residual *residual = run->residual;
    const struct template_node *node = &unit->nodes[index];
    bool wanted = node->kind == NODE_SECTION;
    if (residual->depth == sizeof residual->open / sizeof residual->open[0]) {
        return mustache_run_fail(run, unit, node, "sections on the reader nest more than %zu deep",
                                 residual->depth);
    }
    struct scope scope = {.field = field};
    residual_begin_if(residual, field, wanted);
    bool ok = mustache_run_body(run, unit, index, wanted ? &scope : NULL);
    residual_end_if(residual);
    return ok;
}

/* Null, false, an empty text and an empty list are false. 0 is true, as every number. */
static bool is_true(const struct found *found)
{
    if (found->kind != FOUND_VALUE) {
        return false;
    }
    switch (found->value->kind) {
    case VALUE_NULL:
    case VALUE_FALSE:
        return false;
    case VALUE_TEXT:
        return found->value->len > 0;
    case VALUE_LIST:
        return found->value->count > 0;
    default:
        return true;
    }
}

static bool run_section(struct evaluation *run, const struct unit *unit, uint32_t index)
{
    const struct template_node *node = &unit->nodes[index];
    struct found found;
    if (!mustache_look_up(run, unit, node, &found)) {
        return false;
    }
    if (found.kind == FOUND_READER) {
        return reader_section(run, unit, index, found.field);
    }
    if (is_true(&found) != (node->kind == NODE_SECTION)) {
        return true;
    }
    if (node->kind == NODE_INVERTED || found.value->kind == VALUE_TRUE) {
        return mustache_run_body(run, unit, index, NULL);
    }
    if (found.value->kind == VALUE_LIST) {
        return run_list(run, unit, index, found.value);
    }
    struct scope scope = {.value = found.value, .field = READER_FIELDS};
    return mustache_run_body(run, unit, index, &scope);
}

/* The unit that a dynamic name refers to now. NULL: none, and nothing is included. */
static bool find_dynamic(struct evaluation *run, const struct unit *unit,
                         const struct template_node *node, struct unit **target)
{
    struct found found;
    *target = NULL;
    if (!mustache_look_up(run, unit, node, &found)) {
        return false;
    }
    if (found.kind == FOUND_READER) {
        return mustache_run_fail(run, unit, node,
                                 "which partial to take must be known before the reader is");
    }
    if (!is_true(&found)) {
        return true;
    }
    if (found.value->kind != VALUE_TEXT && found.value->kind != VALUE_NUMBER) {
        return mustache_run_fail(run, unit, node, "\"%.*s\" is not a text that can name a partial",
                                 SPAN(node->text));
    }
    struct span name = {found.value->text, found.value->len};
    if (!mustache_unit_get(run->template, name, unit, node->offset, target, run->why)) {
        return false;
    }
    if ((*target)->missing && run->template->options.strict) {
        return mustache_run_fail(run, unit, node, "there is no partial \"%s\"", (*target)->name);
    }
    return true;
}

/* Renders a whole unit in place of its tag. If the tag is in the middle of a line, the unit's lines
 * get no indentation. */
static bool run_call(struct evaluation *run, const struct unit *unit,
                     const struct template_node *node, const struct unit *target)
{
    if (run->calls == MUSTACHE_CALLS_MAX) {
        return mustache_run_fail(run, unit, node, "partials nest more than %d deep",
                                 MUSTACHE_CALLS_MAX);
    }
    struct call call = {.unit = target, .from = unit, .offset = node->offset, .outer = run->call};
    size_t indent_len = run->indent.len, indent_from = run->indent_from;
    buf_add(&run->indent, node->indent.text, node->indent.len);
    run->indent_from = node->standalone ? indent_from : run->indent.len;
    run->call = &call;
    run->calls++;
    bool ok = run_nodes(run, target, 0, target->count);
    run->calls--;
    run->call = call.outer;
    run->indent_from = indent_from;
    buf_truncate(&run->indent, indent_len);
    return ok;
}

static bool run_partial(struct evaluation *run, const struct unit *unit, uint32_t index)
{
    const struct template_node *node = &unit->nodes[index];
    struct unit *target = node->target;
    if (node->dynamic && !find_dynamic(run, unit, node, &target)) {
        return false;
    }
    if (target == NULL || target->missing) {
        return true;
    }
    if (node->kind == NODE_PARTIAL) {
        return run_call(run, unit, node, target);
    }
    struct overrides overrides = {
        .unit = unit, .first = index + 1, .end = node->end, .outer = run->overrides};
    run->overrides = &overrides;
    bool ok = run_call(run, unit, node, target);
    run->overrides = overrides.outer;
    return ok;
}

/* The outermost override takes precedence. */
static const struct overrides *find_override(struct evaluation *run, struct span name,
                                             uint32_t *index)
{
    const struct overrides *found = NULL;
    for (const struct overrides *over = run->overrides; over != NULL; over = over->outer) {
        const struct template_node *nodes = over->unit->nodes;
        for (uint32_t i = over->first; i < over->end; i = nodes[i].end, run->steps++) {
            if (nodes[i].text.len == name.len &&
                memcmp(nodes[i].text.text, name.text, name.len) == 0) {
                found = over;
                *index = i;
            }
        }
    }
    return found;
}

/* An override is rendered with the overrides that were passed to its own template, not with those
 * that the template passes on, so it cannot replace a block inside itself. */
static bool run_override(struct evaluation *run, const struct template_node *block,
                         const struct overrides *over, uint32_t argument)
{
    const struct overrides *kept = run->overrides;
    size_t indent_from = run->indent_from;
    run->overrides = over->outer;
    if (!block->standalone) {
        run->indent_from = run->indent.len;
    }
    bool ok = mustache_run_body(run, over->unit, argument, NULL);
    run->indent_from = indent_from;
    run->overrides = kept;
    return ok;
}

static bool run_block(struct evaluation *run, const struct unit *unit, uint32_t index)
{
    const struct template_node *node = &unit->nodes[index];
    size_t indent_len = run->indent.len;
    if (node->standalone) {
        buf_add(&run->indent, node->indent.text, node->indent.len);
    }
    uint32_t argument = 0;
    const struct overrides *over = find_override(run, node->text, &argument);
    bool ok = over != NULL ? run_override(run, node, over, argument)
                           : mustache_run_body(run, unit, index, NULL);
    buf_truncate(&run->indent, indent_len);
    return ok;
}

static bool run_node(struct evaluation *run, const struct unit *unit, uint32_t index)
{
    const struct template_node *node = &unit->nodes[index];
    switch (node->kind) {
    case NODE_LITERAL:
        return run_literal(run, unit, node);
    case NODE_INDENT:
        return put_indent(run, unit, node);
    case NODE_VARIABLE:
        return run_variable(run, unit, node);
    case NODE_SECTION:
    case NODE_INVERTED:
        return run_section(run, unit, index);
    case NODE_PARTIAL:
    case NODE_PARENT:
        return run_partial(run, unit, index);
    case NODE_BLOCK:
        return run_block(run, unit, index);
    case NODE_NOTHING:
    case NODE_ARGUMENT:
        break;
    }
    return true;
}

static bool run_nodes(struct evaluation *run, const struct unit *unit, uint32_t first, uint32_t end)
{
    if (first == end) {
        run->steps++;
        return true;
    }
    if (run->depth == MUSTACHE_DEPTH_MAX) {
        return mustache_run_fail(run, unit, &unit->nodes[first],
                                 "sections and partials nest more than %d deep",
                                 MUSTACHE_DEPTH_MAX);
    }
    run->depth++;
    bool ok = true;
    for (uint32_t i = first; ok && i < end; i = unit->nodes[i].end) {
        ok = run_node(run, unit, i);
        if (ok && ++run->steps > MUSTACHE_STEPS_MAX) {
            ok = mustache_run_fail(run, unit, &unit->nodes[i],
                                   "more than %d steps: does a section repeat itself?",
                                   MUSTACHE_STEPS_MAX);
        }
    }
    run->depth--;
    return ok;
}

bool mustache_run(struct evaluation *run, const struct value *data)
{
    struct scope scope = {.value = data, .field = READER_FIELDS};
    run->scope = &scope;
    run->room = run->output_max;
    buf_init(&run->scratch, run->room);
    buf_init(&run->indent, MUSTACHE_TEXT_MAX);
    const struct unit *unit = run->template->first;
    bool ok = run_nodes(run, unit, 0, unit->count);
    buf_free(&run->scratch);
    buf_free(&run->indent);
    return ok;
}
