#include "render/newsletter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/panel.h"
#include "render/phrase.h"
#include "render/quote.h"
#include "render/readers.h"
#include "render/say.h"
#include "render/story_view.h"
#include "render/tool_view.h"

/* Behind ours: it makes a macro of fail. */
#include <cmocka.h>

enum { NONE = PERCENT_NONE };

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static const struct say *english(void)
{
    struct say *say = arena_alloc(&arena, sizeof *say);
    *say = (struct say){&arena, catalogue_english(&arena)};
    return say;
}

static struct tool tool(const char *name, int panel)
{
    return (struct tool){.slug = name,
                         .name = name,
                         .short_name = name,
                         .category = "Tools",
                         .tagline = "",
                         .description = "",
                         .price = "",
                         .price_note = "",
                         .panel_ship = panel,
                         .community_ship = NONE};
}

static struct comparison *compare(struct tool left, struct tool right)
{
    struct comparison *item = arena_alloc(&arena, sizeof *item);
    item->slug = arena_format(&arena, "%s-vs-%s", left.slug, right.slug);
    item->title = arena_format(&arena, "%s vs %s", left.name, right.name);
    item->question = "";
    item->left = left;
    item->right = right;
    return item;
}

static struct newsletter newsletter(const struct story *stories, size_t count)
{
    return (struct newsletter){.site_name = "Weekly",
                               .site_url = "https://tools.example.org",
                               .comparison_url = "https://tools.example.org/{slug}",
                               .postal_address = "1 Street",
                               .language = "en",
                               .direction = "ltr",
                               .number = 1,
                               .week = "2026-W47",
                               .date = 1795420800,
                               .timezone = "UTC",
                               .stories = stories,
                               .story_count = count};
}

static struct newsletter_headline headline_of(const struct story *stories, size_t count)
{
    struct newsletter issue = newsletter(stories, count);
    return newsletter_headline(&arena, &issue);
}

/* A story of one tool ("Shared" with `shared` percent) and up to six rivals, "R1" … . */
static struct story group(int shared, const int *rivals, size_t count)
{
    struct story story = {.shared = "Shared",
                          .items = arena_array(&arena, count, sizeof *story.items),
                          .count = count};
    for (size_t i = 0; i < count; i++) {
        const char *name = arena_format(&arena, "R%zu", i + 1);
        story.items[i] = compare(tool("Shared", shared), tool(name, rivals[i]));
    }
    return story;
}

static struct story duel(struct tool left, struct tool right)
{
    struct story story = {.items = arena_array(&arena, 1, sizeof *story.items), .count = 1};
    story.items[0] = compare(left, right);
    return story;
}

static void check_limits(const char *name, const struct newsletter_headline *headline)
{
    size_t subject = phrase_length(headline->subject);
    size_t preheader = phrase_length(headline->preheader);
    if (subject < 10 || subject > 60 || preheader < 40 || preheader > 130 ||
        strcmp(headline->subject, headline->preheader) == 0) {
        fail_msg("%s: subject \"%s\" (%zu), preheader \"%s\" (%zu)", name, headline->subject,
                 subject, headline->preheader, preheader);
    }
}

#define FIFTY "Fifty characters of a name that goes on and on for"
#define MARK  "e\xCC\x81"

static void a_head_to_head_has_the_headline_of_its_verdict(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *left;
        int left_panel;
        const char *right;
        int right_panel;
        const char *subject;
    } rows[] = {
        {"the right wins", "Heron", 50, "Otter 3 (24B)", 100,
         "Otter 3: 100% would ship it. Heron: 50%"},
        {"the left wins", "A", 75, "B", 25, "A: 75% would ship it. B: 25%"},
        {"a brand keeps its first letter", "listmonk", 75, "eBay", 25,
         "listmonk: 75% would ship it. eBay: 25%"},
        {"level, with its first letter", "n8n", 50, "dbt", 50,
         "n8n and dbt tie: 50% would ship each"},
        {"by a point", "A", 51, "B", 50, "A: 51% would ship it. B: 50%"},
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
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story story =
            duel(tool(rows[i].left, rows[i].left_panel), tool(rows[i].right, rows[i].right_panel));
        struct newsletter_headline headline = headline_of(&story, 1);
        if (strcmp(headline.subject, rows[i].subject) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, headline.subject);
        }
        check_limits(rows[i].name, &headline);
    }
}

static const char *answer_of_story(struct story story)
{
    struct newsletter issue = newsletter(&story, 1);
    struct newsletter_headline headline = newsletter_headline(&arena, &issue);
    const struct value *root = newsletter_variables(&arena, &issue, &headline);
    return value_find(value_find(root, "issue"), "answer")->text;
}

