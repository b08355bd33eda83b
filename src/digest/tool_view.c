#include "digest/tool_view.h"

#include <string.h>

#include "digest/jury.h"
#include "digest/panel.h"
#include "digest/phrase.h"
#include "digest/price.h"
#include "digest/quote.h"
#include "digest/readers.h"

char *tool_view_bar(const struct say *say, int percent)
{
    if (percent == PERCENT_NONE) {
        return say_text(say, "share/bar-none", NULL);
    }
    int cells = (percent * TOOL_VIEW_BAR_CELLS + 50) / 100;
    if (percent > 0 && cells == 0) {
        cells = 1;
    }
    if (percent < 100 && cells == TOOL_VIEW_BAR_CELLS) {
        cells = TOOL_VIEW_BAR_CELLS - 1;
    }
    return arena_format(say->arena, "[%.*s%.*s] %d%%", cells, "##########",
                        TOOL_VIEW_BAR_CELLS - cells, "----------", percent);
}

/* Adds a square for each reviewer of a small jury, filled if they would ship it. */
static void add_squares(struct arena *arena, struct value *value, const struct jury *jury)
{
    struct value *squares = value_set(arena, value, "squares", value_list(arena));
    char text[TOOL_VIEW_SQUARES_MAX + 1] = "";
    bool few = jury->size > 0 && jury->size <= TOOL_VIEW_SQUARES_MAX;
    for (size_t i = 0; few && i < jury->size; i++) {
        struct value *square = value_add(squares, value_object(arena));
        value_set_bool(arena, square, "is_filled", i < jury->ship);
        text[i] = i < jury->ship ? '#' : '-';
    }
    tool_view_number(arena, squares);
    value_set_bool(arena, value, "has_squares", few);
    value_set_text(arena, value, "squares_text", few ? arena_format(arena, "[%s]", text) : "");
}

/* The squares, or the bar without its number. */
static const char *chart_of(struct arena *arena, const struct value *value, bool known)
{
    const char *squares = value_find(value, "squares_text")->text;
    const char *bar = value_find(value, "bar")->text;
    return *squares != '\0' ? squares
           : known          ? arena_copy_bytes(arena, bar, TOOL_VIEW_BAR_CELLS + 2)
                            : "";
}

struct value *tool_view_share(const struct say *say, const struct jury *jury, const char *absent)
{
    struct arena *arena = say->arena;
    struct value *value = value_object(arena);
    bool known = jury->percent != PERCENT_NONE;
    int filled = known ? jury->percent : 0;
    char *bar = tool_view_bar(say, jury->percent);
    value_set_bool(arena, value, "known", known);
    value_set_int(arena, value, "percent", filled);
    value_set_text(arena, value, "text", known ? say_percent(say, filled) : absent);
    value_set_text(arena, value, "figure", known ? jury_figure(say, jury) : absent);
    value_set_bool(arena, value, "is_counted", jury->size > 0);
    value_set_int(arena, value, "filled", filled);
    value_set_int(arena, value, "empty", 100 - filled);
    value_set_bool(arena, value, "has_filled", filled > 0);
    value_set_bool(arena, value, "has_empty", filled < 100);
    value_set_text(arena, value, "bar", bar);
    value_set_text(arena, value, "bar_padded", arena_format(arena, "%-17s", bar));
    add_squares(arena, value, jury);
    value_set_text(arena, value, "chart", chart_of(arena, value, known));
    return value;
}

const char *tool_view_link(const char *url)
{
    bool https = url != NULL && strncmp(url, "https://", 8) == 0 && url[8] != '\0';
    return https && strpbrk(url, " \t\r\n<>\"") == NULL ? url : NULL;
}

/* Sets a text and a boolean for it, because templates cannot test whether a text is empty. */
static void set_optional(struct arena *arena, struct value *object, const char *name,
                         const char *text)
{
    const char *there = text != NULL ? text : "";
    value_set_text(arena, object, name, there);
    value_set_bool(arena, object, arena_format(arena, "has_%s", name), *there != '\0');
}

