#include "digest/standing.h"

#include <string.h>

static void insert(struct standing *standing, const struct tool *tool)
{
    size_t at = standing->count++;
    for (; at > 0 && standing->tools[at - 1]->panel_ship < tool->panel_ship; at--) {
        standing->tools[at] = standing->tools[at - 1];
    }
    standing->tools[at] = tool;
}

static void count_top(struct standing *standing)
{
    for (size_t i = 0; i < standing->count; i++) {
        standing->juries[i] = jury_of(standing->tools[i]);
        if (standing->juries[i].percent == PERCENT_NONE) {
            continue;
        }
        standing->judged++;
        standing->top += standing->juries[i].percent == standing->juries[0].percent;
        standing->level += jury_is_level(&standing->juries[0], &standing->juries[i]);
    }
}

struct standing standing_of(struct arena *arena, const struct story *story)
{
    struct standing standing = {
        .tools = arena_array(arena, story->count + 1, sizeof *standing.tools),
        .juries = arena_array(arena, story->count + 1, sizeof *standing.juries),
        .group = story->shared != NULL && story->count > 1,
    };
    const struct tool *other = model_other(story->items[0], story->shared);
    for (size_t i = 0; i < story->count; i++) {
        insert(&standing, model_rival(story->items[i], story->shared));
    }
    insert(&standing, other);
    standing.shared = standing.group ? other : NULL;
    count_top(&standing);
    return standing;
}

char *standing_rank(struct arena *arena, const struct standing *standing, size_t at)
{
    size_t better = 0;
    size_t same = 0;
    for (size_t i = 0; i < standing->judged; i++) {
        better += standing->juries[i].percent > standing->juries[at].percent;
        same += standing->juries[i].percent == standing->juries[at].percent;
    }
    return at >= standing->judged ? arena_copy(arena, "")
                                  : arena_format(arena, "%s%zu", same > 1 ? "=" : "", better + 1);
}

struct jury standing_jury(const struct standing *standing, size_t first, size_t last)
{
    struct jury jury = standing->juries[first];
    for (size_t i = first; i < last; i++) {
        if (standing->juries[i].size != jury.size || standing->juries[i].ship != jury.ship) {
            jury.size = 0;
        }
    }
    return jury;
}

const struct tool *standing_tool(const struct standing *standing, const struct tool *tool)
{
    for (size_t i = 0; i < standing->count; i++) {
        if (strcmp(standing->tools[i]->slug, tool->slug) == 0) {
            return standing->tools[i];
        }
    }
    return NULL;
}
