#include "digest/newsletter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "digest/panel.h"
#include "digest/phrase.h"
#include "digest/quote.h"
#include "digest/readers.h"
#include "digest/say.h"
#include "digest/story_view.h"
#include "digest/tool_view.h"

#include "letter.h"

/* Names of every length in every kind of news keep the limits. */
static void subject_and_preheader_keep_their_limits_for_names_of_any_length(void **state)
{
    (void)state;
    static const char *const letters[] = {"n", "name ", "é", "語", MARK, "👩🏽‍💻 "};
    static const int panels[][2] = {{100, 50}, {50, 50},   {100, 100}, {0, 0},
                                    {NONE, 7}, {NONE, -1}, {25, 75}};
    for (size_t letter = 0; letter < sizeof letters / sizeof letters[0]; letter++) {
        for (size_t length = 1; length < 200; length += 7) {
            char *name = arena_copy(&arena, "");
            for (size_t i = 0; i < length; i++) {
                name = arena_format(&arena, "%s%s", name, letters[letter]);
            }
            for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
                struct story one = duel(tool(name, panels[i][0]), tool("Other", panels[i][1]));
                struct newsletter_headline headline = headline_of(&one, 1);
                check_limits("one long name", &headline);
                struct story two = duel(tool(name, panels[i][0]), tool(name, panels[i][1]));
                headline = headline_of(&two, 1);
                check_limits("two long names", &headline);
            }
        }
        arena_reset(&arena);
    }
}

static void a_cut_never_parts_a_letter_from_its_mark(void **state)
{
    (void)state;
    assert_string_equal(phrase_cut(&arena, MARK MARK MARK, 4), MARK "…");
    assert_string_equal(phrase_cut(&arena, MARK MARK, 4), MARK MARK);
    assert_string_equal(phrase_cut(&arena, "one two, three", 13), "one two…");
    assert_string_equal(phrase_cut(&arena, "abcdef", 2), "a…");
}

static void a_pull_quote_ends_where_a_sentence_ends(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *quote;
        size_t limit;
        const char *cut;
    } rows[] = {
        {"whole", "Short. And good.", 40, "Short. And good."},
        {"one sentence", "It is fast. It is cheap and it never breaks.", 20, "It is fast."},
        {"two sentences", "It is. It was. It will be so for ever.", 16, "It is. It was."},
        {"question", "Is it? Nobody knows.", 10, "Is it?"},
        {"decimals", "Apache 2.0 is good. The rest is not worth it.", 30, "Apache 2.0 is good."},
        {"abbreviation", "Models, e.g. Llama, are fine. The rest is longer.", 30,
         "Models, e.g. Llama, are fine."},
        {"versus", "Small vs. Large is moot. Nobody will ask again.", 30,
         "Small vs. Large is moot."},
        {"country", "The U.S. Army uses it. Others follow in a while.", 30,
         "The U.S. Army uses it."},
        {"initial", "J. Doe likes it a lot. I do not like it much.", 25, "J. Doe likes it a lot."},
        {"closing quotes", "He said “yes.” Then he left us for good.", 20, "He said “yes.”"},
        {"bracket", "(It works.) The rest is open to debate here.", 20, "(It works.)"},
        {"dots that go on", "They are just... there. And the rest is history.", 30,
         "They are just... there."},
        {"an abbreviation ends nothing", "Models, e.g. Llama, are fine. So.", 20,
         "Models, e.g. Llama…"},
        {"a versus ends nothing", "Small vs. Large is moot. So.", 18, "Small vs. Large…"},
        {"a country ends nothing", "The U.S. Army uses it. So.", 15, "The U.S. Army…"},
        {"an initial ends nothing", "J. Doe likes it a lot. So.", 12, "J. Doe…"},
        {"a decimal ends nothing", "Version 2.0 of it is good. So.", 14, "Version 2.0…"},
        {"dots within a sentence end nothing", "They are just... there. And so on.", 18,
         "They are just…"},
        {"file names", "Run main.c first. Then run all of the others.", 20, "Run main.c first."},
        {"no end in time", "One long sentence without any end in sight", 20, "One long sentence…"},
        {"full width", "速い。安い。そして壊れない。", 6, "速い。安い。"},
        {"line ends", "One\nline.\r\nAnother line that is much longer.", 12, "One line."},
        {"empty", "", 10, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *cut = newsletter_pull_quote(&arena, rows[i].quote, rows[i].limit);
        if (strcmp(cut, rows[i].cut) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, cut);
        }
    }
}

