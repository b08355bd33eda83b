#include "intake/link.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "intake/text.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { LINK_SHOWN = 60, PORT_MAX = 65535 };

static bool has_only(const char *text, size_t len, const char *letters)
{
    return strspn(text, letters) >= len;
}

/* A name, an IPv4 address or, in brackets, an IPv6 address. */
static bool is_host(const char *host, size_t len)
{
    if (len > 0 && host[0] == '[') {
        return len > 3 && host[len - 1] == ']' &&
               has_only(host + 1, len - 2, "0123456789abcdefABCDEF:.");
    }
    return len > 0 && host[0] != '.' && has_only(host, len, ALNUM "-._");
}

static bool is_port(const char *digits, size_t len)
{
    unsigned port = 0;
    for (size_t i = 0; i < len && len <= 5; i++) {
        port = port * 10 + (unsigned)(digits[i] - '0');
    }
    return len > 0 && len <= 5 && has_only(digits, len, "0123456789") && port >= 1 &&
           port <= PORT_MAX;
}

static bool has_beyond_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80) {
            return true;
        }
    }
    return false;
}

/* Of "host:port"; NULL where it fits. */
static const char *complaint_of(const char *authority, size_t len)
{
    if (has_beyond_ascii(authority, len)) {
        return "has letters beyond ASCII in its domain; write that in its xn-- form";
    }
    if (memchr(authority, '@', len) != NULL) {
        return "has a user or password in it, which all readers would get; take it out";
    }
    const char *bracket = authority[0] == '[' ? memchr(authority, ']', len) : NULL;
    bool open = authority[0] == '[' && bracket == NULL;
    size_t from = bracket != NULL ? (size_t)(bracket - authority) : 0;
    const char *colon = open ? NULL : memchr(authority + from, ':', len - from);
    size_t host = colon != NULL ? (size_t)(colon - authority) : len;
    if (colon != NULL && !is_port(colon + 1, len - host - 1)) {
        return "has no possible port behind its host; write one from 1 to 65535, or none";
    }
    return is_host(authority, host) ? NULL
                                    : "is no web address; write it as https://example.org/path";
}

static const char *encode(struct arena *arena, const char *text)
{
    struct buf link;
    buf_init(&link, 3 * strlen(text) + 1);
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c >= 0x80) {
            buf_addf(&link, "%%%02X", (unsigned)(unsigned char)*c);
        } else {
            buf_add_char(&link, *c);
        }
    }
    const char *copy = arena_copy(arena, link.data);
    buf_free(&link);
    return copy;
}

const char *link_read(struct arena *arena, const char *text, const char **link)
{
    const char *mark = strstr(text, "://");
    const char *authority = mark != NULL ? mark + strlen("://") : text;
    const char *complaint = complaint_of(authority, strcspn(authority, "/?#"));
    *link = has_beyond_ascii(text, strlen(text)) ? encode(arena, text) : text;
    return complaint == NULL
               ? NULL
               : arena_format(arena, "\"%s\" %s", text_excerpt(arena, text, LINK_SHOWN), complaint);
}