static void a_story_of_many_rivals_tells_of_the_best_and_of_the_tool_that_all_meet(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int shared;
        int rivals[4];
        size_t count;
        const char *subject;
        const char *answer;
    } rows[] = {
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
         "Either of R1 and R2: each has 75% of the panel behind it, more than any other."},
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
         "R1: 75% would ship it. Shared: 50%",
         "Either of R1 and R2: they are as good as level at the top, with 75% of the panel behind "
         "the first."},
        {"one each way",
         50,
         {75, 25},
         2,
         "R1: 75% would ship it. Shared: 50%",
         "If you have room for one: R1. 75% of the panel would ship it, more than any of the other "
         "two."},
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
        {"nobody would ship any",
         0,
         {0, 0},
         2,
         "Nobody on the panel would ship any of three tools",
         "None of them: nobody on the panel would ship any of the three."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story story = group(rows[i].shared, rows[i].rivals, rows[i].count);
        struct newsletter_headline headline = headline_of(&story, 1);
        const char *answer = answer_of_story(story);
        if (strcmp(headline.subject, rows[i].subject) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, headline.subject);
        }
        if (strcmp(answer, rows[i].answer) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, answer);
        }
        check_limits(rows[i].name, &headline);
    }
}

static void a_head_to_head_answers_which_one_to_ship(void **state)
{
    (void)state;
    static const struct {
        int left, left_votes, right, right_votes;
        const char *answer;
    } rows[] = {
        {75, NONE, 25, NONE, "A. B has less than half of its panel behind it."},
        {75, NONE, 50, NONE, "A. B comes next: 50% of the panel would ship it."},
        {50, NONE, 0, NONE,
         "A, though only half of its panel would ship it. B has less than half of its panel behind "
         "it."},
        {100, NONE, 60, NONE,
         "A, with its whole panel behind it. B comes next: 60% of the panel would ship it."},
        {51, NONE, 50, NONE,
         "Either of the two: 51% of the panel would ship A, 50% of the panel would ship B, which "
         "is as good as level."},
        {75, NONE, 75, NONE, "Either of the two: each has 75% of the panel behind it."},
        {25, NONE, 10, NONE,
         "Neither of them yet: 25% of the panel would ship A, 10% of the panel would ship B."},
        {25, NONE, 25, NONE, "Neither of them yet: each has only 25% of the panel behind it."},
        {0, NONE, 0, NONE, "Neither of them: nobody on the panel would ship either one."},
        {60, NONE, NONE, NONE, "A is the only one judged so far: 60% of the panel would ship it."},
        {NONE, NONE, NONE, NONE, "The panel has judged neither of the two yet."},
        {NONE, 100, NONE, 10,
         "The panel has judged neither of the two yet. Readers would go with A: 100% of them would "
         "ship it, 10% would ship B."},
        {75, 31, 50, 88,
         "It depends on whom you ask. The panel leans to A: 75% of the panel would ship it, 50% of "
         "the panel would ship B. Readers overrule the panel: 88% of them would ship B, 31% would "
         "ship A."},
        {75, 20, 50, 30,
         "A. B comes next: 50% of the panel would ship it. Readers are cooler on A: 20% of them "
         "would ship it."},
        {75, 60, 75, 80,
         "Either of the two: each has 75% of the panel behind it. Readers break the tie: 80% of "
         "them would ship B, 60% would ship A."},
        {51, 60, 50, 80,
         "Either of the two: 51% of the panel would ship A, 50% of the panel would ship B, which "
         "is as good as level. Readers lean to B: 80% of them would ship it, 60% would ship A."},
        {75, 70, 50, 66, "A. B comes next: 50% of the panel would ship it."},
        {60, 90, 10, NONE,
         "A. B has less than half of its panel behind it. Readers are keener on A: 90% of them "
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

/* A tool with so many reviews that would ship it and so many that would skip it. */
static struct tool judged(const char *name, size_t ship, size_t skip)
{
    struct tool one = tool(name, NONE);
    one.reviews = arena_array(&arena, ship + skip + 1, sizeof *one.reviews);
    one.review_count = ship + skip;
    for (size_t i = 0; i < one.review_count; i++) {
        one.reviews[i] =
            (struct review){.quote = "Well.", .verdict = i < ship ? VERDICT_SHIP : VERDICT_SKIP};
    }
    model_derive_panel(&one);
    return one;
}

static void reviewers_are_counted_where_the_jury_is_known(void **state)
{
    (void)state;
    struct story by_one = duel(judged("A", 3, 1), judged("B", 2, 2));
    assert_string_equal(headline_of(&by_one, 1).subject, "A: 3 of 4 would ship it. B: 2 of 4");
    assert_string_equal(answer_of_story(by_one),
                        "A, but by one reviewer only: 3 of 4 reviewers would ship it, 2 of 4 "
                        "reviewers would ship B.");
    struct story whole = duel(judged("A", 4, 0), judged("B", 3, 1));
    assert_string_equal(answer_of_story(whole), "A, with its whole panel behind it. B comes next: "
                                                "3 of 4 reviewers would ship it.");
    struct story alone = duel(judged("A", 1, 0), judged("B", 0, 1));
    assert_string_equal(answer_of_story(alone),
                        "A, on the word of one reviewer. The one reviewer of B would not ship it.");
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

/* "text|by" of a tool's quotes, each behind the other. */
static const char *quotes_of(struct review *reviews, size_t count)
{
    struct tool one = tool("A", 75);
    one.reviews = reviews;
    one.review_count = count;
    const struct value *profile = tool_view_profile(english(), &one, false);
    const struct value *quotes = value_find(profile, "quotes");
    char *text = arena_copy(&arena, "");
    for (const struct value *quote = quotes->first; quote != NULL; quote = quote->next) {
        text = arena_format(&arena, "%s%s|%s;", text, value_find(quote, "text")->text,
                            value_find(quote, "by")->text);
    }
    return text;
}

#define LONG                                                                                       \
    "This one goes on and on and on without an end, as long sentences of reviewers sometimes do "  \
    "when nobody reads them before they are printed, and it has not even come to its point, "      \
    "which "                                                                                       \
    "it will never reach, as it is cut off here"

static void the_quote_that_says_ship_or_skip_speaks_for_a_tool(void **state)
{
    (void)state;
    struct review panel_word[] = {{.quote = "Fine tool. Really."},
                                  {.quote = "It is odd. I would ship it today. So there."}};
    assert_string_equal(quotes_of(panel_word, 2), "I would ship it today.|;");
    struct review third_person[] = {{.quote = "Fine tool."},
                                    {.quote = "It skips a lot. It ships."}};
    assert_string_equal(quotes_of(third_person, 2), "Fine tool.|;");
    struct review of_both[] = {{.quote = "Others skip it."}, {.quote = "I would ship it."}};
    assert_string_equal(quotes_of(of_both, 2), "I would ship it.|;");
    struct tool disliked = tool("A", 25);
    disliked.reviews = of_both;
    disliked.review_count = 2;
    assert_string_equal(quote_choose(&arena, &disliked, VERDICT_UNKNOWN, NULL), "Others skip it.");
    disliked.reviews = &of_both[1];
    disliked.review_count = 1;
    assert_string_equal(quote_choose(&arena, &disliked, VERDICT_UNKNOWN, NULL), "I would ship it.");
    struct review shipping[] = {{.quote = "Fine tool."}, {.quote = "Shipping is free, shipyard."}};
    assert_string_equal(quotes_of(shipping, 2), "Fine tool.|;");
    struct review first_long[] = {{.quote = LONG}, {.quote = "A short one."}};
    assert_string_equal(quotes_of(first_long, 2), "A short one.|;");
    struct review only_long[] = {{.quote = LONG}};
    const char *cut = quotes_of(only_long, 1);
    assert_non_null(strstr(cut, "…|;"));
    assert_string_equal(quotes_of(NULL, 0), "");
    struct review empty[] = {{.quote = ""}};
    assert_string_equal(quotes_of(empty, 1), "");
}

static void known_verdicts_give_one_quote_each_way(void **state)
{
    (void)state;
    struct review both[] = {{.quote = "Good.", .verdict = VERDICT_SHIP},
                            {.quote = "Better.", .verdict = VERDICT_SHIP, .reviewer = "Mara"},
                            {.quote = "Bad.", .verdict = VERDICT_SKIP, .reviewer = "Olu"},
                            {.quote = "Ship it."}};
    assert_string_equal(quotes_of(both, 4),
                        "Good.|A reviewer who ships it;Bad.|Olu, who skips it;");
    struct review one_way[] = {{.quote = "Bad.", .verdict = VERDICT_SKIP}};
    assert_string_equal(quotes_of(one_way, 1), "Bad.|A reviewer who skips it;");
    struct review named[] = {{.quote = "So so.", .reviewer = "Noor"}};
    assert_string_equal(quotes_of(named, 1), "So so.|Noor;");
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
         "50% of the panel would ship it. Among the reviews at hand: 2 of 4 reviewers ship it, 1 "
         "skips it, 1 gives no verdict."},
        {NONE, 1, 0, 2, "1 of 3 reviewers ships it, 2 give no verdict."},
        {NONE, 0, 1, 2, "None of 3 reviewers ships it, 1 skips it, 2 give no verdict."},
        {0, 1, 1, 0,
         "Nobody on the panel would ship it. Among the reviews at hand: 1 of 2 reviewers ships it, "
         "1 skips it."},
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

static void the_verdict_of_the_panel_is_no_score(void **state)
{
    (void)state;
    static const struct {
        int one, other;
        const char *named, *it;
    } rows[] = {
        {100, 50, "The whole panel would ship A, 50% of the panel would ship B.",
         "The whole panel would ship it, 50% of the panel would ship B."},
        {25, 75, "25% of the panel would ship A, 75% of the panel would ship B.",
         "25% of the panel would ship it, 75% of the panel would ship B."},
        {51, 50, "51% of the panel would ship A, 50% of the panel would ship B: as good as level.",
         "51% of the panel would ship it, 50% of the panel would ship B: as good as level."},
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
        assert_string_equal(tool_view_bar(&arena, rows[i].percent), rows[i].bar);
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
    const struct value *view = story_view_make(english(), story, "https://example.org/{slug}");
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

static const char *issue_text(const struct story *stories, size_t count, const char *name)
{
    struct newsletter issue = newsletter(stories, count);
    struct newsletter_headline headline = newsletter_headline(&arena, &issue);
    const struct value *root = newsletter_variables(&arena, &issue, &headline);
    return value_find(value_find(root, "issue"), name)->text;
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
        {"Free", "Entry", "Free", "", "Both are free; for A that is where prices begin."},
        {"$1/mo", "", "$1/mo", "", "Both cost $1/mo, so price decides nothing."},
        {"$1/mo", "from", "$1/mo", "from",
         "Both start at $1/mo, so the first price decides nothing."},
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
        "these the cheapest with at least half of its panel behind it is R2. Priced in other "
        "terms: R3 ($0.002 per 1K tokens) and R4 (Contact sales). No price is given for R5.");
}

static void the_summary_answers_first_and_counts_the_week(void **state)
{
    (void)state;
    struct story one = duel(priced("A", 75, "Free", "Entry"), priced("B", 50, "Free", "Entry"));
    assert_string_equal(issue_text(&one, 1, "summary"),
                        "A. B comes next: 50% of the panel would ship it. Both are free to start, "
                        "so price decides nothing. No community votes yet.");
    struct tool voted = tool("C", 75);
    voted.community_ship = 60;
    struct story several[] = {one, duel(voted, tool("D", 75)), duel(tool("A", 75), tool("D", NONE)),
                              group(50, (int[]){75, 25}, 2)};
    assert_string_equal(issue_text(several, 4, "summary"),
                        "A. B comes next: 50% of the panel would ship it. Five new comparisons of "
                        "seven tools this week.");
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
        cmocka_unit_test_teardown(a_head_to_head_has_the_headline_of_its_verdict, give_back),
        cmocka_unit_test_teardown(
            a_story_of_many_rivals_tells_of_the_best_and_of_the_tool_that_all_meet, give_back),
        cmocka_unit_test_teardown(a_head_to_head_answers_which_one_to_ship, give_back),
        cmocka_unit_test_teardown(reviewers_are_counted_where_the_jury_is_known, give_back),
        cmocka_unit_test_teardown(the_story_that_stands_first_makes_the_headline, give_back),
        cmocka_unit_test_teardown(brackets_go_from_names_where_that_leaves_one_tool_alone,
                                  give_back),
        cmocka_unit_test_teardown(subject_and_preheader_keep_their_limits_for_names_of_any_length,
                                  give_back),
        cmocka_unit_test_teardown(a_cut_never_parts_a_letter_from_its_mark, give_back),
        cmocka_unit_test_teardown(a_pull_quote_ends_where_a_sentence_ends, give_back),
        cmocka_unit_test_teardown(the_quote_that_says_ship_or_skip_speaks_for_a_tool, give_back),
        cmocka_unit_test_teardown(known_verdicts_give_one_quote_each_way, give_back),
        cmocka_unit_test_teardown(the_split_of_the_reviewers_stands_in_words, give_back),
        cmocka_unit_test_teardown(the_verdict_of_the_panel_is_no_score, give_back),
        cmocka_unit_test_teardown(a_missing_vote_is_not_a_vote_of_nought, give_back),
        cmocka_unit_test_teardown(a_jury_of_few_is_a_row_of_squares, give_back),
        cmocka_unit_test_teardown(a_bar_never_looks_whole_or_empty_when_it_is_not, give_back),
        cmocka_unit_test_teardown(only_https_links_leave_in_a_mail, give_back),
        cmocka_unit_test_teardown(the_shared_tool_stands_at_its_rank_among_its_rivals, give_back),
        cmocka_unit_test_teardown(what_prices_mean_stands_in_one_sentence, give_back),
        cmocka_unit_test_teardown(prices_of_many_are_a_ladder_of_what_compares, give_back),
        cmocka_unit_test_teardown(the_summary_answers_first_and_counts_the_week, give_back),
        cmocka_unit_test_teardown(the_date_is_that_of_the_readers_zone, give_back),
        cmocka_unit_test_teardown(numbers_read_well_for_none_one_two_and_many, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
