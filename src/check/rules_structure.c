/* Rules on what a screen reader reads: tables, headings, language, wrapper; and on the conditional
 * comments that only Outlook interprets. */
#include <string.h>
#include <strings.h>

#include "check/rules.h"

static bool is_presentation(const struct node *table)
{
    const char *role = node_attribute(table, "role");
    return role != NULL && (strcmp(role, "presentation") == 0 || strcmp(role, "none") == 0);
}

/* The first th, caption or scope of the table itself, not of a nested one. */
static const struct node *find_header(const struct node *table)
{
    const struct node *end = node_after(table);
    for (const struct node *n = table->follow; n != NULL && n != end; n = n->follow) {
        bool header = node_is(n, "th") || node_is(n, "caption") ||
                      (n->kind == NODE_ELEMENT && node_attribute(n, "scope") != NULL);
        if (header && node_within(n, "table") == table) {
            return n;
        }
    }
    return NULL;
}

static void inspect_table(struct checking *checking, const struct node *table)
{
    static const char *const spacing[] = {"border", "cellpadding", "cellspacing"};
    const struct node *header = find_header(table);
    if (!is_presentation(table)) {
        if (header == NULL) {
            check_note_node(checking, RULE_TABLE_ROLE, table,
                            "a table has neither role=\"presentation\" nor a th");
        }
        return;
    }
    if (header != NULL) {
        check_note_node(checking, RULE_TABLE_HEADERS, header,
                        "a table for layout has a %s, as if it were data", header->tag);
    }
    for (size_t i = 0; i < sizeof spacing / sizeof spacing[0]; i++) {
        const char *value = node_attribute(table, spacing[i]);
        if (value == NULL || strcmp(value, "0") != 0) {
            check_note_node(checking, RULE_TABLE_SPACING, table,
                            "a table for layout lacks %s=\"0\"", spacing[i]);
        }
    }
}

void rules_table(struct checking *checking)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (node_is(n, "table")) {
            inspect_table(checking, n);
        } else if (node_is(n, "th") && node_attribute(n, "scope") == NULL) {
            check_note_node(checking, RULE_TABLE_SCOPE, n, "the header \"%s\" has no scope",
                            check_quote(checking->arena, node_text(checking->arena, n)));
        }
    }
}

static int heading_level(const struct node *node)
{
    bool heading = node->kind == NODE_ELEMENT && node->tag[0] == 'h' && node->tag[1] >= '1' &&
                   node->tag[1] <= '6' && node->tag[2] == '\0';
    return heading ? node->tag[1] - '0' : 0;
}

static void inspect_headings(struct checking *checking)
{
    int tops = 0, last = 0;
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        int level = heading_level(n);
        if (level == 0) {
            continue;
        }
        tops += level == 1 ? 1 : 0;
        if (level == 1 && tops == 2) {
            check_note_node(checking, RULE_HEADING_ONE, n, "there is a second h1: %s",
                            check_quote(checking->arena, node_text(checking->arena, n)));
        }
        if (level > last + 1) {
            check_note_node(checking, RULE_HEADING_SKIPPED, n, "h%d follows %s%.1d: %s", level,
                            last == 0 ? "no heading" : "h", last,
                            check_quote(checking->arena, node_text(checking->arena, n)));
        }
        last = level;
    }
    if (tops == 0) {
        check_note(checking, RULE_HEADING_ONE, "html", 0, 0, "there is no h1");
    }
}

static bool is_filled(const struct node *node, const char *name)
{
    const char *value = node_attribute(node, name);
    return value != NULL && value[strspn(value, " \t\n")] != '\0';
}

static const struct node *find_wrapper(const struct checking *checking)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        const char *role = n->kind == NODE_ELEMENT ? node_attribute(n, "role") : NULL;
        if (role != NULL && strcmp(role, "article") == 0) {
            return n;
        }
    }
    return NULL;
}

static bool is_inside(const struct node *node, const struct node *around)
{
    while (node != NULL && node != around) {
        node = node->parent;
    }
    return node != NULL;
}

static void inspect_wrapper(struct checking *checking)
{
    const struct node *wrapper = find_wrapper(checking);
    if (wrapper == NULL || !is_filled(wrapper, "aria-label") || !is_filled(wrapper, "lang") ||
        !is_filled(wrapper, "dir")) {
        check_note(checking, RULE_DOCUMENT_WRAPPER, "html", wrapper != NULL ? wrapper->line : 0,
                   wrapper != NULL ? wrapper->column : 0,
                   wrapper == NULL ? "there is no element with role=article around the text"
                                   : "the wrapper lacks aria-label, lang or dir");
        return;
    }
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (n->kind == NODE_TEXT && !is_inside(n, wrapper) &&
            document_fold(checking->arena, n->text)[0] != '\0' && !check_is_hidden(n)) {
            check_note_node(checking, RULE_DOCUMENT_WRAPPER, n, "text outside the wrapper: %s",
                            check_quote(checking->arena, n->text));
        }
    }
}

