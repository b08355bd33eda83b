#include "digest/story_view.h"

#include <string.h>

#include "base/buf.h"
#include "digest/answer.h"
#include "digest/headline.h"
#include "digest/ladder.h"
#include "digest/panel.h"
#include "digest/price.h"
#include "digest/readers.h"
#include "digest/reason.h"
#include "digest/standing.h"
#include "digest/tool_view.h"
#include "mustache/escape.h"

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

/* The kind of fact in a column of the table: the reason's; otherwise the first choice (the license)
 * that at least half of the tools name; NULL for none. */
static const struct lexicon_kind *column_kind(const struct lexicon *lexicon,
                                              const struct standing *standing,
                                              const struct reason *reason)
{
    if (reason->kind != NULL && reason->other != NULL) {
        return reason->kind;
    }
    for (size_t i = 0; i < lexicon->kind_count; i++) {
        const struct lexicon_kind *kind = &lexicon->kinds[i];
        size_t named = 0, same = 0;
        for (size_t j = 0; j < standing->count; j++) {
            const struct lexicon_value *value = reason_value(kind, standing->tools[j]);
            named += value != NULL;
            same += value == reason_value(kind, standing->tools[0]);
        }
        if (kind->count > 1 && 2 * named >= standing->count && same < standing->count) {
            return kind;
        }
    }
    return NULL;
}

/* The columns of the story's table. */
struct columns {
    const struct lexicon_kind *fact; /* or NULL */
    bool prices;                     /* not for two tools: the sentence above gives their prices */
    bool votes;
    size_t width; /* of the charts in plaintext, with rank and number */
};

static const char *add_part(const struct say *say, const char *list, const char *part)
{
    if (*part == '\0' || *list == '\0') {
        return *part == '\0' ? list : part;
    }
    return say_text(say, "row/more", HOLES({"list", list}, {"next", part}));
}

/* "Apache 2.0, $20/mo, 62% of readers". */
static const char *row_facts(const struct say *say, const struct columns *columns,
                             const struct tool *tool, bool shared)
{
    const char *facts = columns->fact != NULL ? reason_words(say, columns->fact, tool) : "";
    if (columns->prices) {
        facts = add_part(say, facts, price_cell(say, tool));
    }
    if (columns->votes && tool->community_ship != PERCENT_NONE) {
        facts = add_part(say, facts, readers_figure(say, tool));
    } else if (columns->votes) {
        facts = add_part(say, facts, say_text(say, "share/votes-none", NULL));
    }
    return shared ? add_part(say, facts, say_text(say, "row/shared", NULL)) : facts;
}

/* "=2 [###-] 3 of 4". */
static const char *row_chart(const struct say *say, const struct value *row)
{
    const struct value *panel = value_find(row, "panel");
    const char *chart = value_find(panel, "chart")->text;
    return arena_format(say->arena, "%2s %s%s%s", value_find(row, "rank")->text, chart,
                        *chart != '\0' ? " " : "", value_find(panel, "figure")->text);
}

static void add_row(const struct say *say, struct value *table, const struct standing *standing,
                    size_t at, struct columns *columns)
{
    struct arena *arena = say->arena;
    const struct tool *tool = standing->tools[at];
    bool shared = tool == standing->shared;
    struct value *row =
        value_add(table, tool_view_row(say, tool, standing_rank(arena, standing, at), shared));
    const char *fact = columns->fact != NULL ? reason_words(say, columns->fact, tool) : "";
    const char *facts = row_facts(say, columns, tool, shared);
    value_set_text(arena, row, "fact", fact);
    value_set_bool(arena, row, "has_fact", *fact != '\0');
    value_set_text(arena, row, "facts", facts);
    value_set_bool(arena, row, "has_facts", *facts != '\0');
    size_t width = strlen(row_chart(say, row));
    columns->width = width > columns->width ? width : columns->width;
}

static struct value *story_view_table(const struct say *say, const struct standing *standing,
                                      struct columns *columns)
{
    struct arena *arena = say->arena;
    struct value *table = value_list(arena);
    for (size_t i = 0; i < standing->count; i++) {
        add_row(say, table, standing, i, columns);
    }
    int width = (int)columns->width;
    for (struct value *row = table->first; row != NULL; row = row->next) {
        value_set_text(arena, row, "chart_padded",
                       arena_format(arena, "%-*s", width, row_chart(say, row)));
        value_set_text(arena, row, "margin", arena_format(arena, "%*s", width, ""));
    }
    tool_view_number(arena, table);
    return table;
}

