/* Rules on what mail clients drop: elements, attributes, styles, classes, fonts. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "check/rules.h"

enum { HEAD_CSS_MAX = 8 * 1024 };

/* Removed by all clients, or a sign of an attack. */
static const char *const banned[] = {"script", "iframe",   "frame", "frameset", "object",
                                     "embed",  "applet",   "form",  "input",    "button",
                                     "select", "textarea", "base",  "link",     "portal"};

/* Not supported by one of Gmail, Outlook, Apple Mail and Yahoo. */
static const char *const unsupported[] = {
    "svg",    "picture", "source", "video", "audio", "canvas",   "details", "summary",
    "dialog", "marquee", "math",   "map",   "area",  "template", "meter",   "progress"};

/* A property, and the part of its value that is not supported; NULL: any value. */
static const struct {
    const char *property, *value, *where;
} weak[] = {
    {"position", NULL, "Gmail and Outlook"},
    {"float", NULL, "Outlook"},
    {"display", "flex", "Outlook and old Gmail"},
    {"display", "grid", "Outlook and Gmail"},
    {"flex", NULL, "Outlook"},
    {"grid-template-columns", NULL, "Outlook and Gmail"},
    {"gap", NULL, "Outlook and Gmail"},
    {"transform", NULL, "Gmail and Outlook"},
    {"animation", NULL, "Gmail and Outlook"},
    {"transition", NULL, "Outlook"},
    {"filter", NULL, "Gmail and Outlook"},
    {"object-fit", NULL, "Outlook and Yahoo"},
    {"background-image", NULL, "Outlook"},
    {"clip-path", NULL, "Gmail and Outlook"},
    {"box-shadow", NULL, "Outlook and Gmail"},
    {"text-shadow", NULL, "Outlook"},
    {"aspect-ratio", NULL, "Outlook and Yahoo"},
    {"margin", "-", "Outlook and Gmail, where negative"},
    {NULL, "var(", "Gmail and Outlook"},
    {NULL, "calc(", "Outlook"},
    {NULL, "clamp(", "Gmail and Outlook"},
    {NULL, "url(", "Outlook"},
    {NULL, "vw", "Outlook"},
    {NULL, "rem", "Outlook"},
};

static bool is_among(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_meta_refresh(const struct node *node)
{
    const char *equiv = node_is(node, "meta") ? node_attribute(node, "http-equiv") : NULL;
    return equiv != NULL && strcasecmp(equiv, "refresh") == 0;
}

static void inspect_element(struct checking *checking, const struct node *node)
{
    if (is_among(node->tag, banned, sizeof banned / sizeof banned[0]) || is_meta_refresh(node)) {
        check_note_node(checking, RULE_TAG_BANNED, node, "mail clients remove %s", node->tag);
    } else if (is_among(node->tag, unsupported, sizeof unsupported / sizeof unsupported[0])) {
        check_note_node(checking, RULE_TAG_SUPPORT, node, "not every client shows %s", node->tag);
    }
    for (const struct attribute *a = node->attributes; a != NULL; a = a->next) {
        if (strncmp(a->name, "on", 2) == 0 && strlen(a->name) > 2) {
            check_note_node(checking, RULE_ATTRIBUTE_BANNED, node, "%s carries a script in %s",
                            node->tag, a->name);
        }
    }
}

/* Whether the value contains the unit or word by itself: "vw" in "50vw", not in a longer name. */
static bool value_has(const char *value, const char *what)
{
    size_t len = strlen(what);
    bool unit = isalpha((unsigned char)what[len - 1]) != 0;
    if (strcmp(what, "-") == 0) {
        return value[0] == '-' || strstr(value, " -") != NULL;
    }
    for (const char *at = strcasestr(value, what); at != NULL; at = strcasestr(at + 1, what)) {
        bool number = at > value && isdigit((unsigned char)at[-1]) != 0;
        bool alone = !isalpha((unsigned char)at[len]) && at[len] != '-';
        if (!unit || (alone && (number || at == value))) {
            return true;
        }
    }
    return false;
}

static const char *weakness(const struct declaration *declaration)
{
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        if ((weak[i].property == NULL || strcmp(weak[i].property, declaration->property) == 0) &&
            (weak[i].value == NULL || value_has(declaration->value, weak[i].value))) {
            return weak[i].where;
        }
    }
    /* Gmail drops the block for rgb() with spaces in place of commas. */
    const char *rgb = strcasestr(declaration->value, "rgb");
    const char *end = rgb != NULL ? strchr(rgb, ')') : NULL;
    return end != NULL && memchr(rgb, ',', (size_t)(end - rgb)) == NULL
               ? "Gmail, which wants commas in rgb()"
               : NULL;
}

