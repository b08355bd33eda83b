/* Comparisons as JSON (src/intake/document.h, src/intake/reading.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "intake/document.h"
#include "intake/fields.h"

#include "../../support/collect.h"

#include <cmocka.h>

/* Two tools that are complete, to put beside what a row is about. */
#define LEFT       "\"left\":{\"name\":\"A\",\"category\":\"C\"}"
#define RIGHT      "\"right\":{\"name\":\"B\",\"category\":\"C\"}"
#define FLAT_LEFT  "\"left_name\":\"A\",\"left_category\":\"C\""
#define FLAT_RIGHT "\"right_name\":\"B\",\"right_category\":\"C\""
/* A left tool with one member more, which begins at column 36. */
#define WITH(member) "{\"left\":{\"name\":\"A\",\"category\":\"C\"," member "}," RIGHT "}"

/* Two comparisons that can stand in one file. */
#define ONE "{\"slug\":\"x\"," LEFT "," RIGHT "}"
#define TWO "{\"slug\":\"y\"," LEFT "," RIGHT "}"

struct row {
    const char *name, *json;
    const char *says; /* the beginning of the failure; NULL: it is read */
    size_t count;     /* of comparisons */
};

static void check_row(const struct row *row)
{
    struct arena arena = {0};
    struct intake intake = {0};
    struct failure why = {0};
    bool good = document_read(&arena, "f", row->json, strlen(row->json), &intake, &why);
    print_message("%s: %s\n", row->name, why.text);
    assert_int_equal(good, row->says == NULL);
    if (good) {
        assert_int_equal(intake.count, row->count);
    } else {
        assert_int_equal(why.kind, FAILURE_DATA);
        assert_memory_equal(why.text, row->says, strlen(row->says));
    }
    arena_free(&arena);
}

#define CHECK_ROWS(rows)                                                                           \
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows)[0]; i++) {                                  \
        check_row(&(rows)[i]);                                                                     \
    }

