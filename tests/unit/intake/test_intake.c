/* What all sources have in common (src/intake/intake.h). */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "intake/fields.h"
#include "intake/intake.h"

#include "../../support/collect.h"

#include <cmocka.h>

#define SAMPLES SOURCE_ROOT "/templates/sample"

static struct tool make_tool(const char *name)
{
    return (struct tool){.name = name,
                         .category = "Tools",
                         .tagline = "",
                         .description = "",
                         .price = "",
                         .price_note = "",
                         .panel_ship = PERCENT_NONE,
                         .community_ship = PERCENT_NONE};
}

static struct comparison make_comparison(void)
{
    return (struct comparison){.title = "Pebble Notes vs Quarry",
                               .question = "",
                               .left = make_tool("Pebble Notes"),
                               .right = make_tool("Quarry")};
}

static void a_file_is_read_by_its_first_character(void **state)
{
    (void)state;
    static const char object[] = " \n{\"left\":{\"name\":\"A\",\"category\":\"C\"},"
                                 "\"right\":{\"name\":\"B\",\"category\":\"C\"}}";
    struct arena arena = {0};
    struct intake intake;
    struct failure why = {0};
    assert_true(intake_read(&arena, "f", object, strlen(object), &intake, &why));
    assert_int_equal(intake.count, 1);
    assert_string_equal(intake.items[0].title, "A vs B");
    struct buf page;
    buf_init(&page, 1024 * 1024);
    assert_true(
        file_read(SOURCE_ROOT "/tests/golden/pages/good_plain.txt", page.limit, &page, &why));
    assert_true(intake_read(&arena, "f", page.data, page.len, &intake, &why));
    assert_int_equal(intake.count, 1);
    assert_string_equal(intake.items[0].slug, "pebble-notes-vs-quarry");
    assert_false(intake_read(&arena, "f", "", 0, &intake, &why));
    assert_non_null(strstr(why.text, "f:1:1: the file is empty"));
    assert_false(intake_read(&arena, "a\nb", "x", 1, &intake, &why));
    assert_memory_equal(why.text, "a?b:1:1: this is no comparison page", 34);
    assert_int_equal(intake.count, 0);
    buf_free(&page);
    arena_free(&arena);
}

static void a_title_is_made_of_the_names_where_none_is_given(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    struct comparison comparison = make_comparison();
    comparison.title = "";
    assert_true(intake_complete(&arena, &comparison, &why));
    assert_string_equal(comparison.title, "Pebble Notes vs Quarry");
    arena_free(&arena);
}

static void slugs_are_made_of_title_and_names_where_none_is_given(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    struct comparison comparison = make_comparison();
    assert_true(intake_complete(&arena, &comparison, &why));
    assert_string_equal(comparison.slug, "pebble-notes-vs-quarry");
    assert_string_equal(comparison.left.slug, "pebble-notes");
    comparison.slug = "Mine";
    comparison.left.slug = "";
    assert_true(intake_complete(&arena, &comparison, &why));
    assert_string_equal(comparison.slug, "Mine");
    assert_string_equal(comparison.left.slug, "pebble-notes");
    arena_free(&arena);
}

static void a_slug_of_a_very_long_title_is_cut(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    char title[400];
    struct comparison comparison = make_comparison();
    memset(title, 'a', sizeof title - 1);
    title[399] = '\0';
    comparison.title = title;
    assert_true(intake_complete(&arena, &comparison, &why));
    assert_int_equal(strlen(comparison.slug), 200);
    assert_false(comparison.own_slug);
    arena_free(&arena);
}

/* Names, and own slugs or NULL, of two tools: whether they can be compared. */
static const struct {
    const char *names[2], *slugs[2];
    const char *says; /* NULL: they can */
} pairs[] = {
    {{"Notepad", "Notepad++"}, {NULL, NULL}, NULL},
    {{"A", "A+"}, {NULL, NULL}, NULL},
    {{".NET", "NET"}, {NULL, NULL}, NULL},
    {{"Mercury", "Mercury"}, {"mercury-llm", "mercury-bank"}, NULL},
    {{"Mercury", "Mercury"}, {"mercury-llm", NULL}, NULL},
    {{"Pebble Notes", "Quarry"}, {"quarry", NULL}, NULL},
    {{"Pebble Notes", "Quarry"}, {"quarry", "quarry"}, "both tools have the slug \"quarry\""},
    {{"Quarry", "QUARRY "}, {NULL, NULL}, "both tools are called \"Quarry\""},
};

