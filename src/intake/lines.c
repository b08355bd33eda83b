#include "intake/lines.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "intake/text.h"

static size_t line_length(const char *bytes, size_t len)
{
    size_t end = 0;
    while (end < len && bytes[end] != '\n' && bytes[end] != '\r') {
        end++;
    }
    return end;
}

static void note_marked(const struct lines *lines, const struct line *line)
{
    const char *complaint =
        lines->way != NULL ? way_complaint(lines->way, lines->arena, line->text) : NULL;
    if (complaint != NULL && lines->way->marked_count++ == 0) {
        fail(&lines->way->marked, FAILURE_DATA, "%s:%d:%d: %s", lines->name, line->number,
             line->column, complaint);
    }
}

static bool add_line(struct lines *lines, const char *bytes, size_t len, int number)
{
    unsigned point = 0;
    const char *control = text_control(bytes, len, &point);
    size_t plain_len = len;
    const char *plain = way_text(lines->way, lines->arena, bytes, &plain_len);
    const char *text = text_tidy(lines->arena, plain, plain_len);
    unsigned hidden = 0;
    size_t skipped = 0;
    while (skipped < len && (bytes[skipped] == ' ' || bytes[skipped] == '\t')) {
        skipped++;
    }
    if (control != NULL) {
        return fail(lines->why, FAILURE_DATA,
                    "%s:%d:%d: there is the control character U+%04X; take it out", lines->name,
                    number, (int)(control - bytes) + 1, point);
    }
    if (text_control(plain, plain_len, &hidden) != NULL) {
        return fail(lines->why, FAILURE_DATA,
                    "%s:%d:%d: a reference stands for the control character U+%04X; take it out",
                    lines->name, number, (int)skipped + 1, hidden);
    }
    if (text[0] != '\0') {
        struct line *line = &lines->lines[lines->count++];
        *line = (struct line){.text = text, .number = number, .column = (int)skipped + 1};
        note_marked(lines, line);
    }
    return true;
}

bool lines_split(struct lines *lines, const char *bytes, size_t len)
{
    size_t ends = 1;
    for (size_t i = 0; i < len; i++) {
        ends += bytes[i] == '\n' || bytes[i] == '\r';
    }
    lines->lines = arena_array(lines->arena, ends, sizeof *lines->lines);
    int number = 1;
    for (size_t at = 0; at < len; number++) {
        size_t length = line_length(bytes + at, len - at);
        if (!add_line(lines, bytes + at, length, number)) {
            return false;
        }
        at += length;
        bool pair = at + 1 < len && bytes[at] == '\r' && bytes[at + 1] == '\n';
        at += pair ? 2 : 1;
    }
    return lines->count > 0 || fail(lines->why, FAILURE_DATA,
                                    "%s:1:1: the file has nothing but white space; give a "
                                    "comparison page",
                                    lines->name);
}

bool lines_fail(const struct lines *lines, size_t at, const char *format, ...)
{
    assert(lines->count > 0);
    struct failure text;
    va_list args;
    va_start(args, format);
    vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    const struct line *line = &lines->lines[at < lines->count ? at : lines->count - 1];
    return fail(lines->why, FAILURE_DATA, "%s:%d:%d: %s", lines->name, line->number, line->column,
                text.text);
}

bool lines_match(const struct lines *lines, size_t at, const char *label)
{
    return at < lines->count && strcasecmp(lines->lines[at].text, label) == 0;
}

const char *lines_join(const struct lines *lines, size_t first, size_t end)
{
    size_t room = 1;
    for (size_t at = first; at < end; at++) {
        room += strlen(lines->lines[at].text) + 1;
    }
    char *joined = arena_alloc(lines->arena, room);
    size_t used = 0;
    for (size_t at = first; at < end; at++) {
        size_t len = strlen(lines->lines[at].text);
        if (at > first) {
            joined[used++] = ' ';
        }
        memcpy(joined + used, lines->lines[at].text, len);
        used += len;
    }
    return joined;
}

const char *lines_shown(const struct lines *lines, size_t at)
{
    return text_excerpt(lines->arena, lines->lines[at].text, 60);
}
