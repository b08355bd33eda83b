#include "scratch.h"

#include "store/alike.h"
#include "store/comparison_life.h"

/* Names, and what they look like: the same both ways round. */
static const struct {
    const char *left, *right;
    enum likeness how;
} names[] = {
    {"Vidi", "Vidi+", LIKENESS_SIGNS},
    {"C++ Pilot", "C# Pilot", LIKENESS_SIGNS},
    {"Go!", "Go", LIKENESS_SIGNS},
    {".NET", "NET", LIKENESS_SIGNS},
    {"Git Hub", "GitHub", LIKENESS_SIGNS},
    {"X (2026)", "X 2026", LIKENESS_SIGNS},
    {"R\xC3\xA9sum\xC3\xA9", "Resume", LIKENESS_SIGNS},
    {"\xEF\xBC\xA3laude", "Claude", LIKENESS_SIGNS}, /* a full-width C */
    {"Claude Haiku", "Claude Haikus", LIKENESS_LETTER},
    {"Claude Haiku", "Claude Hiku", LIKENESS_LETTER},
    {"Claude Haiku", "claude-haikv", LIKENESS_LETTER},
    {"Rusty", "Dusty", LIKENESS_LETTER},
    {"Mistral 4B", "Mistal 4B", LIKENESS_LETTER},
    {"\xD0\xAF\xD0\xBD\xD0\xB4\xD0\xB5\xD0\xBA\xD1\x81", "\xD0\xAF\xD0\xBD\xD0\xB4\xD0\xB5\xD0\xBA",
     LIKENESS_LETTER},
    {"GPT-4", "GPT-5", LIKENESS_NONE},
    {"GPT-4", "GPT", LIKENESS_NONE},
    {"GPT-4", "GPT-41", LIKENESS_NONE},
    {"Mistral 4B", "Mistral 5B", LIKENESS_NONE},
    {"Model \xD9\xA3", "Model \xD9\xA4", LIKENESS_NONE}, /* digits of Arabic */
    {"Plan A", "Plan B", LIKENESS_NONE},
    {"Claude", "Claude X", LIKENESS_NONE},
    {"Zed", "Zod", LIKENESS_NONE}, /* too short for a slip */
    {"Claude Haiku", "Claude Haikuss", LIKENESS_NONE},
    {"Claude", "Calude", LIKENESS_LETTER}, /* two letters have changed places, here */
    {"Mistral", "Misrtal", LIKENESS_LETTER},
    {"Mistral", "iMstral", LIKENESS_LETTER},
    {"Mistral", "Mistrla", LIKENESS_LETTER},
    {"Mistral 12B", "Mistral 21B", LIKENESS_NONE}, /* and digits never */
    {"Mistral", "Mitsrla", LIKENESS_NONE},
    {"Mistral", "Mastril", LIKENESS_NONE}, /* no neighbours */
    {"++", "--", LIKENESS_NONE},
    {"\xE2\x9D\xA4\xEF\xB8\x8F", "\xE2\x98\x80\xEF\xB8\x8F", LIKENESS_NONE}, /* heart, sun */
    {"\xF0\x9F\xA6\x8A", "\xF0\x9F\x90\xBC", LIKENESS_NONE},                 /* fox, panda */
    {"\xE2\x9D\xA4\xEF\xB8\x8F Notes", "Notes", LIKENESS_SIGNS},
    {"Model 1\xEF\xB8\x8F\xE2\x83\xA3", "Model 1", LIKENESS_SIGNS}, /* a keycap */
    {"", "A", LIKENESS_NONE},
};

static void a_name_is_like_another_in_its_letters_and_never_in_its_digits(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct alike_form left = alike_form(&scratch->arena, names[i].left);
        const struct alike_form right = alike_form(&scratch->arena, names[i].right);
        enum likeness there = alike_names(&left, &right), back = alike_names(&right, &left);
        if (there != names[i].how || back != names[i].how) {
            fail_msg("%s, %s: %d, %d", names[i].left, names[i].right, there, back);
        }
    }
}

static struct comparison_outcome save_with(struct scratch *scratch, const char *left,
                                           const char *right, const char *quote, const char *url)
{
    struct review reviews[] = {{.quote = quote}, {.quote = right}};
    struct comparison made = sample_comparison(&scratch->arena, left, right, NOW, "x");
    struct comparison_outcome outcome;
    made.url = url;
    made.left.reviews = made.right.reviews = reviews;
    made.left.review_count = quote != NULL ? 2 : 0;
    must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    return outcome;
}

static struct look_alike save(struct scratch *scratch, const char *left, const char *right)
{
    return save_with(scratch, left, right, NULL, NULL).alike;
}

#define WORDS "It files faster than I can."

