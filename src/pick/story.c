#include "pick/story.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pick/pick.h"

/* A tool and how many comparisons it would join; bids are in a heap, the largest first. */
struct bid {
    size_t joins;
    size_t tool;
};

/* Comparisons and tools by index; tools in the order of their slugs. */
struct story_graph {
    const struct comparison *const *items;
    size_t count;
    const char **slugs;
    size_t tools;
    size_t (*sides)[2]; /* of each comparison: its two tools */
    size_t *begin; /* of each tool: where its comparisons begin in `of`; one more for the end */
    size_t *of;
    size_t *left; /* of each tool: comparisons not yet taken */
    bool *taken;
    struct bid *heap;
    size_t heap_len;
};

static int compare_texts(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    return strcmp(*a, *b);
}

static void list_tools(struct story_graph *join, struct arena *arena)
{
    join->slugs = arena_array(arena, 2 * join->count, sizeof *join->slugs);
    for (size_t i = 0; i < join->count; i++) {
        join->slugs[2 * i] = join->items[i]->left.slug;
        join->slugs[2 * i + 1] = join->items[i]->right.slug;
    }
    qsort(join->slugs, 2 * join->count, sizeof *join->slugs, compare_texts);
    for (size_t i = 0; i < 2 * join->count; i++) {
        if (i == 0 || strcmp(join->slugs[join->tools - 1], join->slugs[i]) != 0) {
            join->slugs[join->tools++] = join->slugs[i];
        }
    }
}

static size_t find_tool(const struct story_graph *join, const char *slug)
{
    const char **found =
        bsearch(&slug, join->slugs, join->tools, sizeof *join->slugs, compare_texts);
    return (size_t)(found - join->slugs);
}

/* Lists the comparisons of each tool, as one array with an index in `begin`. */
static void list_sides(struct story_graph *join, struct arena *arena)
{
    join->sides = arena_array(arena, join->count, sizeof *join->sides);
    join->begin = arena_array(arena, join->tools + 1, sizeof *join->begin);
    join->left = arena_array(arena, join->tools, sizeof *join->left);
    join->of = arena_array(arena, 2 * join->count, sizeof *join->of);
    join->taken = arena_array(arena, join->count, sizeof *join->taken);
    for (size_t i = 0; i < join->count; i++) {
        join->sides[i][0] = find_tool(join, join->items[i]->left.slug);
        join->sides[i][1] = find_tool(join, join->items[i]->right.slug);
        join->begin[join->sides[i][0] + 1]++;
        join->begin[join->sides[i][1] + 1]++;
    }
    for (size_t tool = 0; tool < join->tools; tool++) {
        join->begin[tool + 1] += join->begin[tool];
    }
    for (size_t i = 0; i < join->count; i++) {
        for (size_t side = 0; side < 2; side++) {
            size_t tool = join->sides[i][side];
            join->of[join->begin[tool] + join->left[tool]++] = i;
        }
    }
}

static bool bids_more(const struct bid *a, const struct bid *b)
{
    return a->joins != b->joins ? a->joins > b->joins : a->tool < b->tool;
}

static void swap_bids(struct bid *a, struct bid *b)
{
    struct bid other = *a;
    *a = *b;
    *b = other;
}