static void two_tools_are_two_names_or_two_slugs(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct failure why = {0};
        struct comparison comparison = make_comparison();
        comparison.title = "";
        comparison.left.name = pairs[i].names[0];
        comparison.right.name = pairs[i].names[1];
        comparison.left.slug = pairs[i].slugs[0];
        comparison.right.slug = pairs[i].slugs[1];
        bool good = intake_complete(&arena, &comparison, &why);
        if (good != (pairs[i].says == NULL) ||
            (!good && strncmp(why.text, pairs[i].says, strlen(pairs[i].says)) != 0)) {
            fail_msg("row %zu: %s", i, why.text);
        }
    }
    arena_free(&arena);
}

static void limits_hold_whatever_the_source(void **state)
{
    (void)state;
    static struct review empty = {.quote = ""};
    static const struct {
        const char *says;
        size_t offset; /* of a text that is set to `text` */
        const char *text;
    } rows[] = {
        {"left.name is empty", offsetof(struct comparison, left.name), ""},
        {"right.category is empty", offsetof(struct comparison, right.category), ""},
        {"url \"ftp://x\" is no web address", offsetof(struct comparison, url), "ftp://x"},
        {"slug \"a b\" is no slug", offsetof(struct comparison, slug), "a b"},
        {"right.price has the control character U+0007", offsetof(struct comparison, right.price),
         "\a"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct failure why = {0};
        struct comparison comparison = make_comparison();
        memcpy((char *)&comparison + rows[i].offset, &rows[i].text, sizeof rows[i].text);
        assert_false(intake_complete(&arena, &comparison, &why));
        assert_memory_equal(why.text, rows[i].says, strlen(rows[i].says));
    }
    struct failure why = {0};
    struct comparison comparison = make_comparison();
    comparison.left.panel_ship = 101;
    assert_false(intake_complete(&arena, &comparison, &why));
    assert_memory_equal(why.text, "left.panel_ship is 101", 22);
    comparison = make_comparison();
    comparison.right.reviews = &empty;
    comparison.right.review_count = 1;
    assert_false(intake_complete(&arena, &comparison, &why));
    assert_memory_equal(why.text, "right.reviews[0].quote is empty", 31);
    arena_free(&arena);
}

static void hash_of(struct comparison *comparison, char hash[65])
{
    struct arena arena = {0};
    struct failure why = {0};
    assert_true(intake_complete(&arena, comparison, &why));
    memcpy(hash, comparison->content_hash, 65);
    arena_free(&arena);
}

static void the_hash_covers_all_content_and_nothing_else(void **state)
{
    (void)state;
    struct review reviews[2] = {{.quote = "one"}, {.quote = "two"}};
    char plain[65];
    char other[65];
    struct comparison comparison = make_comparison();
    comparison.left.reviews = reviews;
    comparison.left.review_count = 2;
    comparison.slug = "s";
    comparison.left.slug = "l";
    comparison.right.slug = "r";
    struct comparison base = comparison;
    hash_of(&comparison, plain);
    comparison = base;
    comparison.published_at = 1795000000;
    comparison.id = 7;
    comparison.revision = 3;
    comparison.updated_at = 5;
    comparison.left.id = 9;
    hash_of(&comparison, other);
    assert_string_equal(other, plain);
#define CHANGES(change)                                                                            \
    comparison = base;                                                                             \
    change;                                                                                        \
    hash_of(&comparison, other);                                                                   \
    assert_string_not_equal(other, plain)
    CHANGES(comparison.slug = "t");
    CHANGES(comparison.title = "Pebble Notes vs. Quarry");
    CHANGES(comparison.question = "?");
    CHANGES(comparison.url = "https://example.org/");
    CHANGES(comparison.left.tagline = "t");
    CHANGES(comparison.right.tagline = "t");
    CHANGES(comparison.left.slug = "k");
    CHANGES(comparison.left.category = "k");
    CHANGES(comparison.left.description = "d");
    CHANGES(comparison.left.price = "p");
    CHANGES(comparison.left.price_note = "p");
    CHANGES(comparison.left.url = "http://example.org");
    CHANGES(comparison.left.panel_ship = 0);
    CHANGES(comparison.left.community_ship = 0);
    CHANGES(comparison.left.review_count = 1);
    CHANGES(comparison.left.panel_size = 4);
    CHANGES(comparison.left.community_votes = 4);
    CHANGES(comparison.left.short_name = "A");
    CHANGES(reviews[0].reviewer = "r");
    reviews[0].reviewer = NULL;
    CHANGES(reviews[0].verdict = VERDICT_SKIP);
    reviews[0].verdict = VERDICT_UNKNOWN;
    CHANGES(reviews[0].quote = "two");
}

static void a_snapshot_gives_back_the_same_comparison(void **state)
{
    (void)state;
    struct review reviews[2] = {
        {.quote = "“one” \\ \" </td>{{x}}", .reviewer = "Ann", .verdict = VERDICT_SHIP},
        {.quote = "שלום 👩‍🚀", .verdict = VERDICT_SKIP}};
    struct arena arena = {0};
    struct failure why = {0};
    struct comparison comparison = make_comparison();
    comparison.published_at = 1795000000;
    comparison.url = "https://example.org/x";
    comparison.left.reviews = reviews;
    comparison.left.review_count = 2;
    comparison.right.panel_ship = 0;
    comparison.right.community_ship = 100;
    comparison.right.community_votes = 48;
    comparison.right.panel_size = 4;
    comparison.right.short_name = "Quarry";
    assert_true(intake_complete(&arena, &comparison, &why));
    struct buf text;
    buf_init(&text, 1024 * 1024);
    json_write(&text, intake_to_value(&arena, &comparison), JSON_COMPACT);
    struct value *value;
    struct comparison back;
    assert_true(json_read(&arena, "f", text.data, text.len, &value, &why));
    if (!intake_from_value(&arena, value, &back, &why)) {
        fail_msg("%s", why.text);
    }
    assert_string_equal(back.content_hash, comparison.content_hash);
    assert_int_equal(back.published_at, comparison.published_at);
    assert_string_equal(back.left.reviews[0].quote, reviews[0].quote);
    assert_string_equal(back.left.reviews[1].quote, reviews[1].quote);
    assert_null(back.left.reviews[1].reviewer);
    assert_int_equal(back.left.community_ship, PERCENT_NONE);
    assert_null(back.left.url);
    assert_int_equal(back.right.community_votes, 48);
    assert_int_equal(back.right.panel_size, 4);
    assert_string_equal(back.right.short_name, "Quarry");
    assert_null(strstr(text.data, "\"panel_size\":null"));
    value_set_text(&arena, value, "oops", "x");
    assert_false(intake_from_value(&arena, value, &back, &why));
    assert_memory_equal(why.text, "/oops: there is no field", 24);
    buf_free(&text);
    arena_free(&arena);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void every_sample_is_read_without_a_date_of_its_own(void **state)
{
    (void)state;
    struct dirent **entries;
    int count = scandir(SAMPLES, &entries, is_visible, alphasort);
    assert_true(count >= 7);
    for (int i = 0; i < count; i++) {
        struct arena arena = {0};
        struct intake intake;
        struct failure why = {0};
        struct buf content;
        buf_init(&content, 1024 * 1024);
        const char *path = arena_format(&arena, SAMPLES "/%s", entries[i]->d_name);
        if (!file_read(path, content.limit, &content, &why) ||
            !intake_read(&arena, path, content.data, content.len, &intake, &why)) {
            fail_msg("%s", why.text);
        }
        assert_int_equal(intake.count, 1);
        assert_int_equal(intake.items[0].published_at, 0);
        assert_true(intake.items[0].left.review_count >= 4);
        buf_free(&content);
        arena_free(&arena);
        free(entries[i]);
    }
    free(entries);
}

/* A field is documented where it has an item of its own. */
static void the_manual_has_every_field(void **state)
{
    (void)state;
    static const struct field *const tables[] = {comparison_fields, tool_fields, review_fields};
    struct failure why = {0};
    struct buf manual;
    buf_init(&manual, 1024 * 1024);
    assert_true(file_read(SOURCE_ROOT "/src/verdicts-import.5", manual.limit, &manual, &why));
    for (size_t table = 0; table < 3; table++) {
        for (const struct field *field = tables[table]; field->name != NULL; field++) {
            char item[64];
            snprintf(item, sizeof item, "\n.It Va %s ", field->name);
            if (strstr(manual.data, item) == NULL) {
                fail_msg("verdicts-import(5) does not have \"%s\"", field->name);
            }
        }
    }
    buf_free(&manual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_by_its_first_character),
        cmocka_unit_test(a_title_is_made_of_the_names_where_none_is_given),
        cmocka_unit_test(slugs_are_made_of_title_and_names_where_none_is_given),
        cmocka_unit_test(a_slug_of_a_very_long_title_is_cut),
        cmocka_unit_test(two_tools_are_two_names_or_two_slugs),
        cmocka_unit_test(limits_hold_whatever_the_source),
        cmocka_unit_test(the_hash_covers_all_content_and_nothing_else),
        cmocka_unit_test(a_snapshot_gives_back_the_same_comparison),
        cmocka_unit_test(every_sample_is_read_without_a_date_of_its_own),
        cmocka_unit_test(the_manual_has_every_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
