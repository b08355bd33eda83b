/* Which word about a tool stands: the rule alone. */
#include "scratch.h"

#include "store/tool_merge.h"

#include <cmocka.h>

static void the_newer_word_stands_and_the_same_comparison_corrects_itself(void **state)
{
    static const struct {
        const char *name;
        struct tool_origin stands, now;
        bool outdated, believed;
    } rows[] = {
        {"a first word", {0, 0}, {100, 1}, false, true},
        {"a newer one", {100, 1}, {101, 2}, false, true},
        {"one of the same date", {100, 1}, {100, 2}, false, true},
        {"an older one", {100, 1}, {99, 2}, false, false},
        {"an older date of the same comparison", {100, 1}, {99, 1}, false, true},
        {"the same by an outdated source", {100, 1}, {99, 1}, true, false},
        {"a newer one by an outdated source", {100, 1}, {101, 2}, true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (tool_believes(&rows[i].stands, &rows[i].now, rows[i].outdated) != rows[i].believed) {
            fail_msg("%s", rows[i].name);
        }
    }
}

/* A stored tool, and one that comes in. */
static void merge(struct tool_merge *merging, struct arena *arena, const struct tool *stored,
                  const struct tool *tool, const struct teller *teller,
                  struct comparison_outcome *outcome)
{
    *outcome = (struct comparison_outcome){0};
    outcome->conflicts = arena_array(arena, COMPARISON_CONFLICTS_MAX, sizeof *outcome->conflicts);
    *merging = (struct tool_merge){.arena = arena,
                                   .tool = tool,
                                   .now = {teller->at, teller->id},
                                   .merged = *stored,
                                   .teller = teller,
                                   .outcome = outcome};
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        merging->words[fact] = (struct tool_origin){.at = 100, .by = 1};
    }
    tool_merge_facts(merging);
}

static void what_is_left_out_stays_and_what_another_told_is_a_conflict(void **state)
{
    struct arena arena = {0};
    const struct tool stored = {.name = "Quill", .price = "$20", .category = "Writing"};
    const struct tool tool = {
        .name = "Quill", .price = "$25", .category = "Design", .silent = 1u << FACT_CATEGORY};
    const struct teller teller = {.id = 2, .at = 101};
    struct comparison_outcome outcome;
    struct tool_merge merging;
    (void)state;
    merge(&merging, &arena, &stored, &tool, &teller, &outcome);
    assert_string_equal(merging.merged.price, "$25");
    assert_string_equal(merging.merged.category, "Writing");
    assert_true(merging.changed);
    assert_int_equal(outcome.conflict_count, 1);
    assert_string_equal(outcome.conflicts[0].field, "price");
    assert_string_equal(outcome.conflicts[0].dropped, "$20");
    arena_free(&arena);
}

static void an_older_word_changes_nothing(void **state)
{
    struct arena arena = {0};
    const struct tool stored = {.name = "Quill", .price = "$20", .category = "Writing"};
    const struct tool tool = {.name = "Quill", .price = "$25", .category = "Writing"};
    const struct teller teller = {.id = 2, .at = 99};
    struct comparison_outcome outcome;
    struct tool_merge merging;
    (void)state;
    merge(&merging, &arena, &stored, &tool, &teller, &outcome);
    assert_string_equal(merging.merged.price, "$20");
    assert_false(merging.changed);
    assert_int_equal(outcome.conflict_count, 0);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newer_word_stands_and_the_same_comparison_corrects_itself),
        cmocka_unit_test(what_is_left_out_stays_and_what_another_told_is_a_conflict),
        cmocka_unit_test(an_older_word_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
