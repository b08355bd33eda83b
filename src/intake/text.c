#include "intake/text.h"

#include <stdint.h>
#include <string.h>

#include "base/spelling.h"
#include "base/utf8.h"

void text_place(const char *bytes, size_t offset, int *line, int *column)
{
    *line = 1;
    size_t begin = 0;
    for (size_t i = 0; i < offset; i++) {
        bool pair = bytes[i] == '\r' && i + 1 < offset && bytes[i + 1] == '\n';
        if (bytes[i] == '\n' || (bytes[i] == '\r' && !pair)) {
            (*line)++;
            begin = i + 1;
        }
    }
    *column = (int)(offset - begin) + 1;
}

static bool check_bytes(const char *name, const char *bytes, size_t len, struct failure *why)
{
    size_t bad = 0;
    const char *nul = memchr(bytes, '\0', len);
    int line;
    int column;
    if (!utf8_valid(bytes, len, &bad) && (nul == NULL || bad < (size_t)(nul - bytes))) {
        text_place(bytes, bad, &line, &column);
        return fail(why, FAILURE_DATA,
                    "%s:%d:%d: the byte 0x%02X is not UTF-8 here; save the file as UTF-8", name,
                    line, column, (unsigned)(unsigned char)bytes[bad]);
    }
    if (nul != NULL) {
        text_place(bytes, (size_t)(nul - bytes), &line, &column);
        return fail(why, FAILURE_DATA,
                    "%s:%d:%d: there is a NUL byte; this is no text file, or it was damaged: "
                    "export it again",
                    name, line, column);
    }
    return true;
}

bool text_check(const char *name, const char *bytes, size_t len, size_t *start, struct failure *why)
{
    *start = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        return fail(why, FAILURE_DATA, "%s:1:1: the file is UTF-16; save it as UTF-8", name);
    }
    size_t first = *start;
    while (first < len && strchr(" \t\r\n\v\f", bytes[first]) != NULL && bytes[first] != '\0') {
        first++;
    }
    if (first == len) {
        return fail(why, FAILURE_DATA,
                    "%s:1:1: the file is empty; give a comparison page or JSON "
                    "(see verdicts-import(5))",
                    name);
    }
    return check_bytes(name, bytes, len, why);
}

static bool is_space(uint32_t point)
{
    return point == ' ' || (point >= '\t' && point <= '\r') || point == 0x85 || point == 0x2028 ||
           point == 0x2029;
}

/* Characters other than white space that are dropped at the ends of a text. */
static bool is_edge(uint32_t point)
{
    return is_space(point) || point == 0xA0 || point == 0xFEFF || utf8_is_bidi_control(point);
}

/* Finds the last character from the end: a continuation byte is never the first of one. */
static size_t trimmed_end(const char *bytes, size_t len)
{
    while (len > 0) {
        uint32_t point;
        size_t last = len - 1;
        while (last > 0 && len - last < 4 && ((unsigned char)bytes[last] & 0xC0) == 0x80) {
            last--;
        }
        utf8_decode(bytes + last, len - last, &point);
        if (!is_edge(point)) {
            return len;
        }
        len = last;
    }
    return 0;
}

/* The number of bytes from `at` on that need no special treatment. */
static size_t plain_run(const char *bytes, size_t len, size_t at)
{
    size_t end = at;
    while (end < len && bytes[end] > ' ' && bytes[end] < 0x7F) {
        end++;
    }
    return end - at;
}

char *text_tidy(struct arena *arena, const char *bytes, size_t len)
{
    len = trimmed_end(bytes, len);
    char *out = arena_alloc(arena, len + 1);
    size_t used = 0;
    bool space = false;
    for (size_t i = 0, size; i < len; i += size) {
        uint32_t point = 0;
        size = plain_run(bytes, len, i);
        if (size == 0) {
            size = utf8_decode(bytes + i, len - i, &point);
        }
        if ((used == 0 && is_edge(point)) || utf8_is_bidi_control(point)) {
            continue; /* nothing visible has come yet */
        }
        if (is_space(point)) {
            space = true;
            continue;
        }
        if (space) {
            out[used++] = ' ';
            space = false;
        }
        memcpy(out + used, bytes + i, size);
        used += size;
    }
    return out;
}

const char *text_control(const char *bytes, size_t len, unsigned *point)
{
    for (size_t i = 0; i < len;) {
        uint32_t found;
        size_t size = utf8_decode(bytes + i, len - i, &found);
        bool control = found < 0x20 || (found >= 0x7F && found < 0xA0) || !utf8_in_xml(found);
        if (control && !is_space(found)) {
            *point = found;
            return bytes + i;
        }
        i += size;
    }
    return NULL;
}

size_t text_length(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

const char *text_excerpt(struct arena *arena, const char *text, size_t limit)
{
    size_t len = strlen(text);
    size_t end = 0;
    for (size_t count = 0; count < limit && end < len; count++) {
        end += utf8_decode(text + end, len - end, NULL);
    }
    return end == len ? text : arena_format(arena, "%.*s…", (int)end, text);
}

const char *text_nearest(const char *word, const char *const *words)
{
    size_t len = strlen(word);
    const char *nearest = NULL;
    size_t least = len < 4 ? 2 : len / 3 + 2;
    for (; len <= SPELLING_MAX && *words != NULL; words++) {
        size_t distance = spelling_distance(word, len, *words, strlen(*words));
        if (distance < least) {
            least = distance;
            nearest = *words;
        }
    }
    return nearest;
}
