#include "render/tool_view.h"

#include <string.h>

#include "render/panel.h"
#include "render/phrase.h"
#include "render/price.h"
#include "render/quote.h"

char *tool_view_bar(struct arena *arena, int percent)
{
    if (percent == PERCENT_NONE) {
        return arena_copy(arena, "[no verdict]");
    }
    int cells = (percent * TOOL_VIEW_BAR_CELLS + 50) / 100;
    if (percent > 0 && cells == 0) {
        cells = 1;
    }
    if (percent < 100 && cells == TOOL_VIEW_BAR_CELLS) {
        cells = TOOL_VIEW_BAR_CELLS - 1;
    }
    return arena_format(arena, "[%.*s%.*s] %d%%", cells, "##########", TOOL_VIEW_BAR_CELLS - cells,
                        "----------", percent);
}

struct value *tool_view_percent(struct arena *arena, int percent, const char *absent)
{
    struct value *value = value_object(arena);
    bool known = percent != PERCENT_NONE;
    int filled = known ? percent : 0;
    char *bar = tool_view_bar(arena, percent);
    value_set_bool(arena, value, "known", known);
    value_set_int(arena, value, "percent", filled);
    value_set_text(arena, value, "text", known ? arena_format(arena, "%d%%", percent) : absent);
    value_set_int(arena, value, "filled", filled);
    value_set_int(arena, value, "empty", 100 - filled);
    value_set_bool(arena, value, "has_filled", filled > 0);
    value_set_bool(arena, value, "has_empty", filled < 100);
    value_set_text(arena, value, "bar", bar);
    value_set_text(arena, value, "bar_padded", arena_format(arena, "%-17s", bar));
    return value;
}

const char *tool_view_link(const char *url)
{
    bool https = url != NULL && strncmp(url, "https://", 8) == 0 && url[8] != '\0';
    return https && strpbrk(url, " \t\r\n<>\"") == NULL ? url : NULL;
}

/* A text with a boolean beside it, as templates cannot ask whether a text is empty. */
static void set_optional(struct arena *arena, struct value *object, const char *name,
                         const char *text)
{
    const char *there = text != NULL ? text : "";
    value_set_text(arena, object, name, there);
    value_set_bool(arena, object, arena_format(arena, "has_%s", name), *there != '\0');
}

/* Who says so, as far as the source tells: nobody gets a name that is not theirs. */
static char *credit(struct arena *arena, const struct review *review)
{
    const char *name = review->reviewer != NULL ? review->reviewer : "";
    switch (review->verdict) {
    case VERDICT_SHIP:
        return arena_format(arena, *name != '\0' ? "%s, who ships it" : "%sA reviewer who ships it",
                            name);
    case VERDICT_SKIP:
        return arena_format(arena, *name != '\0' ? "%s, who skips it" : "%sA reviewer who skips it",
                            name);
    case VERDICT_UNKNOWN:
        break;
    }
    return arena_copy(arena, name);
}

static bool add_quote(struct arena *arena, struct value *quotes, const struct tool *tool,
                      enum verdict verdict)
{
    const struct review *review;
    char *text = quote_choose(arena, tool, verdict, &review);
    if (text == NULL) {
        return false;
    }
    struct value *quote = value_add(quotes, value_object(arena));
    value_set_text(arena, quote, "text", text);
    set_optional(arena, quote, "by", credit(arena, review));
    value_set_bool(arena, quote, "ships", review->verdict == VERDICT_SHIP);
    value_set_bool(arena, quote, "skips", review->verdict == VERDICT_SKIP);
    return true;
}

static struct value *tool_view_quotes(struct arena *arena, const struct tool *tool)
{
    struct value *quotes = value_list(arena);
    bool ship = add_quote(arena, quotes, tool, VERDICT_SHIP);
    bool skip = add_quote(arena, quotes, tool, VERDICT_SKIP);
    if (!ship && !skip) {
        add_quote(arena, quotes, tool, VERDICT_UNKNOWN);
    }
    tool_view_number(arena, quotes);
    return quotes;
}

static struct value *tool_view_facts(struct arena *arena, const struct tool *tool, bool shared)
{
    struct value *value = value_object(arena);
    value_set_text(arena, value, "name", tool->name);
    value_set(arena, value, "panel", tool_view_percent(arena, tool->panel_ship, "no verdict yet"));
    value_set_bool(arena, value, "panel_derived", tool->panel_derived);
    value_set(arena, value, "community",
              tool_view_percent(arena, tool->community_ship, "no votes yet"));
    value_set_text(arena, value, "price", price_cell(arena, tool));
    value_set_bool(arena, value, "is_shared", shared);
    return value;
}

struct value *tool_view_profile(struct arena *arena, const struct tool *tool, bool shared)
{
    struct value *value = tool_view_facts(arena, tool, shared);
    set_optional(arena, value, "category", tool->category);
    set_optional(arena, value, "tagline", tool->tagline);
    set_optional(arena, value, "description",
                 quote_cut(arena, tool->description, TOOL_VIEW_DESCRIPTION));
    set_optional(arena, value, "url", tool_view_link(tool->url));
    value_set_text(arena, value, "split", panel_split(arena, tool));
    struct value *quotes = tool_view_quotes(arena, tool);
    value_set_bool(arena, value, "has_quotes", quotes->count > 0);
    value_set(arena, value, "quotes", quotes);
    return value;
}

struct value *tool_view_row(struct arena *arena, const struct tool *tool, const char *rank,
                            bool shared)
{
    struct value *value = tool_view_facts(arena, tool, shared);
    value_set_text(arena, value, "rank", rank);
    return value;
}

void tool_view_number(struct arena *arena, struct value *list)
{
    int64_t position = 1;
    for (struct value *item = list->first; item != NULL; item = item->next) {
        value_set_bool(arena, item, "first", item == list->first);
        value_set_bool(arena, item, "last", item == list->last);
        value_set_int(arena, item, "position", position++);
    }
}
