#include "digest/breaks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unilbrk.h>
#include <uniwidth.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "digest/isolate.h"

struct breaks {
    UBreakIterator *words; /* NULL: not needed so far, or not available */
    bool tried;
};

struct breaks *breaks_open(void)
{
    struct breaks *breaks = memory_resize(NULL, sizeof *breaks);
    *breaks = (struct breaks){0};
    return breaks;
}

void breaks_close(struct breaks *breaks)
{
    if (breaks != NULL && breaks->words != NULL) {
        ubrk_close(breaks->words);
    }
    free(breaks);
}

/* Korean has spaces, although Annex 14 would allow breaks between its syllables. */
static bool is_hangul(uint32_t point)
{
    return (point >= 0x1100 && point <= 0x11FF) || (point >= 0x3130 && point <= 0x318F) ||
           (point >= 0xA960 && point <= 0xA97F) || (point >= 0xAC00 && point <= 0xD7FF);
}

static bool is_wide(uint32_t point)
{
    return point != 0 && uc_width(point, "UTF-8") == 2 && !is_hangul(point);
}

/* Thai, Lao, Burmese, Khmer: their words can only be found with a dictionary. */
static bool needs_dictionary(uint32_t point)
{
    return (point >= 0xE00 && point <= 0xEFF) || (point >= 0x1000 && point <= 0x109F) ||
           (point >= 0x1780 && point <= 0x17FF);
}

static bool is_isolate(uint32_t point)
{
    return point >= 0x2066 && point <= 0x2069;
}

/* The letters before and after `at`, ignoring isolates; 0 where there is none. */
static uint32_t letter_before(const char *word, size_t at)
{
    uint32_t point = 0;
    while (at > 0 && (point == 0 || is_isolate(point))) {
        size_t end = at--;
        while (at > 0 && ((unsigned char)word[at] & 0xC0) == 0x80) {
            at--;
        }
        utf8_decode(word + at, end - at, &point);
    }
    return is_isolate(point) ? 0 : point;
}

static uint32_t letter_behind(const char *word, size_t len, size_t at)
{
    uint32_t point = 0;
    while (at < len && (point == 0 || is_isolate(point))) {
        at += utf8_decode(word + at, len - at, &point);
    }
    return is_isolate(point) ? 0 : point;
}

/* An opening isolate stays with the text that it isolates. */
static void mark(const char *word, size_t at, bool *marks)
{
    while (at >= ISOLATE_BYTES &&
           memcmp(word + at - ISOLATE_BYTES, ISOLATE_OPEN, ISOLATE_BYTES) == 0) {
        at -= ISOLATE_BYTES;
    }
    marks[at] = at > 0 || marks[at];
}

static void find_by_annex(const char *word, size_t len, bool *marks)
{
    char *kinds = memory_resize(NULL, len);
    u8_possible_linebreaks((const uint8_t *)word, len, "UTF-8", kinds);
    for (size_t at = 1; at < len; at++) {
        if (kinds[at] == UC_BREAK_POSSIBLE &&
            (is_wide(letter_before(word, at)) || is_wide(letter_behind(word, len, at)))) {
            mark(word, at, marks);
        }
    }
    free(kinds);
}

/* Breaks a run of `len` bytes by dictionary; `marks` are those of the run. */
static void find_by_dictionary(struct breaks *breaks, const char *run, size_t len, bool *marks)
{
    UErrorCode code = U_ZERO_ERROR;
    if (!breaks->tried) {
        breaks->tried = true;
        breaks->words = ubrk_open(UBRK_LINE, "th", NULL, 0, &code);
        if (U_FAILURE(code)) {
            breaks->words = NULL;
        }
    }
    UText *text = breaks->words == NULL ? NULL : utext_openUTF8(NULL, run, (int64_t)len, &code);
    if (text == NULL) {
        return;
    }
    ubrk_setUText(breaks->words, text, &code);
    for (int32_t at = ubrk_first(breaks->words); U_SUCCESS(code) && at != UBRK_DONE;
         at = ubrk_next(breaks->words)) {
        if (at > 0 && (size_t)at < len) {
            marks[at] = true;
        }
    }
    utext_close(text);
}

/* The length of the run from `at` on that needs a dictionary. */
static size_t dictionary_run(const char *word, size_t len, size_t at)
{
    size_t end = at;
    while (end < len) {
        uint32_t point;
        size_t bytes = utf8_decode(word + end, len - end, &point);
        if (!needs_dictionary(point)) {
            break;
        }
        end += bytes;
    }
    return end - at;
}

size_t breaks_url(const char *word, size_t len)
{
    const char *colon = memmem(word, len, "://", 3);
    size_t at = colon != NULL ? (size_t)(colon - word) : len;
    while (colon != NULL && at > 0 &&
           ((word[at - 1] >= 'a' && word[at - 1] <= 'z') ||
            (word[at - 1] >= 'A' && word[at - 1] <= 'Z'))) {
        at--;
    }
    return at;
}

static bool is_mark(const char *text, size_t len)
{
    uint32_t point = 0;
    utf8_decode(text, len, &point);
    return uc_is_general_category(point, UC_CATEGORY_M);
}

/* No break before a combining mark: the dictionary and the annex each see only one side of a border
 * between scripts, and may set one there. */
static void keep_marks(const char *word, size_t len, bool *marks)
{
    for (size_t at = 0; at < len; at++) {
        marks[at] = marks[at] && !is_mark(word + at, len - at);
    }
}

void breaks_find(struct breaks *breaks, const char *word, size_t len, bool *marks)
{
    size_t ascii = 0;
    while (ascii < len && (unsigned char)word[ascii] < 0x80) {
        ascii++;
    }
    if (ascii == len) {
        return;
    }
    size_t url = breaks_url(word, len);
    if (url > 0 && url < len) {
        uint32_t before = letter_before(word, url);
        marks[url] = is_wide(before) || needs_dictionary(before);
    }
    len = url;
    if (len == 0) {
        return;
    }
    find_by_annex(word, len, marks);
    for (size_t at = 0, bytes; at < len; at += bytes) {
        bytes = dictionary_run(word, len, at);
        if (bytes > 0) {
            find_by_dictionary(breaks, word + at, bytes, marks + at);
        } else {
            bytes = utf8_decode(word + at, len - at, NULL);
        }
    }
    keep_marks(word, len, marks);
}

size_t breaks_fit(const char *word, size_t len, size_t columns)
{
    const uint8_t *start = (const uint8_t *)word, *end = start + len;
    const uint8_t *fit = start;
    size_t width = 0;
    for (const uint8_t *next; (next = u8_grapheme_next(fit, end)) != NULL; fit = next) {
        while (next < end && is_mark((const char *)next, (size_t)(end - next))) {
            next = u8_grapheme_next(next, end); /* to libunistring some Burmese marks are letters */
        }
        width += utf8_width((const char *)fit, (size_t)(next - fit));
        if (fit > start && width > columns) {
            break;
        }
    }
    return (size_t)(fit - start);
}
