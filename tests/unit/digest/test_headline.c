#include "digest/headline.h"

#include "digest/jury.h"
#include "digest/tool_view.h"

#include "letter.h"

#define FIFTY "Fifty characters of a name that goes on and on for"

static const struct {
    const char *name;
    const char *left;
    int left_panel;
    const char *right;
    int right_panel;
    const char *subject;
} pairs[] = {
    {"the right wins", "Heron", 50, "Otter 3 (24B)", 100,
     "Otter 3: 100% would ship it. Heron: 50%"},
    {"the left wins", "A", 75, "B", 25, "A: 75% would ship it. B: 25%"},
    {"a brand keeps its first letter", "listmonk", 75, "eBay", 25,
     "listmonk: 75% would ship it. eBay: 25%"},
    {"level, with its first letter", "n8n", 50, "dbt", 50, "n8n and dbt tie: 50% would ship each"},
    {"by a point", "A", 51, "B", 50, "Neck and neck: A 51%, B 50%"},
    {"by a point, with names that leave no room", "Heron of the Open Weights, Small", 51,
     "Otter of the Open Weights, Large", 50,
     "Neck and neck: Heron of the Open\xE2\x80\xA6 and Otter of the Open\xE2\x80\xA6"},
    {"names that begin alike", "Nimbus Mini", 75, "Nimbus Mini (8B)", 75,
     "Tie at 75%: Nimbus Mini and Nimbus Mini (8B)"},
    {"names that would be cut alike", "Heron of the Open Weights, Small", 75,
     "Heron of the Open Weights, Large", 75, "Two tools tie at the top: 75% would ship each"},
    {"to nothing", "A", 100, "B", 0, "A: 100% would ship it. B: 0%"},
    {"both halves do not fit", "Otter 3 Small", 100, "Heron of the Open Weights, Small", 50,
     "Otter 3 Small: 100% would ship it"},
    {"a number would lie across the place that a phone shows", "Otter 3 Small", 100, "Eg", 50,
     "Otter 3 Small: 100% would ship it"},
    {"it begins behind that place", "Otter 3 Small", 100, "Egr", 50,
     "Otter 3 Small: 100% would ship it. Egr: 50%"},
    {"level", "A", 75, "B", 75, "A and B tie: 75% would ship each"},
    {"both whole", "A", 100, "B", 100, "A and B tie: 100% would ship each"},
    {"both nothing", "A", 0, "B", 0, "Nobody on the panel would ship A or B"},
    {"the left is not judged", "A", NONE, "B", 75, "B: 75% would ship it. No verdict on A yet"},
    {"the right is not judged", "A", 0, "B", NONE, "A: 0% would ship it. No verdict on B yet"},
    {"neither is judged", "A", NONE, "B", NONE, "A vs B: which one to ship?"},
    {"names are cut at word ends", FIFTY " ever", 75, FIFTY " evermore", 25,
     "Fifty characters of a name that…: 75% would ship it"},
    {"a short loser", FIFTY " " FIFTY, 75, "B", 25,
     "Fifty characters of a name that…: 75% would ship it"},
    {"line ends in a name", "A\r\nBcc: eve@example.net", 75, "\tB\n", 25,
     "A Bcc: eve@example.net: 75% would ship it. B: 25%"},
    {"signs of a message in a name", "100%1 {who} %s", 75, "{}", 25,
     "100%1 {who} %s: 75% would ship it"},
};

static void a_head_to_head_has_the_headline_of_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct story story = duel(tool(pairs[i].left, pairs[i].left_panel),
                                  tool(pairs[i].right, pairs[i].right_panel));
        struct newsletter_headline headline = headline_of(&story, 1);
        if (strcmp(headline.subject, pairs[i].subject) != 0) {
            fail_msg("%s: \"%s\"", pairs[i].name, headline.subject);
        }
        check_limits(pairs[i].name, &headline);
    }
}

static const char *answer_of_story(struct story story)
{
    struct newsletter issue = newsletter(&story, 1);
    struct newsletter_headline headline = newsletter_headline(&arena, &issue);
    const struct value *root = newsletter_variables(&arena, &issue, &headline);
    return value_find(value_find(root, "issue"), "answer")->text;
}

