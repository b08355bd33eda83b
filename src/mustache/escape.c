#include "mustache/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void escape_html(struct buf *out, const char *text, size_t len)
{
    size_t done = 0;
    for (size_t i = 0; i < len; i++) {
        const char *entity = html_entity(text[i]);
        if (entity != NULL) {
            buf_add(out, text + done, i - done);
            buf_add_text(out, entity);
            done = i + 1;
        }
    }
    buf_add(out, text + done, len - done);
}

void escape_xml_forbidden(struct buf *out, const char *xml, size_t len)
{
    size_t done = 0;
    for (size_t at = 0, bytes; at < len; at += bytes) {
        uint32_t point;
        bytes = utf8_decode(xml + at, len - at, &point);
        if (!utf8_in_xml(point)) {
            buf_add(out, xml + done, at - done);
            buf_add_text(out, "\xEF\xBF\xBD");
            done = at + bytes;
        }
    }
    buf_add(out, xml + done, len - done);
}

/* RFC 3986 section 2.3, independent of the locale. */
static bool url_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void escape_url_part(struct buf *out, const char *text, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (url_unreserved(c)) {
            buf_add_char(out, text[i]);
        } else {
            const char code[3] = {'%', hex[c >> 4], hex[c & 15]};
            buf_add(out, code, sizeof code);
        }
    }
}