static void inspect_style(struct checking *checking, const struct node *node,
                          const struct declaration *declarations)
{
    for (const struct declaration *d = declarations; d != NULL; d = d->next) {
        const char *where = weakness(d);
        if (where != NULL) {
            check_note_node(checking, RULE_CSS_SUPPORT, node, "%s: %s is not known to %s",
                            d->property, d->value, where);
        }
    }
}

/* Checks each style element; the size limit is for all together. */
static void inspect_sheets(struct checking *checking)
{
    size_t size = 0;
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (!node_is(n, "style") || n->first == NULL) {
            continue;
        }
        struct css_sheet sheet = {0};
        bool width = false, dark = false;
        css_read(checking->arena, n->first->text, &sheet);
        size += strlen(n->first->text);
        for (const struct css_rule *r = sheet.rules; r != NULL; r = r->next) {
            inspect_style(checking, n, r->declarations);
            width = width || strstr(r->media, "width") != NULL;
            dark = dark || css_is_dark(r->media) || strstr(r->selector, "data-ogs") != NULL;
        }
        if (sheet.nested || sheet.at_rule != NULL) {
            check_note_node(checking, RULE_CSS_NESTED, n, "%s in a style element",
                            sheet.nested ? "an at-rule inside another" : sheet.at_rule);
        }
        if (width && dark) {
            check_note_node(checking, RULE_CSS_MIXED, n,
                            "one style element has rules for width and for dark mode");
        }
    }
    if (size > HEAD_CSS_MAX) {
        check_note(checking, RULE_CSS_HEAD_SIZE, "html", 0, 0,
                   "the style elements have %zu bytes together, more than %d", size, HEAD_CSS_MAX);
    }
}

static bool any_has_class(const struct checking *checking, const char *name)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        const char *list = n->kind == NODE_ELEMENT ? node_attribute(n, "class") : NULL;
        if (list != NULL && document_has_word(list, name)) {
            return true;
        }
    }
    return false;
}

static void inspect_rule_class(void *context, const char *name)
{
    struct checking *checking = context;
    if (!any_has_class(checking, name)) {
        check_note(checking, RULE_CLASS_UNUSED, "html", 0, 0, "nothing has the class %s", name);
    }
}

struct wanted_class {
    const char *name;
    bool found;
};

static void compare_class(void *context, const char *name)
{
    struct wanted_class *wanted = context;
    wanted->found = wanted->found || strcmp(wanted->name, name) == 0;
}

static bool sheet_has_class(const struct checking *checking, const char *name)
{
    struct wanted_class wanted = {name, false};
    for (const struct css_rule *r = checking->sheet.rules; r != NULL && !wanted.found;
         r = r->next) {
        css_classes(checking->arena, r->selector, compare_class, &wanted);
    }
    return wanted.found;
}

static void inspect_classes(struct checking *checking, const struct node *node)
{
    const char *c = node_attribute(node, "class");
    while (c != NULL && *c != '\0') {
        size_t len = strcspn(c, " \t\n\r\f");
        const char *name = arena_copy_bytes(checking->arena, c, len);
        if (len > 0 && !sheet_has_class(checking, name)) {
            check_note_node(checking, RULE_CLASS_UNKNOWN, node, "no rule names the class %s", name);
        }
        c += len;
        c += strspn(c, " \t\n\r\f");
    }
}

/* Whether the cell has text of its own, besides that of nested tables. */
static bool cell_has_text(struct checking *checking, const struct node *cell)
{
    const struct node *end = node_after(cell);
    for (const struct node *n = cell->follow; n != NULL && n != end; n = n->follow) {
        const struct node *data = node_within(n, "td"), *head = node_within(n, "th");
        bool own = data == cell || head == cell;
        bool inner = node_within(n, "table") != node_within(cell, "table");
        if (n->kind == NODE_TEXT && own && !inner &&
            document_fold(checking->arena, n->text)[0] != '\0') {
            return true;
        }
    }
    return false;
}

static void inspect_font(struct checking *checking, const struct node *cell)
{
    bool font = css_value(cell->style, "font") != NULL;
    bool family = font || css_value(cell->style, "font-family") != NULL;
    bool size = font || css_value(cell->style, "font-size") != NULL;
    if ((!family || !size) && cell_has_text(checking, cell)) {
        check_note_node(checking, RULE_FONT_MISSING, cell, "a cell with text lacks %s: %s",
                        family ? "font-size" : "font-family",
                        check_quote(checking->arena, node_text(checking->arena, cell)));
    }
}

void rules_support(struct checking *checking)
{
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (n->kind != NODE_ELEMENT) {
            continue;
        }
        inspect_element(checking, n);
        inspect_classes(checking, n);
        inspect_style(checking, n, n->style);
        if (node_is(n, "td") || node_is(n, "th")) {
            inspect_font(checking, n);
        }
    }
    inspect_sheets(checking);
    for (const struct css_rule *r = checking->sheet.rules; r != NULL; r = r->next) {
        css_classes(checking->arena, r->selector, inspect_rule_class, checking);
    }
}
