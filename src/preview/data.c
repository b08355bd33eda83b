/* Awkward data: the issue's own stories, distorted until something could break. */
#include <string.h>

#include "preview/private.h"

typedef void (*bend)(struct arena *arena, struct comparison *comparison, size_t index);

static const char *repeated(struct arena *arena, const char *words, size_t times)
{
    struct buf text;
    buf_init(&text, 1024 * 1024);
    for (size_t i = 0; i < times; i++) {
        buf_add_text(&text, words);
    }
    const char *copy = arena_copy(arena, text.data);
    buf_free(&text);
    return copy;
}

static void shorten_tool(struct tool *tool, const char *name)
{
    tool->name = name;
    tool->category = tool->tagline = tool->description = tool->price = tool->price_note = "";
    tool->url = tool->short_name = NULL;
    tool->panel_ship = tool->community_ship = PERCENT_NONE;
    tool->panel_size = tool->community_votes = 0;
    tool->review_count = 0;
}

static void bend_shortest(struct arena *arena, struct comparison *comparison, size_t index)
{
    (void)arena, (void)index;
    shorten_tool(&comparison->left, "A");
    shorten_tool(&comparison->right, "B");
    comparison->title = "A vs B";
    comparison->question = "";
}

static void lengthen_tool(struct arena *arena, struct tool *tool)
{
    tool->short_name = NULL;
    tool->name = arena_format(arena,
                              "%s, Enterprise Edition for Regulated Industries and Their "
                              "Donaudampfschifffahrtsgesellschaften",
                              tool->name);
    tool->tagline = repeated(arena, "A tagline that will not come to its point. ", 6);
    tool->description = repeated(arena, "It does what it says, and it says a great deal. ", 40);
    tool->price = "$1,299.99 per seat and month, billed yearly in advance";
    for (size_t i = 0; i < tool->review_count; i++) {
        tool->reviews[i].quote = repeated(
            arena, "I would ship it, but not before I had read all of this, twice over. ", 30);
    }
}

static void bend_longest(struct arena *arena, struct comparison *comparison, size_t index)
{
    (void)index;
    lengthen_tool(arena, &comparison->left);
    lengthen_tool(arena, &comparison->right);
    comparison->title =
        arena_format(arena, "%s vs %s", comparison->left.name, comparison->right.name);
    comparison->question = repeated(arena, "Which one should you ship with, and when? ", 8);
}

static void bend_hostile(struct arena *arena, struct comparison *comparison, size_t index)
{
    (void)arena, (void)index;
    comparison->left.short_name = comparison->right.short_name = NULL;
    comparison->left.name = "<script>alert(1)</script>";
    comparison->right.name = "\"><img src=x onerror=alert(2)> {{issue.subject}} &amp; &lt;";
    comparison->left.tagline = "\xe2\x80\xae"
                               "desrever\xe2\x80\xac, Z\xcc\xa7\xcd\x92\xcc\x95"
                               "a\xcc\xb5\xcd\x9dlgo and \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92"
                               "\xbb";
    comparison->right.tagline = "Bcc: everyone@example.org\r\n\r\n.\r\nQUIT";
    comparison->left.description = "--\xe2\x80\x94 ${7*7} %s%n ' OR 1=1; DROP TABLE issue; --";
    comparison->right.description = "</td></tr></table></body></html><!-- <![endif]-->";
    comparison->title = "<script>alert(1)</script> vs \"><img src=x>";
    comparison->question = "]]> ${{ secrets }} =?utf-8?Q?=00?=";
}

static void bend_no_price(struct arena *arena, struct comparison *comparison, size_t index)
{
    (void)arena, (void)index;
    comparison->left.price = comparison->right.price = "";
    comparison->left.price_note = comparison->right.price_note = "";
}

static void bend_tie(struct arena *arena, struct comparison *comparison, size_t index)
{
    (void)arena, (void)index;
    comparison->left.panel_ship = comparison->right.panel_ship = 75;
    comparison->left.community_ship = comparison->right.community_ship = 50;
}

