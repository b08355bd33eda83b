#include "digest/voice.h"

#include "digest/reason.h"
#include "digest/standing.h"
#include "digest/tool_view.h"

#include "letter.h"

static struct tool reviewed(const struct review *reviews, size_t count)
{
    struct tool one = tool("Otter 4", NONE);
    one.reviews = arena_array(&arena, count, sizeof *one.reviews);
    memcpy(one.reviews, reviews, count * sizeof *reviews);
    one.review_count = count;
    return one;
}

/* What one review says for or against, "" where nothing is clear. */
static const char *said(enum verdict verdict, const char *quote, enum voice_side side)
{
    struct review review = {.verdict = verdict, .quote = quote};
    struct tool one = reviewed(&review, 1);
    struct voice voice = voice_find(&arena, lexicon_english(&arena), &one, side, NULL);
    return voice.text != NULL ? voice.text : "";
}

#define LONG_FIRST                                                                                 \
    "The editor is fast and it is genuinely interesting to use on a large screen — and then, "   \
    "after some weeks of working with it every day in a team of six, one begins to see what the "  \
    "people who made it had in mind when they left out the menus"

static void a_sentence_speaks_for_a_tool_where_its_cues_are_clear(void **state)
{
    (void)state;
    static const struct {
        const char *name, *quote, *said;
    } rows[] = {
        {"the clearest one",
         "A fast editor with a good name. What earns the ship is its plain export.",
         "What earns the ship is its plain export."},
        {"no cue", "There are forty buttons on the first screen alone.", ""},
        {"a weak cue", "It has a good name. Its name is good in the opinion of us all.", ""},
        {"too short", "I would ship it.", ""},
        {"points back", "This is the new baseline for every team that I know.", ""},
        {"points back behind a mark", "“That's” the new baseline for every team that I know.",
         "“That's” the new baseline for every team that I know."},
        {"code", "The moment of truth is `otter up`, a genuine unlock for teams.", ""},
        {"another product is shipped", "They'll ship the next one in May, and I love the plan.",
         ""},
        {"by another name", "I love how Heron ships Egret 2 to whoever asks for it.", ""},
        {"its own name", "I would ship Otter 4 to my own team without a second thought.",
         "I would ship Otter 4 to my own team without a second thought."},
        {"to ship something of one's own", "I love it: one can ship local features with no fuss.",
         "I love it: one can ship local features with no fuss."},
        {"somebody else would ship it",
         "The license is generous, so any vendor can ship it as a checkbox.", ""},
        {"praise that is none", "Companies will not let it in, and those who love it are few.", ""},
        {"rivals", "Direct competitors here are Heron and Egret, both reliable and fast.", ""},
        {"a forecast", "In 12 months this will be the new baseline of every team.", ""},
        {"against outweighs", "The fast editor crashes whenever I would ship it to a client.", ""},
        {"cut at a dash", LONG_FIRST ".",
         "The editor is fast and it is genuinely interesting to use on a large screen …"},
        {"no whole sentence", "I would ship it to my own team without a second", ""},
        {"typographic mark", "I’d ship it to my own team without a second thought.",
         "I’d ship it to my own team without a second thought."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = said(VERDICT_UNKNOWN, rows[i].quote, VOICE_FOR);
        if (strcmp(text, rows[i].said) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, text);
        }
    }
}

static void against_is_said_by_a_verdict_and_a_doubt_by_none(void **state)
{
    (void)state;
    const char *bad = "The sync loses files, and I would skip it until it is fixed.";
    const char *plain = "There are forty buttons on the first screen alone.";
    const char *good = "I would ship it to my own team without a second thought.";
    assert_string_equal(said(VERDICT_SKIP, bad, VOICE_AGAINST), bad);
    assert_string_equal(said(VERDICT_SKIP, bad, VOICE_DOUBT), "");
    assert_string_equal(said(VERDICT_UNKNOWN, bad, VOICE_DOUBT), bad);
    assert_string_equal(said(VERDICT_UNKNOWN, bad, VOICE_AGAINST), "");
    assert_string_equal(said(VERDICT_SHIP, bad, VOICE_AGAINST), "");
    assert_string_equal(said(VERDICT_SHIP, bad, VOICE_FOR), "");
    assert_string_equal(said(VERDICT_SKIP, good, VOICE_FOR), "");
    assert_string_equal(said(VERDICT_SKIP, plain, VOICE_AGAINST), plain);
    assert_string_equal(said(VERDICT_UNKNOWN, plain, VOICE_DOUBT), "");
}

