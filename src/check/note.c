/* Records findings. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "check/rules.h"

enum { QUOTE_BYTES = 60, MESSAGE_BYTES = 400 };

const char *check_quote(struct arena *arena, const char *text)
{
    const char *line = document_fold(arena, text);
    size_t len = strlen(line);
    if (len <= QUOTE_BYTES) {
        return line;
    }
    return arena_format(arena, "%.*s…", (int)utf8_cut(line, len, QUOTE_BYTES), line);
}

static bool is_known(const struct checking *checking, const struct check_rule *rule,
                     const char *part, const char *message)
{
    for (const struct check_finding *f = checking->findings; f != NULL; f = f->next) {
        if (f->rule == rule && strcmp(f->part, part) == 0 && strcmp(f->message, message) == 0) {
            return true;
        }
    }
    return false;
}

static void note(struct checking *checking, enum rule rule, const char *part, int line, int column,
                 const char *message)
{
    const struct check_rule *row = check_rule_at(rule);
    if (checking->counts[rule] >= FINDINGS_PER_RULE || is_known(checking, row, part, message)) {
        return;
    }
    checking->counts[rule]++;
    struct check_finding *finding = arena_alloc(checking->arena, sizeof *finding);
    *finding = (struct check_finding){
        .rule = row,
        .part = part,
        .copy = checking->copy != NULL ? checking->copy->label : "",
        .line = line,
        .column = column,
        .message = message,
    };
    *checking->end = finding;
    checking->end = &finding->next;
}

FORMAT(2, 0)
static const char *format_message(struct arena *arena, const char *format, va_list arguments)
{
    struct buf text;
    char line[2048];
    vsnprintf(line, sizeof line, format, arguments);
    buf_init(&text, sizeof line);
    buf_add(&text, line, utf8_cut(line, strlen(line), MESSAGE_BYTES));
    const char *copy = document_fold(arena, text.data);
    buf_free(&text);
    return copy;
}

void check_note(struct checking *checking, enum rule rule, const char *part, int line, int column,
                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(checking, rule, part, line, column, format_message(checking->arena, format, arguments));
    va_end(arguments);
}

void check_note_node(struct checking *checking, enum rule rule, const struct node *node,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(checking, rule, "html", node->line, node->column,
         format_message(checking->arena, format, arguments));
    va_end(arguments);
}