static const struct {
    const char *name;
    int shared;
    int rivals[4];
    size_t count;
    const char *subject;
    const char *answer;
} groups[] = {
    {"one stands out",
     50,
     {100, 75, 75},
     3,
     "R1: 100% would ship it. Shared: 50%",
     "If you have room for one: R1, the only one of the four with its whole panel behind it."},
    {"all win alike",
     50,
     {75, 75, 75},
     3,
     "All three rivals of Shared: 75% would ship each. Shared: 50%",
     "Any of R1, R2 and R3: each has 75% of the panel behind it, more than any other."},
    {"both win alike",
     50,
     {75, 75},
     2,
     "Both rivals of Shared: 75% would ship each. Shared: 50%",
     "Either R1 or R2: each has 75% of the panel behind it, more than any other."},
    {"all lose",
     90,
     {75, 50, 25},
     3,
     "Shared: 90% would ship it. No rival has more than 75%",
     "If you have room for one: Shared. 90% of the panel would ship it, more than any of the "
     "other three."},
    {"all level",
     50,
     {50, 50, 50},
     3,
     "Four tools tie at the top: 50% would ship each",
     "Any of the four: each has 50% of the panel behind it."},
    {"as good as level at the top",
     50,
     {75, 72, 10},
     3,
     "Neck and neck: R1 75%, R2 72%",
     "Either R1 or R2: they are as good as level at the top, with 75% of the panel behind "
     "the first."},
    {"three as good as level at the top",
     30,
     {76, 74, 73},
     3,
     "Three neck and neck: 73% to 76% would ship each",
     "Any of R1, R2 and R3: they are as good as level at the top, with 76% of the panel behind "
     "the first."},
    {"one each way",
     50,
     {75, 25},
     2,
     "R1: 75% would ship it. Shared: 50%",
     "If you have room for one: R1. 75% of the panel would ship it, more than either of the "
     "other two."},
    {"one is open",
     50,
     {75, NONE},
     2,
     "R1: 75% would ship it. Shared: 50%",
     "If you have room for one: R1. 75% of the panel would ship it, more than any other that "
     "has been judged."},
    {"the tool that all meet is open",
     NONE,
     {75, 60},
     2,
     "R1: 75% would ship it. No verdict on Shared yet",
     "If you have room for one: R1. 75% of the panel would ship it, more than any other that "
     "has been judged."},
    {"all are open",
     NONE,
     {NONE, NONE},
     2,
     "Shared and two rivals: which one to ship?",
     "The panel has judged none of the three yet."},
    {"none has half",
     10,
     {33, 20},
     2,
     "R1: 33% would ship it. Shared: 10%",
     "None of them yet: not one of the three has more than 33% of the panel behind it."},
    {"none of those judged has half",
     40,
     {25, NONE},
     2,
     "Shared: 40% would ship it. No rival has more than 25%",
     "None so far: no tool that has been judged has more than 40% of the panel behind it."},
    {"nobody would ship those judged",
     0,
     {0, 0, NONE},
     3,
     "Nobody on the panel would ship any of the three judged",
     "None so far: nobody on the panel would ship any that has been judged."},
    {"nobody would ship any",
     0,
     {0, 0},
     2,
     "Nobody on the panel would ship any of the three tools",
     "None of them: nobody on the panel would ship any of the three."},
};

static void a_story_of_many_rivals_tells_of_the_best_and_of_the_tool_that_all_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        struct story story = group(groups[i].shared, groups[i].rivals, groups[i].count);
        struct newsletter_headline headline = headline_of(&story, 1);
        const char *answer = answer_of_story(story);
        if (strcmp(headline.subject, groups[i].subject) != 0) {
            fail_msg("%s: \"%s\"", groups[i].name, headline.subject);
        }
        if (strcmp(answer, groups[i].answer) != 0) {
            fail_msg("%s: \"%s\"", groups[i].name, answer);
        }
        check_limits(groups[i].name, &headline);
    }
}

