#include "issue/writing.h"

#include <string.h>

#include "base/utf8.h"
#include "digest/phrase.h"

static bool is_control(uint32_t point, const char *allowed)
{
    bool plain = point != 0 && point < 0x80 && strchr(allowed, (int)point) != NULL;
    bool breaks_line = point == 0x2028 || point == 0x2029;
    return !plain && (point < 0x20 || (point >= 0x7F && point < 0xA0) || breaks_line ||
                      utf8_is_bidi_control(point) || !utf8_in_xml(point));
}

size_t writing_find_control(const char *text, size_t len, const char *allowed)
{
    size_t at = 0;
    while (at < len) {
        uint32_t point;
        size_t bytes = utf8_decode(text + at, len - at, &point);
        if (is_control(point, allowed)) {
            return at;
        }
        at += bytes;
    }
    return len;
}

static bool fail_control(const char *what, const char *text, size_t len, size_t at,
                         struct failure *why)
{
    uint32_t point;
    size_t character = 1;
    utf8_decode(text + at, len - at, &point);
    for (size_t i = 0; i < at; character++) {
        i += utf8_decode(text + i, at - i, NULL);
    }
    if (point == '\n' || point == '\r') {
        return fail(why, FAILURE_DATA, "%s: character %zu ends the line; write it in one line",
                    what, character);
    }
    return fail(
        why, FAILURE_DATA,
        "%s: character %zu (U+%04X) is a control character, or turns the direction of text; "
        "take it out",
        what, character, (unsigned)point);
}

/* UTF-8, nothing but text, and not too much of it. */
static bool check_text(const char *what, const char *text, size_t len, const char *allowed,
                       size_t limit, struct failure *why)
{
    size_t at;
    if (!utf8_valid(text, len, &at)) {
        return fail(why, FAILURE_DATA, "%s: byte %zu is not UTF-8; save it as UTF-8", what, at + 1);
    }
    at = writing_find_control(text, len, allowed);
    if (at < len) {
        return fail_control(what, text, len, at, why);
    }
    size_t characters = phrase_length(text);
    return characters <= limit ||
           fail(why, FAILURE_DATA, "%s: %zu characters, more than %zu; cut it", what, characters,
                limit);
}

bool writing_check_line(struct arena *arena, const char *what, const char *text, const char **line,
                        struct failure *why)
{
    size_t len = strlen(text);
    if (!check_text(what, text, len, "", WRITING_LINE_MAX, why)) {
        return false;
    }
    utf8_trim(&text, &len);
    *line = arena_copy_bytes(arena, text, len);
    return len > 0 ||
           fail(why, FAILURE_DATA, "%s: the text is empty; to take yours back, say --clear", what);
}

bool writing_check_note(const char *name, const char *text, size_t len, struct failure *why)
{
    const char *end = text;
    size_t rest = len;
    if (!check_text(name, text, len, "\n\r\t", WRITING_NOTE_MAX, why)) {
        return false;
    }
    utf8_trim(&end, &rest);
    return rest > 0 ||
           fail(why, FAILURE_DATA, "%s: the note is empty; to take yours back, say --clear", name);
}
