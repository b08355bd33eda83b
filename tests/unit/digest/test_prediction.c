#include "digest/prediction.h"

#include "digest/due.h"

#include "letter.h"

enum { SAID = 2026 * 12 + 10 /* November 2026 */ };

/* "2028-05 3": when it is due, and how clear it is; "" where it is no prediction. */
static const char *read(const char *sentence)
{
    int due, weight;
    return prediction_read(lexicon_english(&arena), sentence, SAID, &due, &weight)
               ? arena_format(&arena, "%d-%02d %d", due / 12, due % 12 + 1, weight)
               : "";
}

struct row {
    const char *sentence, *due;
};

static void check(const struct row *rows, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const char *due = read(rows[i].sentence);
        if (strcmp(due, rows[i].due) != 0) {
            print_error("%s: \"%s\", not \"%s\"\n", rows[i].sentence, due, rows[i].due);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

#define CHECK(rows) check(rows, sizeof rows / sizeof rows[0])

static void what_a_reviewer_expects_is_due_when_its_time_is_over(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"If the papers come, they'll ship the large weights within 18 months.", "2028-05 3"},
        {"If the papers come, they’ll ship the large weights within 18 months — watch it.",
         "2028-05 3"},
        {"Every editor will have a plan file within eighteen months.", "2028-05 3"},
        {"Every editor will have a plan file in 12 to 18 months.", "2028-05 3"},
        {"Every editor will have a plan file in 12-18 months' time.", "2028-05 3"},
        {"Every editor will have a plan file in two years.", "2028-11 3"},
        {"Every editor will have a plan file in a couple of years.", "2028-11 3"},
        {"Every editor will have a plan file within a year.", "2027-11 3"},
        {"Every editor will have a plan file over the next three years.", "2029-11 3"},
        {"Every editor will have a plan file by 2028.", "2028-01 3"},
        {"Every editor will have a plan file before 2028.", "2028-01 3"},
        {"Every editor will have a plan file by mid-2027.", "2027-07 3"},
        {"Every editor will have a plan file by late 2027.", "2028-01 3"},
        {"Every editor will have a plan file by the end of 2027.", "2028-01 3"},
        {"Every editor will have a plan file by Q3 2027.", "2027-10 3"},
        {"Every editor will have a plan file by May 2028.", "2028-05 3"},
        {"Every editor will have a plan file by the end of May 2028.", "2028-06 3"},
        {"Every editor will have a plan file in 2027.", "2028-01 3"},
        {"Every editor will have a plan file next year.", "2028-01 3"},
        {"Every editor will have a plan file by next year.", "2027-01 3"},
        {"Every editor will have a plan file this time next year.", "2027-11 3"},
        {"Every editor will have a plan file by the end of the year.", "2027-01 3"},
        {"Every editor will have a plan file ten years from now.", "2036-11 3"},
        {"Every phone will have this built in within 18 months.", "2028-05 3"},
        {"If nobody stops them, they'll have the whole market by 2028.", "2028-01 3"},
        {"By 2028, every editor will have a plan file.", "2028-01 3"},
        {"Within three years every editor will have a plan file.", "2029-11 3"},
        {"The thesis is plain: within 3 years, most inference will happen at the edge.",
         "2029-11 3"},
        {"The thesis: by 2028, most of them run their own models, not a closed API.", "2028-01 2"},
        {"The thesis they are betting on: by 2028, the default stack runs open models.",
         "2028-01 2"},
        {"I predict this gets quietly superseded in 12 months by a rival.", "2027-11 3"},
        {"I expect every rival to have copied the plan file by 2028.", "2028-01 3"},
        {"I give it 18 months before a bigger player copies the feature.", "2028-05 2"},
        {"My bet: in two years nobody remembers the name of this editor.", "2028-11 2"},
        {"Prediction: in 18 months a larger rival gives the same away.", "2028-05 3"},
        {"The thesis is that by 2028 nobody pays for a note on paper.", "2028-01 2"},
        {"I'd expect Heron to bring this to its own editor within 12 months.", "2027-11 3"},
        {"What kills this in 12 months isn't a competitor, it's the bill.", "2027-11 1"},
        {"The vendor won't exist in two years, and I like the tool.", "2028-11 3"},
        {"The price is going to double within 12 months, mark my words.", "2027-11 2"},
    };
    CHECK(rows);
}