static void a_head_to_head_answers_which_one_to_ship(void **state)
{
    (void)state;
    static const struct {
        int left, left_votes, right, right_votes;
        const char *answer;
    } rows[] = {
        {75, NONE, 25, NONE, "Ship A. Only 25% of the panel would ship B."},
        {75, NONE, 50, NONE, "Ship A. B comes next: 50% of the panel would ship it."},
        {50, NONE, 0, NONE,
         "Ship A, though only half of its panel would. Nobody on the panel would ship B."},
        {100, NONE, 60, NONE,
         "Ship A, which has its whole panel behind it. B comes next: 60% of the panel would ship "
         "it."},
        {51, NONE, 50, NONE,
         "Either of the two: 51% of the panel would ship A, 50% would ship B, which is as good as "
         "level."},
        {75, NONE, 75, NONE, "Either of the two: each has 75% of the panel behind it."},
        {25, NONE, 10, NONE,
         "Neither of them yet: 25% of the panel would ship A, 10% would ship B."},
        {25, NONE, 25, NONE, "Neither of them yet: each has only 25% of the panel behind it."},
        {0, NONE, 0, NONE, "Neither of them: nobody on the panel would ship either one."},
        {60, NONE, NONE, NONE, "A is the only one judged so far: 60% of the panel would ship it."},
        {NONE, NONE, NONE, NONE, "The panel has judged neither of the two yet."},
        {NONE, 100, NONE, 10,
         "The panel has judged neither of the two yet. Readers would go with A: 100% of them would "
         "ship it, 10% would ship B."},
        {75, 31, 50, 88,
         "It depends on whom you ask. The panel favors A: 75% of the panel would ship it, 50% "
         "would ship B. Readers overrule the panel: 88% of them would ship B, 31% would ship A."},
        {75, 20, 50, 30,
         "Ship A. B comes next: 50% of the panel would ship it. Readers are cooler on A: 20% of "
         "them would ship it."},
        {75, 60, 75, 80,
         "Either of the two: each has 75% of the panel behind it. Readers break the tie: 80% of "
         "them would ship B, 60% would ship A."},
        {51, 60, 50, 80,
         "Either of the two: 51% of the panel would ship A, 50% would ship B, which is as good as "
         "level. Readers lean to B: 80% of them would ship it, 60% would ship A."},
        {75, 70, 50, 66, "Ship A. B comes next: 50% of the panel would ship it."},
        {60, 90, 10, NONE,
         "Ship A. Only 10% of the panel would ship B. Readers are keener on A: 90% of them "
         "would ship it."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tool left = tool("A", rows[i].left);
        struct tool right = tool("B", rows[i].right);
        left.community_ship = rows[i].left_votes;
        right.community_ship = rows[i].right_votes;
        const char *answer = answer_of_story(duel(left, right));
        if (strcmp(answer, rows[i].answer) != 0) {
            fail_msg("row %zu: \"%s\"", i, answer);
        }
    }
}

static void reviewers_are_counted_where_the_jury_is_known(void **state)
{
    (void)state;
    struct story by_one = duel(judged("A", 3, 1), judged("B", 2, 2));
    assert_string_equal(headline_of(&by_one, 1).subject, "A: 3 of 4 would ship it. B: 2 of 4");
    assert_string_equal(answer_of_story(by_one), "Ship A, but it is ahead by one reviewer only: 3 "
                                                 "of 4 reviewers would ship it, 2 of 4 would ship B"
                                                 ".");
    struct story whole = duel(judged("A", 4, 0), judged("B", 3, 1));
    assert_string_equal(answer_of_story(whole),
                        "Ship A, which has its whole panel behind it. B comes next: "
                        "3 of 4 reviewers would ship it.");
    struct story alone = duel(judged("A", 1, 0), judged("B", 0, 1));
    assert_string_equal(headline_of(&alone, 1).subject, "A: its one reviewer would ship it");
    assert_string_equal(
        answer_of_story(alone),
        "Ship A, on the word of one reviewer. The one reviewer of B would not ship it.");
    struct story mixed = duel(judged("A", 3, 1), tool("B", 20));
    assert_string_equal(headline_of(&mixed, 1).subject, "A: 75% would ship it. B: 20%");
    struct tool page = judged("A", 3, 1);
    for (size_t i = 0; i < page.review_count; i++) {
        page.reviews[i].verdict = VERDICT_UNKNOWN;
    }
    struct story of_pages = duel(page, page);
    assert_string_equal(headline_of(&of_pages, 1).subject, "A and A tie: 3 of 4 would ship each");
    page.panel_ship = 70; /* of four reviewers no number is that share */
    struct story odd = duel(page, tool("B", 20));
    assert_string_equal(headline_of(&odd, 1).subject, "A: 70% would ship it. B: 20%");
}

static void the_story_that_stands_first_makes_the_headline(void **state)
{
    (void)state;
    struct story stories[] = {
        duel(tool("C", 50), tool("D", 50)),
        duel(tool("A", NONE), tool("B", 100)),
    };
    assert_string_equal(headline_of(stories, 2).subject, "C and D tie: 50% would ship each");
    assert_string_equal(headline_of(stories + 1, 1).subject,
                        "B: 100% would ship it. No verdict on A yet");
}

static void brackets_go_from_names_where_that_leaves_one_tool_alone(void **state)
{
    (void)state;
    struct story alone = duel(tool("Otter (24B)", 100), tool("Otter 4 (Team)", 50));
    assert_string_equal(headline_of(&alone, 1).subject, "Otter: 100% would ship it. Otter 4: 50%");
    struct story two = duel(tool("Otter (24B)", 100), tool("Otter (70B)", 50));
    assert_string_equal(headline_of(&two, 1).subject,
                        "Otter (24B): 100% would ship it. Otter (70B): 50%");
    struct story bare = duel(tool("Otter (24B)", 100), tool("Otter", 50));
    assert_string_equal(headline_of(&bare, 1).subject,
                        "Otter (24B): 100% would ship it. Otter: 50%");
}

/* "[###-] 3 of 4" of a panel. */
static const char *chart_of(const struct tool *one)
{
    struct jury jury = jury_of(one);
    const struct value *panel = tool_view_share(english(), &jury, "no verdict yet");
    return arena_format(&arena, "%s %s", value_find(panel, "chart")->text,
                        value_find(panel, "figure")->text);
}

static void a_jury_of_few_is_a_row_of_squares(void **state)
{
    (void)state;
    struct tool four = judged("A", 3, 1);
    struct tool ten = judged("A", 10, 0);
    struct tool eleven = judged("A", 5, 6);
    struct tool share = tool("A", 45);
    struct tool open = tool("A", NONE);
    assert_string_equal(chart_of(&four), "[###-] 3 of 4");
    assert_string_equal(chart_of(&ten), "[##########] 10 of 10");
    assert_string_equal(chart_of(&eleven), "[#####-----] 5 of 11");
    assert_string_equal(chart_of(&share), "[#####-----] 45%");
    assert_string_equal(chart_of(&open), " no verdict yet");
}

static struct tool priced(const char *name, int panel, const char *price, const char *note)
{
    struct tool one = tool(name, panel);
    one.price = price;
    one.price_note = note;
    return one;
}

static void what_prices_mean_stands_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *left, *left_note, *right, *right_note, *words;
    } rows[] = {
        {"Free", "", "Free", "", "Both are free, so price decides nothing."},
        {"Free", "Entry", "Free", "Entry", "Both are free to start, so price decides nothing."},
        {"Free", "Entry", "Free", "", "Both are free, A only to start with."},
        {"$1/mo", "", "$1/mo", "", "Both cost $1/mo, so price decides nothing."},
        {"$1/mo", "from", "$1/mo", "from",
         "Both start at $1/mo, so the first price decides nothing."},
        {"from $1/mo", "per seat", "from $1/mo", "per seat",
         "Both start at $1/mo per seat, so the first price decides nothing."},
        {"Contact sales", "", "Contact sales", "",
         "The price of both is listed as “Contact sales”."},
        {"Free", "", "$9/mo", "", "A is free, B costs $9/mo."},
        {"", "", "", "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story one = duel(priced("A", 75, rows[i].left, rows[i].left_note),
                                priced("B", 50, rows[i].right, rows[i].right_note));
        assert_string_equal(issue_text(&one, 1, "prices"), rows[i].words);
    }
}

