/*
 * What a review expects by a date. The input is a review: what is found in it is one of its
 * sentences, may be quoted by itself, and is due after it was written.
 */
#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "digest/due.h"
#include "digest/phrase.h"
#include "digest/prediction.h"
#include "digest/quote.h"

enum { SAID = 2026 * 12 + 10, PUBLISHED = 1795420800 /* in that month */ };

static void find_due(struct arena *arena, const char *text)
{
    struct due due = {0};
    size_t len = strlen(text);
    for (size_t from = 0; due_find(lexicon_english(arena), text, from, &due); from = due.end) {
        assert(due.start >= from && due.start < due.end && due.end <= len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena arena = {0};
    if (memchr(bytes, '\0', len) != NULL || !utf8_valid((const char *)bytes, len, NULL)) {
        return 0;
    }
    const char *text = arena_copy_bytes(&arena, (const char *)bytes, len);
    struct review review = {.quote = text};
    struct comparison item = {
        .slug = "a-vs-b",
        .left = {.slug = "a", .name = "A", .category = "", .reviews = &review, .review_count = 1},
        .right = {.slug = "b", .name = "B", .category = ""},
        .published_at = PUBLISHED,
    };
    const struct comparison *items[] = {&item};
    const struct story story = {.items = items, .count = 1};
    struct prediction *list;
    size_t count;
    find_due(&arena, text);
    predictions_of(&arena, &story, 1, "UTC", PUBLISHED, &list, &count);
    assert(count <= 1);
    if (count == 1) {
        size_t length = phrase_length(list[0].sentence);
        assert(strstr(phrase_tidy(&arena, text), list[0].sentence) != NULL);
        assert(length >= QUOTE_MIN && length <= QUOTE_MAX);
        assert(list[0].due > SAID && list[0].due <= SAID + PREDICTION_MONTHS_MAX);
    }
    arena_free(&arena);
    return 0;
}
