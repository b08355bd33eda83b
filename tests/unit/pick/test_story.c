/* Stories: what is joined, and in which order (src/pick/story.h, src/pick/pick.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pick/pick.h"
#include "pick/story.h"

#include <cmocka.h>

enum { ITEMS_MAX = 12 };

/* A comparison in short: tools are letters, "ab" compares a with b. */
struct item {
    const char *slug; /* NULL ends a list */
    const char *tools;
    int left_panel, right_panel;
    int right_community;
    int64_t published;
};

static struct comparison make(struct arena *arena, const struct item *item, int64_t id)
{
    return (struct comparison){
        .id = id,
        .slug = item->slug,
        .left = {.slug = arena_copy_bytes(arena, item->tools, 1),
                 .category = arena_format(arena, "Kind %c", item->tools[0]),
                 .panel_ship = item->left_panel,
                 .community_ship = PERCENT_NONE},
        .right = {.slug = arena_copy_bytes(arena, item->tools + 1, 1),
                  .category = arena_format(arena, "Kind %c", item->tools[1]),
                  .panel_ship = item->right_panel,
                  .community_ship = item->right_community},
        .published_at = item->published,
    };
}

/* "a(one two) three": the shared tool before the brackets of its story. */
static void describe(const struct story *stories, size_t count, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < count; i++) {
        buf_add_text(out, i > 0 ? " " : "");
        if (stories[i].shared != NULL) {
            buf_addf(out, "%s(", stories[i].shared);
        }
        for (size_t j = 0; j < stories[i].count; j++) {
            buf_addf(out, "%s%s", j > 0 ? " " : "", stories[i].items[j]->slug);
        }
        buf_add_text(out, stories[i].shared != NULL ? ")" : "");
    }
}

struct scene {
    struct arena arena;
    struct comparison comparisons[ITEMS_MAX];
    const struct comparison *items[ITEMS_MAX];
    size_t count;
    struct buf text;
};

static void scene_open(struct scene *scene, const struct item *items)
{
    *scene = (struct scene){.count = 0};
    buf_init(&scene->text, 4096);
    for (; items[scene->count].slug != NULL; scene->count++) {
        size_t i = scene->count;
        assert_true(i < ITEMS_MAX);
        scene->comparisons[i] = make(&scene->arena, &items[i], (int64_t)i + 1);
        scene->items[i] = &scene->comparisons[i];
    }
}

static void scene_close(struct scene *scene)
{
    buf_free(&scene->text);
    arena_free(&scene->arena);
}

/* Every order in which the comparisons may come gives the same stories: some are tried. */
static void check_stories(struct scene *scene, const char *expected)
{
    for (size_t turn = 0; turn < 2 * scene->count + 1; turn++) {
        struct story *stories;
        size_t count;
        pick_stories(&scene->arena, scene->items, scene->count, &stories, &count);
        describe(stories, count, &scene->text);
        assert_string_equal(scene->text.data, expected);
        if (scene->count < 2) {
            return;
        }
        size_t a = turn % scene->count;
        size_t b = (turn * 7 + 3) % scene->count;
        const struct comparison *other = scene->items[a];
        scene->items[a] = scene->items[b];
        scene->items[b] = other;
    }
}