static void what_is_past_planned_promised_or_asked_is_no_prediction(void **state)
{
    (void)state;
    static const struct row rows[] = {
        /* the past */
        {"The team shipped version two within 18 months of founding.", ""},
        {"The team will be remembered for shipping within 18 months of founding.", ""},
        {"The founders raised twice in two years and will raise again.", ""},
        {"The founders raised twice, in two years, and will raise again.", ""},
        {"In two years they built what every other team will need.", ""},
        {"In 18 months it went from a toy to something that teams will pay for.", ""},
        {"In two years Otter passed four audits and teams will trust it.", ""},
        {"The last editor that promised as much was gone by 2019.", ""},
        {"Everybody said that plain files will be gone by 2019.", ""},
        {"Plain files will be gone by 2019, said nobody whom I trust.", ""},
        {"Every editor will have had a plan file by 2026.", ""},
        {"I bet the team that built this in two years has seen worse.", ""},
        {"The next year they moved the whole archive, and it will stay there.", ""},
        /* terms */
        {"You will get a full refund within 12 months of the purchase.", ""},
        {"The vendor will refund the license within 12 months.", ""},
        {"There is a 30 days refund, and support will answer within 30 days.", ""},
        {"The free trial will end in two months without a word.", ""},
        {"The contract will renew itself in 12 months if nobody looks.", ""},
        {"The license will pay for itself within 12 months in a team of six.", ""},
        /* plans and promises */
        {"I'll look at the export again in 12 months, and not before.", ""},
        {"I’ll look at the export again in 12 months, and not before.", ""},
        {"We will move the whole archive to it within two years.", ""},
        {"You will not remember the old editor in two years.", ""},
        {"The roadmap has an export that will be there by 2028.", ""},
        {"The vendor says that it will open the weights by 2028.", ""},
        {"The old interface is deprecated and will be gone by 2028.", ""},
        /* open questions */
        {"Will the vendor still be there in two years?", ""},
        {"Whether the vendor will be there in two years is open.", ""},
        {"What could kill this in 12 months is a rival with a smaller model.", ""},
        {"The vendor will perhaps open the weights by 2028.", ""},
        {"I hope that they will open the weights by 2028.", ""},
        {"I'm not sure that they will be there in two years.", ""},
        {"Time will tell by 2028 who of the two is right.", ""},
        {"Their pitch: by 2028 every team will have one of these.", ""},
        {"I expect to have moved the whole archive by 2028.", ""},
        /* terms again */
        {"What you write will be deleted within two years, by the terms.", ""},
        {"A license that was bought today will expire in 12 months.", ""},
        {"The plan will cost a team of six as much as a desk in 12 months.", ""},
        {"The plan file will save a team of six a month of work in 12 months.", ""},
        /* the time is another's */
        {"Any team that will ship in 2027 needs a plan file.", ""},
        {"For the thesis to hold, browsers must ship a local model by 2028.", ""},
        {"For this bet to pay off, browsers will carry a local model by 2028.", ""},
        {"The thesis depends on a price of tokens that falls by half by 2028.", ""},
        {"Every browser will need to carry a local model by 2028.", ""},
        {"If the tool will not run offline by 2028, nobody needs it.", ""},
        {"The tool is dead if the vendor will not open it by 2028.", ""},
        {"Unless the vendor will open it by 2028 I would skip it.", ""},
        {"The version that ships next year will be a better one.", ""},
        {"If they ship vision by 2028, the tool will win the market.", ""},
        {"The tool will win the market if they ship vision by 2028.", ""},
        {"The tool will win, having been built in two years by four people.", ""},
        {"Next year's model will have a larger context, as always.", ""},
        {"The default of 2028 will be what they release in 2027 or by 2030.", ""},
        {"Last year I moved here, and I will stay for the export alone.", ""},
        /* not to be quoted */
        {"That will be gone in two years, and nobody will miss it.", ""},
        {"It will be gone in two years, and nobody will miss it.", ""},
        {"Gone in two years, it will be.", ""},
        {"The verb `otter up` will be gone within two years, I am sure.", ""},
        /* too far */
        {"Every editor will have a plan file by 2060.", ""},
        {"Every editor will have a plan file within 999 years.", ""},
        {"Every editor will have a plan file within 0 months.", ""},
        {"Every editor will have a plan file within 9999999999 months.", ""},
        {"Every editor will have a plan file by 20277.", ""},
    };
    CHECK(rows);
}

