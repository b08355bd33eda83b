#include "base/markup.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
    NAME_MAX_BYTES = 31,          /* HTML's longest is "CounterClockwiseContourIntegral" */
    COMMENT_MAX_BYTES = 64 * 1024 /* the search for its end: a text may be all "<!--<!--" */
};

/* The length of "&amp;", "&#8217;" or "&#x2019;"; 0 for none. No named reference has one letter, so
 * "R&D;" is text. */
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
        " a abbr acronym address article aside audio b big blockquote body br button caption "
        "center cite code col colgroup dd del details "
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

size_t markup_section(const char *text)
{
    static const char mark[] = "<![CDATA[";
    return strncmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0;
}

size_t markup_tag(const char *text)
{
    if (strncmp(text, "<!--", 4) == 0) {
        const char *end = memmem(text + 4, strnlen(text + 4, COMMENT_MAX_BYTES), "-->", 3);
        return end != NULL ? (size_t)(end + 3 - text) : 0;
    }
    size_t start = text[1] == '/' ? 2 : 1;
    size_t len = 0;
    while (isalnum((unsigned char)text[start + len])) {
        len++;
    }
    if (text[0] != '<' || len == 0 || !is_element(text + start, len)) {
        return 0;
    }
    const char *end = text + 1 + strcspn(text + 1, "<>");
    const char *rest = text + start + len;
    if (*end != '>') {
        return 0;
    }
    /* Attributes need a "=": "a<b and c>d" is no tag. */
    size_t gap = strspn(rest, " /");
    bool plain = rest + gap == end;
    bool attributes = gap > 0 && memchr(rest, '=', (size_t)(end - rest)) != NULL;
    return plain || attributes ? (size_t)(end + 1 - text) : 0;
}

const char *markup_find(const char *text, size_t *len)
{
    for (const char *at = text; (at = strpbrk(at, "&<")) != NULL; at++) {
        *len = *at == '&' ? reference_length(at) : markup_section(at);
        *len = *at == '<' && *len == 0 ? markup_tag(at) : *len;
        if (*len > 0) {
            return at;
        }
    }
    return NULL;
}
