#include "base/markup.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 31 /* of HTML's longest, "CounterClockwiseContourIntegral" */ };

/* "&amp;", "&#8217;", "&#x2019;": its length, 0 for none. No character has a name of one
 * letter: "R&D;" is text. */
static size_t reference_length(const char *text)
{
    bool number = text[1] == '#';
    bool hex = number && (text[2] == 'x' || text[2] == 'X');
    size_t start = hex ? 3 : number ? 2 : 1;
    size_t at = start;
    while (number ? (hex ? isxdigit((unsigned char)text[at]) : isdigit((unsigned char)text[at]))
                  : isalnum((unsigned char)text[at])) {
        at++;
    }
    size_t len = at - start;
    bool name = isalpha((unsigned char)text[start]) && len >= 2 && len <= NAME_MAX_BYTES;
    return text[at] == ';' && len > 0 && (number || name) ? at + 1 : 0;
}

static bool is_element(const char *name, size_t len)
{
    static const char elements[] =
        " a abbr article aside audio b blockquote body br button center cite code dd del details "
        "div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr "
        "html i iframe img input ins kbd label li link main mark meta nav object ol option p "
        "picture pre q s samp script section select small source span strike strong style sub "
        "summary sup svg table tbody td textarea tfoot th thead time title tr tt u ul var video "
        "wbr ";
    for (const char *at = elements; *at != '\0'; at++) {
        if (*at == ' ' && strncasecmp(at + 1, name, len) == 0 && at[1 + len] == ' ') {
            return true;
        }
    }
    return false;
}

/* "<b>", "</p>", "<br/>", "<a href=…>" and "<!-- … -->": its length, 0 for none. */
static size_t tag_length(const char *text)
{
    if (strncmp(text, "<!--", 4) == 0) {
        const char *end = strstr(text + 4, "-->");
        return end != NULL ? (size_t)(end + 3 - text) : 0;
    }
    size_t start = text[1] == '/' ? 2 : 1;
    size_t len = 0;
    while (isalnum((unsigned char)text[start + len])) {
        len++;
    }
    const char *end = strchr(text, '>');
    const char *rest = text + start + len;
    if (end == NULL || len == 0 || !is_element(text + start, len)) {
        return 0;
    }
    /* Of "a<b and c>d" no word is an attribute. */
    size_t gap = strspn(rest, " /");
    bool plain = rest + gap == end;
    bool attributes = gap > 0 && memchr(rest, '=', (size_t)(end - rest)) != NULL;
    return plain || attributes ? (size_t)(end + 1 - text) : 0;
}

const char *markup_find(const char *text, size_t *len)
{
    for (const char *at = text; (at = strpbrk(at, "&<")) != NULL; at++) {
        *len = *at == '&' ? reference_length(at) : tag_length(at);
        if (*len > 0) {
            return at;
        }
    }
    return NULL;
}
