#include "digest/quote.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unictype.h>

#include "base/utf8.h"
#include "digest/phrase.h"

static uint32_t point_at(const char *text, size_t *bytes)
{
    uint32_t point = 0;
    size_t len = strnlen(text, 4);
    *bytes = len > 0 ? utf8_decode(text, len, &point) : 0;
    return point;
}

/* Full stops of scripts that put no space after them. */
static bool is_wide_stop(uint32_t point)
{
    return point == 0x3002 || point == 0xFF01 || point == 0xFF1F || point == 0xFF61;
}

static bool is_stop(uint32_t point)
{
    return point == '.' || point == '!' || point == '?' || point == 0x2026 || point == 0x0964 ||
           point == 0x06D4 || point == 0x061F || is_wide_stop(point);
}

static bool is_closer(uint32_t point)
{
    return point == '"' || point == '\'' || point == ')' || point == ']' || point == 0x201D ||
           point == 0x2019 || point == 0xBB || point == 0x300D || point == 0x300F;
}

/* Whether the word that ends at `end` (its dot) is an abbreviation, which does not end a
 * sentence. */
static bool is_abbreviation(const char *text, size_t end)
{
    static const char *const known[] = {"e.g", "i.e", "vs", "etc", "cf", "mr",  "mrs",   "ms",
                                        "dr",  "st",  "no", "inc", "al", "fig", "approx"};
    size_t start = end;
    while (start > 0 && text[start - 1] != ' ' && text[start - 1] != '(') {
        start--;
    }
    size_t len = end - start;
    if (len == 1 && isupper((unsigned char)text[start])) {
        return true;
    }
    if (len == 3 && isupper((unsigned char)text[start]) && text[start + 1] == '.' &&
        isupper((unsigned char)text[start + 2])) {
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i]) == len && strncasecmp(text + start, known[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* The offset after consecutive stops and closing marks: `?!”`, `...)`. */
static size_t skip_closers(const char *text, size_t at)
{
    size_t bytes;
    uint32_t point = point_at(text + at, &bytes);
    while (bytes > 0 && (is_stop(point) || is_closer(point))) {
        at += bytes;
        point = point_at(text + at, &bytes);
    }
    return at;
}

/* Whether a sentence ends with the stop at `at`, whose closers end at `after`. */
static bool ends_sentence(const char *text, size_t at, size_t after, uint32_t stop)
{
    if (text[after] == '\0' || is_wide_stop(stop)) {
        return true;
    }
    if (text[after] != ' ') {
        return false;
    }
    size_t bytes;
    uint32_t next = point_at(text + after + 1, &bytes);
    if (uc_is_general_category_withtable(next, UC_CATEGORY_MASK_Ll)) {
        return false;
    }
    return stop != '.' || after > at + 1 || !is_abbreviation(text, at);
}

size_t quote_sentence(const char *text, bool *whole)
{
    size_t bytes;
    for (size_t at = 0; text[at] != '\0'; at += bytes) {
        uint32_t point = point_at(text + at, &bytes);
        if (!is_stop(point)) {
            continue;
        }
        size_t after = skip_closers(text, at);
        if (ends_sentence(text, at, after, point)) {
            *whole = true;
            return after;
        }
        bytes = after - at;
    }
    *whole = false;
    return strlen(text);
}

/* The offset after the last sentence within `limit` characters; 0 if none ends in time. */
static size_t sentences_within(const char *text, size_t limit)
{
    size_t kept = 0;
    size_t at = 0;
    while (text[at] != '\0') {
        bool whole;
        size_t end = at + quote_sentence(text + at, &whole);
        size_t count = 0;
        for (size_t i = 0; i < end; i++) {
            count += ((unsigned char)text[i] & 0xC0) != 0x80;
        }
        if (count > limit || !whole) {
            break;
        }
        kept = end;
        at = end + strspn(text + end, " ");
    }
    return kept;
}

static bool is_any(const char *word, size_t len, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == len && strncasecmp(*words, word, len) == 0) {
            return true;
        }
    }
    return false;
}

static bool points_back(const char *text)
{
    static const char *const words[] = {"that",  "this", "it",   "these", "those", "they", "its",
                                        "their", "he",   "she",  "such",  "and",   "but",  "so",
                                        "also",  "or",   "then", "which", NULL};
    size_t start = strspn(text, " \"'(");
    size_t len = strcspn(text + start, " '\xE2,.:;");
    return is_any(text + start, len, words);
}

static bool has_code(const char *text)
{
    return strpbrk(text, "`{}<>|") != NULL || strstr(text, "://") != NULL ||
           strstr(text, "()") != NULL;
}

bool quote_stands_alone(const char *sentence)
{
    return !points_back(sentence) && !has_code(sentence);
}

char *quote_cut(struct arena *arena, const char *quote, size_t limit)
{
    char *text = phrase_tidy(arena, quote);
    if (phrase_length(text) <= limit) {
        return text;
    }
    size_t end = sentences_within(text, limit);
    return end > 0 ? arena_copy_bytes(arena, text, end) : phrase_cut(arena, text, limit);
}

const char *quote_end(const char *start)
{
    static const char opening[] = "\xE2\x80\x9C", closing[] = "\xE2\x80\x9D";
    const char *last = NULL;
    size_t depth = 1;
    for (const char *at = start; *at != '\0'; at++) {
        if (strncmp(at, opening, strlen(opening)) == 0) {
            depth++;
        } else if (strncmp(at, closing, strlen(closing)) == 0) {
            last = at;
            if (--depth == 0) {
                break;
            }
        }
    }
    return last;
}
