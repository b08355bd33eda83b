#include "render/tidy.h"

#include <string.h>

#include "render/isolate.h"
#include "render/phrase.h"

static void tidy_tool(struct arena *arena, struct tool *tool)
{
    tool->slug = phrase_tidy(arena, tool->slug);
    tool->name = isolate_name(arena, phrase_tidy(arena, tool->name));
    tool->category = phrase_tidy(arena, tool->category);
    tool->tagline = phrase_tidy(arena, tool->tagline);
    tool->description = phrase_tidy(arena, tool->description);
    tool->price = phrase_tidy(arena, tool->price);
    tool->price_note = phrase_tidy(arena, tool->price_note);
    struct review *reviews = arena_array(arena, tool->review_count, sizeof *reviews);
    for (size_t i = 0; i < tool->review_count; i++) {
        reviews[i] = tool->reviews[i];
        reviews[i].reviewer =
            reviews[i].reviewer != NULL ? phrase_tidy(arena, reviews[i].reviewer) : NULL;
        reviews[i].quote = phrase_tidy(arena, reviews[i].quote);
    }
    tool->reviews = reviews;
}

/* A title as it stands on the site, with the names in it isolated: the longer one first, as it may
 * hold the other. */
static char *tidy_title(struct arena *arena, const struct comparison *item, const char *title)
{
    const char *left = phrase_tidy(arena, item->left.name);
    const char *right = phrase_tidy(arena, item->right.name);
    bool swap = strlen(right) > strlen(left);
    char *text = phrase_tidy(arena, title);
    text = isolate_within(arena, text, swap ? right : left);
    return isolate_within(arena, text, swap ? left : right);
}

static struct comparison *tidy_comparison(struct arena *arena, const struct comparison *from)
{
    struct comparison *item = arena_alloc(arena, sizeof *item);
    *item = *from;
    item->title = tidy_title(arena, from, from->title);
    item->question = tidy_title(arena, from, from->question);
    tidy_tool(arena, &item->left);
    tidy_tool(arena, &item->right);
    return item;
}

struct story *tidy_stories(struct arena *arena, const struct story *stories, size_t count)
{
    struct story *tidy = arena_array(arena, count, sizeof *tidy);
    for (size_t i = 0; i < count; i++) {
        tidy[i] = stories[i];
        tidy[i].items = arena_array(arena, stories[i].count, sizeof *tidy[i].items);
        for (size_t j = 0; j < stories[i].count; j++) {
            tidy[i].items[j] = tidy_comparison(arena, stories[i].items[j]);
        }
    }
    return tidy;
}