/* Comparisons one after the other, and what each looks like of those before it. */
static const struct {
    const char *left, *right, *quote, *url;
    enum likeness how;
    const char *slug; /* of the other; NULL: a tool alone, or nothing */
} coming[] = {
    {"Vidi", "Rusty", NULL, NULL, LIKENESS_NONE, NULL},
    {"Vidi+", "Rusty", NULL, NULL, LIKENESS_SIGNS, "Vidi-vs-Rusty"},
    {"Rusty", "Vidi", NULL, NULL, LIKENESS_SWAPPED, "Vidi-vs-Rusty"},
    {"Rusti", "Vidi!", NULL, NULL, LIKENESS_LETTER, "Rusty-vs-Vidi"},
    {"Resume", "Gopher", NULL, NULL, LIKENESS_NONE, NULL},
    {"Quarry", "R\xC3\xA9sum\xC3\xA9", NULL, NULL, LIKENESS_SIGNS, NULL},
    {"Quarry", "Granite", NULL, NULL, LIKENESS_NONE, NULL}, /* both known, neither like another */
    {"GPT-4", "Gopher", WORDS, NULL, LIKENESS_NONE, NULL},
    {"GPT-5", "Gopher", WORDS, NULL, LIKENESS_NONE, NULL},
    {"Pebble", "Granite", WORDS "!", NULL, LIKENESS_NONE, NULL},
    {"Notes by Pebble", "Granite", WORDS "!", NULL, LIKENESS_QUOTES, "Pebble-vs-Granite"},
    {"Alpha", "Granite", "Good", NULL, LIKENESS_NONE, NULL},
    {"Omega", "Granite", "Good", NULL, LIKENESS_NONE, NULL}, /* words that many say */
    {"One", "Two", NULL, "https://example.org/a", LIKENESS_NONE, NULL},
    {"Three", "Four", NULL, "https://example.org/a", LIKENESS_URL, "One-vs-Two"},
    {"Five", "Six", NULL, "https://example.org/b", LIKENESS_NONE, NULL},
    {"Notepad", "Notepad++", NULL, NULL, LIKENESS_NONE, NULL}, /* rivals are two */
    {"Notepad", "Sheet", NULL, NULL, LIKENESS_NONE, NULL},
    {"Notepad++", "Sheet", NULL, NULL, LIKENESS_NONE, NULL},
    /* Each place at which two letters may change theirs: the halves of a name are looked up. */
    {"Quartz", "Rusty", NULL, NULL, LIKENESS_NONE, NULL},
    {"uQartz", "Rusty", NULL, NULL, LIKENESS_LETTER, "Quartz-vs-Rusty"},
    {"Qaurtz", "Gopher", NULL, NULL, LIKENESS_LETTER, NULL},
    {"Quratz", "Rusty", NULL, NULL, LIKENESS_LETTER, "Quartz-vs-Rusty"},
    {"Quatrz", "Rusty", NULL, NULL, LIKENESS_LETTER, "Quartz-vs-Rusty"},
    {"Quarzt", "Rusty", NULL, NULL, LIKENESS_LETTER, "Quartz-vs-Rusty"},
    {"\xE2\x9D\xA4\xEF\xB8\x8F", "\xE2\x98\x80\xEF\xB8\x8F", NULL, NULL, LIKENESS_NONE, NULL},
    {"\xE2\x9C\x8C\xEF\xB8\x8F", "Granite", NULL, NULL, LIKENESS_NONE, NULL},
};

static void what_comes_in_is_told_what_it_looks_like(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof coming / sizeof *coming; i++) {
        const struct look_alike found =
            save_with(scratch, coming[i].left, coming[i].right, coming[i].quote, coming[i].url)
                .alike;
        const char *slug = found.slug != NULL ? found.slug : "none";
        const char *wanted = coming[i].slug != NULL ? coming[i].slug : "none";
        if (found.how != coming[i].how || strcmp(slug, wanted) != 0) {
            fail_msg("row %zu: %d, %s", i, found.how, slug);
        }
        assert_int_equal(save(scratch, coming[i].left, coming[i].right).how, LIKENESS_NONE);
    }
}

static void the_same_tools_under_another_slug_look_alike(void **state)
{
    struct scratch *scratch = *state;
    struct comparison_outcome outcome;
    save(scratch, "Pebble", "Quarry");
    struct comparison again = sample_comparison(&scratch->arena, "Pebble", "Quarry", NOW, "y");
    again.slug = "pebble-again";
    again.own_slug = true;
    must(comparison_save(scratch->store, &scratch->arena, &again, NOW, &outcome, &why));
    assert_int_equal(outcome.alike.how, LIKENESS_TOOLS);
    assert_string_equal(outcome.alike.slug, "Pebble-vs-Quarry");
}

static void what_is_withdrawn_is_no_look_alike(void **state)
{
    struct scratch *scratch = *state;
    bool changed;
    save(scratch, "Vidi", "Rusty");
    must(comparison_withdraw(scratch->store, 1, WITHDRAWER_EDITOR, NOW, &changed, &why));
    const struct look_alike found = save(scratch, "Vidi+", "Rusty");
    assert_null(found.slug);
    assert_string_equal(found.other, "Vidi");
}