static void each_side_is_credited_as_far_as_the_source_tells(void **state)
{
    (void)state;
    struct review reviews[] = {
        {.reviewer = "The Builder",
         .verdict = VERDICT_SHIP,
         .quote = "It does the one thing that I need, and I would ship it today."},
        {.verdict = VERDICT_SHIP, .quote = "I would ship Otter 4 to all my own teams today."},
        {.verdict = VERDICT_SKIP, .quote = "The problem is the export, which loses tables."},
    };
    struct tool one = reviewed(reviews, 3);
    struct voice_words words = {.lexicon = lexicon_english(&arena)};
    const struct value *profile = tool_view_profile(english(), &words, &one, false);
    const struct value *quotes = value_find(profile, "quotes");
    assert_int_equal(quotes->count, 2);
    assert_string_equal(value_find(quotes->first, "label")->text, "For");
    assert_string_equal(value_find(quotes->first, "by")->text, "A reviewer who ships it");
    assert_string_equal(value_find(quotes->last, "label")->text, "Against");
    assert_string_equal(value_find(quotes->last, "text")->text,
                        "The problem is the export, which loses tables.");
}

/* What is quoted of the tool: "for: …" and "against: …" or "a doubt: …". */
static const char *quoted(const struct tool *one, const struct voice_pin *pins, size_t count)
{
    static const char *const sides[] = {"for", "against", "a doubt"};
    const struct voice_words words = {
        .lexicon = lexicon_english(&arena), .pins = pins, .pin_count = count};
    struct voice pair[2];
    const char *text = "";
    size_t found = voice_pair(&arena, &words, one, pair);
    for (size_t i = 0; i < found; i++) {
        text = arena_format(&arena, "%s%s%s: %s", text, i > 0 ? " | " : "", sides[pair[i].side],
                            pair[i].text);
    }
    return text;
}

#define PRAISE  "I would ship Otter 4 to all my own teams today."
#define PLAIN   "The desktop version opens in a window of its own."
#define BLAME   "The problem is the export, which loses tables."
#define UNNAMED "Notes of a meeting are read line by line."

static struct tool told_by_four(void)
{
    static struct review reviews[] = {
        {.verdict = VERDICT_SHIP, .quote = PRAISE " " PLAIN},
        {.verdict = VERDICT_SKIP, .quote = BLAME},
        {.verdict = VERDICT_UNKNOWN, .quote = UNNAMED},
    };
    struct tool one = reviewed(reviews, 3);
    one.slug = "otter";
    return one;
}

static void an_editor_chooses_another_sentence(void **state)
{
    (void)state;
    struct tool one = told_by_four();
    static const struct {
        struct voice_pin pins[2];
        size_t count;
        const char *quoted;
    } rows[] = {
        {{{0}}, 0, "for: " PRAISE " | against: " BLAME},
        {{{"otter", false, PLAIN}}, 1, "for: " PLAIN " | against: " BLAME},
        {{{"nib", false, PLAIN}}, 1, "for: " PRAISE " | against: " BLAME},
        {{{"otter", true, UNNAMED}}, 1, "for: " PRAISE " | a doubt: " UNNAMED},
        {{{"otter", false, UNNAMED}, {"otter", true, UNNAMED}}, 2, "for: " UNNAMED},
        /* Who would ship it is not quoted against it; what nobody says any more, not at all. */
        {{{"otter", true, PLAIN}}, 1, "for: " PRAISE " | against: " BLAME},
        {{{"otter", false, BLAME}}, 1, "for: " PRAISE " | against: " BLAME},
        {{{"otter", false, "Gone."}}, 1, "for: " PRAISE " | against: " BLAME},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(quoted(&one, rows[i].pins, rows[i].count), rows[i].quoted);
    }
}

static void every_whole_sentence_is_a_candidate_once(void **state)
{
    (void)state;
    struct tool one = told_by_four();
    struct voice_candidate *list;
    size_t count;
    one.reviews[1].quote = BLAME " " BLAME " Too short. " PLAIN " It runs `make all` in every one";
    voice_candidates(&arena, lexicon_english(&arena), &one, &list, &count);
    assert_int_equal(count, 4);
    assert_string_equal(list[0].text, PRAISE);
    assert_true(list[0].may_for && !list[0].may_against && list[0].for_it > 0);
    assert_string_equal(list[1].text, PLAIN);
    assert_string_equal(list[2].text, BLAME);
    assert_true(!list[2].may_for && list[2].may_against && list[2].against_it > 0);
    assert_string_equal(list[3].text, UNNAMED);
    assert_true(list[3].may_for && list[3].may_against);
    one.reviews[1].quote = BLAME;
}

static struct tool described(const char *name, const char *description)
{
    struct tool one = tool(name, 50);
    one.description = description;
    return one;
}

static const char *reason_of_two(const char *left, const char *right)
{
    struct story story = duel(described("A", left), described("B", right));
    struct standing standing = standing_of(&arena, &story);
    struct reason reason = reason_of(lexicon_english(&arena), &standing);
    return reason_sentence(english(), &reason, &standing);
}

