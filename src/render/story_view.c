#include "render/story_view.h"

#include <string.h>

#include "base/buf.h"
#include "render/escape.h"
#include "render/panel.h"
#include "render/phrase.h"
#include "render/price.h"
#include "render/summary.h"
#include "render/tool_view.h"

char *story_view_link(struct arena *arena, const struct comparison *comparison,
                      const char *comparison_url)
{
    if (tool_view_link(comparison->url) != NULL) {
        return arena_copy(arena, comparison->url);
    }
    const char *slot = comparison_url != NULL ? strstr(comparison_url, "{slug}") : NULL;
    if (slot == NULL) {
        return NULL;
    }
    struct buf slug;
    buf_init(&slug, 64 * 1024);
    escape_url_part(&slug, comparison->slug, strlen(comparison->slug));
    char *url = arena_format(arena, "%.*s%s%s", (int)(slot - comparison_url), comparison_url,
                             slug.data, slot + strlen("{slug}"));
    buf_free(&slug);
    return tool_view_link(url) != NULL ? url : NULL;
}

/* "1", "=2": how many have more, and whether others have the same. Nothing without a verdict. */
static char *rank_of(struct arena *arena, const struct tool *const *tools, size_t count, size_t at)
{
    size_t better = 0;
    size_t same = 0;
    for (size_t i = 0; i < count; i++) {
        better += tools[i]->panel_ship > tools[at]->panel_ship;
        same += tools[i]->panel_ship == tools[at]->panel_ship;
    }
    if (tools[at]->panel_ship == PERCENT_NONE) {
        return arena_copy(arena, "");
    }
    return arena_format(arena, "%s%zu", same > 1 ? "=" : "", better + 1);
}

/* The story's tools as the table has them: rivals as they are ranked, the shared tool behind those
 * that are not worse. */
static const struct tool **rank_tools(struct arena *arena, const struct story *story,
                                      const struct tool *other, size_t *count)
{
    const struct tool **tools = arena_array(arena, story->count + 1, sizeof *tools);
    bool placed = false;
    *count = 0;
    for (size_t i = 0; i < story->count; i++) {
        const struct tool *rival = model_rival(story->items[i], story->shared);
        if (!placed && rival->panel_ship < other->panel_ship) {
            tools[(*count)++] = other;
            placed = true;
        }
        tools[(*count)++] = rival;
    }
    if (!placed) {
        tools[(*count)++] = other;
    }
    return tools;
}

static struct value *story_view_table(struct arena *arena, const struct story *story, bool group)
{
    const struct tool *other = model_other(story->items[0], story->shared);
    size_t count;
    const struct tool **tools = rank_tools(arena, story, other, &count);
    struct value *table = value_list(arena);
    for (size_t i = 0; i < count; i++) {
        value_add(table, tool_view_row(arena, tools[i], rank_of(arena, tools, count, i),
                                       group && tools[i] == other));
    }
    tool_view_number(arena, table);
    return table;
}

/* What the link says: which comparison it leads to, as several stand in one issue. */
static char *link_text(struct arena *arena, const struct tool *rival, const struct tool *other,
                       bool group)
{
    return group ? arena_format(arena, "Read the full comparison with %s", rival->name)
                 : arena_format(arena, "Read the full comparison of %s and %s", rival->name,
                                other->name);
}

static struct value *story_view_entry(struct arena *arena, const struct comparison *item,
                                      const char *shared, bool group, const char *comparison_url)
{
    const struct tool *rival = model_rival(item, shared);
    const struct tool *other = model_other(item, shared);
    const char *url = story_view_link(arena, item, comparison_url);
    struct value *entry = value_object(arena);
    value_set_text(arena, entry, "title", item->title);
    value_set_text(arena, entry, "question", item->question != NULL ? item->question : "");
    value_set_text(arena, entry, "url", url != NULL ? url : "");
    value_set_bool(arena, entry, "has_url", url != NULL);
    value_set_text(arena, entry, "link_text", link_text(arena, rival, other, group));
    value_set_text(arena, entry, "verdict", panel_verdict(arena, rival, other, group));
    value_set_text(arena, entry, "price_read", price_read(arena, rival, other));
    value_set_text(arena, entry, "votes", panel_votes(arena, rival, other));
    struct value *profiles = value_set(arena, entry, "profiles", value_list(arena));
    value_add(profiles, tool_view_profile(arena, rival, false));
    if (!group) {
        value_add(profiles, tool_view_profile(arena, other, false));
    }
    tool_view_number(arena, profiles);
    return entry;
}

static char *story_view_title(struct arena *arena, const struct story *story, bool group)
{
    const struct comparison *item = story->items[0];
    if (!group) {
        return arena_copy(arena, item->title);
    }
    const struct tool *shared = model_other(item, story->shared);
    return arena_format(arena, "%s against %s", shared->name,
                        phrase_count(arena, story->count, "rival", "rivals"));
}

static const char *story_view_category(struct arena *arena, const struct comparison *item)
{
    const char *left = item->left.category;
    const char *right = item->right.category;
    if (strcmp(left, right) == 0 || *right == '\0') {
        return left;
    }
    return *left == '\0' ? right : arena_format(arena, "%s and %s", left, right);
}

struct value *story_view_make(struct arena *arena, const struct story *story,
                              const char *comparison_url)
{
    bool group = story->shared != NULL && story->count > 1;
    const struct comparison *item = story->items[0];
    const char *category = story_view_category(arena, item);
    struct value *view = value_object(arena);
    value_set_bool(arena, view, "is_group", group);
    value_set_text(arena, view, "category", category);
    value_set_bool(arena, view, "has_category", *category != '\0');
    value_set_text(arena, view, "title", story_view_title(arena, story, group));
    value_set_text(arena, view, "verdict", summary_story(arena, story));
    value_set(arena, view, "tools", story_view_table(arena, story, group));
    value_set(arena, view, "shared",
              group ? tool_view_profile(arena, model_other(item, story->shared), true)
                    : value_bool(arena, false));
    struct value *entries = value_set(arena, view, "entries", value_list(arena));
    for (size_t i = 0; i < story->count; i++) {
        value_add(entries,
                  story_view_entry(arena, story->items[i], story->shared, group, comparison_url));
    }
    tool_view_number(arena, entries);
    return view;
}