/* --- of an issue --- */

static struct tool expects(const char *name, const char *quote)
{
    struct tool one = tool(name, 50);
    one.reviews = arena_array(&arena, 1, sizeof *one.reviews);
    one.reviews[0] = (struct review){.reviewer = "The Builder", .quote = quote};
    one.review_count = 1;
    return one;
}

static void of_each_tool_the_clearest_is_taken_and_the_clearest_tool_first(void **state)
{
    (void)state;
    enum { NOVEMBER = 1795420800 };
    struct tool shared =
        expects("Otter", "I bet that by 2028 nobody types. Every tool will draft by "
                         "itself by the end of 2027. It has a good name.");
    struct comparison *one =
        compare(shared, expects("Heron", "What kills this in 12 months is the bill for it."));
    struct comparison *two =
        compare(shared, expects("Quill", "Every team will have gone local within a month of it."));
    one->published_at = two->published_at = NOVEMBER;
    one->id = 7;
    const struct comparison *items[] = {one, two};
    struct story story = {.shared = "Otter", .items = items, .count = 2};
    struct prediction *list;
    size_t count;
    predictions_of(&arena, &story, 1, "UTC", NOVEMBER, &list, &count);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].tool, "Otter");
    assert_string_equal(list[0].sentence, "Every tool will draft by itself by the end of 2027.");
    assert_string_equal(list[0].reviewer, "The Builder");
    assert_int_equal(list[0].due, 2028 * 12);
    assert_int_equal(list[0].comparison_id, 7);
    assert_string_equal(list[1].tool, "Heron");
    /* Told a year late, it is due by then. */
    predictions_of(&arena, &story, 1, "UTC", NOVEMBER + 365 * 86400, &list, &count);
    assert_int_equal(count, 1);
}

static void every_line_of_the_table_is_read(void **state)
{
    (void)state;
    const struct lexicon *lexicon = lexicon_english(&arena);
    struct due due;
    for (size_t i = 0; i < lexicon->when_count; i++) {
        const char *phrase = lexicon->whens[i].phrase;
        const char *text = arena_copy(&arena, "");
        for (; *phrase != '\0'; phrase++) {
            const char *value = *phrase == '#'   ? "12"
                                : *phrase == '@' ? "2031"
                                : *phrase == '%' ? "May"
                                                 : arena_copy_bytes(&arena, phrase, 1);
            text = arena_format(&arena, "%s%s", text, value);
        }
        bool says = lexicon->whens[i].base != WHEN_NONE;
        if (due_find(lexicon, text, 0, &due) != says ||
            (says && (due.start != 0 || due.when != &lexicon->whens[i]))) {
            fail_msg("\"%s\" is not read by its own line", text);
        }
    }
    for (size_t i = 0; i < lexicon->time_count; i++) {
        assert_true(lexicon->times[i].phrase[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_a_reviewer_expects_is_due_when_its_time_is_over, give_back),
        cmocka_unit_test_teardown(what_is_past_planned_promised_or_asked_is_no_prediction,
                                  give_back),
        cmocka_unit_test_teardown(of_each_tool_the_clearest_is_taken_and_the_clearest_tool_first,
                                  give_back),
        cmocka_unit_test_teardown(every_line_of_the_table_is_read, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
