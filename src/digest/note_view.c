#include "digest/note_view.h"

#include <string.h>

#include "digest/tool_view.h"

static void add_span(struct arena *arena, struct value *spans, const struct note_span *from)
{
    struct value *span = value_add(spans, value_object(arena));
    const char *url = from->url != NULL ? from->url : "";
    value_set_text(arena, span, "text", from->text);
    value_set_bool(arena, span, "is_strong", from->strong);
    value_set_bool(arena, span, "is_emphasis", from->emphasis);
    value_set_text(arena, span, "url", url);
    value_set_bool(arena, span, "has_url", *url != '\0');
    value_set_bool(arena, span, "is_address", *url != '\0' && strcmp(url, from->text) == 0);
}

static void add_line(struct arena *arena, struct value *items, const struct note_line *line,
                     const char *mark)
{
    struct value *item = value_add(items, value_object(arena));
    struct value *spans = value_list(arena);
    for (size_t i = 0; i < line->count; i++) {
        add_span(arena, spans, &line->spans[i]);
    }
    tool_view_number(arena, spans);
    value_set_text(arena, item, "mark", mark);
    value_set(arena, item, "spans", spans);
}

static const char *mark_of(struct arena *arena, const struct note_block *block, size_t at)
{
    return block->kind == NOTE_NUMBERS
               ? arena_format(arena, "%lld.", (long long)block->start + (long long)at)
           : block->kind == NOTE_BULLETS ? "-"
                                         : "";
}

void note_view_add(struct arena *arena, struct value *list, const struct note *note)
{
    for (size_t i = 0; i < note->count; i++) {
        const struct note_block *from = &note->blocks[i];
        struct value *block = value_add(list, value_object(arena));
        struct value *items = value_list(arena);
        for (size_t j = 0; j < from->count; j++) {
            add_line(arena, items, &from->lines[j], mark_of(arena, from, j));
        }
        tool_view_number(arena, items);
        value_set_bool(arena, block, "is_list", from->kind != NOTE_PARAGRAPH);
        value_set_bool(arena, block, "is_numbered", from->kind == NOTE_NUMBERS);
        value_set_int(arena, block, "start", from->start);
        value_set(arena, block, "items", items);
    }
}

const char *note_view_text(struct arena *arena, const struct note_line *line)
{
    const char *text = "";
    for (size_t i = 0; i < line->count; i++) {
        text = arena_format(arena, "%s%s", text, line->spans[i].text);
    }
    return text;
}
