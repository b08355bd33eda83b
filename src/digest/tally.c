#include "digest/tally.h"

#include <string.h>

static void add_tool(struct tally *tally, const struct tool *tool)
{
    for (size_t i = 0; i < tally->tool_count; i++) {
        if (strcmp(tally->tools[i]->slug, tool->slug) == 0) {
            return;
        }
    }
    tally->tools[tally->tool_count++] = tool;
    tally->voted += tool->community_ship != PERCENT_NONE;
}

struct tally tally_count(struct arena *arena, const struct story *stories, size_t count)
{
    struct tally tally = {.stories = count};
    for (size_t i = 0; i < count; i++) {
        tally.comparisons += stories[i].count;
    }
    tally.tools = arena_array(arena, 2 * tally.comparisons, sizeof *tally.tools);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < stories[i].count; j++) {
            const struct comparison *item = stories[i].items[j];
            add_tool(&tally, model_other(item, stories[i].shared));
            add_tool(&tally, model_rival(item, stories[i].shared));
        }
    }
    return tally;
}
