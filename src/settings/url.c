/* URLs in settings: enough of RFC 3986 to refuse what would fail later. */
#include <string.h>
#include <strings.h>

#include "settings/table.h"

static bool is_digits(const char *text, size_t len)
{
    return len > 0 && strspn(text, "0123456789") >= len;
}

/* Printable ASCII except characters that would end an attribute or a header's angle brackets. */
static bool check_characters(const char *text, struct failure *why)
{
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte <= 0x20 || byte >= 0x7F || strchr("\"<>\\^`|", byte) != NULL) {
            return fail(why, FAILURE_CONFIG,
                        "blanks, quotes, brackets and letters beyond ASCII cannot stand in a URL; "
                        "write them as %%XX, and a domain in its xn-- form");
        }
    }
    return true;
}

/* The host extends to ':', '/', '?', '#' or the end; an IPv6 address is in brackets. */
static size_t host_length(const char *host)
{
    if (host[0] == '[') {
        const char *close = strchr(host, ']');
        return close != NULL ? (size_t)(close - host) + 1 : 0;
    }
    return strcspn(host, ":/?#");
}

static bool is_host(const char *host, size_t len)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    if (host[0] == '[') {
        return len > 2 && strspn(host + 1, "0123456789abcdefABCDEF:.") == len - 2;
    }
    return len > 0 && strspn(host, letters) >= len;
}

static bool read_port(const char **at, int64_t *port, struct failure *why)
{
    *port = 0;
    if (**at != ':') {
        return true;
    }
    const char *digits = *at + 1;
    size_t len = strcspn(digits, "/?#");
    for (size_t i = 0; i < len && len <= 5; i++) {
        *port = *port * 10 + (digits[i] - '0');
    }
    if (!is_digits(digits, len) || len > 5 || *port < 1 || *port > 65535) {
        return fail(why, FAILURE_CONFIG, "\"%.*s\" is not a port", (int)(len < 40 ? len : 40),
                    digits);
    }
    *at = digits + len;
    return true;
}

bool setting_url_parse(const char *text, struct setting_url *url, struct failure *why)
{
    const char *mark = strstr(text, "://");
    size_t scheme_len = mark != NULL ? (size_t)(mark - text) : 0;
    *url = (struct setting_url){.path = ""};
    if (!check_characters(text, why)) {
        return false;
    }
    if (scheme_len == 0 || scheme_len >= sizeof url->scheme) {
        return fail(
            why, FAILURE_CONFIG,
            "\"%.100s\" is not a URL; one begins with its kind: https://, smtp://, imaps://", text);
    }
    const char *host = mark + 3;
    size_t whole = strcspn(host, "/?#");
    if (memchr(host, '@', whole) != NULL) {
        return fail(why, FAILURE_CONFIG,
                    "no user or password can stand in a URL; they have settings of their own");
    }
    size_t host_len = host_length(host);
    if (!is_host(host, host_len) || host_len >= sizeof url->host) {
        return fail(why, FAILURE_CONFIG, "\"%.100s\" has no valid host", text);
    }
    memcpy(url->scheme, text, scheme_len);
    memcpy(url->host, host, host_len);
    const char *at = host + host_len;
    if (!read_port(&at, &url->port, why)) {
        return false;
    }
    if (*at != '\0' && strchr("/?#", *at) == NULL) {
        return fail(why, FAILURE_CONFIG, "\"%.100s\" has no valid host", text);
    }
    url->path = at;
    return true;
}

bool setting_url_is_loopback(const struct setting_url *url)
{
    size_t len = strlen(url->host);
    return strcasecmp(url->host, "localhost") == 0 || strcmp(url->host, "[::1]") == 0 ||
           (len > 10 && strcasecmp(url->host + len - 10, ".localhost") == 0) ||
           (strncmp(url->host, "127.", 4) == 0 && strspn(url->host, "0123456789.") == len);
}
