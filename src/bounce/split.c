#include "bounce/split.h"

#include <ctype.h>
#include <string.h>

/* The length of "Name:" without the colon; 0 if the line is not a field (RFC 5322, 2.2). */
static size_t name_length(const char *line, size_t len)
{
    size_t name = 0;
    while (name < len && line[name] > 32 && line[name] < 127 && line[name] != ':') {
        name++;
    }
    size_t colon = name;
    while (colon < len && (line[colon] == ' ' || line[colon] == '\t')) {
        colon++;
    }
    return name > 0 && name < 80 && colon < len && line[colon] == ':' ? name : 0;
}

static size_t line_length(const char *text, size_t len)
{
    const char *end = memchr(text, '\n', len);
    return end == NULL ? len : (size_t)(end - text) + 1;
}

/* The length of the field with its folded lines, up to the next field. */
static size_t field_length(const char *text, size_t len)
{
    size_t used = line_length(text, len);
    while (used < len && (text[used] == ' ' || text[used] == '\t')) {
        size_t line = line_length(text + used, len - used);
        size_t blank = strspn(text + used, " \t");
        if (blank >= line || text[used + blank] == '\n') {
            break; /* a line of white space ends the header of a mangled report */
        }
        used += line;
    }
    return used;
}

static char *unfold(struct arena *arena, const char *text, size_t len)
{
    char *value = arena_alloc(arena, len + 1);
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        bool blank = text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r';
        if (!blank) {
            value[out++] = text[i];
        } else if (out > 0 && value[out - 1] != ' ') {
            value[out++] = ' ';
        }
    }
    while (out > 0 && value[out - 1] == ' ') {
        out--;
    }
    value[out] = '\0';
    return value;
}

static char *lowercase(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_copy_bytes(arena, text, len);
    for (size_t i = 0; i < len; i++) {
        copy[i] = (char)tolower((unsigned char)copy[i]);
    }
    return copy;
}

void split_read_fields(struct arena *arena, const char *text, size_t len,
                       struct split_fields *fields, size_t *used)
{
    size_t at = 0, size = 16;
    struct split_field *list = arena_array(arena, size, sizeof *list);
    *fields = (struct split_fields){list, 0};
    while (at < len && text[at] != '\n') {
        size_t name = name_length(text + at, len - at);
        if (name == 0) {
            size_t next = at + line_length(text + at, len - at);
            bool stray = fields->count > 0 && next < len && name_length(text + next, len - next);
            if (!stray) {
                break;
            }
            at = next; /* skip one mangled line in a header */
            continue;
        }
        size_t field = field_length(text + at, len - at);
        if (fields->count == size) {
            struct split_field *more = arena_array(arena, size * 2, sizeof *more);
            memcpy(more, list, size * sizeof *more);
            list = fields->list = more;
            size *= 2;
        }
        if (fields->count < SPLIT_FIELDS) {
            const char *colon = memchr(text + at, ':', field);
            size_t before = (size_t)(colon - (text + at)) + 1;
            list[fields->count++] = (struct split_field){lowercase(arena, text + at, name),
                                                         unfold(arena, colon + 1, field - before)};
        }
        at += field;
    }
    if (used != NULL) {
        *used = at;
    }
}

const char *split_find(const struct split_fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->list[i].name, name) == 0) {
            return fields->list[i].value;
        }
    }
    return NULL;
}
