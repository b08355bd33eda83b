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

/* The position of a comparison: a piece, or an element of the list that a piece is. */
struct place {
    struct piece piece;
    bool listed;
    size_t index;
    const char *identity; /* its identity: two of the same are an error */
    const char *called;   /* the identity in words */
    bool own_slug;
};

/* Only one comparison is in memory at a time: as trees, those of a large file would take ten times
 * its size. The position of each is kept, to find duplicates. */
struct document {
    struct arena *arena; /* of the positions */
    struct arena unit;   /* of the comparison being read */
    intake_take take;
    void *context;
    struct way *way;
    const char *name;
    const char *bytes;
    size_t len;
    size_t at; /* what is before it has been read */
    int line;  /* of `at`, and where that line begins */
    size_t line_start;
    struct place *places;
    size_t count, room;
    struct failure *why;
    bool failed;            /* reading continues, to find all unknown members */
    struct failure ignored; /* failures after the first */
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

/* The length of the value that begins at `bytes`: up to the bracket that closes it, skipping
 * strings, or to the end of the text. Anything but an object or array extends to the end of its
 * line. */
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

/* The JSON reader counts lines from its own beginning. A piece that it refuses is read once more,
 * after as many empty lines and spaces as precede it in the file. */
static bool read_piece(struct document *document, const struct piece *piece, struct value **value)
{
    struct failure first = {0};
    if (json_read(&document->unit, document->name, piece->bytes, piece->len, value, &first)) {
        return true;
    }
    size_t lines = (size_t)piece->line - 1;
    size_t before = lines + (size_t)piece->column - 1;
    char *moved = arena_alloc(&document->unit, before + piece->len + 1);
    memset(moved, '\n', lines);
    memset(moved + lines, ' ', before - lines);
    memcpy(moved + before, piece->bytes, piece->len);
    if (json_read(&document->unit, document->name, moved, before + piece->len, value,
                  document->why)) {
        *document->why = first;
    }
    return false;
}

static void note_place(struct document *document, const struct place *place)
{
    document->places = arena_more(document->arena, document->places, document->count,
                                  &document->room, sizeof *document->places);
    document->places[document->count++] = *place;
}

static const char *tool_identity(struct arena *arena, const struct tool *tool)
{
    return tool->own_slug ? arena_format(arena, "slug %s", tool->slug)
                          : arena_format(arena, "name %s", model_name_key(arena, tool->name));
}

/* The identity is the id that the callback has set, or else the comparison's own. */
static void identify(struct document *document, const struct comparison *item, struct place *place)
{
    struct arena *unit = &document->unit;
    const char *pair = arena_format(unit, "%s\n%s", tool_identity(unit, &item->left),
                                    tool_identity(unit, &item->right));
    const char *identity = item->id != 0    ? arena_format(unit, "%lld", (long long)item->id)
                           : item->own_slug ? arena_format(unit, "slug %s", item->slug)
                                            : pair;
    const char *called =
        item->own_slug ? arena_format(unit, "the slug \"%s\"", text_excerpt(unit, item->slug, 100))
                       : arena_format(unit, "the comparison of \"%s\" and \"%s\"",
                                      text_excerpt(unit, item->left.name, 60),
                                      text_excerpt(unit, item->right.name, 60));
    place->own_slug = item->own_slug;
    place->identity = arena_copy(document->arena, identity);
    place->called = arena_copy(document->arena, called);
}

static struct json_source piece_source(const struct document *document, const struct piece *piece)
{
    return (struct json_source){.name = document->name,
                                .bytes = piece->bytes,
                                .len = piece->len,
                                .line = piece->line,
                                .column = piece->column,
                                .way = document->way};
}

/* Reads on after a comparison was refused, because there may be more unknown members, which are
 * reported together. */
static bool read_on(struct document *document)
{
    bool names = document->way != NULL && !document->way->ignore_unknown;
    document->failed = true;
    document->why = &document->ignored;
    return names;
}

static bool add_item(struct document *document, const struct place *at, const struct value *value)
{
    struct place place = *at;
    struct json_source source = piece_source(document, &place.piece);
    struct step element = {.index = place.index};
    const struct step *step = place.listed ? &element : NULL;
    if (document->count == INTAKE_ITEMS_MAX) {
        return reading_fail(&source, step, document->why,
                            "this is comparison %d; split the file, %d is the most that one takes",
                            INTAKE_ITEMS_MAX + 1, INTAKE_ITEMS_MAX);
    }
    struct comparison item;
    struct failure inner = {0};
    if (!reading_comparison(&document->unit, &source, step, value, &item, document->why)) {
        return read_on(document);
    }
    if (document->failed) {
        return true;
    }
    if (!intake_complete(&document->unit, &item, &inner)) {
        reading_fail(&source, step, document->why, "%s", inner.text);
        return read_on(document);
    }
    if (!document->take(document->context, &document->unit, &item, document->why)) {
        return document->why->kind == FAILURE_DATA && read_on(document);
    }
    identify(document, &item, &place);
    note_place(document, &place);
    return true;
}

/* Anything but a list of objects is read as one whole, and refused in the reader's words. */
static bool refuse_list(struct document *document, const struct piece *piece, size_t index)
{
    struct json_source source = piece_source(document, piece);
    struct step step = {.index = index};
    struct comparison item;
    struct value *list;
    if (!read_piece(document, piece, &list)) {
        return false;
    }
    const struct value *at = list->first;
    for (; at != NULL && index > 0; index--) {
        at = at->next;
    }
    bool object = at == NULL || at->kind == VALUE_OBJECT;
    return object ? reading_fail(&source, &step, document->why, "cannot be read; write it anew")
                  : reading_comparison(&document->unit, &source, &step, at, &item, document->why);
}

static size_t skip_blank(const struct piece *piece, size_t at)
{
    while (at < piece->len && piece->bytes[at] != '\0' &&
           strchr(" \t\r\n", piece->bytes[at]) != NULL) {
        at++;
    }
    return at;
}

/* The element at `*at`, which moves on to what follows it. */
static bool add_element(struct document *document, const struct place *place, size_t *at)
{
    const struct piece *list = &place->piece;
    const char *bytes = list->bytes + *at;
    struct value *value;
    struct failure ignored;
    if (*at >= list->len || *bytes != '{') {
        return refuse_list(document, list, place->index);
    }
    size_t len = piece_length(bytes, list->len - *at);
    if (!json_read(&document->unit, document->name, bytes, len, &value, &ignored)) {
        return refuse_list(document, list, place->index);
    }
    *at += len;
    return add_item(document, place, value);
}

static bool add_list(struct document *document, const struct piece *piece)
{
    struct place place = {.piece = *piece, .listed = true};
    size_t at = skip_blank(piece, 1);
    if (at + 1 == piece->len && piece->bytes[at] == ']') {
        return true;
    }
    for (;; place.index++) {
        at = skip_blank(piece, at);
        if (!add_element(document, &place, &at)) {
            return false;
        }
        arena_reset(&document->unit);
        at = skip_blank(piece, at);
        if (at + 1 == piece->len && piece->bytes[at] == ']') {
            return true;
        }
        if (at >= piece->len || piece->bytes[at] != ',') {
            return refuse_list(document, piece, place.index + 1);
        }
        at++;
    }
}

static bool add_piece(struct document *document, const struct piece *piece)
{
    struct place place = {.piece = *piece};
    struct value *value;
    if (piece->bytes[0] == '[') {
        return add_list(document, piece);
    }
    bool good = read_piece(document, piece, &value) && add_item(document, &place, value);
    arena_reset(&document->unit);
    return good;
}

/* By identity, then by place in the file. */
static int compare_identities(const void *left, const void *right)
{
    const struct place *const *a = left;
    const struct place *const *b = right;
    int order = strcmp((*a)->identity, (*b)->identity);
    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static bool refuse_double(struct document *document, const struct place *first,
                          const struct place *second)
{
    struct json_source source = piece_source(document, &first->piece);
    struct step step = {.index = first->index};
    int line;
    int column;
    reading_place(&source, first->listed ? &step : NULL, &line, &column);
    source = piece_source(document, &second->piece);
    step.index = second->index;
    return reading_fail(&source, second->listed ? &step : NULL, document->why,
                        "%s is there already, at %d:%d; leave one of the two out%s", second->called,
                        line, column, second->own_slug ? "" : ", or give it a \"slug\" of its own");
}

/* Of several duplicates, the one that comes first in the file is named. */
static bool check_twice(struct document *document)
{
    size_t count = document->count;
    const struct place **sorted = arena_array(document->arena, count, sizeof(void *));
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &document->places[i];
    }
    if (count > 1) {
        qsort(sorted, count, sizeof(void *), compare_identities);
    }
    const struct place *first = NULL;
    const struct place *second = NULL;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[i - 1]->identity, sorted[i]->identity) == 0 &&
            (second == NULL || sorted[i] < second)) {
            first = sorted[i - 1];
            second = sorted[i];
        }
    }
    return second == NULL || refuse_double(document, first, second);
}

static bool read_all(struct document *document, const char *bytes, size_t len)
{
    size_t start;
    bool good = text_check(document->name, bytes, len, &start, document->why);
    if (good) {
        document->bytes = bytes + start;
        document->len = len - start;
        document->line = 1;
        for (skip_space(document); good && document->at < document->len; skip_space(document)) {
            struct piece piece = next_piece(document);
            good = add_piece(document, &piece);
        }
    }
    arena_free(&document->unit);
    return good && !document->failed;
}

/* An unknown member is reported before other faults of the data, because it is probably their
 * cause. */
static bool check_unknown(const struct way *way, bool good, struct failure *why)
{
    bool unknown = way != NULL && way->unknown_count > 0 && !way->ignore_unknown;
    return unknown && (good || why->kind == FAILURE_DATA) ? way_refuse_unknown(way, why) : good;
}

bool document_each(const char *name, const char *bytes, size_t len, struct way *way,
                   intake_take take, void *context, struct failure *why)
{
    struct arena arena = {0};
    struct document document = {
        .arena = &arena, .take = take, .context = context, .way = way, .name = name, .why = why};
    bool good = read_all(&document, bytes, len) && check_twice(&document);
    arena_free(&arena);
    return check_unknown(way, good, why);
}
