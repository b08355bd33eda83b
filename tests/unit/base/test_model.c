/* Slugs, and which tool of a comparison is the rival. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/model.h"

#include <cmocka.h>

static const struct {
    const char *name, *text, *slug;
} slugs[] = {
    {"plain", "Mistral 4B", "mistral-4b"},
    {"signs separate", "Mistral 3 Small (24B)", "mistral-3-small-24b"},
    {"several signs are one", "  a -- b__c!! ", "a-b-c"},
    {"dots and slashes", "GPT-4.1/mini", "gpt-4-1-mini"},
    {"pluses are read aloud", "C++ Pilot", "c-plus-plus-pilot"},
    {"so is a sharp", "C# Pilot", "c-sharp-pilot"},
    {"a plus at the end", "Notepad++", "notepad-plus-plus"},
    {"a plus between spaces", "A + B", "a-plus-b"},
    {"a dot that begins a word", ".NET", "dot-net"},
    {"a dot that begins the second word", "The .NET Tool", "the-dot-net-tool"},
    {"a dot at the end", "Notion. AI", "notion-ai"},
    {"a number sign", "#1 Tool", "1-tool"},
    {"nothing", "", "untitled"},
    {"only signs", "?!", "untitled"},
    {"marks", "Caf\xC3\xA9 \xC3\x85ngstr\xC3\xB6m", "cafe-angstrom"},
    {"decomposed marks", "Cafe\xCC\x81s", "cafes"},
    {"letters that do not come apart", "Stra\xC3\x9F\x65 \xC3\x86on \xC5\x81\xC3\xB3\x64\xC5\xBA",
     "strasse-aeon-lodz"},
    {"full width and ligatures", "\xEF\xBC\xA1\xEF\xAC\x81\xC2\xB2", "afi2"},
    {"two marks", "\xE1\xBB\x87", "e"},
    {"Chinese", "AI\xE5\xB7\xA5\xE5\x85\xB7 x", "ai-5de5-5177-x"},
    {"Cyrillic without case", "\xD0\x9F\xD0\xB8", "43f-438"},
    {"Cyrillic in lower case", "\xD0\xBF\xD0\xB8", "43f-438"},
    {"a llama", "Llama \xF0\x9F\xA6\x99", "llama-1f999"},
    {"curly quotes and dashes separate", "a\xE2\x80\x99s \xE2\x80\x94 b", "a-s-b"},
    {"Devanagari keeps its vowel signs", "\xE0\xA4\x95\xE0\xA4\xBF", "915-93f"},
};

static void a_slug_is_lowercase_words_joined_by_hyphens(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof slugs / sizeof slugs[0]; i++) {
        char *slug = model_slug(&arena, slugs[i].text);
        if (strcmp(slug, slugs[i].slug) != 0) {
            fail_msg("%s: %s", slugs[i].name, slug);
        }
    }
    arena_free(&arena);
}

static void a_long_slug_is_cut_at_a_word(void **state)
{
    (void)state;
    struct arena arena = {0};
    char words[600] = "";
    char run[600];
    for (int i = 0; i < 40; i++) {
        memcpy(words + 6 * i, "wordy ", 7);
    }
    char *slug = model_slug(&arena, words);
    assert_true(strlen(slug) <= 200 && strlen(slug) > 190);
    assert_string_equal(slug + strlen(slug) - 6, "-wordy");
    memset(run, 'a', sizeof run - 1);
    run[sizeof run - 1] = '\0';
    slug = model_slug(&arena, run);
    assert_int_equal(strlen(slug), 200);
    slug = model_slug_number(&arena, slug, INT64_MAX);
    assert_int_equal(strlen(slug), 200);
    assert_string_equal(model_slug_number(&arena, "go", 2), "go-2");
    arena_free(&arena);
}

/* Two names, and whether they are one. */
static const struct {
    const char *left, *right;
    bool same;
} names[] = {
    {"C++", "C#", false},
    {"A+", "A", false},
    {"Go!", "Go", false},
    {".NET", "NET", false},
    {"Copilot", "Copilot+", false},
    {"R\xC3\xA9sum\xC3\xA9", "Resume", false},
    {"X (2026)", "X 2026", false},
    {"GPT-4", "GPT-5", false},
    {"a_b", "a-b", false},
    {"Node.js", "Nodejs", false},
    {"a\xE2\x80\x8B"
     "b",
     "ab", false},
    {"\xEF\xBC\xA1", "A", false},
    {"Pebble Notes", "PEBBLE  notes", true},
    {"Pebble Notes", " Pebble\xC2\xA0Notes ", true},
    {"Pebble Notes", "Pebble\xE3\x80\x80\tNotes", true},
    {"Caf\xC3\xA9", "Cafe\xCC\x81", true},
    {"CAF\xC3\x89", "cafe\xCC\x81", true},
    {"STRASSE", "Stra\xC3\x9F\x65", true},
    {"\xD0\x9F\xD0\xB8", "\xD0\xBF\xD0\xB8", true},
};

static void a_tool_is_its_name_but_for_case_and_white_space(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        bool same = strcmp(model_name_key(&arena, names[i].left),
                           model_name_key(&arena, names[i].right)) == 0;
        if (same != names[i].same) {
            fail_msg("\"%s\" and \"%s\"", names[i].left, names[i].right);
        }
    }
    assert_string_equal(model_name_key(&arena, " \t"), "");
    arena_free(&arena);
}