static void the_split_of_the_reviewers_stands_in_words(void **state)
{
    (void)state;
    static const struct {
        int panel;
        size_t ship, skip, silent;
        const char *words;
    } rows[] = {
        {NONE, 0, 0, 0, "The panel has not judged it yet."},
        {100, 0, 0, 4, "All four reviewers would ship it."},
        {0, 0, 0, 4, "None of four reviewers would ship it."},
        {50, 0, 0, 4, "2 of 4 reviewers would ship it, 2 would not."},
        {75, 0, 0, 4, "3 of 4 reviewers would ship it, 1 would not."},
        {75, 0, 0, 2, "75% of the panel would ship it, 25% would not."},
        {25, 0, 0, 0, "25% of the panel would ship it, 75% would not."},
        {100, 0, 0, 0, "The whole panel would ship it."},
        {0, 0, 0, 0, "Nobody on the panel would ship it."},
        {75, 3, 1, 0, "3 of 4 reviewers ship it, 1 skips it."},
        {25, 1, 3, 0, "1 of 4 reviewers ships it, 3 skip it."},
        {50, 1, 1, 0, "1 of 2 reviewers ships it, 1 skips it."},
        {50, 2, 1, 1,
         "Of the four reviews at hand, two ship it, one skips it, one gives no verdict."},
        {10, 2, 0, 0, "Both reviews at hand ship it."},
        {50, 0, 3, 0, "All three reviews at hand skip it."},
        {50, 1, 0, 0, "The one review at hand ships it."},
        {60, 0, 1, 2,
         "Of the three reviews at hand, none ships it, one skips it, two give no "
         "verdict."},
        {NONE, 1, 0, 2, "1 of 3 reviewers ships it, 2 give no verdict."},
        {NONE, 0, 1, 2, "None of 3 reviewers ships it, 1 skips it, 2 give no verdict."},
        {0, 1, 1, 0, "Of the two reviews at hand, one ships it, one skips it."},
        {100, 4, 0, 0, "All four reviewers ship it."},
        {100, 2, 0, 0, "Both reviewers ship it."},
        {100, 1, 0, 0, "The one reviewer ships it."},
        {0, 0, 3, 0, "All three reviewers skip it."},
        {0, 0, 2, 0, "Both reviewers skip it."},
        {0, 0, 1, 0, "The one reviewer skips it."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct review reviews[8] = {{0}};
        size_t count = 0;
        for (size_t j = 0; j < rows[i].ship + rows[i].skip + rows[i].silent; j++) {
            reviews[count].quote = "Well.";
            reviews[count++].verdict = j < rows[i].ship                  ? VERDICT_SHIP
                                       : j < rows[i].ship + rows[i].skip ? VERDICT_SKIP
                                                                         : VERDICT_UNKNOWN;
        }
        struct tool one = tool("A", rows[i].panel);
        one.reviews = reviews;
        one.review_count = count;
        assert_string_equal(panel_split(english(), &one), rows[i].words);
    }
}

static void few_readers_are_counted(void **state)
{
    (void)state;
    static const struct {
        int share, votes;
        const char *figure, *votes_of_one;
    } rows[] = {
        {62, 48, "62% of 48 readers", "62% of 48 readers would ship A; no votes yet on B."},
        {62, 0, "62% of readers", "62% of readers would ship A; no votes yet on B."},
        {75, 4, "3 of 4 readers", "3 of 4 readers would ship A; no votes yet on B."},
        {58, 7, "58% of 7 readers", "58% of 7 readers would ship A; no votes yet on B."},
        {0, 3, "none of 3 readers", "None of 3 readers would ship A; no votes yet on B."},
        {100, 1, "one reader, who would ship it",
         "The one reader who voted would ship A; no votes yet on B."},
        {0, 1, "one reader, who would not ship it", "No reader would ship A; no votes yet on B."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tool one = tool("A", NONE), other = tool("B", NONE);
        one.community_ship = rows[i].share;
        one.community_votes = rows[i].votes;
        assert_string_equal(readers_figure(english(), &one), rows[i].figure);
        assert_string_equal(readers_votes(english(), &one, &other), rows[i].votes_of_one);
    }
}

static void the_verdict_of_the_panel_is_no_score(void **state)
{
    (void)state;
    static const struct {
        int one, other;
        const char *named, *it;
    } rows[] = {
        {100, 50, "The whole panel would ship A, 50% of the panel would ship B.",
         "The whole panel would ship it, 50% of the panel would ship B."},
        {25, 75, "25% of the panel would ship A, 75% would ship B.",
         "25% of the panel would ship it, 75% would ship B."},
        {51, 50, "51% of the panel would ship A, 50% would ship B: as good as level.",
         "51% of the panel would ship it, 50% would ship B: as good as level."},
        {50, 50, "A and B tie: each has 50% of the panel behind it.",
         "It ties with B: each has 50% of the panel behind it."},
        {100, 100, "A and B tie: each has the whole panel behind it.",
         "It ties with B: each has the whole panel behind it."},
        {0, 0, "Nobody on the panel would ship A or B.", "Nobody on the panel would ship it or B."},
        {NONE, 75, "75% of the panel would ship B; there is no verdict on A yet.", NULL},
        {75, NONE, "75% of the panel would ship A; there is no verdict on B yet.",
         "75% of the panel would ship it; there is no verdict on B yet."},
        {NONE, NONE, "The panel has judged neither of the two yet.", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tool one = tool("A", rows[i].one);
        struct tool other = tool("B", rows[i].other);
        assert_string_equal(panel_verdict(english(), &one, &other, false), rows[i].named);
        assert_string_equal(panel_verdict(english(), &one, &other, true),
                            rows[i].it != NULL ? rows[i].it : rows[i].named);
    }
}

static void a_missing_vote_is_not_a_vote_of_nought(void **state)
{
    (void)state;
    static const struct {
        int one, other;
        const char *words;
    } rows[] = {
        {NONE, NONE, "No votes yet."},
        {60, 40, "60% of readers would ship A, 40% would ship B."},
        {0, 100, "0% of readers would ship A, 100% would ship B."},
        {0, NONE, "0% of readers would ship A; no votes yet on B."},
        {NONE, 12, "12% of readers would ship B; no votes yet on A."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tool one = tool("A", 50);
        struct tool other = tool("B", 50);
        one.community_ship = rows[i].one;
        other.community_ship = rows[i].other;
        assert_string_equal(readers_votes(english(), &one, &other), rows[i].words);
    }
}

static void a_bar_never_looks_whole_or_empty_when_it_is_not(void **state)
{
    (void)state;
    static const struct {
        int percent;
        const char *bar;
    } rows[] = {
        {0, "[----------] 0%"},     {1, "[#---------] 1%"},   {50, "[#####-----] 50%"},
        {60, "[######----] 60%"},   {75, "[########--] 75%"}, {99, "[#########-] 99%"},
        {100, "[##########] 100%"}, {NONE, "[no verdict]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(tool_view_bar(english(), rows[i].percent), rows[i].bar);
    }
    const struct jury all = {.percent = 100};
    const struct jury nobody = {.percent = NONE};
    const struct value *whole = tool_view_share(english(), &all, "none");
    assert_int_equal(value_find(whole, "has_empty")->kind, VALUE_FALSE);
    assert_string_equal(value_find(whole, "filled")->text, "100");
    const struct value *absent = tool_view_share(english(), &nobody, "none");
    assert_int_equal(value_find(absent, "known")->kind, VALUE_FALSE);
    assert_string_equal(value_find(absent, "text")->text, "none");
}

static void only_https_links_leave_in_a_mail(void **state)
{
    (void)state;
    static const struct {
        const char *own, *setting, *slug, *url;
    } rows[] = {
        {NULL, "https://example.org/{slug}", "a-vs-b", "https://example.org/a-vs-b"},
        {NULL, "https://example.org/{slug}?x=1", "ä/?b", "https://example.org/%C3%A4%2F%3Fb?x=1"},
        {"https://example.com/own", "https://example.org/{slug}", "a", "https://example.com/own"},
        {"http://example.com/own", "https://example.org/{slug}", "a", "https://example.org/a"},
        {"javascript:alert(1)", "https://example.org/{slug}", "a", "https://example.org/a"},
        {"https://example.com/\" onclick=", "https://example.org/{slug}", "a",
         "https://example.org/a"},
        {"https://", "https://example.org/{slug}", "a", "https://example.org/a"},
        {NULL, "https://example.org/", "a", NULL},
        {NULL, "http://example.org/{slug}", "a", NULL},
        {NULL, NULL, "a", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct comparison *item = compare(tool("A", 1), tool("B", 2));
        item->url = rows[i].own;
        item->slug = rows[i].slug;
        const char *url = story_view_link(&arena, item, rows[i].setting);
        assert_int_equal(url == NULL, rows[i].url == NULL);
        if (url != NULL) {
            assert_string_equal(url, rows[i].url);
        }
    }
}

/* "rank name" of the rows of a story's table. */
static const char *table_of(const struct story *story)
{
    const struct voice_words words = {.lexicon = lexicon_english(&arena)};
    const struct value *view =
        story_view_make(english(), &words, story, "https://example.org/{slug}");
    const struct value *tools = value_find(view, "tools");
    char *text = arena_copy(&arena, "");
    for (const struct value *row = tools->first; row != NULL; row = row->next) {
        bool shared = value_find(row, "is_shared")->kind == VALUE_TRUE;
        text = arena_format(&arena, "%s%s %s%s;", text, value_find(row, "rank")->text,
                            value_find(row, "name")->text, shared ? "*" : "");
    }
    return text;
}

static void the_shared_tool_stands_at_its_rank_among_its_rivals(void **state)
{
    (void)state;
    static const struct {
        int shared;
        int rivals[4];
        size_t count;
        const char *table;
    } rows[] = {
        {50, {100, 75, 75}, 3, "1 R1;=2 R2;=2 R3;4 Shared*;"},
        {80, {100, 75}, 2, "1 R1;2 Shared*;3 R2;"},
        {75, {75, 25}, 2, "=1 R1;=1 Shared*;3 R2;"},
        {90, {75, NONE}, 2, "1 Shared*;2 R1; R2;"},
        {NONE, {75, NONE}, 2, "1 R1; R2; Shared*;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story story = group(rows[i].shared, rows[i].rivals, rows[i].count);
        assert_string_equal(table_of(&story), rows[i].table);
    }
    struct story two = duel(tool("A", 25), tool("B", 75));
    assert_string_equal(table_of(&two), "1 B;2 A;");
    struct story left_over = group(50, (int[]){75}, 1);
    assert_string_equal(table_of(&left_over), "1 R1;2 Shared;");
}

static void the_date_is_that_of_the_readers_zone(void **state)
{
    (void)state;
    struct story one = duel(tool("A", 75), tool("B", 50));
    struct newsletter issue = newsletter(&one, 1);
    issue.date = 1795390200; /* 2026-11-22T23:30:00Z */
    issue.timezone = "Asia/Kathmandu";
    struct newsletter_headline headline = newsletter_headline(&arena, &issue);
    const struct value *root = newsletter_variables(&arena, &issue, &headline);
    assert_string_equal(value_find(value_find(root, "issue"), "date")->text, "23 November 2026");
}

static void numbers_read_well_for_none_one_two_and_many(void **state)
{
    (void)state;
    assert_string_equal(say_number(english(), 0), "no");
    assert_string_equal(say_number(english(), 1), "one");
    assert_string_equal(say_number(english(), 10), "ten");
    assert_string_equal(say_number(english(), 11), "11");
    assert_string_equal(say_number(english(), 1200), "1,200");
    assert_string_equal(say_digits(english(), 123456), "123,456");
    assert_string_equal(say_digits(english(), 1234567), "1,234,567");
    const char *names[] = {"A", "B", "C"};
    assert_string_equal(say_list(english(), names, 0), "");
    assert_string_equal(say_list(english(), names, 1), "A");
    assert_string_equal(say_list(english(), names, 2), "A and B");
    assert_string_equal(say_list(english(), names, 3), "A, B and C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(subject_and_preheader_keep_their_limits_for_names_of_any_length,
                                  give_back),
        cmocka_unit_test_teardown(a_cut_never_parts_a_letter_from_its_mark, give_back),
        cmocka_unit_test_teardown(a_pull_quote_ends_where_a_sentence_ends, give_back),
        cmocka_unit_test_teardown(the_split_of_the_reviewers_stands_in_words, give_back),
        cmocka_unit_test_teardown(few_readers_are_counted, give_back),
        cmocka_unit_test_teardown(the_verdict_of_the_panel_is_no_score, give_back),
        cmocka_unit_test_teardown(a_missing_vote_is_not_a_vote_of_nought, give_back),
        cmocka_unit_test_teardown(a_bar_never_looks_whole_or_empty_when_it_is_not, give_back),
        cmocka_unit_test_teardown(only_https_links_leave_in_a_mail, give_back),
        cmocka_unit_test_teardown(the_shared_tool_stands_at_its_rank_among_its_rivals, give_back),
        cmocka_unit_test_teardown(the_date_is_that_of_the_readers_zone, give_back),
        cmocka_unit_test_teardown(numbers_read_well_for_none_one_two_and_many, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