/* The text of the link names the comparison that it leads to, because an issue has several. */
static char *link_text(const struct say *say, const struct tool *rival, const struct tool *other,
                       bool group)
{
    return say_text(say, group ? "story/link" : "story/link-pair",
                    HOLES({"tool", rival->short_name}, {"other", other->short_name}));
}

/* Whether any profile says something that the table of the story does not. */
static bool any_has_more(const struct value *profiles)
{
    bool more = false;
    for (const struct value *profile = profiles->first; profile != NULL; profile = profile->next) {
        more = more || value_find(profile, "has_more")->kind == VALUE_TRUE;
    }
    return more;
}

static struct value *story_view_entry(const struct say *say, const struct voice_words *words,
                                      const struct comparison *item, const char *shared,
                                      const char *comparison_url)
{
    struct arena *arena = say->arena;
    bool group = shared != NULL;
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
    value_set_text(arena, entry, "price_read", price_read(say, rival, other));
    value_set_text(arena, entry, "votes", readers_votes(say, rival, other));
    struct value *profiles = value_list(arena);
    value_add(profiles, tool_view_profile(say, words, rival, false));
    if (!group) {
        value_add(profiles, tool_view_profile(say, words, other, false));
    }
    tool_view_number(arena, profiles);
    value_set_bool(arena, entry, "has_more", any_has_more(profiles));
    value_set(arena, entry, "profiles", profiles);
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
    return *left == '\0'
               ? right
               : say_text(say, "story/categories", HOLES({"first", left}, {"second", right}));
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
    value_set_text(say->arena, view, "headline", headline_full(say, standing));
    value_set_text(say->arena, view, "verdict", answer);
    value_set_text(say->arena, view, "prices", prices);
    value_set_bool(say->arena, view, "has_prices", *prices != '\0');
    value_set_bool(say->arena, view, "has_votes", has_votes(standing));
}

/* What distinguishes its tools, and the column for it. */
static void set_reason(const struct say *say, struct value *view, const struct standing *standing,
                       const struct reason *reason, const struct columns *columns)
{
    const char *sentence = reason_sentence(say, reason, standing);
    value_set_text(say->arena, view, "reason", sentence);
    value_set_bool(say->arena, view, "has_reason", *sentence != '\0');
    value_set_bool(say->arena, view, "has_fact", columns->fact != NULL);
    value_set_text(say->arena, view, "fact_name",
                   columns->fact != NULL ? say_text(say, columns->fact->column, NULL) : "");
    value_set_bool(say->arena, view, "has_price_column", columns->prices);
}

/* The link to the first comparison. */
static void set_link(struct arena *arena, struct value *view, const struct comparison *item,
                     const char *comparison_url)
{
    const char *url = story_view_link(arena, item, comparison_url);
    value_set_text(arena, view, "url", url != NULL ? url : "");
    value_set_bool(arena, view, "has_url", url != NULL);
}

struct value *story_view_make(const struct say *say, const struct voice_words *given,
                              const struct story *story, const char *comparison_url)
{
    struct arena *arena = say->arena;
    struct standing standing = standing_of(arena, story);
    struct reason reason = reason_of(given->lexicon, &standing);
    struct voice_words words = *given;
    words.told = reason.kind;
    struct columns columns = {
        .fact = column_kind(given->lexicon, &standing, &reason),
        .prices = standing.group && !ladder_is_alike(arena, standing.tools, standing.count),
        .votes = has_votes(&standing),
    };
    const struct comparison *item = story->items[0];
    const char *category = story_view_category(say, item);
    struct value *view = value_object(arena);
    value_set_bool(arena, view, "is_group", standing.group);
    value_set_text(arena, view, "category", category);
    value_set_bool(arena, view, "has_category", *category != '\0');
    value_set_text(arena, view, "title", story_view_title(say, story, &standing));
    set_sentences(say, view, &standing);
    set_reason(say, view, &standing, &reason, &columns);
    set_link(arena, view, item, comparison_url);
    value_set(arena, view, "tools", story_view_table(say, &standing, &columns));
    value_set(arena, view, "shared",
              standing.group ? tool_view_profile(say, &words, standing.shared, true)
                             : value_bool(arena, false));
    struct value *entries = value_set(arena, view, "entries", value_list(arena));
    for (size_t i = 0; i < story->count; i++) {
        value_add(entries, story_view_entry(say, &words, story->items[i],
                                            standing.group ? story->shared : NULL, comparison_url));
    }
    tool_view_number(arena, entries);
    return view;
}
