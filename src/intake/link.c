#include "intake/link.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "intake/text.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { LINK_SHOWN = 60, PORT_MAX = 65535, LABEL_MAX = 63, HOST_MAX = 253 };

static bool has_only(const char *text, size_t len, const char *letters)
{
    return strspn(text, letters) >= len;
}

static bool is_address(int family, const char *text, size_t len)
{
    unsigned char address[sizeof(struct in6_addr)];
    char copy[INET6_ADDRSTRLEN];
    if (len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
    return inet_pton(family, copy, address) == 1;
}

/* A host name, an IPv4 address or, in brackets, an IPv6 address. A name must not consist of digits
 * and dots only. */
static bool is_host(const char *host, size_t len)
{
    if (len > 0 && host[0] == '[') {
        return len > 2 && host[len - 1] == ']' && is_address(AF_INET6, host + 1, len - 2);
    }
    if (has_only(host, len, "0123456789.")) {
        return is_address(AF_INET, host, len);
    }
    len -= len > 0 && host[len - 1] == '.'; /* the dot of the root */
    size_t label = 0;
    for (size_t i = 0; i < len; i++) {
        label = host[i] == '.' ? 0 : label + 1;
        if (label > LABEL_MAX || (label == 0 && (i == 0 || host[i - 1] == '.'))) {
            return false;
        }
    }
    return label > 0 && len <= HOST_MAX && has_only(host, len, ALNUM "-._");
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

/* What is wrong with "host:port"; NULL if nothing is. */
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

/* RFC 3986, 2.1. */
static bool has_loose_percent(const char *text)
{
    for (; (text = strchr(text, '%')) != NULL; text++) {
        if (!isxdigit((unsigned char)text[1]) || !isxdigit((unsigned char)text[2])) {
            return true;
        }
    }
    return false;
}

/* `from` follows the host. Brackets and a second "#" are common there but not allowed by the
 * syntax. */
static const char *encode(struct arena *arena, const char *text, size_t from)
{
    struct buf link;
    const char *mark = strchr(text, '#');
    buf_init(&link, 3 * strlen(text) + 1);
    for (const char *c = text; *c != '\0'; c++) {
        bool loose = c >= text + from && (*c == '[' || *c == ']' || (*c == '#' && c != mark));
        if ((unsigned char)*c >= 0x80 || loose) {
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
    const char *behind = authority + strcspn(authority, "/?#");
    const char *complaint = complaint_of(authority, (size_t)(behind - authority));
    if (complaint == NULL && has_loose_percent(behind)) {
        complaint = "has a % that no two hexadecimal digits follow; write %25 for the sign itself";
    }
    *link = encode(arena, text, (size_t)(behind - text));
    return complaint == NULL
               ? NULL
               : arena_format(arena, "\"%s\" %s", text_excerpt(arena, text, LINK_SHOWN), complaint);
}
