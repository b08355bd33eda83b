#include "digest/phrase.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unigbrk.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "digest/isolate.h"

static bool is_blank(uint32_t point)
{
    return point <= ' ' || (point >= 0x7F && point <= 0xA0) || point == 0x2028 || point == 0x2029;
}

char *phrase_tidy(struct arena *arena, const char *text)
{
    if (text == NULL) {
        return arena_copy(arena, "");
    }
    size_t len = strlen(text);
    char *tidy = arena_alloc(arena, len + 1);
    size_t used = 0;
    bool gap = false;
    for (size_t at = 0; at < len;) {
        uint32_t point;
        size_t bytes = utf8_decode(text + at, len - at, &point);
        if (is_blank(point)) {
            gap = used > 0;
        } else if (!utf8_is_bidi_control(point)) {
            if (gap) {
                tidy[used++] = ' ';
            }
            gap = false;
            memcpy(tidy + used, text + at, bytes);
            used += bytes;
        }
        at += bytes;
    }
    tidy[used] = '\0';
    return tidy;
}

static bool is_isolate(const char *text)
{
    return strncmp(text, ISOLATE_OPEN, ISOLATE_BYTES) == 0 ||
           strncmp(text, ISOLATE_CLOSE, ISOLATE_BYTES) == 0;
}

size_t phrase_length(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80 && !is_isolate(text);
    }
    return count;
}

/* The offset after the first `limit` characters. */
static size_t offset_of(const char *text, size_t limit)
{
    size_t at = 0;
    size_t len = strlen(text);
    while (limit > 0 && at < len) {
        limit -= is_isolate(text + at) ? 0 : 1;
        at += utf8_decode(text + at, len - at, NULL);
    }
    return at;
}

/* The largest offset up to `end` that does not separate a letter from its marks. */
static size_t cluster_end(const char *text, size_t end)
{
    const uint8_t *start = (const uint8_t *)text;
    const uint8_t *stop = start + strlen(text);
    const uint8_t *at = start;
    for (;;) {
        const uint8_t *next = u8_grapheme_next(at, stop);
        if (next == NULL || next > start + end) {
            return (size_t)(at - start);
        }
        at = next;
    }
}

/* The text must not end with punctuation that leads on, nor with an isolate of what was cut off. */
static size_t trim_end(const char *text, size_t end)
{
    for (;;) {
        if (end > 0 && strchr(" ,;:-(.", text[end - 1]) != NULL) {
            end--;
        } else if (end >= ISOLATE_BYTES &&
                   strncmp(text + end - ISOLATE_BYTES, ISOLATE_OPEN, ISOLATE_BYTES) == 0) {
            end -= ISOLATE_BYTES;
        } else {
            return end;
        }
    }
}

/* Whether an isolate that opens within the first `end` bytes is not closed there. */
static bool is_open(const char *text, size_t end)
{
    bool open = false;
    for (size_t at = 0; at < end; at++) {
        open = strncmp(text + at, ISOLATE_OPEN, ISOLATE_BYTES) == 0 ||
               (open && strncmp(text + at, ISOLATE_CLOSE, ISOLATE_BYTES) != 0);
    }
    return open;
}

char *phrase_cut(struct arena *arena, const char *text, size_t limit)
{
    if (phrase_length(text) <= limit) {
        return arena_copy(arena, text);
    }
    assert(limit >= 2);
    size_t room = offset_of(text, limit - 1);
    size_t end = room;
    while (end > 0 && text[end] != ' ') {
        end--;
    }
    end = trim_end(text, end);
    if (end == 0) {
        end = cluster_end(text, room);
    }
    return arena_format(arena, "%.*s…%s", (int)end, text, is_open(text, end) ? ISOLATE_CLOSE : "");
}

char *phrase_capital(struct arena *arena, const char *text)
{
    char *capital = arena_copy(arena, text);
    if (capital[0] >= 'a' && capital[0] <= 'z') {
        capital[0] = (char)(capital[0] - 'a' + 'A');
    }
    return capital;
}

char *phrase_join(struct arena *arena, const char *left, const char *right)
{
    const char *gap = *left != '\0' && *right != '\0' ? " " : "";
    return arena_format(arena, "%s%s%s", left, gap, right);
}
