#include "check/check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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

bool check_is_hidden(struct arena *arena, const struct node *node)
{
    for (const struct node *n = node; n != NULL; n = n->parent) {
        const char *style = n->kind == NODE_ELEMENT ? node_attribute(n, "style") : NULL;
        const char *display =
            style != NULL ? css_value(css_declarations(arena, style), "display") : NULL;
        if (node_is(n, "head") || node_is(n, "style") || node_is(n, "script") ||
            (display != NULL && strcasecmp(display, "none") == 0)) {
            return true;
        }
    }
    return false;
}

char *check_host(struct arena *arena, const char *url)
{
    size_t scheme = strncasecmp(url, "https://", 8) == 0  ? 8
                    : strncasecmp(url, "http://", 7) == 0 ? 7
                                                          : 0;
    if (scheme == 0) {
        return NULL;
    }
    size_t len = strcspn(url + scheme, "/?#");
    const char *host = url + scheme;
    const char *at = memrchr(host, '@', len);
    if (at != NULL) {
        len -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    char *copy = arena_copy_bytes(arena, host, len);
    for (char *c = copy; *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    }
    char *colon = strrchr(copy, ':');
    if (colon != NULL && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
        *colon = '\0';
    }
    return copy;
}

static bool value_has(const struct value *value, const char *text)
{
    if (value == NULL) {
        return false;
    }
    if (value->kind == VALUE_TEXT) {
        return strstr(value->text, text) != NULL;
    }
    for (const struct value *v = value->first; v != NULL; v = v->next) {
        if (value_has(v, text)) {
            return true;
        }
    }
    return false;
}

bool check_from_data(const struct checking *checking, const char *text)
{
    return value_has(checking->input->variables, text);
}

static void read_styles(struct checking *checking)
{
    checking->sheet = (struct css_sheet){0};
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (node_is(n, "style") && n->first != NULL) {
            css_read(checking->arena, n->first->text, &checking->sheet);
        }
    }
}

static void check_copy(struct checking *checking, const struct check_copy *copy)
{
    checking->copy = copy;
    checking->document = document_parse(checking->arena, copy->html, copy->html_len);
    read_styles(checking);
    rules_size(checking);
    rules_plaintext(checking);
    rules_placeholder(checking);
    rules_link(checking);
    rules_image(checking);
    rules_color(checking);
    rules_table(checking);
    rules_structure(checking);
    rules_support(checking);
    rules_footer(checking);
    rules_message(checking);
}

/* Errors first; within a level the order in which they were found. */
static void sort_findings(struct checking *checking, struct check_report *report)
{
    struct check_finding *lists[CHECK_ERROR + 1] = {0}, **ends[CHECK_ERROR + 1];
    for (int level = CHECK_INFO; level <= CHECK_ERROR; level++) {
        ends[level] = &lists[level];
    }
    for (struct check_finding *f = checking->findings; f != NULL; f = f->next) {
        enum check_level level = f->rule->level;
        *ends[level] = f;
        ends[level] = &f->next;
        report->counts[level]++;
    }
    *ends[CHECK_INFO] = NULL;
    *ends[CHECK_WARNING] = lists[CHECK_INFO];
    *ends[CHECK_ERROR] = lists[CHECK_WARNING];
    report->findings = lists[CHECK_ERROR];
}

void check_run(struct arena *arena, const struct check_input *input, struct check_report *report)
{
    struct checking *checking = arena_alloc(arena, sizeof *checking);
    *report = (struct check_report){0};
    checking->arena = arena;
    checking->input = input;
    checking->end = &checking->findings;
    rules_issue(checking);
    for (size_t i = 0; i < input->copy_count; i++) {
        check_copy(checking, &input->copies[i]);
    }
    sort_findings(checking, report);
}

void check_print(struct buf *out, const struct check_report *report)
{
    for (const struct check_finding *f = report->findings; f != NULL; f = f->next) {
        buf_add_text(out, f->part);
        if (f->line > 0) {
            buf_addf(out, ":%d:%d", f->line, f->column);
        }
        buf_addf(out, ": %s: %s (%s)\n", check_level_name(f->rule->level), f->message,
                 f->rule->name);
    }
}

static struct value *finding_to_value(struct arena *arena, const struct check_finding *finding)
{
    struct value *object = value_object(arena);
    value_set_text(arena, object, "rule", finding->rule->name);
    value_set_text(arena, object, "level", check_level_name(finding->rule->level));
    value_set_text(arena, object, "part", finding->part);
    value_set_text(arena, object, "copy", finding->copy);
    value_set_int(arena, object, "line", finding->line);
    value_set_int(arena, object, "column", finding->column);
    value_set_text(arena, object, "message", finding->message);
    value_set_text(arena, object, "sentence", finding->rule->sentence);
    value_set_text(arena, object, "why", finding->rule->why);
    value_set_text(arena, object, "source", finding->rule->source);
    return object;
}

struct value *check_to_value(struct arena *arena, const struct check_report *report)
{
    struct value *object = value_object(arena);
    struct value *list = value_list(arena);
    value_set_int(arena, object, "errors", (int64_t)report->counts[CHECK_ERROR]);
    value_set_int(arena, object, "warnings", (int64_t)report->counts[CHECK_WARNING]);
    value_set_int(arena, object, "infos", (int64_t)report->counts[CHECK_INFO]);
    for (const struct check_finding *f = report->findings; f != NULL; f = f->next) {
        value_add(list, finding_to_value(arena, f));
    }
    value_set(arena, object, "findings", list);
    return object;
}
