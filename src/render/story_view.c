#include "render/story_view.h"

#include <string.h>

#include "base/buf.h"
#include "render/answer.h"
#include "render/escape.h"
#include "render/ladder.h"
#include "render/panel.h"
#include "render/price.h"
#include "render/readers.h"
#include "render/standing.h"
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

static struct value *story_view_table(const struct say *say, const struct standing *standing)
{
    struct value *table = value_list(say->arena);
    for (size_t i = 0; i < standing->count; i++) {
        value_add(table,
                  tool_view_row(say, standing->tools[i], standing_rank(say->arena, standing, i),
                                standing->tools[i] == standing->shared));
    }
    tool_view_number(say->arena, table);
    return table;
}

/* What the link says: which comparison it leads to, as several stand in one issue. */
static char *link_text(const struct say *say, const struct tool *rival, const struct tool *other,
                       bool group)
{
    return say_text(say, group ? "story/link" : "story/link-pair",
                    HOLES({"tool", rival->short_name}, {"other", other->short_name}));
}

static struct value *story_view_entry(const struct say *say, const struct comparison *item,
                                      const char *shared, bool group, const char *comparison_url)
{
    struct arena *arena = say->arena;
    const struct tool *rival = model_rival(item, shared);
    const struct tool *other = model_other(item, shared);
    const char *url = story_view_link(arena, item, comparison_url);
    struct value *entry = value_object(arena);
    value_set_text(arena, entry, "title", item->title);
    value_set_text(arena, entry, "question", item->question != NULL ? item->question : "");
    value_set_text(arena, entry, "url", url != NULL ? url : "");
    value_set_bool(arena, entry, "has_url", url != NULL);
    value_set_text(arena, entry, "link_text", link_text(say, rival, other, group));
    value_set_text(arena, entry, "verdict", panel_verdict(say, rival, other, group));
    value_set_text(arena, entry, "price_read", price_read(arena, rival, other));
    value_set_text(arena, entry, "votes", readers_votes(say, rival, other));
    struct value *profiles = value_set(arena, entry, "profiles", value_list(arena));
    value_add(profiles, tool_view_profile(say, rival, false));
    if (!group) {
        value_add(profiles, tool_view_profile(say, other, false));
    }
    tool_view_number(arena, profiles);
    return entry;
}

static char *story_view_title(const struct say *say, const struct story *story,
                              const struct standing *standing)
{
    return !standing->group ? arena_copy(say->arena, story->items[0]->title)
                            : say_count(say, "story/title", story->count,
                                        HOLES({"tool", standing->shared->short_name},
                                              {"count", say_number(say, story->count)}));
}

static const char *story_view_category(const struct say *say, const struct comparison *item)
{
    const char *left = item->left.category;
    const char *right = item->right.category;
    if (strcmp(left, right) == 0 || *right == '\0') {
        return left;
    }
    return *left == '\0' ? right : say_list(say, (const char *[]){left, right}, 2);
}

static bool has_votes(const struct standing *standing)
{
    for (size_t i = 0; i < standing->count; i++) {
        if (standing->tools[i]->community_ship != PERCENT_NONE) {
            return true;
        }
    }
    return false;
}

static void set_sentences(const struct say *say, struct value *view,
                          const struct standing *standing)
{
    const char *prices = ladder_sentence(say, standing->tools, standing->count);
    const char *answer = answer_sentence(say, standing);
    bool alike = ladder_is_alike(say->arena, standing->tools, standing->count);
    value_set_text(say->arena, view, "verdict", answer);
    value_set_text(say->arena, view, "prices", prices);
    value_set_bool(say->arena, view, "has_prices", *prices != '\0');
    value_set_bool(say->arena, view, "prices_differ", !alike);
    value_set_bool(say->arena, view, "has_votes", has_votes(standing));
}

struct value *story_view_make(const struct say *say, const struct story *story,
                              const char *comparison_url)
{
    struct arena *arena = say->arena;
    struct standing standing = standing_of(arena, story);
    const struct comparison *item = story->items[0];
    const char *category = story_view_category(say, item);
    struct value *view = value_object(arena);
    value_set_bool(arena, view, "is_group", standing.group);
    value_set_text(arena, view, "category", category);
    value_set_bool(arena, view, "has_category", *category != '\0');
    value_set_text(arena, view, "title", story_view_title(say, story, &standing));
    set_sentences(say, view, &standing);
    value_set(arena, view, "tools", story_view_table(say, &standing));
    value_set(arena, view, "shared",
              standing.group ? tool_view_profile(say, standing.shared, true)
                             : value_bool(arena, false));
    struct value *entries = value_set(arena, view, "entries", value_list(arena));
    for (size_t i = 0; i < story->count; i++) {
        value_add(entries, story_view_entry(say, story->items[i], story->shared, standing.group,
                                            comparison_url));
    }
    tool_view_number(arena, entries);
    return view;
}
