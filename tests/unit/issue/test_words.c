/* Where an editor's words stand: the story of a note, the tool of a quote, and what lost both. */
#include "issue/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SAID "Fast to set up, and I would ship it to every team of mine."

static struct review otters[] = {{.verdict = VERDICT_SHIP, .quote = SAID}};

/* Otter against two rivals is one story, Quill against Nib another. */
static const struct comparison comparisons[] = {
    {.id = 1,
     .left = {.slug = "otter", .name = "Otter 4", .reviews = otters, .review_count = 1},
     .right = {.slug = "heron", .name = "Heron"}},
    {.id = 2,
     .left = {.slug = "otter", .name = "Otter 4", .reviews = otters, .review_count = 1},
     .right = {.slug = "goose", .name = "Goose"}},
    {.id = 3, .left = {.slug = "quill", .name = "Quill"}, .right = {.slug = "nib", .name = "Nib"}},
};
static const struct comparison *both[] = {&comparisons[0], &comparisons[1]};
static const struct comparison *second[] = {&comparisons[1]};
static const struct comparison *third[] = {&comparisons[2]};
static const struct story whole[] = {{"otter", both, 2}, {NULL, third, 1}};
static const struct story part[] = {{NULL, second, 1}};

static const struct note_span span = {.text = "Mind the export."};
static const struct note_line line = {&span, 1};
static const struct note_block block = {.kind = NOTE_PARAGRAPH, .lines = &line, .count = 1};
static const struct note note = {&block, 1};

static void a_note_follows_what_is_left_of_its_story(void **state)
{
    (void)state;
    struct arena arena = {0};
    const struct newsletter_story_note notes[] = {{1, &note}, {3, &note}};
    const struct newsletter_words words = {.notes = notes, .note_count = 2};
    struct newsletter_words followed = words_follow(&arena, &words, whole, 2, part, 1);
    assert_ptr_equal(newsletter_story_note(&followed, &part[0]), &note);
    assert_null(newsletter_story_note(&words, &part[0]));
    const struct newsletter_words other = {.notes = &notes[1], .note_count = 1};
    followed = words_follow(&arena, &other, whole, 2, part, 1);
    assert_null(newsletter_story_note(&followed, &part[0]));
    arena_free(&arena);
}

static void a_tool_is_found_by_slug_and_by_name(void **state)
{
    (void)state;
    struct arena arena = {0};
    static const char *const names[][2] = {
        {"otter", "otter"}, {"OTTER  4", "otter"}, {"nib", "nib"}, {"ott", NULL}, {"", NULL}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct tool *found = words_find_tool(&arena, whole, 2, names[i][0]);
        assert_int_equal(found != NULL, names[i][1] != NULL);
        assert_true(found == NULL || strcmp(found->slug, names[i][1]) == 0);
    }
    arena_free(&arena);
}

static void what_has_lost_its_place_is_told_with_what_to_do(void **state)
{
    (void)state;
    struct arena arena = {0};
    const struct newsletter_story_note notes[] = {{2, &note}, {3, &note}};
    const struct voice_pin pins[] = {{"otter", false, SAID},
                                     {"otter", false, "Gone."},
                                     {"otter", true, SAID},
                                     {"nib", true, SAID}};
    const struct words words = {
        .told = {.notes = notes, .note_count = 2, .pins = pins, .pin_count = 4}};
    const char *const *lost;
    size_t count;
    words_find_lost(&arena, &words, part, 1, &lost, &count);
    assert_int_equal(count, 4);
    assert_string_equal(lost[0],
                        "the note of a story that is not in the issue is not sent: \"Mind the "
                        "export.\"; `verdicts issue show N` names it, `issue note N "
                        "--story SLUG --clear` takes it back");
    assert_non_null(strstr(lost[1], "the quote chosen for Otter 4 stands in no review any more"));
    assert_non_null(strstr(lost[2], "the quote chosen against Otter 4 stands in no review"));
    assert_non_null(strstr(lost[3], "`verdicts issue quote N nib --clear`"));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_follows_what_is_left_of_its_story),
        cmocka_unit_test(a_tool_is_found_by_slug_and_by_name),
        cmocka_unit_test(what_has_lost_its_place_is_told_with_what_to_do),
    };
    return cmocka_run_group_tests_name("issue/words", tests, NULL, NULL);
}
