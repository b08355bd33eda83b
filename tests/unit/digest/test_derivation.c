/* Where the words of subject, preheader and headline come from. */
#include "digest/derivation.h"

#include "letter.h"

/* Otter leads with 3 of 4, Heron has 2 of 4; readers would rather have Heron. */
static struct story otter_and_heron(void)
{
    struct tool otter = judged("Otter (24B)", 3, 1);
    struct tool heron = judged("Heron", 2, 2);
    otter.community_ship = 40;
    otter.price = "$20/mo";
    heron.community_ship = 62;
    heron.community_votes = 48;
    heron.price = "$9/mo";
    otter.reviews[0].quote = "It files faster than I can, under Apache 2.0.";
    struct story story = duel(otter, heron);
    without_short_names(&story, 1);
    return story;
}

/* A text, and the words of it that nothing in the data says. */
static const struct {
    const char *text, *unproven;
} rows[] = {
    {"Otter: 3 of 4 would ship it. Heron: 2 of 4", ""},
    {"Otter (24B): 3 of 4 would ship it", ""},
    {"Ot\xE2\x80\xA6: 3 of 4 would ship it", ""},
    {"Otter: 2 of 4 would ship it. Heron: 3 of 4", "2 of 4, 3 of 4"},
    {"Otter: 3 of 5 would ship it", "3 of 5"},
    {"Otter: 75% would ship it. Heron: 50%", ""},
    {"Otter: 62% would ship it", "62%"},
    {"Readers overrule the panel: 62% for Heron, 40% for Otter", ""},
    {"Readers overrule the panel: 40% for Heron, 62% for Otter", "40%, 62%"},
    {"62% of 48 readers would ship Heron", ""},
    {"62% of 50 readers would ship Heron", "62% of 50"},
    {"Otter and Heron tie: 3 of 4 would ship each", "tie, ship each"},
    {"Otter is the best", ""},
    {"Heron is the best", "best"},
    {"Heron is the cheapest at $9/mo", ""},
    {"Otter is the cheapest at $20/mo", "cheapest"},
    {"Otter at $21/mo", "$21/mo"},
    {"Otter, the fastest of them", "fastest"},
    {"Otter is the only one with its whole panel behind it", "the only"},
    {"Nobody on the panel would ship Heron", "Nobody on the panel"},
    {"A reviewer of Otter: \xE2\x80\x9CIt files faster than I can, \xE2\x80\xA6\xE2\x80\x9D", ""},
    {"A reviewer of Otter: \xE2\x80\x9CIt never fails.\xE2\x80\x9D", "It never fails."},
    {"One new comparison of two tools, under Apache 2.0", ""},
    {"Three new comparisons of five tools", "Three, five"},
    {"The year 2031 belongs to Heron", "2031"},
};

static const char *unproven_of(const struct derivation_source *source, const char *text)
{
    struct derivation derivation = derivation_of(&arena, source, text);
    const char *list = "";
    for (size_t i = 0; i < derivation.count; i++) {
        if (derivation.claims[i].from == NULL) {
            list = arena_format(&arena, "%s%s%s", list, *list != '\0' ? ", " : "",
                                derivation.claims[i].words);
        }
    }
    return list;
}

static const char *unproven(const struct story *story, const char *text)
{
    return unproven_of(&(struct derivation_source){story, 1, NULL, 0}, text);
}

static void what_the_data_does_not_say_is_found(void **state)
{
    (void)state;
    struct story story = otter_and_heron();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *found = unproven(&story, rows[i].text);
        if (strcmp(found, rows[i].unproven) != 0) {
            fail_msg("\"%s\": \"%s\" instead of \"%s\"", rows[i].text, found, rows[i].unproven);
        }
    }
}

/* Bravo is in both stories, and ties in the second. */
static void a_tool_of_two_stories_is_read_in_the_one_that_has_all_it_stands_with(void **state)
{
    (void)state;
    struct tool alpha = judged("Alpha", 4, 0), bravo = judged("Bravo", 3, 2);
    const struct comparison *items[] = {compare(alpha, bravo),
                                        compare(alpha, judged("Carol", 1, 3))};
    struct story stories[] = {{.shared = "Alpha", .items = items, .count = 2},
                              duel(bravo, judged("Delta", 3, 2))};
    without_short_names(stories, 2);
    struct derivation derivation =
        derivation_of(&arena, &(struct derivation_source){stories, 2, NULL, 0},
                      "Also: Bravo and Delta tie: 60% would ship each");
    assert_int_equal(derivation.count, 5);
    for (size_t i = 0; i < derivation.count; i++) {
        assert_non_null(derivation.claims[i].from);
    }
}

