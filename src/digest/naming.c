#include "digest/naming.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "digest/phrase.h"

/* The characters of a cut name that are enough to identify it. */
enum { NAME_SEEN = 4 };

#define ELLIPSIS "\xE2\x80\xA6"

bool naming_is_word(char c)
{
    return isalnum((unsigned char)c) != 0;
}

char *naming_plain(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text);
    size_t to = 0, len = strlen(text);
    for (size_t at = 0, bytes; at < len; at += bytes) {
        uint32_t point;
        bytes = utf8_decode(text + at, len - at, &point);
        if (!utf8_is_bidi_control(point)) {
            memcpy(copy + to, text + at, bytes);
            to += bytes;
        }
    }
    copy[to] = '\0';
    return copy;
}

size_t naming_length(const char *text, const char *at, const char *name)
{
    size_t len = 0;
    while (name[len] != '\0' && name[len] == at[len]) {
        len++;
    }
    bool begins = at == text || !naming_is_word(at[-1]) || !naming_is_word(*name);
    bool ends = len > 0 && (!naming_is_word(name[len - 1]) || !naming_is_word(at[len]));
    if (begins && ends && name[len] == '\0') {
        return len;
    }
    while (len > 0 && name[len - 1] == ' ') {
        len--;
    }
    bool cut = phrase_length(name) > NAME_SEEN && len >= NAME_SEEN / 2 &&
               strncmp(at + len, ELLIPSIS, 3) == 0;
    return begins && cut ? len + 3 : 0;
}

const char *naming_words(struct arena *arena, const struct tool *tool, const char *text)
{
    const char *const own[] = {tool->tagline, tool->description, tool->price, tool->price_note,
                               tool->name};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcasestr(own[i], text) != NULL) {
            return arena_format(arena, "the words of %s", naming_plain(arena, tool->name));
        }
    }
    for (size_t i = 0; i < tool->review_count; i++) {
        if (strcasestr(tool->reviews[i].quote, text) != NULL) {
            return arena_format(arena, "a review of %s", naming_plain(arena, tool->name));
        }
    }
    return NULL;
}
