/* Rules on colors: contrast in light and dark mode, matching attributes, notation. */
#include <string.h>
#include <strings.h>

#include "check/rules.h"

static const double contrast_min = 4.5;

/* What clients paint by default. */
enum {
    LIGHT_PAGE = 0xffffff,
    LIGHT_TEXT = 0x000000,
    LIGHT_LINK = 0x0000ee,
    DARK_PAGE = 0x121212,
    DARK_TEXT = 0xffffff,
    DARK_LINK = 0x9e9eff,
};

/* The value of a property from the style elements: the last matching rule wins. `dark` includes the
 * rules for dark mode. An important value takes precedence over the style attribute. */
static const char *sheet_value(const struct checking *checking, const struct node *node,
                               const char *property, bool dark, bool *important)
{
    const char *value = NULL;
    *important = false;
    for (const struct css_rule *r = checking->sheet.rules; r != NULL; r = r->next) {
        bool applies = r->media[0] == '\0' || (dark && css_is_dark(r->media));
        if (!applies || !css_fits(r->selector, node)) {
            continue;
        }
        for (const struct declaration *d = r->declarations; d != NULL; d = d->next) {
            if (strcmp(d->property, property) == 0 && (d->important || !*important)) {
                value = d->value;
                *important = d->important;
            }
        }
    }
    return value;
}

static const char *own_value(struct checking *checking, const struct node *node,
                             const char *property, bool dark)
{
    bool important;
    const char *sheet = sheet_value(checking, node, property, dark, &important);
    const char *own = css_value(node->style, property);
    return own != NULL && !important ? own : sheet;
}

static bool own_background(struct checking *checking, const struct node *node, bool dark,
                           unsigned *rgb)
{
    const char *value = own_value(checking, node, "background-color", dark);
    if (value == NULL) {
        value = own_value(checking, node, "background", dark);
    }
    if (value == NULL) {
        value = node_attribute(node, "bgcolor");
    }
    return value != NULL && css_color(value, rgb);
}

static unsigned background_of(struct checking *checking, const struct node *node, bool dark)
{
    unsigned rgb;
    for (const struct node *n = node; n != NULL; n = n->parent) {
        if (n->kind == NODE_ELEMENT && own_background(checking, n, dark, &rgb)) {
            return rgb;
        }
    }
    return dark ? DARK_PAGE : LIGHT_PAGE;
}

static unsigned color_of(struct checking *checking, const struct node *node, bool dark)
{
    unsigned rgb;
    for (const struct node *n = node; n != NULL; n = n->parent) {
        const char *value = n->kind == NODE_ELEMENT ? own_value(checking, n, "color", dark) : NULL;
        if (value != NULL && css_color(value, &rgb)) {
            return rgb;
        }
        if (node_is(n, "a") && node_attribute(n, "href") != NULL) {
            return dark ? DARK_LINK : LIGHT_LINK;
        }
    }
    return dark ? DARK_TEXT : LIGHT_TEXT;
}

static void inspect_contrast(struct checking *checking, const struct node *text, bool dark)
{
    unsigned color = color_of(checking, text->parent, dark);
    unsigned background = background_of(checking, text->parent, dark);
    double contrast = css_contrast(color, background);
    if (contrast < contrast_min) {
        check_note_node(checking, dark ? RULE_CONTRAST_DARK : RULE_CONTRAST_LIGHT, text->parent,
                        "#%06x on #%06x has a contrast of %.1f%s: %s", color, background, contrast,
                        dark ? " in dark mode" : "", check_quote(checking->arena, text->text));
    }
}

/* Whether the document has rules for dark mode at all. */
static bool has_dark_rules(const struct checking *checking)
{
    for (const struct css_rule *r = checking->sheet.rules; r != NULL; r = r->next) {
        if (css_is_dark(r->media)) {
            return true;
        }
    }
    return false;
}

static void inspect_form(struct checking *checking, const struct node *node, const char *value)
{
    unsigned rgb;
    if (!css_color(value, &rgb)) {
        return;
    }
    if (value[0] != '#' || strlen(value) != 7) {
        check_note_node(checking, RULE_COLOR_FORM, node, "write the colour %s as #%06x", value,
                        rgb);
    }
    if (rgb == 0 || rgb == 0xffffff) {
        check_note_node(checking, RULE_COLOR_PURE, node,
                        "#%06x is pure %s; forced dark modes turn it", rgb,
                        rgb == 0 ? "black" : "white");
    }
}

static void inspect_twin(struct checking *checking, const struct node *node)
{
    unsigned style_rgb, attribute_rgb;
    const char *attribute = node_attribute(node, "bgcolor");
    const char *style = css_value(node->style, "background-color");
    bool boxed = node_is(node, "td") || node_is(node, "th") || node_is(node, "table") ||
                 node_is(node, "tr") || node_is(node, "body");
    bool styled = style != NULL && css_color(style, &style_rgb);
    bool attributed = attribute != NULL && css_color(attribute, &attribute_rgb);
    if (boxed && styled != attributed) {
        check_note_node(checking, RULE_BGCOLOR_TWIN, node, "%s has %s but no %s", node->tag,
                        styled ? "background-color" : "bgcolor",
                        styled ? "bgcolor" : "background-color");
    } else if (boxed && styled && style_rgb != attribute_rgb) {
        check_note_node(checking, RULE_BGCOLOR_TWIN, node,
                        "%s has the background-color %s but the bgcolor %s", node->tag, style,
                        attribute);
    }
}

static void inspect_colors(struct checking *checking, const struct node *node)
{
    static const char *const attributes[] = {"bgcolor", "color", "text", "link"};
    for (const struct declaration *d = node->style; d != NULL; d = d->next) {
        if (strstr(d->property, "color") != NULL || strcmp(d->property, "background") == 0) {
            inspect_form(checking, node, d->value);
        }
    }
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        const char *value = node_attribute(node, attributes[i]);
        if (value != NULL) {
            inspect_form(checking, node, value);
        }
    }
    inspect_twin(checking, node);
}

void rules_color(struct checking *checking)
{
    bool dark = has_dark_rules(checking);
    for (const struct node *n = checking->document; n != NULL; n = n->follow) {
        if (n->kind == NODE_ELEMENT) {
            inspect_colors(checking, n);
        } else if (n->kind == NODE_TEXT && n->parent != NULL &&
                   document_fold(checking->arena, n->text)[0] != '\0' && !check_is_hidden(n)) {
            inspect_contrast(checking, n, false);
            if (dark) {
                inspect_contrast(checking, n, true);
            }
        }
    }
}