static void inspect_head(struct checking *checking)
{
    const struct node *html = checking->document, *title = NULL;
    for (const struct node *n = html; n != NULL; n = n->follow) {
        title = node_is(n, "title") && title == NULL ? n : title;
    }
    if (!is_filled(html, "lang") || !is_filled(html, "dir")) {
        check_note_node(checking, RULE_DOCUMENT_LANGUAGE, html, "html lacks %s",
                        is_filled(html, "lang") ? "dir" : "lang");
    }
    if (title == NULL || node_text(checking->arena, title)[0] == '\0') {
        check_note(checking, RULE_DOCUMENT_TITLE, "html", 0, 0, "the document has no title");
    }
}

static void inspect_preheader(struct checking *checking)
{
    const char *own = checking->copy->preheader;
    const char *wanted =
        document_fold(checking->arena, own != NULL ? own : checking->input->preheader);
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (n->kind != NODE_TEXT || node_within(n, "body") == NULL) {
            continue;
        }
        const char *text = document_fold(checking->arena, n->text);
        if (text[0] == '\0') {
            continue;
        }
        if (strncmp(text, wanted, strlen(wanted)) != 0 || !check_is_hidden(n)) {
            check_note_node(checking, RULE_PREHEADER_PLACE, n,
                            "the body begins with %s in place of a hidden preheader",
                            check_quote(checking->arena, text));
        }
        return;
    }
}

/* How many elements of a tag a conditional comment opens, less those it closes. To a parser a
 * comment is not HTML, so its tags are counted by name. */
static int balance(const char *text, const char *tag)
{
    int open = 0;
    size_t len = strlen(tag);
    for (const char *c = strchr(text, '<'); c != NULL; c = strchr(c + 1, '<')) {
        const char *name = c[1] == '/' ? c + 2 : c + 1;
        char end = strncasecmp(name, tag, len) == 0 ? name[len] : 'x';
        if (end == '>' || end == ' ' || end == '\n' || end == '\t' || end == '/') {
            open += c[1] == '/' ? -1 : 1;
        }
    }
    return open;
}

static bool ends_with(const char *text, const char *ending)
{
    size_t len = strlen(text), tail = strlen(ending);
    return len >= tail && strcmp(text + len - tail, ending) == 0;
}

static const char *const counted[] = {"table", "tr", "td"};
enum { COUNTED = sizeof counted / sizeof counted[0] };

/* Checks one comment; `*revealed` is an open "<!--[if !mso]><!-->". */
static void inspect_comment(struct checking *checking, const struct node *comment,
                            const struct node **revealed, int sums[COUNTED])
{
    const char *text = comment->text;
    if (strncasecmp(text, "[if", 3) == 0 && ends_with(text, "]><!")) {
        *revealed = comment;
    } else if (strncasecmp(text, "[if", 3) == 0) {
        if (!ends_with(text, "<![endif]")) {
            check_note_node(checking, RULE_MSO_BALANCE, comment,
                            "a conditional comment does not end in <![endif]");
        }
        for (size_t i = 0; i < COUNTED; i++) {
            sums[i] += balance(text, counted[i]);
        }
    } else if (strcmp(text, "<![endif]") == 0) {
        if (*revealed == NULL) {
            check_note_node(checking, RULE_MSO_BALANCE, comment, "<![endif] without its [if]");
        }
        *revealed = NULL;
    }
}

static void inspect_comments(struct checking *checking)
{
    int sums[COUNTED] = {0};
    const struct node *revealed = NULL, *last = NULL;
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (n->kind == NODE_COMMENT) {
            inspect_comment(checking, n, &revealed, sums);
            last = strncasecmp(n->text, "[if", 3) == 0 ? n : last;
        }
    }
    if (revealed != NULL) {
        check_note_node(checking, RULE_MSO_BALANCE, revealed, "[if] without its <![endif]");
    }
    for (size_t i = 0; i < COUNTED; i++) {
        if (sums[i] != 0) {
            check_note_node(checking, RULE_MSO_BALANCE, last,
                            "conditional comments open %d %s more than they close", sums[i],
                            counted[i]);
        }
    }
}

void rules_structure(struct checking *checking)
{
    inspect_head(checking);
    inspect_preheader(checking);
    inspect_headings(checking);
    inspect_wrapper(checking);
    inspect_comments(checking);
}
