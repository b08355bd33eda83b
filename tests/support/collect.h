/* All comparisons of a text at once, for tests: copies of what the reading hands over. */
#ifndef SUPPORT_COLLECT_H
#define SUPPORT_COLLECT_H

#include "intake/document.h"

struct intake {
    struct comparison *items;
    size_t count;
};

struct collecting {
    struct arena *arena;
    struct intake *intake;
    size_t room;
};

static inline const char *collect_text(struct arena *arena, const char *text)
{
    return text != NULL ? arena_copy(arena, text) : NULL;
}

static inline void collect_tool(struct arena *arena, struct tool *tool)
{
    const char **texts[] = {&tool->slug,       &tool->name,        &tool->category,
                            &tool->tagline,    &tool->description, &tool->price,
                            &tool->price_note, &tool->url,         &tool->short_name};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = collect_text(arena, *texts[i]);
    }
    const struct review *reviews = tool->reviews;
    tool->reviews = arena_array(arena, tool->review_count, sizeof *reviews);
    for (size_t i = 0; i < tool->review_count; i++) {
        tool->reviews[i] = reviews[i];
        tool->reviews[i].reviewer = collect_text(arena, reviews[i].reviewer);
        tool->reviews[i].quote = collect_text(arena, reviews[i].quote);
    }
}

static inline bool collect_take(void *context, struct arena *unit, struct comparison *item,
                                struct failure *why)
{
    struct collecting *collecting = context;
    struct intake *intake = collecting->intake;
    struct arena *arena = collecting->arena;
    (void)unit;
    (void)why;
    if (intake->count == collecting->room) {
        collecting->room = collecting->room > 0 ? 2 * collecting->room : 4;
        struct comparison *items = arena_array(arena, collecting->room, sizeof *items);
        for (size_t i = 0; i < intake->count; i++) {
            items[i] = intake->items[i];
        }
        intake->items = items;
    }
    struct comparison *kept = &intake->items[intake->count++];
    *kept = *item;
    kept->slug = collect_text(arena, item->slug);
    kept->title = collect_text(arena, item->title);
    kept->question = collect_text(arena, item->question);
    kept->url = collect_text(arena, item->url);
    collect_tool(arena, &kept->left);
    collect_tool(arena, &kept->right);
    return true;
}

/* Nothing of what has failed. */
static inline bool collected(struct intake *intake, bool good)
{
    intake->count = good ? intake->count : 0;
    return good;
}

static inline bool intake_read(struct arena *arena, const char *name, const char *bytes, size_t len,
                               struct intake *intake, struct failure *why)
{
    struct collecting collecting = {.arena = arena, .intake = intake};
    *intake = (struct intake){.count = 0};
    return collected(intake, intake_each(name, bytes, len, NULL, collect_take, &collecting, why));
}

static inline bool document_read(struct arena *arena, const char *name, const char *bytes,
                                 size_t len, struct intake *intake, struct failure *why)
{
    struct collecting collecting = {.arena = arena, .intake = intake};
    *intake = (struct intake){.count = 0};
    return collected(intake, document_each(name, bytes, len, NULL, collect_take, &collecting, why));
}

#endif
