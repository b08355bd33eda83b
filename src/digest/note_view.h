/*
 * An editor's note: paragraphs and lists of plain spans, and the variables that templates read of
 * it. Whatever it was written in is over by then; escaping is left to the templates, as of every
 * other text.
 */
#ifndef DIGEST_NOTE_VIEW_H
#define DIGEST_NOTE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/value.h"

/* Words of one look. */
struct note_span {
    const char *text;
    bool strong, emphasis;
    const char *url; /* that they lead to; NULL: none */
};

/* A paragraph, or an item of a list. */
struct note_line {
    const struct note_span *spans;
    size_t count;
};

enum note_kind { NOTE_PARAGRAPH, NOTE_BULLETS, NOTE_NUMBERS };

struct note_block {
    enum note_kind kind;
    int64_t start;                 /* of NUMBERS: the first one */
    const struct note_line *lines; /* of a PARAGRAPH one */
    size_t count;
};

struct note {
    const struct note_block *blocks;
    size_t count;
};

/* Adds {is_list, is_numbered, start, items[]{mark, spans[]{text, is_strong, is_emphasis, has_url,
 * url, is_address}}} for each block. */
void note_view_add(struct arena *arena, struct value *list, const struct note *note);

/* The words of a line without their looks. */
const char *note_view_text(struct arena *arena, const struct note_line *line);

#endif