static void a_few_votes_carry_no_word_on_readers(void **state)
{
    (void)state;
    struct story story = otter_and_heron();
    ((struct comparison *)story.items[0])->right.community_votes = 5;
    assert_string_equal(unproven(&story, "Readers overrule the panel: 62% for Heron"), "overrule");
    assert_string_equal(unproven(&story, "No community votes"), "No community votes");
}

static void a_quote_may_hold_quotes(void **state)
{
    (void)state;
    struct story story = otter_and_heron();
    struct review *reviews = (struct review *)story.items[0]->left.reviews;
    reviews[0].quote = "It said \xE2\x80\x9Cnever\xE2\x80\x9D and left at 7.";
    assert_string_equal(unproven(&story, "Otter: \xE2\x80\x9CIt said \xE2\x80\x9Cnever\xE2\x80\x9D "
                                         "and left at 7.\xE2\x80\x9D"),
                        "");
}

static void each_claim_says_where_it_comes_from(void **state)
{
    (void)state;
    struct story story = otter_and_heron();
    struct derivation derivation =
        derivation_of(&arena, &(struct derivation_source){&story, 1, NULL, 0},
                      "Otter: 3 of 4. Readers overrule: 62% for Heron");
    static const char *const wanted[] = {
        "Otter=the name of a tool",        "Heron=the name of a tool",
        "3 of 4=the panel of Otter (24B)", "overrule=the panel's first and the readers' first",
        "62%=the readers of Heron",
    };
    assert_int_equal(derivation.count, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < derivation.count; i++) {
        const struct statement *claim = &derivation.claims[i];
        assert_string_equal(arena_format(&arena, "%s=%s", claim->words, claim->from), wanted[i]);
    }
}

/* Otter turned from 1 of 4 to 3 of 4; Heron has its first votes, and costs less than it did. */
static const struct {
    const char *text, *unproven;
} moved[] = {
    {"Otter: 3 of 4 would ship it, was 1 of 4", ""},
    {"Otter: 1 of 4 would ship it, was 3 of 4", "1 of 4, 3 of 4"},
    {"Otter: now 3 of 4 would ship it", ""},
    {"Otter is up from 1 of 4", ""},
    {"Otter: 2 of 4 would ship it, was 1 of 4", "2 of 4"},
    {"Heron: 1 of 4 would ship it", "1 of 4"},
    {"Heron: first votes, 62% of 48 readers would ship it", ""},
    {"Otter: first votes", "first votes"},
    {"Heron: first verdict", "first verdict"},
    {"Heron: price now $9/mo, was $20/mo", ""},
    {"Heron: price now $20/mo, was $9/mo", "$20/mo, $9/mo"},
    {"Otter is the best", "best"},
    {"Readers lean to Heron", "Readers lean to"},
    {"No new comparisons for you this week, but what we told you has moved.", ""},
    {"Two new comparisons", "Two"},
    {"Two tools have moved", ""},
    {"Three tools have moved", "Three"},
};

static void what_has_moved_is_read_as_it_is_and_as_it_was(void **state)
{
    (void)state;
    struct move moves[] = {{.was = judged("Otter", 1, 3), .now = judged("Otter", 3, 1)},
                           {.was = judged("Heron", 2, 2), .now = judged("Heron", 2, 2)}};
    moves[0].told_number = moves[1].told_number = 7;
    moves[1].was.price = "$20/mo";
    moves[1].now.price = "$9/mo";
    moves[1].now.community_ship = 62;
    moves[1].now.community_votes = 48;
    const struct derivation_source source = {NULL, 0, moves, 2};
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        const char *found = unproven_of(&source, moved[i].text);
        if (strcmp(found, moved[i].unproven) != 0) {
            fail_msg("\"%s\": \"%s\" instead of \"%s\"", moved[i].text, found, moved[i].unproven);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_the_data_does_not_say_is_found, give_back),
        cmocka_unit_test_teardown(
            a_tool_of_two_stories_is_read_in_the_one_that_has_all_it_stands_with, give_back),
        cmocka_unit_test_teardown(a_few_votes_carry_no_word_on_readers, give_back),
        cmocka_unit_test_teardown(a_quote_may_hold_quotes, give_back),
        cmocka_unit_test_teardown(what_has_moved_is_read_as_it_is_and_as_it_was, give_back),
        cmocka_unit_test_teardown(each_claim_says_where_it_comes_from, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