static void prices_of_many_are_a_ladder_of_what_compares(void **state)
{
    (void)state;
    struct story story = group(25, (int[]){75, 75, 60, 50, 40, 30}, 6);
    static const char *const prices[][2] = {
        {"$240/yr", ""},       {"$10/mo", "from"}, {"$0.002", "per 1K tokens"},
        {"Contact sales", ""}, {"", ""},           {"$30/mo", ""}};
    for (size_t i = 0; i < story.count; i++) {
        struct comparison *item = arena_alloc(&arena, sizeof *item);
        *item = *story.items[i];
        item->right.price = prices[i][0];
        item->right.price_note = prices[i][1];
        item->left.price = "Free";
        story.items[i] = item;
    }
    assert_string_equal(
        issue_text(&story, 1, "prices"),
        "The cheapest first: Shared (Free), R2 (from $10/mo), R1 ($240/yr) and R6 ($30/mo). Of "
        "these, R2 is the cheapest with at least half of its panel behind it. Priced in other "
        "terms: R3 ($0.002 per 1K tokens) and R4 (Contact sales). No price is given for R5.");
}

static void the_summary_answers_first_and_counts_the_week(void **state)
{
    (void)state;
    struct story one = duel(priced("A", 75, "Free", "Entry"), priced("B", 50, "Free", "Entry"));
    assert_string_equal(
        issue_text(&one, 1, "summary"),
        "Ship A. B comes next: 50% of the panel would ship it. Both are free to start, "
        "so price decides nothing. No community votes yet.");
    struct tool voted = tool("C", 75);
    voted.community_ship = 60;
    struct story several[] = {one, duel(voted, tool("D", 75)), duel(tool("A", 75), tool("D", NONE)),
                              group(50, (int[]){75, 25}, 2)};
    assert_string_equal(
        issue_text(several, 4, "summary"),
        "Ship A. B comes next: 50% of the panel would ship it. Five new comparisons of "
        "seven tools this week.");
}