static void comparisons_that_share_a_tool_become_one_story(void **state)
{
    static const struct {
        const char *name;
        struct item items[ITEMS_MAX];
        const char *stories;
    } rows[] = {
        {"nothing", {{0}}, ""},
        {"alone", {{"one", "ab", 50, 50, -1, 1}, {0}}, "one"},
        {"two without a shared tool",
         {{"one", "ab", 50, 60, -1, 1}, {"two", "cd", 50, 90, -1, 1}, {0}},
         "two one"},
        {"five rivals of one tool, by panel",
         {{"r1", "ab", 50, 100, -1, 1},
          {"r2", "ac", 50, 75, -1, 1},
          {"r3", "ad", 50, 25, -1, 1},
          {"r4", "ae", 50, 80, -1, 1},
          {"r5", "fa", 60, 50, -1, 1},
          {0}},
         "a(r1 r4 r2 r5 r3)"},
        {"the same panel: community, none last",
         {{"r1", "ab", 50, 75, -1, 1},
          {"r2", "ac", 50, 75, 0, 1},
          {"r3", "ad", 50, 75, 80, 1},
          {0}},
         "a(r3 r2 r1)"},
        {"the same panel and community: newest, then slug",
         {{"r1", "ab", 50, 75, 5, 1}, {"r2", "ac", 50, 75, 5, 9}, {"r0", "ad", 50, 75, 5, 1}, {0}},
         "a(r2 r0 r1)"},
        {"a panel that is not known ranks last",
         {{"r1", "ab", 50, -1, -1, 9}, {"r2", "ac", 50, 0, -1, 1}, {0}},
         "a(r2 r1)"},
        {"a chain breaks at the tool that joins most",
         {{"ab", "ab", 9, 5, -1, 1},
          {"bc", "bc", 5, 4, -1, 1},
          {"bd", "bd", 5, 3, -1, 1},
          {"de", "de", 3, 5, -1, 1},
          {0}},
         "b(ab bc bd) de"},
        {"a tie goes to the slug",
         {{"ab", "ab", 50, 50, -1, 1},
          {"bc", "bc", 50, 50, -1, 1},
          {"cd", "cd", 50, 50, -1, 1},
          {0}},
         "b(ab bc) cd"},
        {"what was taken counts no more",
         {{"ax", "ax", 1, 1, -1, 1},
          {"ay", "ay", 1, 1, -1, 1},
          {"az", "az", 1, 1, -1, 1},
          {"bx", "bx", 1, 1, -1, 1},
          {"by", "by", 1, 1, -1, 1},
          {"xq", "xq", 1, 1, -1, 1},
          {0}},
         "a(ax ay az) b(bx by) xq"},
        {"one pair twice",
         {{"ab", "ab", 50, 60, -1, 1}, {"ba", "ba", 60, 50, -1, 2}, {0}},
         "a(ba ab)"},
        {"stories: clearer answers, then more comparisons, then newest, then slug",
         {{"ab", "ab", 50, 51, -1, 1},
          {"ac", "ac", 50, 50, -1, 1},
          {"far", "de", 100, 0, -1, 1},
          {"new", "fg", 50, 75, -1, 9},
          {"old", "hi", 75, 50, -1, 1},
          {"ole", "jk", 75, 50, -1, 1},
          {"unknown", "lm", 100, -1, -1, 99},
          {0}},
         "far new old ole a(ab ac) unknown"},
        {"how far the best tool is ahead counts, and the newest comparison",
         {{"ab", "ab", 50, 50, -1, 1},
          {"ac", "ac", 50, 90, -1, 1},
          {"de", "de", 50, 60, -1, 9},
          {"df", "df", 50, 60, -1, 1},
          {"gh", "gh", 50, 60, -1, 8},
          {"gi", "gi", 50, 60, -1, 8},
          {0}},
         "a(ac ab) d(de df) g(gh gi)"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        print_message("%s\n", rows[i].name);
        scene_open(&scene, rows[i].items);
        check_stories(&scene, rows[i].stories);
        scene_close(&scene);
    }
}

static void an_editors_order_wins_and_takes_no_story_apart(void **state)
{
    static const struct item items[] = {{"s1", "ab", 50, 100, -1, 1}, {"s2", "ac", 50, 75, -1, 1},
                                        {"s3", "ad", 50, 60, -1, 1},  {"h4", "ef", 60, 40, -1, 1},
                                        {"h5", "gh", 60, 50, -1, 1},  {0}};
    static const struct {
        const char *name;
        int64_t order[6];
        size_t count;
        const char *stories;
    } rows[] = {
        {"none", {0}, 0, "a(s1 s2 s3) h4 h5"},
        {"all turned round", {5, 4, 3, 2, 1}, 5, "h5 h4 a(s3 s2 s1)"},
        {"a story stands where its first one was put", {5, 3, 4, 1}, 4, "h5 a(s3 s1 s2) h4"},
        {"what is not named comes behind", {5}, 1, "h5 a(s1 s2 s3) h4"},
        {"unknown ids do nothing", {99, 4, 98}, 3, "h4 a(s1 s2 s3) h5"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        struct story *stories;
        size_t count;
        print_message("%s\n", rows[i].name);
        scene_open(&scene, items);
        story_join(&scene.arena, scene.items, scene.count, rows[i].order, rows[i].count, &stories,
                   &count);
        describe(stories, count, &scene.text);
        assert_string_equal(scene.text.data, rows[i].stories);
        scene_close(&scene);
    }
}

static void readers_topics_thin_out_stories_and_keep_their_order(void **state)
{
    static const struct item items[] = {{"s1", "ab", 50, 100, -1, 1},
                                        {"s2", "ac", 50, 75, -1, 1},
                                        {"h3", "de", 60, 40, -1, 1},
                                        {"h4", "bf", 60, 50, -1, 1},
                                        {0}};
    static const struct {
        const char *topics, *stories;
    } rows[] = {
        {"", "a(s1 s2) h3 h4"},
        {"Kind a", "a(s1 s2)"},
        {"Kind b", "s1 h4"},
        {"Kind c\nKind e", "s2 h3"},
        {"Kind", ""},
        {"Kind a and more", ""},
        {"Kind x\nKind d", "h3"},
        {"Kind b\nKind c", "a(s1 s2) h4"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        struct story *stories;
        struct story *chosen;
        size_t count;
        print_message("%s\n", rows[i].topics);
        scene_open(&scene, items);
        pick_stories(&scene.arena, scene.items, scene.count, &stories, &count);
        pick_topics(&scene.arena, stories, count, rows[i].topics, &chosen, &count);
        describe(chosen, count, &scene.text);
        assert_string_equal(scene.text.data, rows[i].stories);
        scene_close(&scene);
    }
}

static void the_shared_tool_of_stored_stories_is_found_again(void **state)
{
    static const struct item items[] = {{"s1", "ab", 50, 100, -1, 1}, {"s2", "ca", 50, 75, -1, 1},
                                        {"t1", "de", 90, 80, -1, 1},  {"t2", "ed", 90, 80, -1, 1},
                                        {"h", "fg", 1, 1, -1, 1},     {0}};
    (void)state;
    struct scene scene;
    struct story *stories;
    size_t count;
    scene_open(&scene, items);
    pick_stories(&scene.arena, scene.items, scene.count, &stories, &count);
    assert_int_equal(count, 3);
    const char *shared[3];
    for (size_t i = 0; i < count; i++) {
        shared[i] = stories[i].shared;
        stories[i].shared = "wrong";
    }
    pick_shared(stories, count);
    for (size_t i = 0; i < count; i++) {
        assert_true((shared[i] == NULL) == (stories[i].shared == NULL));
        assert_true(shared[i] == NULL || strcmp(shared[i], stories[i].shared) == 0);
    }
    scene_close(&scene);
}

/* The plain way: look at every tool, take the best, look again. */
static size_t slow_largest(const struct comparison *const *items, size_t count, char *best)
{
    size_t most = 0;
    for (char tool = 'a'; tool <= 'z'; tool++) {
        size_t joins = 0;
        for (size_t i = 0; i < count; i++) {
            joins += items[i] != NULL &&
                     (items[i]->left.slug[0] == tool || items[i]->right.slug[0] == tool);
        }
        if (joins > most) {
            most = joins;
            *best = tool;
        }
    }
    return most;
}

static void check_against_the_plain_way(const struct comparison **items, size_t count,
                                        const struct story *stories, size_t story_count)
{
    for (;;) {
        char best = 'a';
        size_t most = slow_largest(items, count, &best);
        if (most < 2) {
            return;
        }
        bool found = false;
        for (size_t i = 0; i < story_count; i++) {
            found = found || (stories[i].shared != NULL && stories[i].shared[0] == best &&
                              stories[i].count == most);
        }
        assert_true(found);
        for (size_t i = 0; i < count; i++) {
            if (items[i] != NULL &&
                (items[i]->left.slug[0] == best || items[i]->right.slug[0] == best)) {
                items[i] = NULL;
            }
        }
    }
}

static void joining_gives_the_same_as_the_plain_way(void **state)
{
    enum { COUNT = 40 };
    (void)state;
    uint32_t seed = 1;
    for (int turn = 0; turn < 200; turn++) {
        struct arena arena = {0};
        struct comparison comparisons[COUNT];
        const struct comparison *items[COUNT];
        for (size_t i = 0; i < COUNT; i++) {
            char tools[3] = "";
            seed = seed * 1103515245u + 12345u;
            tools[0] = (char)('a' + (seed >> 16) % 26);
            tools[1] = (char)('a' + ((seed >> 21) % 25 + 1 + (unsigned)(tools[0] - 'a')) % 26);
            struct item item = {.slug = arena_format(&arena, "%03zu", i), .tools = tools};
            comparisons[i] = make(&arena, &item, (int64_t)i);
            items[i] = &comparisons[i];
        }
        struct story *stories;
        size_t count;
        size_t told = 0;
        pick_stories(&arena, items, COUNT, &stories, &count);
        for (size_t i = 0; i < count; i++) {
            told += stories[i].count;
            assert_int_equal(stories[i].shared == NULL, stories[i].count == 1);
        }
        assert_int_equal(told, COUNT);
        check_against_the_plain_way(items, COUNT, stories, count);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons_that_share_a_tool_become_one_story),
        cmocka_unit_test(an_editors_order_wins_and_takes_no_story_apart),
        cmocka_unit_test(readers_topics_thin_out_stories_and_keep_their_order),
        cmocka_unit_test(the_shared_tool_of_stored_stories_is_found_again),
        cmocka_unit_test(joining_gives_the_same_as_the_plain_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
