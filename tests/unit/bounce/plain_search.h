/*
 * A row of the tables looked for in a text the plain way: what the automata must find, no more and
 * no less. Slow; for the unit test and the fuzz target.
 */
#ifndef PLAIN_SEARCH_H
#define PLAIN_SEARCH_H

#include <stdbool.h>
#include <string.h>

#include "base/fold.h"
#include "base/phrases.h"
#include "bounce/phrases/rows.h"

struct plain_row {
    const char *head, *tail; /* folded; tail NULL: there is no star */
    bool left, right, first, last;
};

static inline struct plain_row plain_row(struct arena *arena, const struct phrases_row *row)
{
    enum meaning_place place = meaning_rule(row->meaning)->place;
    size_t len = strlen(row->phrase);
    char *folded = arena_copy(arena, fold_text(arena, row->phrase, len, len));
    char *star = strchr(folded, '*');
    if (star != NULL) {
        *star = '\0';
    }
    return (struct plain_row){.head = folded,
                              .tail = star == NULL ? NULL : star + 1,
                              .left = row->phrase[0] == ' ',
                              .right = row->phrase[len - 1] == ' ',
                              .first = place != PLACE_ANY,
                              .last = place == PLACE_WHOLE};
}

static inline bool plain_is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           (byte >= 'A' && byte <= 'Z') || (unsigned char)byte >= 0x80;
}

static inline bool plain_ends(const struct plain_row *row, const char *text, size_t end)
{
    return (!row->last || text[end] == '\0') &&
           (!row->right || text[end] == '\0' || !plain_is_word(text[end]));
}

static inline bool plain_tail_stands(const struct plain_row *row, const char *text, size_t end)
{
    size_t len = strlen(row->tail);
    bool share = text[end - 1] == ' ' && row->tail[0] == ' ';
    size_t from = share ? end - 1 : end;
    for (const char *at = strstr(text + from, row->tail); at != NULL;
         at = strstr(at + 1, row->tail)) {
        size_t start = (size_t)(at - text);
        if (start > end + PHRASES_GAP) {
            return false;
        }
        if (plain_ends(row, text, start + len)) {
            return true;
        }
    }
    return false;
}

/* Whether the row stands in the text. */
static inline bool plain_stands(const struct plain_row *row, const char *text)
{
    size_t len = strlen(row->head);
    for (const char *at = strstr(text, row->head); at != NULL; at = strstr(at + 1, row->head)) {
        size_t start = (size_t)(at - text);
        bool begins = (!row->first || start == 0) &&
                      (!row->left || start == 0 || !plain_is_word(text[start - 1]));
        if (begins && (row->tail == NULL ? plain_ends(row, text, start + len)
                                         : plain_tail_stands(row, text, start + len))) {
            return true;
        }
    }
    return false;
}

#endif