static void a_tool_is_found_by_the_name_that_it_got(void **state)
{
    struct scratch *scratch = *state;
    enum comparison_renamed renamed;
    save(scratch, "Pebble", "Rusty");
    must(
        comparison_rename_tool(scratch->store, &scratch->arena, 1, "Claude Haiku", &renamed, &why));
    assert_int_equal(save(scratch, "Claude Haikus", "Rusty").how, LIKENESS_LETTER);
    assert_int_equal(save(scratch, "Pebbles", "Rusty").how, LIKENESS_NONE);
}

/* Of tools that were told anew the new quotes count. */
static void a_tool_is_found_by_the_quotes_that_it_has_now(void **state)
{
    struct scratch *scratch = *state;
    struct review review = {.quote = WORDS};
    struct comparison_outcome outcome;
    save_with(scratch, "Pebble", "Rusty", "I lost a note on day two.", NULL);
    struct comparison again = sample_comparison(&scratch->arena, "Pebble", "Rusty", NOW, "y");
    again.left.reviews = &review;
    again.left.review_count = 1;
    must(comparison_save(scratch->store, &scratch->arena, &again, NOW, &outcome, &why));
    struct comparison other = sample_comparison(&scratch->arena, "Stone", "Rusty", NOW, "z");
    other.left.reviews = &review;
    other.left.review_count = 1;
    must(comparison_save(scratch->store, &scratch->arena, &other, NOW, &outcome, &why));
    assert_int_equal(outcome.alike.how, LIKENESS_QUOTES);
}

/* The statements that the last of so many tools costs, whose names are one word and then differ in
 * a number, or in nothing but signs. */
static int64_t cost_of_the_last(struct scratch *scratch, const char *word, bool numbers, int count)
{
    int64_t before = 0;
    char signs[100];
    memset(signs, '!', sizeof signs);
    for (int i = 0; i < count; i++) {
        char *name = numbers ? arena_format(&scratch->arena, "%s %05d", word, i)
                             : arena_format(&scratch->arena, "%s%.*s", word, i, signs);
        before = store_executed(scratch->store);
        save(scratch, name, "Rusty");
    }
    return store_executed(scratch->store) - before;
}

static void looking_for_what_is_alike_does_not_grow_with_the_list(void **state)
{
    struct scratch *scratch = *state;
    must(store_begin(scratch->store, &why));
    int64_t few = cost_of_the_last(scratch, "Number", true, 10);
    assert_int_equal(cost_of_the_last(scratch, "Another", true, 300), few);
    few = cost_of_the_last(scratch, "Signs", false, 30);
    assert_int_equal(cost_of_the_last(scratch, "Exclamations", false, 90), few);
    store_rollback(scratch->store);
}

/* The issue is a draft, approved, being sent, sent. */
static void what_was_told_is_found_in_issues_that_were_sent_before(void **state)
{
    struct scratch *scratch = *state;
    static const char *const states[] = {"draft", "approved", "sending", "sent"};
    save(scratch, "Vidi", "Rusty");
    save(scratch, "Vidi+", "Rusty");
    struct issue issue = sample_issue("2026-W46");
    const struct issue_item item = {
        .comparison_id = 1, .position = 1, .story = 1, .reason = "", .snapshot = "{}"};
    must(issue_save_draft(scratch->store, &issue, &item, 1, NULL, 0, &why));
    run_sql(scratch->store, "UPDATE issue SET sender = '{}'");
    struct comparison *later;
    must(comparison_find(scratch->store, &scratch->arena, "Vidi+-vs-Rusty", &later, &why));
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct look_alike found;
        run_sql(scratch->store,
                arena_format(&scratch->arena, "UPDATE issue SET state = '%s'", states[i]));
        must(alike_find_told(scratch->store, &scratch->arena, later, "2026-W47", &found, &why));
        assert_int_equal(found.how, i >= 2 ? LIKENESS_SIGNS : LIKENESS_NONE);
        assert_int_equal(found.issue_number, i >= 2 ? issue.number : 0);
        must(alike_find_told(scratch->store, &scratch->arena, later, "2026-W46", &found, &why));
        assert_int_equal(found.how, LIKENESS_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_name_is_like_another_in_its_letters_and_never_in_its_digits),
        store_test(what_comes_in_is_told_what_it_looks_like),
        store_test(the_same_tools_under_another_slug_look_alike),
        store_test(what_is_withdrawn_is_no_look_alike),
        store_test(a_tool_is_found_by_the_name_that_it_got),
        store_test(a_tool_is_found_by_the_quotes_that_it_has_now),
        store_test(looking_for_what_is_alike_does_not_grow_with_the_list),
        store_test(what_was_told_is_found_in_issues_that_were_sent_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
