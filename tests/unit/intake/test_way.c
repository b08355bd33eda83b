#include "intake/way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/markup.h"
#include "intake/html.h"
#include "intake/intake.h"

/* Behind ours: it makes a macro of fail. */
#include <cmocka.h>

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* The first comparison's left tool, as it came in. */
static bool take(void *context, struct arena *unit, struct comparison *item, struct failure *why)
{
    struct tool *left = context;
    (void)unit;
    (void)why;
    if (left->name == NULL) {
        *left = item->left;
        left->name = arena_copy(&arena, item->left.name);
        left->tagline = arena_copy(&arena, item->left.tagline);
        left->url = item->left.url != NULL ? arena_copy(&arena, item->left.url) : NULL;
    }
    return true;
}

static bool read_file(const char *text, struct way *way, struct tool *left, struct failure *why)
{
    *left = (struct tool){.name = NULL};
    *why = (struct failure){0};
    return intake_each("f", text, strlen(text), way, take, left, why);
}

#define RIGHT "\"right\":{\"name\":\"B\",\"category\":\"X\"}"

static void html_is_decoded_and_its_tags_are_dropped(void **state)
{
    (void)state;
    static const struct {
        const char *html, *text;
    } rows[] = {
        {"Q&amp;A", "Q&A"},
        {"Don&#8217;t &#x2014; yet", "Don’t — yet"},
        {"It is <b>new</b>, <em>very</em> new", "It is new, very new"},
        {"One<br>two<p>three</p>four", "One two three four"},
        {"<ul><li>one</li><li>two</li></ul>", "one two"},
        {"x<script>alert(1)</script><style>p{}</style>y", "x y"},
        {"<a href=\"https://example.org/\">Ann</a>&nbsp;", "Ann"},
        {"a<!-- note -->b", "ab"},
        {"&amp;amp; stays once", "&amp; stays once"},
        {"AT&T, Vec<String>, a<b and c>d", "AT&T, Vec<String>, a<b and c>d"},
        {"<![CDATA[Q&amp;A is <b>new</b>]]>, x[y[1]]>2", "Q&A is new, x[y[1]]>2"},
        {"<![CDATA[Q]]><![CDATA[A]]>", "QA"},
        {"<![CDATA[without an end", "without an end"},
        {"caf&eacute; &copy; 2026", "café © 2026"},
        {"<p>Vec<String> of 5<6</p> a<b and c>d <!-- x", "Vec<String> of 5<6 a<b and c>d <!-- x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len;
        const char *text = html_decode(&arena, rows[i].html, strlen(rows[i].html), &len);
        assert_int_equal(len, strlen(text));
        char *tidy = arena_copy(&arena, "");
        for (const char *at = text; *at != '\0'; at++) {
            bool gap = *at == ' ' && (*tidy == '\0' || tidy[strlen(tidy) - 1] == ' ');
            tidy = gap ? tidy : arena_format(&arena, "%s%c", tidy, *at);
        }
        size_t end = strlen(tidy);
        while (end > 0 && (tidy[end - 1] == ' ' || (unsigned char)tidy[end - 1] == 0xA0 ||
                           (unsigned char)tidy[end - 1] == 0xC2)) {
            tidy[--end] = '\0';
        }
        assert_string_equal(tidy, rows[i].text);
    }
}

static void a_deep_nesting_is_no_harm(void **state)
{
    (void)state;
    struct buf html;
    size_t len;
    buf_init(&html, 1000000);
    for (int i = 0; i < 20000; i++) {
        buf_add_text(&html, "<b><p>");
    }
    buf_add_text(&html, "x");
    assert_non_null(strstr(html_decode(&arena, html.data, html.len, &len), "x"));
    buf_free(&html);
}

/* Before, the end of each was looked for up to the end of the text. */
static void a_text_that_is_all_open_tags_is_read_at_once(void **state)
{
    (void)state;
    static const char *const parts[] = {"<b ", "<!--"};
    for (size_t i = 0; i < 2; i++) {
        struct buf html;
        size_t len;
        buf_init(&html, 4000000);
        for (int j = 0; j < 20000; j++) {
            buf_add_text(&html, parts[i]);
        }
        assert_null(markup_find(html.data, &len));
        buf_free(&html);
    }
}

static void what_looks_like_html_is_noted_with_its_path(void **state)
{
    (void)state;
    static const char json[] =
        "[{\"left\":{\"name\":\"Q&amp;A\",\"category\":\"X\",\"tagline\":"
        "\"It&#8217;s <b>new</b>\",\"url\":\"https://example.org/?a=1&amp;b\"},"
        "" RIGHT "}]";
    struct way way = {.html = false};
    struct tool left;
    struct failure why;
    assert_true(read_file(json, &way, &left, &why));
    assert_string_equal(left.name, "Q&amp;A");
    assert_int_equal(way.marked_count, 3);
    assert_string_equal(way.marked.text,
                        "f:1:18: /0/left/name: \"&amp;\" is HTML, and readers would see it as it "
                        "stands; import the file with --html");
    way = (struct way){.html = true};
    assert_true(read_file(json, &way, &left, &why));
    assert_int_equal(way.marked_count, 0);
    assert_string_equal(left.name, "Q&A");
    assert_string_equal(left.tagline, "It’s new");
    assert_string_equal(left.url, "https://example.org/?a=1&b");
    way = (struct way){.html = true};
    assert_false(read_file("{\"left\":{\"name\":\"a&#7;b\",\"category\":\"X\"}," RIGHT "}", &way,
                           &left, &why));
    assert_non_null(strstr(why.text, "U+0007"));
}

static void a_page_is_decoded_line_by_line(void **state)
{
    (void)state;
    static const char page[] =
        "Q&amp;A vs B\nDev\nQ&amp;A\nIt&#8217;s <i>here</i>\n50%\nPanel ship\n"
        "—\nCommunity\nFree\nDev\nB\nHere\n50%\nPanel ship\n—\nCommunity\n"
        "Free\nReviewer scorecard\n&ldquo;One&rdquo;\n“Two”\n";
    struct way way = {.html = true};
    struct tool left;
    struct failure why;
    assert_true(read_file(page, &way, &left, &why));
    assert_string_equal(left.name, "Q&A");
    assert_string_equal(left.tagline, "It’s here");
    way = (struct way){.html = false};
    assert_false(read_file(page, &way, &left, &why));
    assert_string_equal(way.marked.text,
                        "f:1:1: \"&amp;\" is HTML, and readers would see it as it stands; import "
                        "the file with --html");
}

static void a_page_s_references_bring_no_control_characters(void **state)
{
    (void)state;
    struct way way = {.html = true};
    struct tool left;
    struct failure why;
    assert_false(read_file("A&#xFFFE; vs B\n", &way, &left, &why));
    assert_string_equal(why.text, "f:1:1: a reference stands for the control character U+FFFE; "
                                  "take it out");
}

static void what_was_html_twice_is_not_sent_to_the_option_again(void **state)
{
    (void)state;
    struct way way = {.html = true};
    assert_string_equal(way_complaint(&way, &arena, "Q&amp;A"),
                        "\"&amp;\" is left of text that was HTML twice, and readers would see it "
                        "as it stands; mend its source");
}

static void all_members_that_are_no_field_are_named_in_one_go(void **state)
{
    (void)state;
    static const struct {
        const char *json, *why;
    } rows[] = {
        {"{\"titel\":\"x\",\"left\":{\"name\":\"A\",\"category\":\"X\"}," RIGHT "}",
         "f:1:10: /titel: there is no field \"titel\"; did you mean \"title\"?"},
        {"[{\"titel\":\"x\",\"left\":{\"name\":\"A\",\"category\":\"X\",\"foo\":1}," RIGHT "},\n"
         "{\"titel\":\"y\",\"zzzzzz\":[],\"left\":{\"name\":\"C\",\"category\":\"X\"}," RIGHT "}]",
         "f:1:11: /0/titel: there are no fields \"titel\" (did you mean \"title\"?), "
         "\"left.foo\", \"zzzzzz\"; leave them out, or import the rest with --ignore-unknown"},
        {"{\"left\":{\"nmae\":\"A\",\"category\":\"X\"}," RIGHT "}",
         "f:1:17: /left/nmae: there is no field \"nmae\"; did you mean \"name\"?"},
        {"{\"left_name\":\"A\",\"left_category\":\"X\",\"left_reviews\":\"[{\\\"quote\\\":"
         "\\\"q\\\","
         "\\\"qoute\\\":1}]\"," RIGHT "}",
         "f:1:53: /left_reviews: in the JSON of this text: /0/qoute: there is no field \"qoute\"; "
         "did you mean \"quote\"?"},
        /* What is wrong besides hides none of them: before, between, inside, and in what follows.
         */
        {"{\"published_at\":true,\"titel\":\"x\",\"left\":{\"name\":7,\"foo\":1,\"category\":\"X\","
         "\"reviews\":[{\"quote\":1,\"qoute\":2},{\"verdikt\":0}]}," RIGHT ",\"zzzzzz\":0}",
         "f:1:30: /titel: there are no fields \"titel\" (did you mean \"title\"?), \"left.foo\", "
         "\"left.reviews.qoute\" (did you mean \"quote\"?), \"left.reviews.verdikt\" (did you mean "
         "\"verdict\"?), \"zzzzzz\"; leave them out, or import the rest with --ignore-unknown"},
        {"{\"left_name\":7,\"left_zzzzzz\":1," RIGHT ",\"left_category\":\"X\",\"bar\":1}",
         "f:1:30: /left_zzzzzz: there are no fields \"left_zzzzzz\", \"bar\"; leave them out, or "
         "import "
         "the rest with --ignore-unknown"},
        {"{\"url\":7,\"aaaaaa\":1}\n{\"bbbbbb\":1,\"left\":{\"name\":\"C\",\"category\":\"X\"}"
         "," RIGHT "}\n{\"cccccc\":",
         "f:1:19: /aaaaaa: there are no fields \"aaaaaa\", \"bbbbbb\"; leave them out, or import "
         "the "
         "rest with --ignore-unknown"},
        {"[{\"aaaaaa\":1,\"left\":{\"name\":\"\",\"category\":\"X\"}," RIGHT "},7,{\"bbbbbb\":1}]",
         "f:1:12: /0/aaaaaa: there is no field \"aaaaaa\"; leave it out, or see "
         "verdicts-import(5) for those there are"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct way way = {.html = false};
        struct tool left;
        struct failure why;
        assert_false(read_file(rows[i].json, &way, &left, &why));
        assert_string_equal(why.text, rows[i].why);
        assert_int_equal(why.kind, FAILURE_DATA);
        way = (struct way){.ignore_unknown = true};
        assert_int_equal(read_file(rows[i].json, &way, &left, &why), i != 2 && i < 4);
    }
}

static void a_thousand_names_are_told_as_far_as_there_is_room(void **state)
{
    (void)state;
    struct buf json;
    struct way way = {.html = false};
    struct tool left;
    struct failure why;
    buf_init(&json, 1000000);
    buf_add_text(&json, "{");
    for (int i = 0; i < 1000; i++) {
        buf_addf(&json, "\"unheard-of-%d\":1,", i);
    }
    buf_add_text(&json, "\"left\":{\"name\":\"A\",\"category\":\"X\"}," RIGHT "}");
    assert_false(read_file(json.data, &way, &left, &why));
    assert_non_null(strstr(why.text, "there are no fields \"unheard-of-0\", "));
    assert_non_null(strstr(why.text, ", …; leave them out"));
    assert_non_null(strstr(why.text, "--ignore-unknown"));
    buf_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(html_is_decoded_and_its_tags_are_dropped, give_back),
        cmocka_unit_test_teardown(a_deep_nesting_is_no_harm, give_back),
        cmocka_unit_test_teardown(a_text_that_is_all_open_tags_is_read_at_once, give_back),
        cmocka_unit_test_teardown(what_looks_like_html_is_noted_with_its_path, give_back),
        cmocka_unit_test_teardown(a_page_is_decoded_line_by_line, give_back),
        cmocka_unit_test_teardown(a_page_s_references_bring_no_control_characters, give_back),
        cmocka_unit_test_teardown(what_was_html_twice_is_not_sent_to_the_option_again, give_back),
        cmocka_unit_test_teardown(all_members_that_are_no_field_are_named_in_one_go, give_back),
        cmocka_unit_test_teardown(a_thousand_names_are_told_as_far_as_there_is_room, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
