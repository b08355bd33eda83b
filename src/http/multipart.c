#include "http/multipart.h"

#include <string.h>
#include <strings.h>

/* A part of the body. */
struct slice {
    const char *start;
    size_t len;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* A parameter's value after its '=', quoted or not; false if it is too long. */
static bool read_value(const char *text, const char *end, char *out, size_t size)
{
    size_t len = 0;
    bool quoted = text < end && *text == '"';
    for (const char *c = quoted ? text + 1 : text; c < end; c++) {
        if (quoted ? *c == '"' : *c == ';' || is_space(*c)) {
            quoted = false;
            break;
        }
        if (quoted && *c == '\\' && c + 1 < end) {
            c++;
        }
        if (len + 1 >= size || *c == '\0') {
            return false;
        }
        out[len++] = *c;
    }
    out[len] = '\0';
    return !quoted;
}

/* Finds the parameter of that name after a ';' outside quotes. */
static bool find_parameter(const char *text, size_t len, const char *name, char *out, size_t size)
{
    const char *end = text + len;
    size_t name_len = strlen(name);
    bool quoted = false;
    for (const char *c = text; c < end; c++) {
        if (*c == '"') {
            quoted = !quoted;
        } else if (*c == '\\' && quoted) {
            c++;
        } else if (*c == ';' && !quoted) {
            const char *start = c + 1;
            while (start < end && is_space(*start)) {
                start++;
            }
            if ((size_t)(end - start) > name_len && strncasecmp(start, name, name_len) == 0 &&
                start[name_len] == '=') {
                return read_value(start + name_len + 1, end, out, size);
            }
        }
    }
    return false;
}

static struct slice next_line(const char **at, const char *end)
{
    struct slice line = {*at, 0};
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    const char *stop = newline != NULL ? newline : end;
    line.len = (size_t)(stop - *at);
    *at = newline != NULL ? newline + 1 : end;
    if (line.len > 0 && line.start[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

enum line_kind { LINE_TEXT, LINE_DELIMITER, LINE_LAST };

/* "--boundary", followed by "--" at the end of the body; white space may follow. */
static enum line_kind kind_of(struct slice line, const char *boundary)
{
    size_t len = strlen(boundary);
    if (line.len < len + 2 || memcmp(line.start, "--", 2) != 0 ||
        memcmp(line.start + 2, boundary, len) != 0) {
        return LINE_TEXT;
    }
    const char *rest = line.start + 2 + len;
    const char *end = line.start + line.len;
    bool last = end - rest >= 2 && rest[0] == '-' && rest[1] == '-';
    for (rest += last ? 2 : 0; rest < end; rest++) {
        if (!is_space(*rest)) {
            return LINE_TEXT;
        }
    }
    return last ? LINE_LAST : LINE_DELIMITER;
}

/* Reads the header of a part up to its blank line; `name` stays "" if it has none. */
static bool read_header(const char **at, const char *end, char name[MULTIPART_NAME_MAX])
{
    static const char field[] = "Content-Disposition:";
    name[0] = '\0';
    while (*at < end) {
        struct slice line = next_line(at, end);
        if (line.len == 0) {
            return true;
        }
        if (line.len > sizeof field - 1 && strncasecmp(line.start, field, sizeof field - 1) == 0 &&
            !find_parameter(line.start, line.len, "name", name, MULTIPART_NAME_MAX)) {
            name[0] = '\0';
        }
    }
    return false;
}

/* The content ends at the line end before the next delimiter. */
static bool read_content(const char **at, const char *end, const char *boundary,
                         struct slice *content, enum line_kind *kind)
{
    content->start = *at;
    while (*at < end) {
        const char *before = *at;
        *kind = kind_of(next_line(at, end), boundary);
        if (*kind != LINE_TEXT) {
            size_t len = (size_t)(before - content->start);
            len -= len > 0 ? 1 : 0;
            len -= len > 0 && content->start[len - 1] == '\r' ? 1 : 0;
            content->len = len;
            return true;
        }
    }
    return false;
}

bool multipart_parameter(const char *type, const char *name, char *out, size_t size)
{
    return find_parameter(type, strlen(type), name, out, size);
}

bool multipart_read(const char *type, const char *body, size_t len, multipart_field field,
                    void *context)
{
    char boundary[MULTIPART_BOUNDARY_MAX + 1], name[MULTIPART_NAME_MAX];
    const char *at = body;
    const char *end = body + len;
    enum line_kind kind = LINE_TEXT;
    if (!multipart_parameter(type, "boundary", boundary, sizeof boundary) || boundary[0] == '\0') {
        return false;
    }
    while (at < end && kind == LINE_TEXT) {
        kind = kind_of(next_line(&at, end), boundary);
    }
    while (kind == LINE_DELIMITER) {
        struct slice content;
        if (!read_header(&at, end, name) || !read_content(&at, end, boundary, &content, &kind) ||
            (name[0] != '\0' && !field(context, name, content.start, content.len))) {
            return false;
        }
    }
    return kind == LINE_LAST;
}