static void bend_no_votes(struct arena *arena, struct comparison *comparison, size_t index)
{
    (void)arena, (void)index;
    comparison->left.community_ship = comparison->right.community_ship = PERCENT_NONE;
    comparison->left.community_votes = comparison->right.community_votes = 0;
}

static void bend_nothing(struct arena *arena, struct comparison *comparison, size_t index)
{
    (void)arena, (void)comparison, (void)index;
}

/* Gives a comparison two tools that no other one has, so that twelve are twelve stories. */
static void bend_apart(struct arena *arena, struct comparison *comparison, size_t index)
{
    comparison->left.short_name = comparison->right.short_name = NULL;
    comparison->left.name = arena_format(arena, "%s %zu", comparison->left.name, index + 1);
    comparison->right.name = arena_format(arena, "%s %zu", comparison->right.name, index + 1);
    comparison->left.slug = model_slug(arena, comparison->left.name);
    comparison->right.slug = model_slug(arena, comparison->right.name);
    comparison->title =
        arena_format(arena, "%s vs %s", comparison->left.name, comparison->right.name);
}

static const struct {
    const char *name;
    bend bend;
    size_t items; /* 0: all */
} kinds[] = {
    {"shortest", bend_shortest, 0}, {"longest", bend_longest, 0},
    {"hostile", bend_hostile, 0},   {"no price", bend_no_price, 0},
    {"tie", bend_tie, 0},           {"no votes", bend_no_votes, 0},
    {"one item", bend_nothing, 1},  {"twelve items", bend_apart, 12},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *preview_data_name(size_t index)
{
    return index < KINDS ? kinds[index].name : NULL;
}

/* The view's comparisons in order. */
static const struct comparison **collect(struct arena *arena, const struct issue_view *view,
                                         size_t *count)
{
    size_t room = 0;
    for (size_t s = 0; s < view->source.story_count; s++) {
        room += view->source.stories[s].count;
    }
    const struct comparison **list = arena_array(arena, room, sizeof *list);
    *count = 0;
    for (size_t s = 0; s < view->source.story_count; s++) {
        for (size_t i = 0; i < view->source.stories[s].count; i++) {
            list[(*count)++] = view->source.stories[s].items[i];
        }
    }
    return list;
}

static void copy_reviews(struct arena *arena, struct tool *tool)
{
    struct review *reviews = arena_array(arena, tool->review_count + 1, sizeof *reviews);
    if (tool->review_count > 0) {
        memcpy(reviews, tool->reviews, tool->review_count * sizeof *reviews);
    }
    tool->reviews = reviews;
}

bool preview_data_apply(struct arena *arena, const char *name, struct issue_view *view)
{
    size_t kind = 0, count;
    while (kind < KINDS && strcmp(kinds[kind].name, name) != 0) {
        kind++;
    }
    const struct comparison **from = collect(arena, view, &count);
    if (kind == KINDS || count == 0) {
        return false;
    }
    size_t wanted = kinds[kind].items > 0 ? kinds[kind].items : count;
    const struct comparison **items = arena_array(arena, wanted, sizeof *items);
    for (size_t i = 0; i < wanted; i++) {
        struct comparison *made = arena_alloc(arena, sizeof *made);
        *made = *from[i % count];
        made->slug = arena_format(arena, "%s-%zu", made->slug, i);
        copy_reviews(arena, &made->left);
        copy_reviews(arena, &made->right);
        kinds[kind].bend(arena, made, i);
        items[i] = made;
    }
    struct story *stories;
    pick_stories(arena, items, wanted, &stories, &view->source.story_count);
    view->source.stories = stories;
    variant_headline(arena, &view->source);
    view->issue.subject = view->source.headline.subject;
    view->issue.preheader = view->source.headline.preheader;
    view->variant_count = 0; /* rendered again when they are shown */
    return true;
}
