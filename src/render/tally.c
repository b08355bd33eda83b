#include "render/tally.h"

#include <string.h>

#include "render/panel.h"
#include "render/price.h"

static void add_tool(const struct tool **tools, size_t *count, const struct tool *tool)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(tools[i]->slug, tool->slug) == 0) {
            return;
        }
    }
    tools[(*count)++] = tool;
}

const struct tool **tally_tools(struct arena *arena, const struct story *stories, size_t count,
                                size_t *tool_count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        most += 2 * stories[i].count;
    }
    const struct tool **tools = arena_array(arena, most, sizeof *tools);
    *tool_count = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < stories[i].count; j++) {
            const struct comparison *item = stories[i].items[j];
            add_tool(tools, tool_count, model_other(item, stories[i].shared));
            add_tool(tools, tool_count, model_rival(item, stories[i].shared));
        }
    }
    return tools;
}

static void count_tools(struct arena *arena, const struct story *stories, size_t count,
                        struct tally *tally)
{
    const struct tool **tools = tally_tools(arena, stories, count, &tally->tools);
    for (size_t i = 0; i < tally->tools; i++) {
        struct price price = price_parse(arena, tools[i]);
        tally->priced += price.kind != PRICE_UNKNOWN;
        tally->free += price.kind == PRICE_FREE;
        tally->free_to_start |= price.kind == PRICE_FREE && (price.entry || *price.note != '\0');
        tally->voted += tools[i]->community_ship != PERCENT_NONE;
    }
}

static void count_verdict(const struct comparison *item, size_t story, size_t at,
                          struct tally *tally)
{
    enum panel_outcome outcome = panel_compare(&item->left, &item->right);
    tally->wins += outcome == PANEL_WINS || outcome == PANEL_LOSES;
    tally->ties += outcome == PANEL_TIES;
    tally->open += outcome == PANEL_OPEN;
    int strength = panel_strength(&item->left, &item->right);
    if (tally->comparisons == 0 || strength > tally->strength) {
        tally->strength = strength;
        tally->strongest_story = story;
        tally->strongest_item = at;
    }
    tally->comparisons++;
}

struct tally tally_count(struct arena *arena, const struct story *stories, size_t count)
{
    struct tally tally = {.stories = count};
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < stories[i].count; j++) {
            count_verdict(stories[i].items[j], i, j, &tally);
        }
    }
    count_tools(arena, stories, count, &tally);
    return tally;
}

struct tally_rivals tally_rivals(const struct story *story)
{
    struct tally_rivals rivals = {.count = story->count, .same = true};
    int share = model_rival(story->items[0], story->shared)->panel_ship;
    for (size_t i = 0; i < story->count; i++) {
        const struct tool *rival = model_rival(story->items[i], story->shared);
        enum panel_outcome outcome =
            panel_compare(rival, model_other(story->items[i], story->shared));
        rivals.win += outcome == PANEL_WINS;
        rivals.lose += outcome == PANEL_LOSES;
        rivals.tie += outcome == PANEL_TIES;
        rivals.open += outcome == PANEL_OPEN;
        rivals.same &= rival->panel_ship == share;
    }
    return rivals;
}
