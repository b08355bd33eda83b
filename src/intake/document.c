#include "intake/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "intake/reading.h"
#include "intake/text.h"

/* One top-level value of the file, as bytes. */
struct piece {
    const char *bytes;
    size_t len;
    int line, column;
};

/* Where a comparison stands: a piece, or an element of the list that a piece is. */
struct place {
    struct piece piece;
    bool listed;
    size_t index;
};

struct document {
    struct arena *arena;
    const char *name;
    const char *bytes;
    size_t len;
    size_t at; /* what is before it has been read */
    int line;  /* of `at`, and where it begins */
    size_t line_start;
    struct comparison *items;
    struct place *places;
    size_t count, room;
    struct failure *why;
};

static void skip_space(struct document *document)
{
    while (document->at < document->len) {
        char c = document->bytes[document->at];
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            return;
        }
        document->at++;
        if (c == '\n') {
            document->line++;
            document->line_start = document->at;
        }
    }
}

/* How long the value is that begins at `bytes`: to the bracket that closes it, strings passed by,
 * or to the end of the text. Something else than an object or array goes to its line's end. */
static size_t piece_length(const char *bytes, size_t len)
{
    size_t depth = 0;
    bool quoted = false;
    if (bytes[0] != '{' && bytes[0] != '[') {
        const char *end = memchr(bytes, '\n', len);
        return end != NULL ? (size_t)(end - bytes) : len;
    }
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
    return len;
}

static struct piece next_piece(struct document *document)
{
    struct piece piece = {
        .bytes = document->bytes + document->at,
        .len = piece_length(document->bytes + document->at, document->len - document->at),
        .line = document->line,
        .column = (int)(document->at - document->line_start) + 1,
    };
    for (size_t end = document->at + piece.len; document->at < end; document->at++) {
        if (document->bytes[document->at] == '\n') {
            document->line++;
            document->line_start = document->at + 1;
        }
    }
    return piece;
}

/* The JSON reader counts lines from its own beginning. A piece that it refuses is read once more
 * behind as many empty lines and spaces as stand before it in the file. */
static bool read_piece(struct document *document, const struct piece *piece, struct value **value)
{
    struct failure first = {0};
    if (json_read(document->arena, document->name, piece->bytes, piece->len, value, &first)) {
        return true;
    }
    size_t lines = (size_t)piece->line - 1;
    size_t before = lines + (size_t)piece->column - 1;
    char *moved = arena_alloc(document->arena, before + piece->len + 1);
    memset(moved, '\n', lines);
    memset(moved + lines, ' ', before - lines);
    memcpy(moved + before, piece->bytes, piece->len);
    if (json_read(document->arena, document->name, moved, before + piece->len, value,
                  document->why)) {
        *document->why = first;
    }
    return false;
}

static void make_room(struct document *document)
{
    if (document->count < document->room) {
        return;
    }
    size_t room = document->room > 0 ? document->room * 2 : 4;
    struct comparison *items = arena_array(document->arena, room, sizeof *items);
    struct place *places = arena_array(document->arena, room, sizeof *places);
    if (document->count > 0) {
        memcpy(items, document->items, document->count * sizeof *items);
        memcpy(places, document->places, document->count * sizeof *places);
    }
    document->items = items;
    document->places = places;
    document->room = room;
}

static struct source piece_source(const struct document *document, const struct piece *piece)
{
    return (struct source){.name = document->name,
                           .bytes = piece->bytes,
                           .len = piece->len,
                           .line = piece->line,
                           .column = piece->column};
}

static bool add_item(struct document *document, const struct place *place,
                     const struct value *value)
{
    struct source source = piece_source(document, &place->piece);
    struct step element = {.index = place->index};
    const struct step *step = place->listed ? &element : NULL;
    if (document->count == INTAKE_ITEMS_MAX) {
        return reading_fail(&source, step, document->why,
                            "this is comparison %d; split the file, %d is the most that one takes",
                            INTAKE_ITEMS_MAX + 1, INTAKE_ITEMS_MAX);
    }
    make_room(document);
    struct comparison *item = &document->items[document->count];
    struct failure inner = {0};
    if (!reading_comparison(document->arena, &source, step, value, item, document->why)) {
        return false;
    }
    if (!intake_complete(document->arena, item, &inner)) {
        return reading_fail(&source, step, document->why, "%s", inner.text);
    }
    document->places[document->count++] = *place;
    return true;
}

static bool add_piece(struct document *document, const struct piece *piece,
                      const struct value *value)
{
    struct place place = {.piece = *piece};
    if (value->kind != VALUE_LIST) {
        return add_item(document, &place, value);
    }
    place.listed = true;
    for (const struct value *at = value->first; at != NULL; at = at->next) {
        if (!add_item(document, &place, at)) {
            return false;
        }
        place.index++;
    }
    return true;
}

/* By slug, then by place in the file. */
static int compare_slugs(const void *left, const void *right)
{
    const struct comparison *const *a = left;
    const struct comparison *const *b = right;
    int order = strcmp((*a)->slug, (*b)->slug);
    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static bool refuse_double(struct document *document, size_t first, size_t second)
{
    struct place *places[2] = {&document->places[first], &document->places[second]};
    struct source source = piece_source(document, &places[0]->piece);
    struct step step = {.index = places[0]->index};
    int line;
    int column;
    reading_place(&source, places[0]->listed ? &step : NULL, &line, &column);
    source = piece_source(document, &places[1]->piece);
    step.index = places[1]->index;
    return reading_fail(&source, places[1]->listed ? &step : NULL, document->why,
                        "the slug \"%s\" is there already, at %d:%d; leave one of the two out",
                        text_excerpt(document->arena, document->items[second].slug, 100), line,
                        column);
}

/* Of several that are there twice, the one that comes first in the file is named. */
static bool check_slugs(struct document *document)
{
    size_t count = document->count;
    const struct comparison **sorted = arena_array(document->arena, count, sizeof(void *));
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &document->items[i];
    }
    if (count > 1) {
        qsort(sorted, count, sizeof(void *), compare_slugs);
    }
    size_t first = 0;
    size_t second = count;
    for (size_t i = 1; i < count; i++) {
        size_t here = (size_t)(sorted[i] - document->items);
        if (strcmp(sorted[i - 1]->slug, sorted[i]->slug) == 0 && here < second) {
            first = (size_t)(sorted[i - 1] - document->items);
            second = here;
        }
    }
    return second == count || refuse_double(document, first, second);
}

bool document_read(struct arena *arena, const char *name, const char *bytes, size_t len,
                   struct intake *intake, struct failure *why)
{
    size_t start;
    if (!text_check(name, bytes, len, &start, why)) {
        return false;
    }
    struct document document = {.arena = arena,
                                .name = name,
                                .bytes = bytes + start,
                                .len = len - start,
                                .line = 1,
                                .why = why};
    for (skip_space(&document); document.at < document.len; skip_space(&document)) {
        struct value *value = NULL;
        struct piece piece = next_piece(&document);
        if (!read_piece(&document, &piece, &value) || !add_piece(&document, &piece, value)) {
            return false;
        }
    }
    *intake = (struct intake){.items = document.items, .count = document.count};
    return check_slugs(&document);
}
