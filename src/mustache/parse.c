/*
 * Parses text into nodes: tags, their nesting, and the effect on the white space around a tag that
 * stands alone on its line.
 */
#include <string.h>

#include "mustache/scan.h"

/* A tag whose body has not been closed yet. */
struct open_tag {
    uint32_t node;
    struct span name;
    uint32_t offset;
    struct span lead; /* white space before it on its line */
    bool clean;       /* only `lead` is before it on its line */
};

struct template_parser {
    struct arena *arena;
    struct unit *unit;
    struct failure *why;
    const char *text;
    struct scanner scanner;
    size_t at; /* the text before it is parsed */
    struct open_tag stack[MUSTACHE_NEST_MAX];
    size_t depth;
    size_t blocks; /* blocks and arguments among them */
    bool full;     /* there would be more nodes than MUSTACHE_NODES_MAX */
    struct template_node spill;
};

static struct template_node *parser_add(struct template_parser *p, enum template_node_kind kind,
                                        size_t offset)
{
    struct unit *unit = p->unit;
    if (unit->count == MUSTACHE_NODES_MAX) {
        p->full = true;
        p->spill = (struct template_node){0};
        return &p->spill;
    }
    if (unit->count == unit->size) {
        uint32_t size = unit->size == 0 ? 32 : unit->size * 2;
        struct template_node *nodes = arena_array(p->arena, size, sizeof *nodes);
        if (unit->count > 0) {
            memcpy(nodes, unit->nodes, unit->count * sizeof *nodes);
        }
        unit->nodes = nodes;
        unit->size = size;
    }
    struct template_node *node = &unit->nodes[unit->count++];
    *node = (struct template_node){.kind = kind, .offset = (uint32_t)offset, .end = unit->count};
    return node;
}

static enum template_node_kind parser_inside(const struct template_parser *p)
{
    return p->depth == 0 ? NODE_NOTHING : p->unit->nodes[p->stack[p->depth - 1].node].kind;
}

/* Inside blocks each line is a node of its own, so that its indentation can be removed. Text
 * directly inside a parent is ignored. */
static void parse_text(struct template_parser *p, size_t from, size_t to)
{
    if (parser_inside(p) == NODE_PARENT) {
        return;
    }
    while (from < to) {
        size_t len = to - from;
        if (p->blocks > 0) {
            const char *end = memchr(p->text + from, '\n', len);
            len = end == NULL ? len : (size_t)(end + 1 - (p->text + from));
        }
        struct template_node *node = parser_add(p, NODE_LITERAL, from);
        node->text = (struct span){p->text + from, len};
        node->line_start = scanner_at_line_start(&p->scanner, from);
        from += len;
    }
}