/* Who says so, as far as the source tells: nobody is given a name that is not theirs. */
static char *credit(const struct say *say, const struct review *review)
{
    const char *name = review->reviewer != NULL ? review->reviewer : "";
    bool named = *name != '\0';
    switch (review->verdict) {
    case VERDICT_SHIP:
        return say_text(say, named ? "credit/ships" : "credit/ships-unnamed",
                        HOLES({"name", name}));
    case VERDICT_SKIP:
        return say_text(say, named ? "credit/skips" : "credit/skips-unnamed",
                        HOLES({"name", name}));
    case VERDICT_UNKNOWN:
        break;
    }
    return arena_copy(say->arena, name);
}

static void add_voice(const struct say *say, struct value *quotes, const struct voice *voice)
{
    static const char *const labels[] = {[VOICE_FOR] = "voice/for",
                                         [VOICE_AGAINST] = "voice/against",
                                         [VOICE_DOUBT] = "voice/doubt"};
    static const char *const marks[] = {
        [VOICE_FOR] = "+", [VOICE_AGAINST] = "-", [VOICE_DOUBT] = "?"};
    struct arena *arena = say->arena;
    struct value *quote = value_add(quotes, value_object(arena));
    value_set_text(arena, quote, "text", voice->text);
    set_optional(arena, quote, "by", credit(say, voice->review));
    value_set_bool(arena, quote, "ships", voice->review->verdict == VERDICT_SHIP);
    value_set_bool(arena, quote, "skips", voice->review->verdict == VERDICT_SKIP);
    value_set_text(arena, quote, "label", say_text(say, labels[voice->side], NULL));
    value_set_text(arena, quote, "mark", marks[voice->side]);
    value_set_bool(arena, quote, "is_for", voice->side == VOICE_FOR);
}

static struct value *tool_view_quotes(const struct say *say, const struct voice_words *words,
                                      const struct tool *tool)
{
    struct value *quotes = value_list(say->arena);
    struct voice pair[2];
    size_t count = voice_pair(say->arena, words, tool, pair);
    for (size_t i = 0; i < count; i++) {
        add_voice(say, quotes, &pair[i]);
    }
    tool_view_number(say->arena, quotes);
    return quotes;
}

static struct value *tool_view_facts(const struct say *say, const struct tool *tool, bool shared)
{
    struct arena *arena = say->arena;
    struct value *value = value_object(arena);
    value_set_text(arena, value, "name", tool->name);
    value_set_text(arena, value, "short_name", tool->short_name);
    struct jury panel = jury_of(tool);
    struct jury readers = readers_jury(tool);
    value_set(arena, value, "panel",
              tool_view_share(say, &panel, say_text(say, "share/panel-none", NULL)));
    value_set_bool(arena, value, "panel_derived", tool->panel_derived);
    value_set(arena, value, "community",
              tool_view_share(say, &readers, say_text(say, "share/votes-none", NULL)));
    value_set_text(arena, value, "price", price_cell(say, tool));
    value_set_bool(arena, value, "is_shared", shared);
    return value;
}

struct value *tool_view_profile(const struct say *say, const struct voice_words *words,
                                const struct tool *tool, bool shared)
{
    struct arena *arena = say->arena;
    struct value *value = tool_view_facts(say, tool, shared);
    set_optional(arena, value, "category", tool->category);
    set_optional(arena, value, "tagline", tool->tagline);
    set_optional(arena, value, "description",
                 quote_cut(arena, tool->description, TOOL_VIEW_DESCRIPTION));
    set_optional(arena, value, "url", tool_view_link(tool->url));
    value_set_text(arena, value, "split", panel_split(say, tool));
    value_set_bool(arena, value, "split_differs", panel_is_apart(tool));
    struct value *quotes = tool_view_quotes(say, words, tool);
    value_set_bool(arena, value, "has_quotes", quotes->count > 0);
    value_set(arena, value, "quotes", quotes);
    bool more = quotes->count > 0 || *tool->tagline != '\0' || *tool->description != '\0' ||
                tool_view_link(tool->url) != NULL || panel_is_apart(tool);
    value_set_bool(arena, value, "has_more", more);
    return value;
}

struct value *tool_view_row(const struct say *say, const struct tool *tool, const char *rank,
                            bool shared)
{
    struct value *value = tool_view_facts(say, tool, shared);
    value_set_text(say->arena, value, "rank", rank);
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
