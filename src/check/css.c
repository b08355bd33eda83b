#include "check/css.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char *trimmed(struct arena *arena, const char *text, size_t len)
{
    while (len > 0 && is_space(text[0])) {
        text++;
        len--;
    }
    while (len > 0 && is_space(text[len - 1])) {
        len--;
    }
    return arena_copy_bytes(arena, text, len);
}

static void lower(char *text)
{
    for (char *c = text; *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    }
}

/* The length of a piece: up to one of `stops` outside quotes and brackets, or to the end. */
static size_t piece_length(const char *text, size_t len, const char *stops)
{
    int depth = 0;
    char quote = '\0';
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (depth == 0 && strchr(stops, c) != NULL && c != '\0') {
            return i;
        } else if (c == '(' || c == '[') {
            depth++;
        } else if ((c == ')' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return len;
}

static struct declaration *read_declaration(struct arena *arena, const char *text, size_t len)
{
    size_t colon = piece_length(text, len, ":");
    if (colon == len) {
        return NULL;
    }
    struct declaration *made = arena_alloc(arena, sizeof *made);
    char *property = trimmed(arena, text, colon);
    char *value = trimmed(arena, text + colon + 1, len - colon - 1);
    lower(property);
    char *bang = strrchr(value, '!');
    if (bang != NULL && strcasecmp(trimmed(arena, bang + 1, strlen(bang + 1)), "important") == 0) {
        made->important = true;
        value = trimmed(arena, value, (size_t)(bang - value));
    }
    made->property = property;
    made->value = value;
    return made;
}

static struct declaration *read_declarations(struct arena *arena, const char *text, size_t len)
{
    struct declaration *first = NULL, **end = &first;
    while (len > 0) {
        size_t piece = piece_length(text, len, ";");
        struct declaration *made = read_declaration(arena, text, piece);
        if (made != NULL) {
            *end = made;
            end = &made->next;
        }
        size_t step = piece < len ? piece + 1 : piece;
        text += step;
        len -= step;
    }
    return first;
}

/* The text without its comments. */
static char *without_comments(struct arena *arena, const char *text, size_t *len)
{
    char *copy = arena_alloc(arena, *len + 1);
    size_t kept = 0;
    for (size_t i = 0; i < *len;) {
        if (i + 1 < *len && text[i] == '/' && text[i + 1] == '*') {
            const char *end = memmem(text + i + 2, *len - i - 2, "*/", 2);
            i = end != NULL ? (size_t)(end - text) + 2 : *len;
        } else {
            copy[kept++] = text[i++];
        }
    }
    *len = kept;
    return copy;
}

struct declaration *css_declarations(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    const char *plain = without_comments(arena, text, &len);
    return read_declarations(arena, plain, len);
}

void css_read_style(struct arena *arena, struct node *document)
{
    for (struct node *n = document; n != NULL; n = n->follow) {
        const char *style = n->kind == NODE_ELEMENT ? node_attribute(n, "style") : NULL;
        n->style = style != NULL ? css_declarations(arena, style) : NULL;
    }
}

/* The length of a block's content; `text` begins after its opening brace. */
static size_t block_length(const char *text, size_t len)
{
    int depth = 0;
    for (size_t i = 0; i < len; i++) {
        i += piece_length(text + i, len - i, "{}");
        if (i < len && text[i] == '{') {
            depth++;
        } else if (i < len && depth-- == 0) {
            return i;
        }
    }
    return len;
}

static void add_rules(struct arena *arena, struct css_sheet *sheet, const char *media,
                      const char *selectors, const char *block, size_t len)
{
    struct declaration *declarations = read_declarations(arena, block, len);
    size_t left = strlen(selectors);
    while (left > 0) {
        size_t piece = piece_length(selectors, left, ",");
        struct css_rule *rule = arena_alloc(arena, sizeof *rule);
        *rule = (struct css_rule){.media = media,
                                  .selector = trimmed(arena, selectors, piece),
                                  .declarations = declarations};
        if (sheet->last != NULL) {
            sheet->last->next = rule;
        } else {
            sheet->rules = rule;
        }
        sheet->last = rule;
        size_t step = piece < left ? piece + 1 : piece;
        selectors += step;
        left -= step;
    }
}

/* One level of rules; `media` is the at-rule around them. Returns at the end of `text`. */
static void read_level(struct arena *arena, struct css_sheet *sheet, const char *media,
                       const char *text, size_t len)
{
    while (len > 0) {
        size_t head = piece_length(text, len, "{;");
        char *prelude = trimmed(arena, text, head);
        if (prelude[0] == '@' && strncasecmp(prelude, "@media", 6) != 0 && sheet->at_rule == NULL) {
            sheet->at_rule = prelude;
        }
        if (head == len) {
            return;
        }
        size_t step = head + 1;
        if (text[head] == '{') {
            size_t block = block_length(text + head + 1, len - head - 1);
            if (prelude[0] != '@') {
                add_rules(arena, sheet, media, prelude, text + head + 1, block);
            } else if (media[0] != '\0') {
                sheet->nested = true;
            } else {
                read_level(arena, sheet, prelude, text + head + 1, block);
            }
            step = head + 1 + block;
            step += step < len ? 1 : 0;
        }
        text += step;
        len -= step;
    }
}

void css_read(struct arena *arena, const char *text, struct css_sheet *sheet)
{
    size_t len = strlen(text);
    const char *plain = without_comments(arena, text, &len);
    read_level(arena, sheet, "", plain, len);
}

const char *css_value(const struct declaration *declarations, const char *property)
{
    const struct declaration *found = NULL;
    for (const struct declaration *d = declarations; d != NULL; d = d->next) {
        if (strcmp(d->property, property) == 0 &&
            (found == NULL || d->important || !found->important)) {
            found = d;
        }
    }
    return found != NULL ? found->value : NULL;
}

static size_t name_length(const char *text)
{
    size_t len = 0;
    while ((text[len] >= 'a' && text[len] <= 'z') || (text[len] >= 'A' && text[len] <= 'Z') ||
           (text[len] >= '0' && text[len] <= '9') || text[len] == '-' || text[len] == '_') {
        len++;
    }
    return len;
}

static bool has_class(const struct node *node, const char *name, size_t len)
{
    const char *list = node_attribute(node, "class");
    for (const char *c = list != NULL ? list : ""; *c != '\0';) {
        size_t run = strcspn(c, " \t\n\r\f");
        if (run == len && memcmp(c, name, len) == 0) {
            return true;
        }
        c += run;
        c += strspn(c, " \t\n\r\f");
    }
    return false;
}

bool css_fits(const char *selector, const struct node *node)
{
    size_t len = name_length(selector);
    if (len > 0 && !(strlen(node->tag) == len && strncasecmp(node->tag, selector, len) == 0)) {
        return false;
    }
    if (selector[0] == '*') {
        len = 1;
    }
    if (len == 0 && selector[0] != '.') {
        return false;
    }
    for (const char *c = selector + len; *c != '\0'; c += len) {
        len = *c == '.' ? name_length(c + 1) : 0;
        if (len == 0 || !has_class(node, c + 1, len)) {
            return false;
        }
        len++;
    }
    return true;
}

bool css_is_dark(const char *media)
{
    const char *scheme = strstr(media, "prefers-color-scheme");
    return scheme != NULL && strstr(scheme, "dark") != NULL;
}

void css_classes(struct arena *arena, const char *selector,
                 void (*each)(void *context, const char *name), void *context)
{
    for (const char *dot = strchr(selector, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        size_t len = name_length(dot + 1);
        if (len > 0) {
            each(context, arena_copy_bytes(arena, dot + 1, len));
        }
    }
}

static bool hex_color(const char *digits, unsigned *rgb)
{
    size_t len = strspn(digits, "0123456789abcdefABCDEF");
    if (digits[len] != '\0' || (len != 3 && len != 6)) {
        return false;
    }
    unsigned number = (unsigned)strtoul(digits, NULL, 16);
    if (len == 3) {
        unsigned r = number >> 8, g = number >> 4 & 15, b = number & 15;
        number = r * 17 << 16 | g * 17 << 8 | b * 17;
    }
    *rgb = number;
    return true;
}

static bool function_color(const char *text, unsigned *rgb)
{
    const char *open = strchr(text, '(');
    unsigned made = 0;
    if (strncasecmp(text, "rgb", 3) != 0 || open == NULL) {
        return false;
    }
    const char *at = open + 1;
    for (int i = 0; i < 3; i++) {
        char *end;
        long part = strtol(at, &end, 10);
        if (end == at || part < 0 || part > 255) {
            return false;
        }
        made = made << 8 | (unsigned)part;
        at = end + strspn(end, " ,");
    }
    *rgb = made;
    return true;
}

bool css_color(const char *text, unsigned *rgb)
{
    static const struct {
        const char *name;
        unsigned rgb;
    } names[] = {{"black", 0},          {"white", 0xffffff},  {"red", 0xff0000},
                 {"green", 0x008000},   {"blue", 0x0000ff},   {"gray", 0x808080},
                 {"grey", 0x808080},    {"silver", 0xc0c0c0}, {"maroon", 0x800000},
                 {"navy", 0x000080},    {"olive", 0x808000},  {"purple", 0x800080},
                 {"teal", 0x008080},    {"lime", 0x00ff00},   {"aqua", 0x00ffff},
                 {"fuchsia", 0xff00ff}, {"yellow", 0xffff00}, {"orange", 0xffa500}};
    if (text[0] == '#') {
        return hex_color(text + 1, rgb);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(text, names[i].name) == 0) {
            *rgb = names[i].rgb;
            return true;
        }
    }
    return function_color(text, rgb);
}

static double luminance(unsigned rgb)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double part = (rgb >> (16 - 8 * i) & 255) / 255.0;
        sum += weights[i] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double css_contrast(unsigned one, unsigned other)
{
    double a = luminance(one) + 0.05, b = luminance(other) + 0.05;
    return a > b ? a / b : b / a;
}
