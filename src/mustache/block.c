/*
 * Indentation of blocks: removed where a block is defined and added where it is used, so that the
 * file of an override may use its own indentation.
 */
#include <string.h>

#include "mustache/program.h"

static size_t blank_prefix(struct span text)
{
    size_t len = 0;
    while (len < text.len && (text.text[len] == ' ' || text.text[len] == '\t')) {
        len++;
    }
    return len;
}

/* White space up to a line end: such a line does not count for the indentation. */
static bool is_blank_line(struct span text)
{
    size_t len = blank_prefix(text);
    return len < text.len && (text.text[len] == '\n' || text.text[len] == '\r');
}

/* The white space at the start of the line that this node begins. False if it does not begin a
 * line. */
static bool node_indent(const struct template_node *node, struct span *indent)
{
    switch (node->kind) {
    case NODE_LITERAL:
        *indent = (struct span){node->text.text, blank_prefix(node->text)};
        return node->line_start && !is_blank_line(node->text);
    case NODE_INDENT:
        *indent = (struct span){"", 0};
        return true;
    case NODE_PARTIAL:
    case NODE_PARENT:
    case NODE_BLOCK:
        *indent = node->indent;
        return node->standalone;
    default:
        return false;
    }
}

/* Skips the bodies of blocks that have been dedented already, whose lines follow the block's
 * `indent`, and the arguments of parents. */
static uint32_t next_in_lines(const struct unit *unit, uint32_t index)
{
    const struct template_node *node = &unit->nodes[index];
    bool whole = node->kind == NODE_PARENT || (node->kind == NODE_BLOCK && node->standalone);
    return whole ? node->end : index + 1;
}

static size_t common_prefix(struct span a, struct span b)
{
    size_t len = 0;
    while (len < a.len && len < b.len && a.text[len] == b.text[len]) {
        len++;
    }
    return len;
}

/* The indentation that all lines of the body share; `own` where there are none. */
static struct span body_indent(const struct unit *unit, uint32_t first, struct span own)
{
    struct span common = own;
    bool any = false;
    for (uint32_t i = first; i < unit->count; i = next_in_lines(unit, i)) {
        struct span indent;
        if (node_indent(&unit->nodes[i], &indent)) {
            common = any ? (struct span){common.text, common_prefix(common, indent)} : indent;
            any = true;
        }
    }
    return common;
}

static void node_dedent(struct template_node *node, struct span indent)
{
    if (node->kind == NODE_LITERAL && node->line_start) {
        size_t len = common_prefix(node->text, indent);
        node->text.text += len;
        node->text.len -= len;
    } else if (node->standalone) {
        size_t len = common_prefix(node->indent, indent);
        node->indent.text += len;
        node->indent.len -= len;
    }
}

bool mustache_dedent(struct unit *unit, uint32_t index, struct span own, bool inline_start)
{
    /* The first node of an inline body only reserves room for indentation before it. */
    uint32_t first = index + 1 + (inline_start && unit->count > index + 1 ? 1 : 0);
    struct span indent = body_indent(unit, first, own);
    if (inline_start) {
        if (common_prefix(indent, own) < own.len) {
            return false;
        }
        indent = own;
    }
    for (uint32_t i = first; i < unit->count; i = next_in_lines(unit, i)) {
        node_dedent(&unit->nodes[i], indent);
    }
    unit->nodes[index].indent = indent;
    return true;
}
