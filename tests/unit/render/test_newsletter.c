#include "render/newsletter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "render/panel.h"
#include "render/phrase.h"
#include "render/quote.h"
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

static struct tool tool(const char *name, int panel)
{
    return (struct tool){.slug = name,
                         .name = name,
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
    if (subject < 10 || subject > 78 || preheader < 40 || preheader > 130 ||
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
        {"the right wins", "Claude Haiku Open Weights", 50, "Mistral 3 Small (24B)", 100,
         "Mistral 3 Small (24B) takes the panel 100 to 50 over Claude Haiku Open Weights"},
        {"the left wins", "A", 75, "B", 25, "A takes the panel 75 to 25 over B"},
        {"a brand keeps its first letter", "listmonk", 75, "eBay", 25,
         "listmonk takes the panel 75 to 25 over eBay"},
        {"level, with its first letter", "n8n", 50, "dbt", 50,
         "n8n and dbt split the panel evenly at 50%"},
        {"by a point", "A", 51, "B", 50, "A takes the panel 51 to 50 over B"},
        {"to nothing", "A", 100, "B", 0, "A takes the panel 100 to 0 over B"},
        {"shorter words", "Claude Haiku Open Weights", 50, "Mistral 3 Small (24B) X", 100,
         "Mistral 3 Small (24B) X beats Claude Haiku Open Weights, 100 to 50"},
        {"level", "A", 50, "B", 50, "A and B split the panel evenly at 50%"},
        {"both whole", "A", 100, "B", 100, "The whole panel would ship both A and B"},
        {"both nothing", "A", 0, "B", 0, "Nobody on the panel would ship A or B"},
        {"the left is not judged", "A", NONE, "B", 75,
         "75% of the panel would ship B; A still waits for its verdict"},
        {"the right is not judged", "A", 0, "B", NONE,
         "0% of the panel would ship A; B still waits for its verdict"},
        {"neither is judged", "A", NONE, "B", NONE, "A vs B: which one should you ship with?"},
        {"names are cut at word ends", FIFTY " ever", 75, FIFTY " evermore", 25,
         "Fifty characters of a name… beats Fifty characters of a name…, 75 to 25"},
        {"a short name leaves its room", "B", 75, FIFTY " " FIFTY, 25,
         "B beats Fifty characters of a name that goes on and on for Fifty…, 75 to 25"},
        {"a short loser leaves its room", FIFTY " " FIFTY, 75, "B", 25,
         "Fifty characters of a name that goes on and on for Fifty… beats B, 75 to 25"},
        {"line ends in a name", "A\r\nBcc: eve@example.net", 75, "\tB\n", 25,
         "A Bcc: eve@example.net takes the panel 75 to 25 over B"},
        {"a percent sign in a name", "100%1 %s", 75, "%2", 25,
         "100%1 %s takes the panel 75 to 25 over %2"},
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

static void a_story_of_many_rivals_has_the_headline_of_the_widest_verdict(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int shared;
        int rivals[4];
        size_t count;
        const char *subject;
        const char *preheader;
    } rows[] = {
        {"one stands out",
         50,
         {100, 75, 75},
         3,
         "R1 takes the panel 100 to 50 over Shared",
         "All three rivals beat Shared with the panel. No community votes yet."},
        {"all win alike",
         50,
         {75, 75, 75},
         3,
         "All three rivals beat Shared with the panel, 75 to 50",
         "All three rivals beat Shared with the panel. No community votes yet."},
        {"both win alike",
         50,
         {75, 75},
         2,
         "Both rivals beat Shared with the panel, 75 to 50",
         "Both rivals beat Shared with the panel. No community votes yet."},
        {"all lose",
         90,
         {75, 50, 25},
         3,
         "Shared beats all three rivals with the panel",
         "Shared beats all three rivals with the panel. No community votes yet."},
        {"both lose",
         90,
         {75, 50},
         2,
         "Shared beats both rivals with the panel",
         "Shared beats both rivals with the panel. No community votes yet."},
        {"all level",
         50,
         {50, 50, 50},
         3,
         "All three rivals tie with Shared at 50% of the panel",
         "All three rivals tie with Shared. No community votes yet."},
        {"mixed",
         50,
         {75, 60, 50, 10},
         4,
         "Shared takes the panel 50 to 10 over R4",
         "Shared beats one of its four rivals, loses to two and ties with one. "
         "No community votes yet."},
        {"one each way",
         50,
         {75, 25},
         2,
         "R1 takes the panel 75 to 50 over Shared",
         "Shared beats one of its two rivals and loses to the other. No community votes yet."},
        {"one is open",
         50,
         {75, NONE},
         2,
         "R1 takes the panel 75 to 50 over Shared",
         "Shared loses to one of its two rivals and awaits a verdict against the other. "
         "No community votes yet."},
        {"all are open",
         NONE,
         {75, 60},
         2,
         "75% of the panel would ship R1; Shared still waits for its verdict",
         "The panel has yet to judge Shared against both rivals. No community votes yet."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct story story = group(rows[i].shared, rows[i].rivals, rows[i].count);
        struct newsletter_headline headline = headline_of(&story, 1);
        if (strcmp(headline.subject, rows[i].subject) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, headline.subject);
        }
        if (strncmp(headline.preheader, rows[i].preheader, strlen(rows[i].preheader)) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, headline.preheader);
        }
        check_limits(rows[i].name, &headline);
    }
}

static void the_widest_verdict_of_all_stories_makes_the_headline(void **state)
{
    (void)state;
    struct story stories[] = {
        duel(tool("A", NONE), tool("B", 100)),
        duel(tool("C", 50), tool("D", 50)),
        duel(tool("E", 50), tool("F", 75)),
        duel(tool("G", 75), tool("H", 50)),
    };
    assert_string_equal(headline_of(stories, 4).subject, "F takes the panel 75 to 50 over E");
    assert_string_equal(headline_of(stories, 2).subject, "C and D split the panel evenly at 50%");
    assert_string_equal(headline_of(stories, 1).subject,
                        "100% of the panel would ship B; A still waits for its verdict");
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
    const struct value *profile = tool_view_profile(&arena, &one, false);
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
        {100, 0, 0, 4, "The whole panel would ship it."},
        {0, 0, 0, 4, "Nobody on the panel would ship it."},
        {50, 0, 0, 4, "The panel is split: half would ship it, half would not."},
        {75, 0, 0, 4, "Three in four on the panel would ship it, one in four would not."},
        {25, 0, 0, 0, "One in four on the panel would ship it, three in four would not."},
        {33, 0, 0, 0, "A third of the panel would ship it, two thirds would not."},
        {62, 0, 0, 0, "62% of the panel would ship it, 38% would not."},
        {75, 3, 1, 0, "3 of 4 reviewers ship it, 1 skips it."},
        {25, 1, 3, 0, "1 of 4 reviewers ships it, 3 skip it."},
        {50, 1, 1, 0, "1 of 2 reviewers ships it, 1 skips it."},
        {50, 2, 1, 1, "2 of 4 reviewers ship it, 1 skips it, 1 gives no verdict."},
        {50, 1, 0, 2, "1 of 3 reviewers ships it, 2 give no verdict."},
        {100, 4, 0, 0, "All four reviewers ship it."},
        {100, 2, 0, 0, "Both reviewers ship it."},
        {100, 1, 0, 0, "The one reviewer ships it."},
        {0, 0, 3, 0, "All three reviewers skip it."},
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
        assert_string_equal(panel_split(&arena, &one), rows[i].words);
    }
}

