#include "bounce/auth_results.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bounce/detect.h"

/* A strange character replaces what a quoted string may hold and no domain does: what a sender
 * wrote into an address must not become a result of its own. */
enum { BETWEEN = 1, STRANGE = 2 };

/* The comment at `at` (RFC 5322 3.2.2: nested, with backslashes); 0: it does not end. */
static size_t comment_length(const char *at)
{
    size_t depth = 0;
    for (size_t i = 0; at[i] != '\0'; i++) {
        depth += at[i] == '(';
        if (at[i] == ')' && --depth == 0) {
            return i + 1;
        }
        i += at[i] == '\\' && at[i + 1] != '\0';
    }
    return 0;
}

/* Copies the quoted string at `at` without its quotation marks. Returns 0 if it does not end. */
static size_t quoted_length(const char *at, char *out, size_t *used)
{
    for (size_t i = 1; at[i] != '\0'; i++) {
        if (at[i] == '"') {
            return i + 1;
        }
        i += at[i] == '\\' && at[i + 1] != '\0';
        bool plain = isalnum((unsigned char)at[i]) || strchr("._-+@", at[i]) != NULL;
        out[(*used)++] = (char)(plain ? at[i] : STRANGE);
    }
    return 0;
}

/* Servers write no control characters, so one can be used as a separator and none may come in. */
static char simple(char byte)
{
    bool blank = byte == ' ' || byte == '\t';
    bool control = (unsigned char)byte < ' ' || byte == 0x7f;
    return (char)(byte == ';' ? BETWEEN : blank ? ' ' : control ? STRANGE : byte);
}

/* Removes comments and quotation marks, replaces each ';' by BETWEEN, and drops spaces around '='.
 * False if a comment or a quoted string does not end: then nothing in the field is reliable. */
static bool simplify(const char *value, char *out)
{
    size_t used = 0;
    while (*value != '\0') {
        size_t len = 1;
        if (*value == '(') {
            len = comment_length(value);
            out[used++] = ' ';
        } else if (*value == '"') {
            len = quoted_length(value, out, &used);
        } else if (*value == '=') {
            while (used > 0 && out[used - 1] == ' ') {
                used--;
            }
            out[used++] = '=';
            len += strspn(value + 1, " \t");
        } else {
            out[used++] = simple(*value);
        }
        if (len == 0) {
            return false;
        }
        value += len;
    }
    out[used] = '\0';
    return true;
}

/* Copies a domain, or an address, in lower case; false if it is neither. */
static bool read_source(const char *text, size_t len, char out[BOUNCE_ADDRESS])
{
    if (len == 0 || len >= BOUNCE_ADDRESS) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr("._-+@", text[i]) == NULL) {
            return false;
        }
        out[i] = (char)tolower((unsigned char)text[i]);
    }
    out[len] = '\0';
    return true;
}

static void add_source(struct bounce_auth_result *result, const char *source)
{
    size_t used = strlen(result->sources);
    if (used + 1 + strlen(source) < sizeof result->sources) {
        snprintf(result->sources + used, sizeof result->sources - used, "%s%s", used > 0 ? " " : "",
                 source);
    }
}

/* The value of a property in one result; returns its length, 0 if it is absent. */
static size_t find_property(const char *result, size_t len, const char *name, const char **value)
{
    size_t size = strlen(name);
    for (size_t i = 0; i + size < len; i++) {
        if (strncasecmp(result + i, name, size) == 0 && (i == 0 || result[i - 1] == ' ')) {
            *value = result + i + size;
            const char *end = memchr(*value, ' ', len - i - size);
            return end == NULL ? len - i - size : (size_t)(end - *value);
        }
    }
    return 0;
}

/* Reads a domain that a server has verified: of a signature, an envelope sender or From. */
static void read_result(const char *text, size_t len, const char *from,
                        struct bounce_auth_result *result)
{
    static const struct {
        const char *method, *property;
        bool author; /* also verifies the address in From, if that is in the same domain */
    } proofs[] = {{"dkim=pass ", "header.d=", true},
                  {"dmarc=pass ", "header.from=", true},
                  {"spf=pass ", "smtp.mailfrom=", false}};
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
        char source[BOUNCE_ADDRESS];
        const char *value;
        size_t size = len < strlen(proofs[i].method) ||
                              strncasecmp(text, proofs[i].method, strlen(proofs[i].method)) != 0
                          ? 0
                          : find_property(text, len, proofs[i].property, &value);
        if (size == 0 || !read_source(value, size, source)) {
            continue;
        }
        const char *at = strrchr(source, '@');
        const char *domain = at == NULL ? source : at + 1;
        add_source(result, domain);
        const char *sign = strchr(from, '@');
        if (proofs[i].author && sign != NULL && strcmp(sign + 1, domain) == 0) {
            add_source(result, from);
        }
    }
}

/* Server names are ASCII words; a field that begins otherwise is not from a server that we know. */
static bool is_name(const char *name, size_t len)
{
    bool good = len > 0 && len < BOUNCE_SERVER;
    for (size_t i = 0; good && i < len; i++) {
        good = name[i] > ' ' && name[i] < 0x7f;
    }
    return good;
}

static struct bounce_auth_result *add_server(struct bounce_report *report, const char *name,
                                             size_t len)
{
    if (!is_name(name, len) || report->auth_result_count == BOUNCE_AUTH_RESULTS) {
        return NULL;
    }
    for (size_t i = 0; i < report->auth_result_count; i++) {
        const char *server = report->auth_results[i].server;
        if (strlen(server) == len && strncasecmp(server, name, len) == 0) {
            return NULL;
        }
    }
    struct bounce_auth_result *result = &report->auth_results[report->auth_result_count++];
    memcpy(result->server, name, len);
    result->server[len] = '\0';
    return result;
}

static void read_field(struct arena *arena, const char *value, const char *from,
                       struct bounce_report *report)
{
    static const char between[] = {BETWEEN, '\0'};
    char *text = arena_alloc(arena, strlen(value) + 1);
    if (!simplify(value, text)) {
        /* The server's name is kept even so: a field further down must not speak for it. */
        size_t start = strspn(value, " \t");
        add_server(report, value + start, strcspn(value + start, " \t;(\""));
        return;
    }
    text += strspn(text, " ");
    struct bounce_auth_result *result = add_server(report, text, strcspn(text, " \001"));
    for (const char *at = strchr(text, BETWEEN); result != NULL && at != NULL;) {
        at += 1 + strspn(at + 1, " ");
        size_t len = strcspn(at, between);
        read_result(at, len, from, result);
        at = at[len] == BETWEEN ? at + len : NULL;
    }
}

/* The only address of the only From; "" if there are more or none: a signature need not cover a
 * second one. */
static const char *find_author(struct arena *arena, const struct split_fields *fields)
{
    const char *from = NULL;
    char address[BOUNCE_ADDRESS], small[BOUNCE_ADDRESS];
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->list[i].name, "from") == 0) {
            if (from != NULL) {
                return "";
            }
            from = fields->list[i].value;
        }
    }
    bool only = from != NULL && detect_only_address(from, address) &&
                read_source(address, strlen(address), small);
    return only ? arena_copy(arena, small) : "";
}

void auth_results_read(struct arena *arena, const struct split_fields *fields,
                       struct bounce_report *report)
{
    const char *from = find_author(arena, fields);
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->list[i].name, "authentication-results") == 0) {
            read_field(arena, fields->list[i].value, from, report);
        }
    }
}
