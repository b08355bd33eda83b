#include "check/check.h"

#include "check/rules.h"

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
    struct node *document = document_parse(checking->arena, copy->html, copy->html_len);
    css_read_style(checking->arena, document);
    checking->document = document;
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
    rules_data(checking);
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