static void the_verdict_of_the_panel_stands_in_words(void **state)
{
    (void)state;
    static const struct {
        int one, other;
        const char *named, *it;
    } rows[] = {
        {100, 50, "The panel prefers A to B, 100 to 50.", "The panel prefers it to B, 100 to 50."},
        {25, 75, "The panel prefers B to A, 75 to 25.",
         "The panel prefers B to this one, 75 to 25."},
        {50, 50, "The panel has A level with B at 50%.", "The panel has it level with B at 50%."},
        {100, 100, "The whole panel would ship A and B alike.",
         "The whole panel would ship it and B alike."},
        {0, 0, "Nobody on the panel would ship A or B.", "Nobody on the panel would ship it or B."},
        {NONE, 75, "75% of the panel would ship B; it has not judged A yet.", NULL},
        {75, NONE, "75% of the panel would ship A; it has not judged B yet.", NULL},
        {NONE, NONE, "The panel has not judged either of the two yet.", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tool one = tool("A", rows[i].one);
        struct tool other = tool("B", rows[i].other);
        assert_string_equal(panel_verdict(&arena, &one, &other, false), rows[i].named);
        assert_string_equal(panel_verdict(&arena, &one, &other, true),
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
        {60, 40, "60% of the voters would ship A, 40% B."},
        {0, 100, "0% of the voters would ship A, 100% B."},
        {0, NONE, "0% of the voters would ship A; no votes yet on B."},
        {NONE, 12, "12% of the voters would ship B; no votes yet on A."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tool one = tool("A", 50);
        struct tool other = tool("B", 50);
        one.community_ship = rows[i].one;
        other.community_ship = rows[i].other;
        assert_string_equal(panel_votes(&arena, &one, &other), rows[i].words);
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
        assert_string_equal(tool_view_bar(&arena, rows[i].percent), rows[i].bar);
    }
    const struct value *whole = tool_view_percent(&arena, 100, "none");
    assert_int_equal(value_find(whole, "has_empty")->kind, VALUE_FALSE);
    assert_string_equal(value_find(whole, "filled")->text, "100");
    const struct value *absent = tool_view_percent(&arena, NONE, "none");
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
    const struct value *view = story_view_make(&arena, story, "https://example.org/{slug}");
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

static struct tool free_tool(const char *name, int panel, const char *note, int votes)
{
    struct tool one = tool(name, panel);
    one.price = "Free";
    one.price_note = note;
    one.community_ship = votes;
    return one;
}

static void the_summary_counts_the_week(void **state)
{
    (void)state;
    struct story one = duel(free_tool("A", 75, "Entry", NONE), free_tool("B", 50, "Entry", NONE));
    assert_string_equal(issue_text(&one, 1, "summary"),
                        "One new comparison of two tools this week. The panel prefers A to B, 75 "
                        "to 50. Both tools are free to start. No community votes yet.");
    struct story several[] = {
        one,
        duel(free_tool("C", 75, "", 60), tool("D", 75)),
        duel(tool("A", 75), tool("D", NONE)),
        group(50, (int[]){75, 25}, 2),
    };
    assert_string_equal(issue_text(several, 4, "summary"),
                        "Five new comparisons of seven tools this week, told in four stories. The "
                        "panel picks a winner in three of them. Three of the seven tools are "
                        "free to start. The community has voted on one of the seven tools.");
    struct story free[] = {duel(free_tool("A", 75, "", NONE), free_tool("B", 50, "", NONE))};
    assert_string_equal(issue_text(free, 1, "summary"),
                        "One new comparison of two tools this week. The panel prefers A to B, 75 "
                        "to 50. Both tools are free. No community votes yet.");
    struct story open[] = {duel(tool("A", 50), tool("B", 50)), duel(tool("C", 1), tool("D", NONE))};
    assert_string_equal(issue_text(open, 2, "summary"),
                        "Two new comparisons of four tools this week. The panel picks no winner "
                        "in any of them. No community votes yet.");
    struct story won[] = {duel(tool("A", 50), tool("B", 51)), duel(tool("C", 1), tool("D", 2))};
    assert_string_equal(issue_text(won, 2, "summary"),
                        "Two new comparisons of four tools this week. The panel picks a winner in "
                        "every one. No community votes yet.");
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
    assert_string_equal(phrase_count(&arena, 0, "rival", "rivals"), "no rivals");
    assert_string_equal(phrase_count(&arena, 1, "rival", "rivals"), "one rival");
    assert_string_equal(phrase_count(&arena, 10, "rival", "rivals"), "ten rivals");
    assert_string_equal(phrase_count(&arena, 11, "rival", "rivals"), "11 rivals");
    assert_string_equal(phrase_count(&arena, 1200, "rival", "rivals"), "1,200 rivals");
    assert_string_equal(phrase_all(&arena, 1, "rival", "rivals"), "the one rival");
    assert_string_equal(phrase_all(&arena, 2, "rival", "rivals"), "both rivals");
    assert_string_equal(phrase_all(&arena, 5, "rival", "rivals"), "all five rivals");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_head_to_head_has_the_headline_of_its_verdict, give_back),
        cmocka_unit_test_teardown(a_story_of_many_rivals_has_the_headline_of_the_widest_verdict,
                                  give_back),
        cmocka_unit_test_teardown(the_widest_verdict_of_all_stories_makes_the_headline, give_back),
        cmocka_unit_test_teardown(subject_and_preheader_keep_their_limits_for_names_of_any_length,
                                  give_back),
        cmocka_unit_test_teardown(a_cut_never_parts_a_letter_from_its_mark, give_back),
        cmocka_unit_test_teardown(a_pull_quote_ends_where_a_sentence_ends, give_back),
        cmocka_unit_test_teardown(the_quote_that_says_ship_or_skip_speaks_for_a_tool, give_back),
        cmocka_unit_test_teardown(known_verdicts_give_one_quote_each_way, give_back),
        cmocka_unit_test_teardown(the_split_of_the_reviewers_stands_in_words, give_back),
        cmocka_unit_test_teardown(the_verdict_of_the_panel_stands_in_words, give_back),
        cmocka_unit_test_teardown(a_missing_vote_is_not_a_vote_of_nought, give_back),
        cmocka_unit_test_teardown(a_bar_never_looks_whole_or_empty_when_it_is_not, give_back),
        cmocka_unit_test_teardown(only_https_links_leave_in_a_mail, give_back),
        cmocka_unit_test_teardown(the_shared_tool_stands_at_its_rank_among_its_rivals, give_back),
        cmocka_unit_test_teardown(the_summary_counts_the_week, give_back),
        cmocka_unit_test_teardown(the_date_is_that_of_the_readers_zone, give_back),
        cmocka_unit_test_teardown(numbers_read_well_for_none_one_two_and_many, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