static void what_one_of_two_has_alone_is_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *name, *left, *right, *reason;
    } rows[] = {
        {"two licenses", "Released under Apache 2.0.", "Under the MIT license.",
         "The license sets the two apart: Apache 2.0 for A, MIT for B."},
        {"one license", "Released under Apache 2.0.", "An editor.", ""},
        {"the same license", "Released under Apache 2.0.", "Apache-2.0 code.", ""},
        {"a thing", "It can be self-hosted.", "An editor.",
         "A names self-hosting in its description; B does not."},
        {"of the other one", "An editor.", "Self-hosting takes a minute.",
         "B names self-hosting in its description; A does not."},
        {"denied", "There is no self-hosting.", "An editor.", ""},
        {"denied by the other one", "It can be self-hosted.", "It cannot be self-hosted.", ""},
        {"nothing is known of the other one", "It can be self-hosted.", "", ""},
        {"within a word", "A rapid editor.", "An editor.", ""},
        {"two licenses of one tool", "Apache 2.0 and MIT licensed.", "Under the GPL license.", ""},
        {"compliance", "With SOC 2 and single sign-on.", "An editor with single sign-on.",
         "A names SOC 2 in its description; B does not."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *reason = reason_of_two(rows[i].left, rows[i].right);
        if (strcmp(reason, rows[i].reason) != 0) {
            fail_msg("%s: \"%s\"", rows[i].name, reason);
        }
    }
}

static void a_reason_of_a_group_is_what_all_its_rivals_have(void **state)
{
    (void)state;
    static struct review about[] = {{.quote = "The license is what we waited for."},
                                    {.quote = "A fine editor."},
                                    {.quote = "Apache-licensed at last."}};
    struct story story = group(50, (int[]){75, 60}, 2);
    for (size_t i = 0; i < 2; i++) {
        struct comparison *item = arena_alloc(&arena, sizeof *item);
        *item = *story.items[i];
        item->left.description = "Open to all for research and non-commercial use.";
        item->right.description = "Released under Apache 2.0, as was the last one.";
        item->right.reviews = i == 0 ? about : NULL;
        item->right.review_count = i == 0 ? 3 : 0;
        story.items[i] = item;
    }
    struct standing standing = standing_of(&arena, &story);
    struct reason reason = reason_of(lexicon_english(&arena), &standing);
    assert_string_equal(reason_sentence(english(), &reason, &standing),
                        "The license sets both rivals apart: Apache 2.0 for them, research-only "
                        "for Shared. 2 of the 3 reviews bring it up.");
    assert_string_equal(reason_brief(english(), &reason, &standing),
                        "The license: Apache 2.0 for both rivals, research-only for Shared.");
    /* What the story has told is not told again. */
    assert_null(
        voice_find(&arena, lexicon_english(&arena), &story.items[0]->right, VOICE_FOR, reason.kind)
            .text);
}

static void the_tables_are_whole(void **state)
{
    (void)state;
    const struct lexicon *lexicon = lexicon_english(&arena);
    for (size_t i = 0; i < lexicon->cue_count; i++) {
        const struct lexicon_cue *cue = &lexicon->cues[i];
        if (cue->phrase[0] == '\0' || (cue->weight > 0) != (cue->cue != CUE_NEVER)) {
            fail_msg("cue %zu: \"%s\"", i, cue->phrase);
        }
    }
    for (size_t i = 0; i < lexicon->kind_count; i++) {
        const struct lexicon_kind *kind = &lexicon->kinds[i];
        if (kind->says == NULL || kind->count == 0 || kind->values[0].phrases[0] == NULL) {
            fail_msg("kind %s", kind->key);
        }
        assert_true(*say_text(english(), kind->name, NULL) != '\0');
        assert_true(*say_text(english(), kind->column, NULL) != '\0');
        for (size_t j = 0; j < kind->count; j++) {
            assert_true(*say_text(english(), kind->values[j].key, NULL) != '\0');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_sentence_speaks_for_a_tool_where_its_cues_are_clear, give_back),
        cmocka_unit_test_teardown(against_is_said_by_a_verdict_and_a_doubt_by_none, give_back),
        cmocka_unit_test_teardown(each_side_is_credited_as_far_as_the_source_tells, give_back),
        cmocka_unit_test_teardown(an_editor_chooses_another_sentence, give_back),
        cmocka_unit_test_teardown(every_whole_sentence_is_a_candidate_once, give_back),
        cmocka_unit_test_teardown(what_one_of_two_has_alone_is_the_reason, give_back),
        cmocka_unit_test_teardown(a_reason_of_a_group_is_what_all_its_rivals_have, give_back),
        cmocka_unit_test_teardown(the_tables_are_whole, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