static void every_character_gives_a_clean_slug(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (uint32_t point = 0x80; point < 0x30000; point++) {
        if (point >= 0xD800 && point < 0xE000) {
            continue;
        }
        char text[4] = {0};
        size_t len = 0;
        if (point < 0x800) {
            text[len++] = (char)(0xC0 | point >> 6);
        } else if (point < 0x10000) {
            text[len++] = (char)(0xE0 | point >> 12);
            text[len++] = (char)(0x80 | (point >> 6 & 63));
        } else {
            continue;
        }
        text[len++] = (char)(0x80 | (point & 63));
        char *slug = model_slug(&arena, text);
        if (strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(slug) ||
            slug[0] == '-' || slug[strlen(slug) - 1] == '-' || strstr(slug, "--") != NULL) {
            fail_msg("U+%04X: %s", point, slug);
        }
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void the_rival_is_the_tool_that_is_not_shared(void **state)
{
    (void)state;
    struct comparison comparison = {
        .left = {.slug = "a", .panel_ship = 40},
        .right = {.slug = "b", .panel_ship = 60},
    };
    assert_ptr_equal(model_rival(&comparison, "a"), &comparison.right);
    assert_ptr_equal(model_other(&comparison, "a"), &comparison.left);
    assert_ptr_equal(model_rival(&comparison, "b"), &comparison.left);
    assert_ptr_equal(model_other(&comparison, "b"), &comparison.right);
}

static void without_a_shared_tool_the_better_panel_comes_first(void **state)
{
    (void)state;
    struct comparison comparison = {
        .left = {.slug = "a", .panel_ship = 40},
        .right = {.slug = "b", .panel_ship = 60},
    };
    assert_ptr_equal(model_rival(&comparison, NULL), &comparison.right);
    comparison.left.panel_ship = 60;
    assert_ptr_equal(model_rival(&comparison, NULL), &comparison.left);
    assert_ptr_equal(model_other(&comparison, NULL), &comparison.right);
    comparison.left.panel_ship = PERCENT_NONE;
    comparison.right.panel_ship = 0;
    assert_ptr_equal(model_rival(&comparison, NULL), &comparison.right);
}

/* A letter a review: "+" ships, "-" skips, "?" does not say. */
static const struct {
    const char *verdicts;
    int share;   /* as the source gives it */
    int derived; /* what stands, with a share of the source as it is */
    bool possible;
} shares[] = {
    {"++", 10, 10, false},
    {"++", 99, 99, false},
    {"++", 100, 100, true},
    {"++", PERCENT_NONE, 100, true},
    {"--", 0, 0, true},
    {"--", 1, 1, false},
    {"--", PERCENT_NONE, 0, true},
    {"+-", 50, 50, true},
    {"+-", PERCENT_NONE, 50, true},
    {"++-", 66, 66, true},
    {"++-", 67, 67, true},
    {"++-", 65, 65, false},
    {"++-", 33, 33, false},
    {"++-", PERCENT_NONE, 67, true},
    {"+--", PERCENT_NONE, 33, true},
    {"+??", 33, 33, true},
    {"+??", 66, 66, true},
    {"+??", 100, 100, true},
    {"+??", 0, 0, false},
    {"+??", PERCENT_NONE, PERCENT_NONE, true},
    {"????", 10, 10, true}, /* as a page has it */
    {"????", PERCENT_NONE, PERCENT_NONE, true},
    {"", 10, 10, true},
    {"", PERCENT_NONE, PERCENT_NONE, true},
};

static void a_share_that_nobody_gives_is_counted_and_one_that_cannot_be_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        struct review reviews[4] = {{NULL, VERDICT_UNKNOWN, ""}};
        struct tool tool = {.panel_ship = shares[i].share,
                            .reviews = reviews,
                            .review_count = strlen(shares[i].verdicts)};
        for (size_t r = 0; r < tool.review_count; r++) {
            char letter = shares[i].verdicts[r];
            reviews[r].verdict = letter == '+'   ? VERDICT_SHIP
                                 : letter == '-' ? VERDICT_SKIP
                                                 : VERDICT_UNKNOWN;
        }
        bool possible = model_share_is_possible(&tool);
        model_derive_panel(&tool);
        if (tool.panel_ship != shares[i].derived || possible != shares[i].possible ||
            tool.panel_derived != (shares[i].share != shares[i].derived)) {
            fail_msg("row %zu (%s, %d): %d, %d", i, shares[i].verdicts, shares[i].share,
                     tool.panel_ship, possible);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slug_is_lowercase_words_joined_by_hyphens),
        cmocka_unit_test(a_long_slug_is_cut_at_a_word),
        cmocka_unit_test(a_tool_is_its_name_but_for_case_and_white_space),
        cmocka_unit_test(every_character_gives_a_clean_slug),
        cmocka_unit_test(a_share_that_nobody_gives_is_counted_and_one_that_cannot_be_is_found),
        cmocka_unit_test(the_rival_is_the_tool_that_is_not_shared),
        cmocka_unit_test(without_a_shared_tool_the_better_panel_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