/* A number from 0 up to `below`, from a generator of the test's own. */
static size_t draw(uint32_t *seed, size_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static struct tool drawn(uint32_t *seed, const char *name)
{
    static const int shares[] = {NONE, 0, 25, 33, 49, 50, 51, 66, 67, 75, 80, 99, 100};
    static const char *const prices[] = {"",       "Free",          "$0",          "$20/mo",
                                         "$9/mo",  "$240/yr",       "€15/mo",      "Contact sales",
                                         "$0.002", "from $12/user", "Free / $5/mo"};
    static const char *const notes[] = {"", "", "Entry", "per seat", "per 1K tokens", "one-time"};
    static const char *const words[] = {"", "Released under Apache 2.0.", "MIT licensed.",
                                        "With single sign-on.", "No self-hosting, no API."};
    size_t kind = draw(seed, 3);
    struct tool one = kind == 0 ? judged(name, draw(seed, 12), draw(seed, 3))
                                : tool(name, shares[draw(seed, 13)]);
    if (kind == 1) {
        struct tool reviewed = judged(name, draw(seed, 4), 1 + draw(seed, 3));
        one.reviews = reviewed.reviews;
        one.review_count = reviewed.review_count;
    }
    one.community_ship = shares[draw(seed, 13)];
    one.price = prices[draw(seed, 11)];
    one.price_note = notes[draw(seed, 6)];
    one.description = words[draw(seed, 5)];
    return one;
}

static void check_texts(const struct value *value)
{
    if (value->kind == VALUE_TEXT &&
        (strstr(value->text, "{") != NULL || strstr(value->text, "  ") == value->text + 1 ||
         strstr(value->text, " .") != NULL || strstr(value->text, "..") != NULL)) {
        fail_msg("%s: \"%s\"", value->name, value->text);
    }
    for (const struct value *child = value->first; child != NULL; child = child->next) {
        check_texts(child);
    }
}

/* Whatever panels, votes, prices and reviews there are: every sentence is found and filled, and
 * subject and preheader keep their limits. */
static void every_mix_of_facts_has_its_sentences(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 400; round++) {
        uint32_t seed = round;
        size_t count = 1 + draw(&seed, 6);
        struct story stories[2];
        for (size_t i = 0; i < 2; i++) {
            stories[i] = group(NONE, (int[]){0, 0, 0, 0, 0, 0}, count);
            struct tool shared = drawn(&seed, i == 0 ? "Shared" : "Other");
            for (size_t j = 0; j < count; j++) {
                struct tool rival = drawn(&seed, arena_format(&arena, "R%zu-%zu (x)", i, j));
                stories[i].items[j] = compare(shared, rival);
            }
            stories[i].shared = count == 1 ? NULL : i == 0 ? "Shared" : "Other";
        }
        struct newsletter issue = newsletter(stories, 1 + draw(&seed, 2));
        struct newsletter_headline headline = newsletter_headline(&arena, &issue);
        check_limits("a mix", &headline);
        check_texts(newsletter_variables(&arena, &issue, &headline));
        check_derived(stories, issue.story_count, headline.subject);
        check_derived(stories, issue.story_count, headline.preheader);
        check_derived(stories, issue.story_count,
                      issue_text(stories, issue.story_count, "headline"));
        arena_reset(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_head_to_head_has_the_headline_of_its_verdict, give_back),
        cmocka_unit_test_teardown(
            a_story_of_many_rivals_tells_of_the_best_and_of_the_tool_that_all_meet, give_back),
        cmocka_unit_test_teardown(a_head_to_head_answers_which_one_to_ship, give_back),
        cmocka_unit_test_teardown(reviewers_are_counted_where_the_jury_is_known, give_back),
        cmocka_unit_test_teardown(the_story_that_stands_first_makes_the_headline, give_back),
        cmocka_unit_test_teardown(brackets_go_from_names_where_that_leaves_one_tool_alone,
                                  give_back),
        cmocka_unit_test_teardown(a_jury_of_few_is_a_row_of_squares, give_back),
        cmocka_unit_test_teardown(what_prices_mean_stands_in_one_sentence, give_back),
        cmocka_unit_test_teardown(prices_of_many_are_a_ladder_of_what_compares, give_back),
        cmocka_unit_test_teardown(the_summary_answers_first_and_counts_the_week, give_back),
        cmocka_unit_test_teardown(every_mix_of_facts_has_its_sentences, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
