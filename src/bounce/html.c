#include "bounce/html.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"

static const struct {
    const char *name;
    unsigned point;
} entities[] = {
    {"amp", '&'},     {"lt", '<'},        {"gt", '>'},      {"quot", '"'},    {"apos", '\''},
    {"nbsp", ' '},    {"auml", 0xe4},     {"ouml", 0xf6},   {"uuml", 0xfc},   {"Auml", 0xc4},
    {"Ouml", 0xd6},   {"Uuml", 0xdc},     {"szlig", 0xdf},  {"eacute", 0xe9}, {"egrave", 0xe8},
    {"ecirc", 0xea},  {"euml", 0xeb},     {"agrave", 0xe0}, {"aacute", 0xe1}, {"acirc", 0xe2},
    {"atilde", 0xe3}, {"aring", 0xe5},    {"aelig", 0xe6},  {"ccedil", 0xe7}, {"igrave", 0xec},
    {"iacute", 0xed}, {"icirc", 0xee},    {"iuml", 0xef},   {"ntilde", 0xf1}, {"ograve", 0xf2},
    {"oacute", 0xf3}, {"ocirc", 0xf4},    {"otilde", 0xf5}, {"oslash", 0xf8}, {"ugrave", 0xf9},
    {"uacute", 0xfa}, {"ucirc", 0xfb},    {"Eacute", 0xc9}, {"Agrave", 0xc0}, {"Aacute", 0xc1},
    {"rsquo", '\''},  {"lsquo", '\''},    {"ldquo", '"'},   {"rdquo", '"'},   {"ndash", '-'},
    {"mdash", '-'},   {"hellip", 0x2026}, {"copy", 0xa9},   {"laquo", 0xab},  {"raquo", 0xbb},
};

static const char *const blocks[] = {"br", "p",  "div", "tr", "li", "h1",  "h2",   "h3",    "h4",
                                     "ul", "ol", "hr",  "dt", "dd", "pre", "body", "table", NULL};
static const char *const silent[] = {"style", "script", "head", "title", NULL};

static bool is_name(const char *tag, size_t len, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strlen(names[i]) == len && strncasecmp(tag, names[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* The number of "&#228;" or "&#xe4;" (without "&#"); 0 if it is not one. */
static unsigned number_entity(const char *text, size_t len)
{
    unsigned base = len > 0 && (text[0] == 'x' || text[0] == 'X') ? 16 : 10, number = 0;
    for (size_t i = base == 16; i < len; i++) {
        int digit = tolower((unsigned char)text[i]);
        digit = isdigit(digit) ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : 99;
        if ((unsigned)digit >= base || number > 0x10ffff) {
            return 0;
        }
        number = number * base + (unsigned)digit;
    }
    bool scalar = number < 0xd800 || (number > 0xdfff && number <= 0x10ffff);
    return scalar ? number : 0;
}

/* Appends the character of "&…;" at `text`; returns how many bytes of it were read. */
static size_t add_entity(const char *text, size_t len, struct buf *out)
{
    size_t end = 1;
    while (end < len && end < 12 && text[end] != ';') {
        end++;
    }
    unsigned point = 0;
    if (end < len && text[end] == ';') {
        for (size_t i = 0; point == 0 && i < sizeof entities / sizeof entities[0]; i++) {
            bool same = strlen(entities[i].name) == end - 1 &&
                        strncmp(entities[i].name, text + 1, end - 1) == 0;
            point = same ? entities[i].point : 0;
        }
        if (point == 0 && text[1] == '#') {
            point = number_entity(text + 2, end - 2);
        }
    }
    if (point == 0) {
        buf_add_char(out, '&');
        return 1;
    }
    char bytes[4];
    buf_add(out, bytes, utf8_encode(point, bytes));
    return end + 1;
}

/* The place after the closing tag of `name`, or the end. */
static size_t skip_element(const char *html, size_t at, size_t len, const char *name, size_t size)
{
    while (at + 2 + size <= len) {
        const char *close = memmem(html + at, len - at, "</", 2);
        if (close == NULL) {
            return len;
        }
        at = (size_t)(close - html) + 2;
        if (at + size <= len && strncasecmp(html + at, name, size) == 0) {
            return at;
        }
    }
    return len;
}

/* Reads the tag or comment at `at`; returns where it ends. */
static size_t read_tag(const char *html, size_t at, size_t len, struct buf *out)
{
    if (len - at >= 4 && memcmp(html + at, "<!--", 4) == 0) {
        const char *end = memmem(html + at, len - at, "-->", 3);
        return end == NULL ? len : (size_t)(end - html) + 3;
    }
    size_t name = at + 1;
    bool closing = name < len && html[name] == '/';
    name += closing;
    size_t name_len = 0;
    while (name + name_len < len && isalnum((unsigned char)html[name + name_len])) {
        name_len++;
    }
    const char *end = memchr(html + at, '>', len - at);
    size_t after = end == NULL ? len : (size_t)(end - html) + 1;
    if (is_name(html + name, name_len, blocks)) {
        buf_add_char(out, '\n');
    } else if (name_len == 2 && strncasecmp(html + name, "td", 2) == 0) {
        buf_add_char(out, ' ');
    } else if (!closing && is_name(html + name, name_len, silent)) {
        return skip_element(html, after, len, html + name, name_len);
    }
    return after;
}

/* An address in angle brackets that was not escaped is not a tag. */
static bool is_tag(const char *html, size_t at, size_t len)
{
    if (at + 1 >= len || strchr("!/?", html[at + 1]) != NULL) {
        return at + 1 < len;
    }
    if (!isalpha((unsigned char)html[at + 1])) {
        return false;
    }
    size_t window = len - at < 300 ? len - at : 300;
    const char *end = memchr(html + at, '>', window);
    const char *sign = memchr(html + at, '@', window);
    const char *quote = memchr(html + at, '=', window);
    return end == NULL || sign == NULL || sign > end || (quote != NULL && quote < sign);
}

const char *html_text(struct arena *arena, const char *html, size_t len, size_t *out_len)
{
    struct buf out;
    buf_init(&out, len + 16);
    for (size_t at = 0; at < len;) {
        if (html[at] == '<' && is_tag(html, at, len)) {
            at = read_tag(html, at, len, &out);
        } else if (html[at] == '&') {
            at += add_entity(html + at, len - at, &out);
        } else {
            /* In HTML, line ends are spaces, but reports put whole replies into <pre>. */
            buf_add_char(&out, html[at]);
            at++;
        }
    }
    *out_len = out.len;
    const char *text = arena_copy_bytes(arena, out.data, out.len);
    buf_free(&out);
    return text;
}
