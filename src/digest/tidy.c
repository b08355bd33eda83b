#include "digest/tidy.h"

#include <string.h>

#include "digest/isolate.h"
#include "digest/phrase.h"

/* All tools of the issue: a short name must not be mistaken for one of them. */
struct crowd {
    const struct story *stories;
    size_t count;
};

/* The short name that the source gives; otherwise the name without a bracket at its end: "Mistral 3
 * Small" for "Mistral 3 Small (24B)". */
static char *shorten(struct arena *arena, const struct tool *tool)
{
    const char *given = phrase_tidy(arena, tool->short_name);
    if (*given != '\0') {
        return arena_copy(arena, given);
    }
    const char *name = phrase_tidy(arena, tool->name);
    const char *bracket = strrchr(name, '(');
    size_t len = strlen(name);
    bool ends = bracket != NULL && bracket > name + 1 && bracket[-1] == ' ' &&
                strchr(bracket, ')') == name + len - 1;
    return ends ? phrase_tidy(arena, arena_copy_bytes(arena, name, (size_t)(bracket - name)))
                : arena_copy(arena, name);
}

/* Whether `other` is a different tool that is called `brief` too, or would be. */
static bool is_like(struct arena *arena, const struct tool *other, const char *name,
                    const char *brief)
{
    const char *tidy = phrase_tidy(arena, other->name);
    return strcmp(tidy, name) != 0 &&
           (strcmp(tidy, brief) == 0 || strcmp(shorten(arena, other), brief) == 0);
}

static bool is_shared(struct arena *arena, const struct crowd *crowd, const char *name,
                      const char *brief)
{
    for (size_t i = 0; i < crowd->count; i++) {
        for (size_t j = 0; j < crowd->stories[i].count; j++) {
            const struct comparison *item = crowd->stories[i].items[j];
            if (is_like(arena, &item->left, name, brief) ||
                is_like(arena, &item->right, name, brief)) {
                return true;
            }
        }
    }
    return false;
}

static const char *short_name(struct arena *arena, const struct crowd *crowd,
                              const struct tool *tool)
{
    const char *name = phrase_tidy(arena, tool->name);
    const char *brief = shorten(arena, tool);
    return strcmp(brief, name) != 0 && is_shared(arena, crowd, name, brief) ? name : brief;
}

static void tidy_tool(struct arena *arena, const struct crowd *crowd, struct tool *tool)
{
    const char *brief = short_name(arena, crowd, tool);
    tool->slug = phrase_tidy(arena, tool->slug);
    tool->name = isolate_name(arena, phrase_tidy(arena, tool->name));
    tool->short_name = isolate_name(arena, brief);
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

/* A title as the site has it, with the names in it isolated: the longer one first, because it may
 * contain the other. */
static char *tidy_title(struct arena *arena, const struct comparison *item, const char *title)
{
    const char *left = phrase_tidy(arena, item->left.name);
    const char *right = phrase_tidy(arena, item->right.name);
    bool swap = strlen(right) > strlen(left);
    char *text = phrase_tidy(arena, title);
    text = isolate_within(arena, text, swap ? right : left);
    return isolate_within(arena, text, swap ? left : right);
}

static struct comparison *tidy_comparison(struct arena *arena, const struct crowd *crowd,
                                          const struct comparison *from)
{
    struct comparison *item = arena_alloc(arena, sizeof *item);
    *item = *from;
    item->title = tidy_title(arena, from, from->title);
    item->question = tidy_title(arena, from, from->question);
    tidy_tool(arena, crowd, &item->left);
    tidy_tool(arena, crowd, &item->right);
    return item;
}

struct story *tidy_stories(struct arena *arena, const struct story *stories, size_t count)
{
    const struct crowd crowd = {stories, count};
    struct story *tidy = arena_array(arena, count, sizeof *tidy);
    for (size_t i = 0; i < count; i++) {
        tidy[i] = stories[i];
        tidy[i].items = arena_array(arena, stories[i].count, sizeof *tidy[i].items);
        for (size_t j = 0; j < stories[i].count; j++) {
            tidy[i].items[j] = tidy_comparison(arena, &crowd, stories[i].items[j]);
        }
    }
    return tidy;
}

struct move tidy_move(struct arena *arena, const struct move *move)
{
    const struct crowd nobody = {NULL, 0};
    struct move tidy = *move;
    tidy_tool(arena, &nobody, &tidy.was);
    tidy_tool(arena, &nobody, &tidy.now);
    /* without a rival beside it, its full name distinguishes it from others */
    tidy.was.short_name = tidy.was.name;
    tidy.now.short_name = tidy.now.name;
    return tidy;
}