static void one_object_an_array_and_lines_are_read(void **state)
{
    static const struct row rows[] = {
        {"one object", "{" LEFT "," RIGHT "}", NULL, 1},
        {"byte order mark", "\xEF\xBB\xBF{" LEFT "," RIGHT "}", NULL, 1},
        {"empty array", " [ ] ", NULL, 0},
        {"array", "[{\"slug\":\"x\"," LEFT "," RIGHT "},\n{\"slug\":\"y\"," LEFT "," RIGHT "}]",
         NULL, 2},
        {"lines", "{\"slug\":\"x\"," LEFT "," RIGHT "}\r\n\n{\"slug\":\"y\"," LEFT "," RIGHT "}\n",
         NULL, 2},
        {"objects over several lines",
         "{\n\"slug\":\"x\",\n" LEFT ",\n" RIGHT "}\n{\n\"slug\":\"y\"," LEFT "," RIGHT "\n}", NULL,
         2},
        {"two arrays, as two queries give",
         "[{\"slug\":\"x\"," LEFT "," RIGHT "}]\n[{\"slug\":\"y\"," LEFT "," RIGHT "}]", NULL, 2},
        {"brackets in texts", "{\"title\":\"a } ] \\\" { vs b\"," LEFT "," RIGHT "}", NULL, 1},
        {"a quotation mark in a text, and a line behind it",
         "{\"title\":\"a \\\" } \\\\\"," LEFT "," RIGHT "}\n{\"slug\":\"y\"," LEFT "," RIGHT "}",
         NULL, 2},
        {"flat", "{" FLAT_LEFT "," FLAT_RIGHT "}", NULL, 1},
        {"one side flat", "{" LEFT "," FLAT_RIGHT "}", NULL, 1},
        {"null is the same as left out",
         "{\"slug\":null,\"title\":null,\"url\":null,\"published_at\":null,\"left_name\":null,"
         "\"left_panel_ship\":null,\"left_reviews\":null," LEFT "," RIGHT "}",
         NULL, 1},
        {"both forms of a side", "{\"left_price\":\"$1\"," LEFT "," RIGHT "}",
         "f:1:1: \"left\" is there as an object and as \"left_…\"; keep one", 0},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void what_is_no_json_is_named_by_its_place_in_the_file(void **state)
{
    static const struct row rows[] = {
        {"empty", "", "f:1:1: the file is empty", 0},
        {"cut object", "{" LEFT ",", "f:1:", 0},
        {"second line cut", "{" LEFT "," RIGHT "}\n{" LEFT, "f:2:", 0},
        {"third line no JSON", "{" LEFT "," RIGHT "}\n\n oops", "f:3:", 0},
        {"text behind", "{" LEFT "," RIGHT "} oops", "f:1:", 0},
        {"comma between lines", "{" LEFT "," RIGHT "},\n{}", "f:1:", 0},
        {"single quotes", "{'left':1}", "f:1:", 0},
        {"no comma in an array", "[" ONE "\n" TWO "]", "f:2:1: ']' expected near '{'", 0},
        {"comma at an array's end", "[" ONE ",\n]", "f:2:1: unexpected token near ']'", 0},
        {"comma alone", "[,]", "f:1:2: ", 0},
        {"two commas", "[" ONE ",\n," TWO "]", "f:2:1: unexpected token near ','", 0},
        {"array left open", "[" ONE ",\n" TWO "\n", "f:3:1: ']' expected near end of file", 0},
        {"array closed by a brace", "[" ONE "\n}", "f:2:1: ']' expected near '}'", 0},
        {"object closed by a bracket", "[" ONE ",\n{\"slug\":\"y\"]]", "f:2:", 0},
        {"a word behind", "[" ONE ",\n" TWO " oops]", "f:2:", 0},
        {"a word behind an array", "[" ONE "]\n oops", "f:2:2: ", 0},
        {"fault in the second of an array", "[" ONE ",\n{\"slug\":\"y\",]", "f:2:", 0},
        {"doubled key in the second", "[" ONE ",\n{\"slug\":\"y\",\"slug\":\"z\"}]", "f:2:", 0},
        {"duplicate key", "{\"title\":\"a\",\n\"title\":\"b\"," LEFT "," RIGHT "}", "f:", 0},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void a_wrong_type_is_named_by_place_and_path_at_any_depth(void **state)
{
    static const struct row rows[] = {
        {"number in a list", "[\n  3]", "f:2:3: /0: this is a number; write an object", 0},
        {"list in a list", "[[]]", "f:1:2: /0: this is a list; write an object", 0},
        {"second line a list of texts", "{" LEFT "," RIGHT "}\n[\"x\"]",
         "f:2:2: /0: this is a text; write an object", 0},
        {"title a number", "{\"title\":3}", "f:1:10: /title: this is a number; write a text", 0},
        {"title a list", "{\"title\":[]}", "f:1:10: /title: this is a list; write a text", 0},
        {"left a text", "{\"left\":\"A\"}", "f:1:9: /left: this is a text; write an object", 0},
        {"left true", "{\"left\":true}", "f:1:9: /left: this is true; write an object", 0},
        {"price a number", WITH("\"price\":20"), "f:1:44: /left/price: this is a number", 0},
        {"price an object", WITH("\"price\":{}"), "f:1:44: /left/price: this is an object", 0},
        {"panel a text", WITH("\"panel_ship\":\"75%\""),
         "f:1:49: /left/panel_ship: this is a text; write a whole number from 0 to 100, or null",
         0},
        {"panel false", WITH("\"panel_ship\":false"), "f:1:49: /left/panel_ship: this is false", 0},
        {"reviews an object", WITH("\"reviews\":{}"), "f:1:46: /left/reviews: this is an object",
         0},
        {"review a text", WITH("\"reviews\":[\"good\"]"),
         "f:1:47: /left/reviews/0: this is a text; write an object", 0},
        {"quote a number", WITH("\"reviews\":[{\"quote\":\"a\"},{\"quote\":1}]"),
         "f:1:70: /left/reviews/1/quote: this is a number; write a text in quotes", 0},
        {"verdict a flag", WITH("\"reviews\":[{\"verdict\":true}]"),
         "f:1:58: /left/reviews/0/verdict: this is true; write \"ship\", \"skip\" or null", 0},
        {"on the third line of the second object", "{" LEFT "," RIGHT "}\n{\n\n  \"title\": []}",
         "f:4:12: /title: this is a list", 0},
        {"behind another object on one line", "{" LEFT "," RIGHT "} {\"title\":[]}",
         "f:1:83: /title: this is a list", 0},
        {"flat column", "{\"left_panel_ship\":\"75\"}", "f:1:20: /left_panel_ship: this is a text",
         0},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void values_out_of_range_are_refused(void **state)
{
    static const struct row rows[] = {
        {"0", WITH("\"panel_ship\":0"), NULL, 1},
        {"100", WITH("\"panel_ship\":100"), NULL, 1},
        {"1", WITH("\"panel_ship\":1"), NULL, 1},
        {"average", WITH("\"panel_ship\":66.7"), NULL, 1},
        {"100.0", WITH("\"panel_ship\":100.0"), NULL, 1},
        {"101", WITH("\"panel_ship\":101"), "f:1:49: /left/panel_ship: 101 is out of range", 0},
        {"100.1", WITH("\"panel_ship\":100.1"), "f:1:49: /left/panel_ship: 100.", 0},
        {"-1", WITH("\"community_ship\":-1"), "f:1:53: /left/community_ship: -1 is out of range",
         0},
        {"no votes", WITH("\"community_votes\":0"), NULL, 1},
        {"half a vote", WITH("\"community_votes\":1.5"),
         "f:1:54: /left/community_votes: 1.5 is out of range; write a whole number from 0 to", 0},
        {"a panel of no size", WITH("\"panel_size\":\"4\""),
         "f:1:49: /left/panel_size: this is a text; write a whole number, or null", 0},
        {"a panel of a town", WITH("\"panel_size\":1001"),
         "f:1:49: /left/panel_size: 1001 is out of range", 0},
        {"a short name that is long",
         WITH("\"short_name\":\"1234567890123456789012345678901234567890123456789012345678901\""),
         "f:1:49: /left/short_name: has 61 characters; shorten it to 60", 0},
        {"huge", WITH("\"panel_ship\":9223372036854775807"), "f:1:49: /left/panel_ship: 9223372",
         0},
        {"past 64 bits", WITH("\"panel_ship\":99999999999999999999"), "f:1:", 0},
        {"past a double", WITH("\"panel_ship\":1e999"), "f:1:", 0},
        {"small", WITH("\"panel_ship\":1e-5"), "f:1:49: /left/panel_ship: ", 0},
        {"a share", WITH("\"panel_ship\":0.75"),
         "f:1:49: /left/panel_ship: 0.75 looks like a share of one", 0},
        {"a whole share", WITH("\"panel_ship\":1.0"),
         "f:1:49: /left/panel_ship: 1.0 looks like a share of one", 0},
        {"time", "{\"published_at\":\"2026-11-18T09:00:00+01:00\"," LEFT "," RIGHT "}", NULL, 1},
        {"time in seconds", "{\"published_at\":1795000000," LEFT "," RIGHT "}", NULL, 1},
        {"time in milliseconds", "{\"published_at\":1795000000000," LEFT "," RIGHT "}",
         "f:1:17: /published_at: 1795000000000 is out of range; write whole UNIX seconds", 0},
        {"time 0", "{\"published_at\":0," LEFT "," RIGHT "}", "f:1:17: /published_at: 0 is out", 0},
        {"time with a fraction", "{\"published_at\":1795000000.5," LEFT "," RIGHT "}",
         "f:1:17: /published_at: 1795000000.5 is out of range", 0},
        {"time in words", "{\"published_at\":\"yesterday\"," LEFT "," RIGHT "}",
         "f:1:17: /published_at: \"yesterday\" is no time of the years 1970 to 9999; write it as "
         "2026-11-20T09:00:00Z",
         0},
        {"time without a zone", "{\"published_at\":\"2026-11-18 09:00:00\"," LEFT "," RIGHT "}",
         "f:1:17: /published_at: \"2026-11-18 09:00:00\" is no time of the years 1970 to 9999", 0},
        {"verdict in a word of its own", WITH("\"reviews\":[{\"verdict\":\"maybe\"}]"),
         "f:1:58: /left/reviews/0/verdict: \"maybe\" is no verdict; write \"ship\"", 0},
        {"empty quote", WITH("\"reviews\":[{\"quote\":\" \\n\"}]"),
         "f:1:56: /left/reviews/0/quote: is empty", 0},
        {"no quote", WITH("\"reviews\":[{\"reviewer\":\"R\"}]"),
         "f:1:47: /left/reviews/0: \"quote\" is missing", 0},
        {"no name", "{\"left\":{\"category\":\"C\"}," RIGHT "}",
         "f:1:9: /left: \"name\" is missing", 0},
        {"no category in a row", "{\"left_name\":\"A\"," FLAT_RIGHT "}",
         "f:1:1: \"left_category\" is missing", 0},
        {"null name", "{\"left\":{\"name\":null}," RIGHT "}", "f:1:9: /left: \"name\" is missing",
         0},
        {"no right", "{" LEFT "}", "f:1:1: \"right\" is missing", 0},
        {"nothing", "[{}]", "f:1:2: /0: \"left\" is missing", 0},
        {"slug with a slash", "{\"slug\":\"a/b\"," LEFT "," RIGHT "}",
         "f:1:9: /slug: \"a/b\" is no slug", 0},
        {"slug of dots", "{\"slug\":\"..\"," LEFT "," RIGHT "}", "f:1:9: /slug: \"..\" is no slug",
         0},
        {"empty slug", "{\"slug\":\"\"," LEFT "," RIGHT "}", NULL, 1},
        {"address of a script", "{\"url\":\"javascript:alert(1)\"," LEFT "," RIGHT "}",
         "f:1:8: /url: \"javascript:alert(1)\" is no web address", 0},
        {"address with a space", "{\"url\":\"https://example.org/a b\"," LEFT "," RIGHT "}",
         "f:1:8: /url: \"https://example.org/a b\" is no web address", 0},
        {"address of no port",
         "{\"left\":{\"name\":\"A\",\"category\":\"C\","
         "\"url\":\"https://example.org:99999/\"}," RIGHT "}",
         "f:1:42: /left/url: \"https://example.org:99999/\" has no possible port", 0},
        {"address without a host", "{\"url\":\"https:///a\"," LEFT "," RIGHT "}",
         "f:1:8: /url: \"https:///a\" is no web address", 0},
        {"control character", "{\"title\":\"a\\u001bb\"," LEFT "," RIGHT "}",
         "f:1:10: /title: has the control character U+001B", 0},
        {"a character that XML forbids",
         "{\"left\":{\"name\":\"a\\uffffb\",\"category\":\"C\"}," RIGHT "}",
         "f:1:17: /left/name: has the control character U+FFFF", 0},
        {"another one, in a quote", WITH("\"reviews\":[{\"quote\":\"a\\ufffe\"}]"),
         "f:1:56: /left/reviews/0/quote: has the control character U+FFFE", 0},
        {"another one, as it stands", "{\"title\":\"\xEF\xBF\xBE\"," LEFT "," RIGHT "}",
         "f:1:10: /title: has the control character U+FFFE", 0},
        {"NUL in a text", "{\"title\":\"a\\u0000b\"," LEFT "," RIGHT "}", "f:1:", 0},
        {"the same tool twice", "{" LEFT ",\"right\":{\"name\":\"a\",\"category\":\"C\"}}",
         "f:1:1: both tools are called \"A\"", 0},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void an_unknown_field_is_refused_with_the_nearest_known_one(void **state)
{
    static const struct row rows[] = {
        {"of a comparison", "{\"titel\":\"a\"}",
         "f:1:10: /titel: there is no field \"titel\"; did you mean \"title\"?", 0},
        {"of a tool", WITH("\"panel_shipped\":75"),
         "f:1:52: /left/panel_shipped: there is no field \"panel_shipped\"; did you mean "
         "\"panel_ship\"?",
         0},
        {"of a review", WITH("\"reviews\":[{\"qoute\":\"x\"}]"),
         "f:1:56: /left/reviews/0/qoute: there is no field \"qoute\"; did you mean \"quote\"?", 0},
        {"a column", "{\"left_nmae\":\"a\"}",
         "f:1:14: /left_nmae: there is no field \"left_nmae\"; did you mean \"left_name\"?", 0},
        {"nothing near", "{\"headquarters\":\"a\"}",
         "f:1:17: /headquarters: there is no field \"headquarters\"; leave it out", 0},
        {"empty name", "{\"\":1}", "f:1:5: /: there is no field \"\"; leave it out", 0},
        {"slash and tilde", "{\"a/b~c\":1}", "f:1:10: /a~1b~0c: there is no field \"a/b~c\"", 0},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void reviews_may_be_a_text_with_json_in_it(void **state)
{
    static const struct row rows[] = {
        {"list", "{\"left_reviews\":\"[{\\\"quote\\\":\\\"q\\\"}]\"," FLAT_LEFT "," FLAT_RIGHT "}",
         NULL, 1},
        {"empty list", "{\"left_reviews\":\"[]\"," FLAT_LEFT "," FLAT_RIGHT "}", NULL, 1},
        {"no JSON", "{\"left_reviews\":\"oops\"}",
         "f:1:17: /left_reviews: in the JSON of this text: text:1:", 0},
        {"an object", "{\"left_reviews\":\"{}\"}",
         "f:1:17: /left_reviews: in the JSON of this text: this is an object", 0},
        {"deep inside", "{\"left_reviews\":\"[{\\\"quote\\\":1}]\"}",
         "f:1:17: /left_reviews: in the JSON of this text: /0/quote: this is a number", 0},
        {"empty text", "{\"left_reviews\":\"\"," FLAT_LEFT "," FLAT_RIGHT "}",
         "f:1:17: /left_reviews: in the JSON of this text: text:1:1", 0},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void a_comparison_that_is_there_twice_is_an_error(void **state)
{
    static const struct row rows[] = {
        {"lines", "{" LEFT "," RIGHT "}\n{\"slug\":\"x\"," LEFT "," RIGHT "}\n{" LEFT "," RIGHT "}",
         "f:3:1: the comparison of \"A\" and \"B\" is there already, at 1:1; leave one", 0},
        {"array", "[{\"slug\":\"x\"," LEFT "," RIGHT "},\n {\"slug\":\"x\"," LEFT "," RIGHT "}]",
         "f:2:2: /1: the slug \"x\" is there already, at 1:2; leave one", 0},
        {"thrice", "[{" LEFT "," RIGHT "},{" LEFT "," RIGHT "},{" LEFT "," RIGHT "}]",
         "f:1:75: /1: the comparison of \"A\" and \"B\" is there already, at 1:2", 0},
        {"other titles", "{" LEFT "," RIGHT "}\n{\"title\":\"T\"," LEFT "," RIGHT "}",
         "f:2:1: the comparison of \"A\" and \"B\" is there already, at 1:1; leave one of the two "
         "out, or give it a \"slug\"",
         0},
        {"other case",
         "{" LEFT "," RIGHT "}\n{\"left_name\":\"a \",\"left_category\":\"C\"," RIGHT "}",
         "f:2:1: the comparison of \"a\" and \"B\" is there", 0},
        {"sides swapped",
         "{" LEFT "," RIGHT "}\n{\"left\":{\"name\":\"B\",\"category\":\"C\"},"
         "\"right\":{\"name\":\"A\",\"category\":\"C\"}}",
         NULL, 2},
        {"a sign more",
         "{" LEFT "," RIGHT "}\n{\"left_name\":\"A+\",\"left_category\":\"C\"," RIGHT "}", NULL, 2},
    };
    (void)state;
    CHECK_ROWS(rows);
}

static void every_field_arrives(void **state)
{
    static const char json[] =
        "{\"slug\":\"S\",\"title\":\"T\",\"question\":\"Q?\",\"url\":\"https://example.org/s\","
        "\"published_at\":\"2026-11-18T10:00:00+01:00\","
        "\"left\":{\"name\":\"L\",\"slug\":\"l\",\"category\":\"LC\",\"tagline\":\"LT\","
        "\"description\":\"one\\n\\ntwo\",\"price\":\"$1\",\"price_note\":\"N\","
        "\"url\":\"http://example.org/l\",\"panel_ship\":75,\"community_ship\":0,"
        "\"panel_size\":4,\"community_votes\":1200,\"short_name\":\"Ell\","
        "\"reviews\":[{\"reviewer\":\"Ann\",\"verdict\":\"ship\",\"quote\":\"yes\"},"
        "{\"reviewer\":\"\",\"verdict\":\"skip\",\"quote\":\"no\"},{\"quote\":\"hm\"}]},"
        "\"right_name\":\"R\",\"right_category\":\"RC\",\"right_panel_ship\":66.5,"
        "\"right_reviews\":\"[{\\\"reviewer\\\":\\\"Bob\\\",\\\"quote\\\":\\\"so\\\"}]\"}";
    (void)state;
    struct arena arena = {0};
    struct intake intake;
    struct failure why = {0};
    assert_true(document_read(&arena, "f", json, strlen(json), &intake, &why));
    const struct comparison *got = &intake.items[0];
    assert_string_equal(got->slug, "S");
    assert_string_equal(got->title, "T");
    assert_string_equal(got->question, "Q?");
    assert_string_equal(got->url, "https://example.org/s");
    assert_int_equal(got->published_at, 1794992400);
    assert_string_equal(got->left.slug, "l");
    assert_string_equal(got->left.category, "LC");
    assert_string_equal(got->left.tagline, "LT");
    assert_string_equal(got->left.description, "one two");
    assert_string_equal(got->left.price, "$1");
    assert_string_equal(got->left.price_note, "N");
    assert_string_equal(got->left.url, "http://example.org/l");
    assert_int_equal(got->left.panel_ship, 75);
    assert_int_equal(got->left.community_ship, 0);
    assert_int_equal(got->left.panel_size, 4);
    assert_int_equal(got->left.community_votes, 1200);
    assert_string_equal(got->left.short_name, "Ell");
    assert_null(got->right.short_name);
    assert_int_equal(got->left.review_count, 3);
    assert_string_equal(got->left.reviews[0].reviewer, "Ann");
    assert_int_equal(got->left.reviews[0].verdict, VERDICT_SHIP);
    assert_null(got->left.reviews[1].reviewer);
    assert_int_equal(got->left.reviews[1].verdict, VERDICT_SKIP);
    assert_int_equal(got->left.reviews[2].verdict, VERDICT_UNKNOWN);
    assert_string_equal(got->left.reviews[2].quote, "hm");
    assert_string_equal(got->right.slug, "r");
    assert_null(got->right.url);
    assert_int_equal(got->right.panel_ship, 67);
    assert_int_equal(got->right.community_ship, PERCENT_NONE);
    assert_string_equal(got->right.reviews[0].reviewer, "Bob");
    arena_free(&arena);
}

static void deep_nesting_is_refused_and_not_followed(void **state)
{
    enum { DEPTH = 10000 };
    (void)state;
    char *bytes = malloc(2 * DEPTH + 16);
    assert_non_null(bytes);
    struct arena arena = {0};
    struct intake intake;
    struct failure why = {0};
    memcpy(bytes, "{\"left\":", 8);
    memset(bytes + 8, '[', DEPTH);
    memset(bytes + 8 + DEPTH, ']', DEPTH);
    bytes[8 + 2 * DEPTH] = '}';
    assert_false(document_read(&arena, "f", bytes, 9 + 2 * DEPTH, &intake, &why));
    assert_memory_equal(why.text, "f:1:", 4);
    assert_int_equal(why.kind, FAILURE_DATA);
    free(bytes);
    arena_free(&arena);
}

static void limits_hold_for_texts_and_reviews(void **state)
{
    (void)state;
    for (int over = 0; over <= 1; over++) {
        struct arena arena = {0};
        struct intake intake;
        struct failure why = {0};
        struct buf json;
        buf_init(&json, 1024 * 1024);
        buf_add_text(&json, "{" RIGHT ",\"left\":{\"category\":\"C\",\"name\":\"");
        for (int i = 0; i < 200 + over; i++) {
            buf_add_text(&json, "é");
        }
        buf_add_text(&json, "\"}}");
        assert_int_equal(document_read(&arena, "f", json.data, json.len, &intake, &why), !over);
        if (over) {
            assert_string_equal(why.text,
                                "f:1:68: /left/name: has 201 characters; shorten it to 200");
        } else {
            assert_true(strlen(intake.items[0].slug) <= 400);
        }
        why = (struct failure){0};
        buf_reset(&json);
        buf_add_text(&json, "{" RIGHT ",\"left\":{\"category\":\"C\",\"name\":\"A\",\"reviews\":[");
        for (int i = 0; i < FIELD_REVIEWS_MAX + over; i++) {
            buf_addf(&json, "%s{\"quote\":\"q\"}", i > 0 ? "," : "");
        }
        buf_add_text(&json, "]}}");
        assert_int_equal(document_read(&arena, "f", json.data, json.len, &intake, &why), !over);
        assert_true(!over || strstr(why.text, "there are 41 reviews; keep at most 40") != NULL);
        buf_free(&json);
        arena_free(&arena);
    }
}

static void too_many_comparisons_in_one_file_are_refused(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct intake intake;
    struct failure why = {0};
    struct buf json;
    buf_init(&json, INTAKE_FILE_MAX);
    for (int i = 0; i <= INTAKE_ITEMS_MAX; i++) {
        buf_addf(&json, "{\"slug\":\"s%d\"," LEFT "," RIGHT "}\n", i);
    }
    assert_false(document_read(&arena, "f", json.data, json.len, &intake, &why));
    assert_string_equal(why.text,
                        "f:100001:1: this is comparison 100001; split the file, 100000 is "
                        "the most that one takes");
    buf_free(&json);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_object_an_array_and_lines_are_read),
        cmocka_unit_test(what_is_no_json_is_named_by_its_place_in_the_file),
        cmocka_unit_test(a_wrong_type_is_named_by_place_and_path_at_any_depth),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(an_unknown_field_is_refused_with_the_nearest_known_one),
        cmocka_unit_test(reviews_may_be_a_text_with_json_in_it),
        cmocka_unit_test(a_comparison_that_is_there_twice_is_an_error),
        cmocka_unit_test(every_field_arrives),
        cmocka_unit_test(deep_nesting_is_refused_and_not_followed),
        cmocka_unit_test(limits_hold_for_texts_and_reviews),
        cmocka_unit_test(too_many_comparisons_in_one_file_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