static void heap_push(struct story_graph *join, struct bid bid)
{
    size_t at = join->heap_len++;
    join->heap[at] = bid;
    while (at > 0 && bids_more(&join->heap[at], &join->heap[(at - 1) / 2])) {
        swap_bids(&join->heap[at], &join->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static struct bid heap_pop(struct story_graph *join)
{
    struct bid top = join->heap[0];
    join->heap[0] = join->heap[--join->heap_len];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < join->heap_len && bids_more(&join->heap[child + 1], &join->heap[child])) {
            child++;
        }
        if (child >= join->heap_len || !bids_more(&join->heap[child], &join->heap[at])) {
            return top;
        }
        swap_bids(&join->heap[at], &join->heap[child]);
        at = child;
    }
}

/* The tool that joins the most of the remaining comparisons; false if none joins two. A bid that
 * has shrunk since it was made is put back with its present size. */
static bool next_tool(struct story_graph *join, size_t *tool)
{
    while (join->heap_len > 0) {
        struct bid bid = heap_pop(join);
        if (bid.joins == join->left[bid.tool]) {
            *tool = bid.tool;
            return true;
        }
        if (join->left[bid.tool] >= 2) {
            heap_push(join, (struct bid){.joins = join->left[bid.tool], .tool = bid.tool});
        }
    }
    return false;
}

static void take(struct story_graph *join, size_t item, struct story *story)
{
    join->taken[item] = true;
    join->left[join->sides[item][0]]--;
    join->left[join->sides[item][1]]--;
    story->items[story->count++] = join->items[item];
}

static struct story take_tool(struct story_graph *join, struct arena *arena, size_t tool)
{
    struct story story = {
        .shared = join->slugs[tool],
        .items = arena_array(arena, join->left[tool], sizeof *story.items),
    };
    for (size_t i = join->begin[tool]; i < join->begin[tool + 1]; i++) {
        if (!join->taken[join->of[i]]) {
            take(join, join->of[i], &story);
        }
    }
    return story;
}

static struct story take_alone(struct story_graph *join, struct arena *arena, size_t item)
{
    struct story story = {.items = arena_array(arena, 1, sizeof *story.items)};
    take(join, item, &story);
    return story;
}

static void make_stories(struct story_graph *join, struct arena *arena, struct story *stories,
                         size_t *count)
{
    join->heap = arena_array(arena, join->tools, sizeof *join->heap);
    for (size_t tool = 0; tool < join->tools; tool++) {
        if (join->left[tool] >= 2) {
            heap_push(join, (struct bid){.joins = join->left[tool], .tool = tool});
        }
    }
    size_t tool;
    while (next_tool(join, &tool)) {
        stories[(*count)++] = take_tool(join, arena, tool);
    }
    for (size_t i = 0; i < join->count; i++) {
        if (!join->taken[i]) {
            stories[(*count)++] = take_alone(join, arena, i);
        }
    }
}

/* The position that the editor gave a comparison; such lists are sorted by id. */
struct placed_item {
    int64_t id;
    size_t position;
};

struct positions {
    struct placed_item *list;
    size_t count;
};

/* The position of comparisons that the editor did not name: after all others. */
static const size_t NO_POSITION = SIZE_MAX;

static int compare_positions(const void *left, const void *right)
{
    const struct placed_item *a = left;
    const struct placed_item *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

static struct positions sort_positions(struct arena *arena, const int64_t *order, size_t count)
{
    struct positions positions = {.list = arena_array(arena, count, sizeof *positions.list),
                                  .count = count};
    for (size_t i = 0; i < count; i++) {
        positions.list[i] = (struct placed_item){.id = order[i], .position = i};
    }
    if (count > 0) {
        qsort(positions.list, count, sizeof *positions.list, compare_positions);
    }
    return positions;
}

static size_t position_of(const struct positions *positions, int64_t id)
{
    struct placed_item key = {.id = id};
    const struct placed_item *found =
        positions->count > 0
            ? bsearch(&key, positions->list, positions->count, sizeof key, compare_positions)
            : NULL;
    return found != NULL ? found->position : NO_POSITION;
}

/* The values by which comparisons of a story are ordered. */
struct rank {
    const struct comparison *comparison;
    const struct tool *rival;
    size_t position;
};

static int compare_ranks(const void *left, const void *right)
{
    const struct rank *a = left;
    const struct rank *b = right;
    if (a->position != b->position) {
        return a->position < b->position ? -1 : 1;
    }
    if (a->rival->panel_ship != b->rival->panel_ship) {
        return b->rival->panel_ship - a->rival->panel_ship;
    }
    if (a->rival->community_ship != b->rival->community_ship) {
        return b->rival->community_ship - a->rival->community_ship;
    }
    if (a->comparison->published_at != b->comparison->published_at) {
        return a->comparison->published_at > b->comparison->published_at ? -1 : 1;
    }
    return strcmp(a->comparison->slug, b->comparison->slug);
}

static void rank_rivals(struct arena *arena, const struct positions *positions, struct story *story)
{
    struct rank *ranks = arena_array(arena, story->count, sizeof *ranks);
    for (size_t i = 0; i < story->count; i++) {
        ranks[i] = (struct rank){.comparison = story->items[i],
                                 .rival = model_rival(story->items[i], story->shared),
                                 .position = position_of(positions, story->items[i]->id)};
    }
    qsort(ranks, story->count, sizeof *ranks, compare_ranks);
    for (size_t i = 0; i < story->count; i++) {
        story->items[i] = ranks[i].comparison;
    }
}

enum { HALF = 50 };

/* The values by which stories are ordered. */
struct weight {
    struct story story;
    size_t position;
    int clear;    /* points by which its best tool leads */
    size_t voted; /* rivals that readers have voted on */
    int64_t newest;
    const char *slug;
};

/* How clear a story's answer is: the points by which its best tool leads the next, if at least half
 * of its panel would ship it; else 0. */
static int clearness(const struct story *story)
{
    const struct tool *shared = model_other(story->items[0], story->shared);
    int first = shared->panel_ship;
    int second = PERCENT_NONE;
    for (size_t i = 0; i < story->count; i++) {
        int share = model_rival(story->items[i], story->shared)->panel_ship;
        second = share > first ? first : share > second ? share : second;
        first = share > first ? share : first;
    }
    return second == PERCENT_NONE || first < HALF ? 0 : first - second;
}

static struct weight weigh(const struct positions *positions, const struct story *story)
{
    struct weight weight = {.story = *story,
                            .position = NO_POSITION,
                            .clear = clearness(story),
                            .newest = story->items[0]->published_at,
                            .slug = story->shared != NULL ? story->shared : story->items[0]->slug};
    for (size_t i = 0; i < story->count; i++) {
        const struct comparison *item = story->items[i];
        size_t position = position_of(positions, item->id);
        weight.position = position < weight.position ? position : weight.position;
        weight.voted += model_rival(item, story->shared)->community_ship != PERCENT_NONE;
        weight.newest = item->published_at > weight.newest ? item->published_at : weight.newest;
    }
    return weight;
}

static int compare_weights(const void *left, const void *right)
{
    const struct weight *a = left;
    const struct weight *b = right;
    if (a->position != b->position) {
        return a->position < b->position ? -1 : 1;
    }
    if (a->clear != b->clear) {
        return b->clear - a->clear;
    }
    if (a->voted != b->voted) {
        return a->voted > b->voted ? -1 : 1;
    }
    if (a->story.count != b->story.count) {
        return a->story.count > b->story.count ? -1 : 1;
    }
    if (a->newest != b->newest) {
        return a->newest > b->newest ? -1 : 1;
    }
    return strcmp(a->slug, b->slug);
}

static void order_stories(struct arena *arena, const struct positions *positions,
                          struct story *stories, size_t count)
{
    struct weight *weights = arena_array(arena, count, sizeof *weights);
    for (size_t i = 0; i < count; i++) {
        rank_rivals(arena, positions, &stories[i]);
        weights[i] = weigh(positions, &stories[i]);
    }
    qsort(weights, count, sizeof *weights, compare_weights);
    for (size_t i = 0; i < count; i++) {
        stories[i] = weights[i].story;
    }
}

void story_join(struct arena *arena, const struct comparison *const *items, size_t count,
                const int64_t *order, size_t order_count, struct story **stories,
                size_t *story_count)
{
    struct story_graph join = {.items = items, .count = count};
    *stories = arena_array(arena, count, sizeof **stories);
    *story_count = 0;
    if (count == 0) {
        return;
    }
    list_tools(&join, arena);
    list_sides(&join, arena);
    make_stories(&join, arena, *stories, story_count);
    struct positions positions = sort_positions(arena, order, order_count);
    order_stories(arena, &positions, *stories, *story_count);
}

void pick_stories(struct arena *arena, const struct comparison *const *items, size_t count,
                  struct story **stories, size_t *story_count)
{
    story_join(arena, items, count, NULL, 0, stories, story_count);
}

static bool has_tool(const struct comparison *comparison, const char *slug)
{
    return strcmp(comparison->left.slug, slug) == 0 || strcmp(comparison->right.slug, slug) == 0;
}

/* The tool that all comparisons of a story share; if there are two, the one whose slug comes
 * first. */
static const char *find_shared(const struct story *story)
{
    const char *slugs[2] = {story->items[0]->left.slug, story->items[0]->right.slug};
    const char *shared = NULL;
    for (size_t side = 0; side < 2; side++) {
        bool all = true;
        for (size_t i = 1; i < story->count; i++) {
            all = all && has_tool(story->items[i], slugs[side]);
        }
        if (all && (shared == NULL || strcmp(slugs[side], shared) < 0)) {
            shared = slugs[side];
        }
    }
    return shared;
}

void pick_shared(struct story *stories, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        stories[i].shared = stories[i].count > 1 ? find_shared(&stories[i]) : NULL;
    }
}

bool pick_is_topic(const char *topics, const char *category)
{
    size_t len = strlen(category);
    for (const char *at = topics; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncasecmp(at, category, len) == 0 && (at[len] == '\n' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

static struct story choose(struct arena *arena, const struct story *story, const char *topics)
{
    struct story chosen = {.shared = story->shared,
                           .items = arena_array(arena, story->count, sizeof *chosen.items)};
    for (size_t i = 0; i < story->count; i++) {
        const struct comparison *item = story->items[i];
        if (topics[0] == '\0' || pick_is_topic(topics, item->left.category) ||
            pick_is_topic(topics, item->right.category)) {
            chosen.items[chosen.count++] = item;
        }
    }
    if (chosen.count < 2) {
        chosen.shared = NULL;
    }
    return chosen;
}

void pick_topics(struct arena *arena, const struct story *stories, size_t story_count,
                 const char *topics, struct story **chosen, size_t *chosen_count)
{
    *chosen = arena_array(arena, story_count, sizeof **chosen);
    *chosen_count = 0;
    for (size_t i = 0; i < story_count; i++) {
        struct story story = choose(arena, &stories[i], topics);
        if (story.count > 0) {
            (*chosen)[(*chosen_count)++] = story;
        }
    }
}