static bool tag_fail(struct template_parser *p, const struct tag *tag, const char *what)
{
    return mustache_fail(p->unit, (uint32_t)tag->start, p->why, "%s", what);
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

static bool name_check(struct template_parser *p, const struct tag *tag)
{
    struct span name = tag->name;
    const char *open = p->scanner.open;
    if (name.len == 0) {
        return tag_fail(p, tag, "a tag without a name");
    }
    if (memmem(name.text, name.len, open, strlen(open)) != NULL) {
        return mustache_fail(p->unit, (uint32_t)tag->start, p->why,
                             "a tag is opened with %s and not closed before the next one", open);
    }
    for (size_t i = 0; i < name.len; i++) {
        if (scan_is_space(name.text[i]) || is_control(name.text[i])) {
            return tag_fail(p, tag, "a name cannot hold white space or control characters");
        }
    }
    if (strchr("#^/>!=&{<$", name.text[0]) != NULL) {
        return mustache_fail(p->unit, (uint32_t)tag->start, p->why,
                             "a name cannot begin with \"%c\"; what makes a tag a section or a "
                             "partial stands directly behind %s",
                             name.text[0], open);
    }
    return true;
}

/* Splits a name at its dots; "." alone has no parts. */
static bool name_split(struct template_parser *p, const struct tag *tag, struct span name,
                       struct template_node *node)
{
    if (name.len == 1 && name.text[0] == '.') {
        return true;
    }
    uint32_t count = 1;
    for (size_t i = 0; i < name.len; i++) {
        count += name.text[i] == '.';
    }
    node->parts = arena_array(p->arena, count, sizeof *node->parts);
    node->part_count = count;
    const char *from = name.text;
    for (uint32_t part = 0; part < count; part++) {
        size_t left = name.len - (size_t)(from - name.text);
        const char *dot = left > 0 ? memchr(from, '.', left) : NULL;
        size_t len = dot == NULL ? left : (size_t)(dot - from);
        if (len == 0) {
            return tag_fail(p, tag, "a name with nothing before or behind a dot");
        }
        node->parts[part] = (struct span){from, len};
        from += len + 1;
    }
    return true;
}

/* White space before a tag gets a node of its own, because the tag may turn out to be
 * standalone. */
static void parse_text_before(struct template_parser *p, const struct tag *tag)
{
    parse_text(p, p->at, tag->lead);
    parse_text(p, tag->lead, tag->start);
    if (scanner_at_line_start(&p->scanner, tag->start) && parser_inside(p) != NODE_PARENT) {
        parser_add(p, NODE_INDENT, tag->start);
    }
    p->at = tag->stop;
}

/* Removes the whole line of a standalone tag; otherwise keeps the text before the tag. */
static bool parse_standalone(struct template_parser *p, const struct tag *tag)
{
    if (!tag->clean || !tag->ends) {
        parse_text_before(p, tag);
        return false;
    }
    parse_text(p, p->at, tag->lead);
    p->at = tag->after;
    return true;
}

static bool parse_variable(struct template_parser *p, const struct tag *tag)
{
    parse_text_before(p, tag);
    struct template_node *node = parser_add(p, NODE_VARIABLE, tag->start);
    node->text = tag->name;
    node->raw = tag->sigil != '\0';
    return name_split(p, tag, tag->name, node);
}

/* "*name" is a name to be looked up. White space may follow the asterisk. */
static struct span dynamic_name(struct span name, bool *dynamic)
{
    *dynamic = name.len > 0 && name.text[0] == '*';
    return *dynamic ? scan_trim(name.text + 1, name.len - 1) : name;
}

static bool name_partial(struct template_parser *p, struct tag *tag, struct template_node *node)
{
    tag->name = dynamic_name(tag->name, &node->dynamic);
    node->text = tag->name;
    return name_check(p, tag) && (!node->dynamic || name_split(p, tag, tag->name, node));
}

static bool parse_partial(struct template_parser *p, struct tag *tag)
{
    bool standalone = parse_standalone(p, tag);
    struct template_node *node = parser_add(p, NODE_PARTIAL, tag->start);
    if (standalone) {
        node->standalone = true;
        node->indent = (struct span){p->text + tag->lead, tag->start - tag->lead};
    }
    return name_partial(p, tag, node);
}

static bool parser_push(struct template_parser *p, const struct tag *tag,
                        const struct template_node *node)
{
    if (p->depth == MUSTACHE_NEST_MAX) {
        return mustache_fail(p->unit, (uint32_t)tag->start, p->why, "sections nest deeper than %d",
                             MUSTACHE_NEST_MAX);
    }
    if (p->full) {
        return true; /* the loop ends with that failure */
    }
    p->stack[p->depth++] = (struct open_tag){
        .node = (uint32_t)(node - p->unit->nodes),
        .name = node->text,
        .offset = (uint32_t)tag->start,
        .lead = {p->text + tag->lead, tag->start - tag->lead},
        .clean = tag->clean,
    };
    p->blocks += node->kind == NODE_BLOCK || node->kind == NODE_ARGUMENT;
    return true;
}

static bool parse_section(struct template_parser *p, const struct tag *tag)
{
    parse_standalone(p, tag);
    struct template_node *node =
        parser_add(p, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED, tag->start);
    node->text = tag->name;
    return name_split(p, tag, tag->name, node) && parser_push(p, tag, node);
}

static bool parse_parent(struct template_parser *p, struct tag *tag)
{
    parse_text_before(p, tag);
    struct template_node *node = parser_add(p, NODE_PARENT, tag->start);
    return name_partial(p, tag, node) && parser_push(p, tag, node);
}

/* A parent must not be given the same block twice, nor too many blocks. */
static bool argument_check(struct template_parser *p, const struct tag *tag)
{
    const struct unit *unit = p->unit;
    size_t count = 0;
    for (uint32_t i = p->stack[p->depth - 1].node + 1; i < unit->count; i = unit->nodes[i].end) {
        const struct span *other = &unit->nodes[i].text;
        if (other->len == tag->name.len && memcmp(other->text, tag->name.text, other->len) == 0) {
            return mustache_fail(unit, (uint32_t)tag->start, p->why,
                                 "block \"%.*s\" is given twice to one parent", SPAN(tag->name));
        }
        count++;
    }
    return count < MUSTACHE_ARGUMENTS_MAX ||
           mustache_fail(unit, (uint32_t)tag->start, p->why, "a parent takes at most %d blocks",
                         MUSTACHE_ARGUMENTS_MAX);
}

/* An override: the line end after the tag is removed, whatever is before the tag. */
static bool parse_argument(struct template_parser *p, const struct tag *tag)
{
    if (!argument_check(p, tag)) {
        return false;
    }
    struct template_node *node = parser_add(p, NODE_ARGUMENT, tag->start);
    node->text = tag->name;
    node->standalone = tag->ends;
    bool pushed = parser_push(p, tag, node);
    p->at = tag->after;
    if (!tag->ends) {
        parser_add(p, NODE_INDENT, tag->stop);
    }
    return pushed;
}

static bool parse_block(struct template_parser *p, const struct tag *tag)
{
    if (parser_inside(p) == NODE_PARENT) {
        return parse_argument(p, tag);
    }
    bool standalone = parse_standalone(p, tag);
    struct template_node *node = parser_add(p, NODE_BLOCK, tag->start);
    node->text = tag->name;
    node->standalone = standalone;
    bool pushed = parser_push(p, tag, node);
    if (!standalone) {
        parser_add(p, NODE_NOTHING, tag->stop); /* becomes INDENT if alone on its lines */
    }
    return pushed;
}

static void close_argument(struct template_parser *p, const struct tag *tag,
                           const struct open_tag *open)
{
    struct unit *unit = p->unit;
    bool own_line = tag->clean && tag->lead >= p->at;
    parse_text(p, p->at, own_line ? tag->lead : tag->start);
    p->at = tag->stop;
    bool inline_start = !unit->nodes[open->node].standalone;
    if (inline_start && unit->count == open->node + 2) {
        unit->count--; /* an empty argument has no line to indent */
    }
    mustache_dedent(unit, open->node, open->clean ? open->lead : (struct span){"", 0},
                    inline_start);
}

static void close_block(struct template_parser *p, const struct tag *tag,
                        const struct open_tag *open)
{
    struct unit *unit = p->unit;
    parse_standalone(p, tag);
    if (unit->nodes[open->node].standalone) {
        mustache_dedent(unit, open->node, open->lead, false);
        return;
    }
    if (open->clean && tag->ends && mustache_dedent(unit, open->node, open->lead, true)) {
        /* It is alone on its lines: the white space before it now indents whatever replaces it. */
        unit->nodes[open->node - 1].kind = NODE_NOTHING;
        unit->nodes[open->node + 1].kind =
            unit->count == open->node + 2 ? NODE_NOTHING : NODE_INDENT;
        unit->nodes[open->node].standalone = true;
    }
}

static void close_parent(struct template_parser *p, const struct tag *tag,
                         const struct open_tag *open)
{
    p->at = tag->stop;
    if (open->clean && tag->ends) {
        p->at = tag->after;
        p->unit->nodes[open->node - 1].kind = NODE_NOTHING;
        p->unit->nodes[open->node].standalone = true;
        p->unit->nodes[open->node].indent = open->lead;
    }
}

/* Errors about closing tags name both places. */
static bool close_matches(struct template_parser *p, struct tag *tag)
{
    if (p->depth == 0) {
        return mustache_fail(p->unit, (uint32_t)tag->start, p->why,
                             "\"%.*s\" is closed here and was not opened", SPAN(tag->name));
    }
    const struct open_tag *open = &p->stack[p->depth - 1];
    const struct template_node *node = &p->unit->nodes[open->node];
    bool dynamic = false;
    struct span name = dynamic_name(tag->name, &dynamic);
    if (!node->dynamic) {
        dynamic = false;
        name = tag->name;
    }
    if (dynamic == node->dynamic && name.len == open->name.len &&
        memcmp(name.text, open->name.text, name.len) == 0) {
        return true;
    }
    int line, column;
    mustache_place(p->unit, open->offset, &line, &column);
    return mustache_fail(p->unit, (uint32_t)tag->start, p->why,
                         "\"%.*s\" is closed here, but \"%.*s\", opened at line %d, column %d, "
                         "is still open",
                         SPAN(tag->name), SPAN(open->name), line, column);
}

static bool parse_close(struct template_parser *p, struct tag *tag)
{
    if (!close_matches(p, tag)) {
        return false;
    }
    struct open_tag open = p->stack[p->depth - 1];
    enum template_node_kind kind = p->unit->nodes[open.node].kind;
    if (kind == NODE_ARGUMENT) {
        close_argument(p, tag, &open);
    } else if (kind == NODE_BLOCK) {
        close_block(p, tag, &open);
    } else if (kind == NODE_PARENT) {
        close_parent(p, tag, &open);
    } else {
        parse_standalone(p, tag);
    }
    p->depth--;
    p->blocks -= kind == NODE_ARGUMENT || kind == NODE_BLOCK;
    p->unit->nodes[open.node].end = p->unit->count;
    return true;
}

static bool parse_tag(struct template_parser *p, struct tag *tag)
{
    if (tag->sigil == '!') {
        parse_standalone(p, tag);
        return true;
    }
    if (tag->sigil == '=') {
        parse_standalone(p, tag);
        return scanner_set_delimiters(&p->scanner, tag);
    }
    if (parser_inside(p) == NODE_PARENT && tag->sigil != '$' && tag->sigil != '/') {
        return tag_fail(p, tag, "directly inside a parent only blocks are allowed");
    }
    if (tag->sigil == '>') {
        return parse_partial(p, tag);
    }
    if (tag->sigil == '<') {
        return parse_parent(p, tag);
    }
    if (tag->sigil == '/') {
        return parse_close(p, tag);
    }
    if (!name_check(p, tag)) {
        return false;
    }
    switch (tag->sigil) {
    case '#':
    case '^':
        return parse_section(p, tag);
    case '$':
        return parse_block(p, tag);
    default:
        return parse_variable(p, tag);
    }
}

static bool parse_end(struct template_parser *p)
{
    if (p->depth > 0) {
        const struct open_tag *open = &p->stack[p->depth - 1];
        int line, column;
        mustache_place(p->unit, (uint32_t)p->scanner.len, &line, &column);
        return mustache_fail(p->unit, open->offset, p->why,
                             "\"%.*s\" is opened here and not closed before the end, line %d",
                             SPAN(open->name), line);
    }
    parse_text(p, p->at, p->scanner.len);
    p->at = p->scanner.len;
    return true;
}

bool mustache_parse(struct arena *arena, struct unit *unit, struct failure *why)
{
    struct template_parser *p = arena_alloc(arena, sizeof *p);
    *p = (struct template_parser){.arena = arena, .unit = unit, .why = why};
    if (!scanner_init(&p->scanner, unit, why)) {
        return false;
    }
    p->text = unit->text.text;
    for (;;) {
        struct tag tag = {0};
        bool found;
        if (!scanner_next(&p->scanner, p->at, &tag, &found)) {
            return false;
        }
        if (!(found ? parse_tag(p, &tag) : parse_end(p))) {
            return false;
        }
        if (p->full) {
            return mustache_fail(unit, (uint32_t)tag.start, why,
                                 "a template may have at most %d pieces", MUSTACHE_NODES_MAX);
        }
        if (!found) {
            return true;
        }
    }
}
