/* JSON in and out: order, spelling of numbers, limits, and where an error stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"

#include <cmocka.h>

static const struct {
    const char *name, *text, *compact;
} round_trips[] = {
    {"order of members", "{\"z\":1,\"a\":2,\"m\":[true,false,null]}",
     "{\"z\":1,\"a\":2,\"m\":[true,false,null]}"},
    {"numbers keep their spelling", "[1.20, 1e3, -0, 0.10, 9223372036854775807,-1E-2]",
     "[1.20,1e3,-0,0.10,9223372036854775807,-1E-2]"},
    {"a bare number", " 7 ", "7"},
    {"a bare text", "\"a\"", "\"a\""},
    {"empty ones", "[{}, [] ,\"\"]", "[{},[],\"\"]"},
    {"escapes", "\"\\u00e9\\n\\t\\\\\\/\\\"\\ud83e\\udd99\\u0001\"",
     "\"\xC3\xA9\\n\\t\\\\/\\\"\xF0\x9F\xA6\x99\\u0001\""},
    {"NUL in a text", "\"a\\u0000b\"", "\"a\\u0000b\""},
    {"brackets and quotes in texts",
     "{\"a\\\"]}\": \"[{\\\\\", \"b\" :[ \"x\\\\\\\"\" , 2.50 ] , \"c\":3.0}",
     "{\"a\\\"]}\":\"[{\\\\\",\"b\":[\"x\\\\\\\"\",2.50],\"c\":3.0}"},
    {"byte order mark", "\xEF\xBB\xBF[1.0]", "[1.0]"},
    {"white space everywhere", "\r\n\t{ \"a\" : [ 1.0 , { \"b\" : 2.0 } ] } \n",
     "{\"a\":[1.0,{\"b\":2.0}]}"},
};

static void reads_and_writes_the_same_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof round_trips / sizeof round_trips[0]; i++) {
        struct arena arena = {0};
        struct buf out;
        struct value *value;
        struct failure why = {0};
        const char *text = round_trips[i].text;
        buf_init(&out, 4096);
        if (!json_read(&arena, "x", text, strlen(text), &value, &why)) {
            fail_msg("%s: %s", round_trips[i].name, why.text);
        }
        json_write(&out, value, JSON_COMPACT);
        assert_string_equal(out.data, round_trips[i].compact);
        buf_free(&out);
        arena_free(&arena);
    }
}

static void indented_text_has_a_line_for_each_element(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct buf out;
    struct value *value;
    struct failure why = {0};
    const char *text = "{\"a\":[1,{}],\"b\":[]}";
    buf_init(&out, 4096);
    assert_true(json_read(&arena, "x", text, strlen(text), &value, &why));
    json_write(&out, value, JSON_INDENTED);
    assert_string_equal(out.data, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    buf_free(&out);
    arena_free(&arena);
}

static const struct {
    const char *name, *text, *reason;
} bad[] = {
    {"nothing", "", "x.json:1:1: "},
    {"cut short", "{\"a\":\n 1", "x.json:2:"},
    {"two values", "1 2", "x.json:1:3: end of file expected"},
    {"trailing comma", "[1,\n2,\n]", "x.json:3:1: "},
    {"a bare word", "{\"a\": yes}", "x.json:1:7: "},
    {"doubled key", "{\"a\":1,\n\"a\":2}", "x.json:2:1: duplicate object key"},
    {"integer past 64 bits", "[9223372036854775808]", "x.json:1:2: too big integer"},
    {"real past a double", "{\"a\":1e999}", "x.json:1:6: real number overflow"},
    {"invalid UTF-8", "[\"\xFF\"]", "x.json:1:2: unable to decode byte 0xff"},
    {"lone surrogate", "[\"\\ud800\"]", "x.json:1:"},
    {"NUL in a key", "{\"a\\u0000b\":1}", "NUL byte in object key"},
    {"NUL byte", "[1\x01]", "x.json:1:3"},
    {"line end in a text", "[\"a\nb\"]", "x.json:1:"},
    {"single quotes", "{'a':1}", "x.json:1:2: "},
    {"leading zero", "[01]", "x.json:1:"},
};

static void refuses_what_is_not_json_by_line_and_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct arena arena = {0};
        struct value *value;
        struct failure why = {0};
        if (json_read(&arena, "x.json", bad[i].text, strlen(bad[i].text), &value, &why)) {
            fail_msg("%s: was taken", bad[i].name);
        }
        if (strstr(why.text, bad[i].reason) == NULL) {
            fail_msg("%s: reason is: %s", bad[i].name, why.text);
        }
        assert_int_equal(why.kind, FAILURE_DATA);
        arena_free(&arena);
    }
}

static void a_nul_byte_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    static const char text[] = "[1 ,\n\"a\", 2 ]";
    for (size_t at = 0; at < sizeof text; at++) {
        struct arena arena = {0};
        struct value *value;
        struct failure why = {0};
        char bytes[sizeof text + 1];
        memcpy(bytes, text, at);
        bytes[at] = '\0';
        memcpy(bytes + at + 1, text + at, sizeof text - 1 - at);
        assert_false(json_read(&arena, "x", bytes, sizeof text, &value, &why));
        assert_non_null(strstr(why.text, "there is a NUL byte here"));
        arena_free(&arena);
    }
}

static void nests_to_512_levels_and_no_further(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct value *value;
    struct failure why = {0};
    char text[20000];
    memset(text, '[', 10000);
    memset(text + 512, ']', 512);
    assert_true(json_read(&arena, "x", text, 1024, &value, &why));
    memset(text, '[', 10000);
    memset(text + 513, ']', 513);
    assert_false(json_read(&arena, "x", text, 1026, &value, &why));
    assert_non_null(strstr(why.text, "x:1:513: nested more than 512"));
    memset(text, '[', 10000);
    memset(text + 10000, ']', 10000);
    assert_false(json_read(&arena, "x", text, 20000, &value, &why));
    arena_free(&arena);
}

static const struct {
    const char *path;
    bool there;
    int line, column;
} places[] = {
    {"", true, 1, 1},
    {"/items", true, 2, 12},
    {"/items/0", true, 2, 13},
    {"/items/1", true, 3, 3},
    {"/items/1/title", true, 3, 13},
    {"/items/1/x~1y", true, 4, 9},
    {"/items/1/x~0y", true, 4, 19},
    {"/items/1/q\"", true, 5, 10},
    {"/last", true, 6, 10},
    {"/items/2", false, 0, 0},
    {"/items/x", false, 0, 0},
    {"/items/", false, 0, 0},
    {"/items/1/titl", false, 0, 0},
    {"/items/1/title/0", false, 0, 0},
    {"/nothing", false, 0, 0},
};

static void finds_where_an_element_stands(void **state)
{
    (void)state;
    static const char text[] = "{\n"
                               "  \"items\": [{\"title\": \"]}\"},\n"
                               "  {\"title\": \"b\",\n"
                               " \"x/y\": 1, \"x~y\": 2,\n"
                               "  \"q\\\"\": [\"\\\\\"]}],\n"
                               " \"last\": true}";
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int line = 0, column = 0;
        bool there = json_locate(text, sizeof text - 1, places[i].path, &line, &column);
        if (there != places[i].there ||
            (there && (line != places[i].line || column != places[i].column))) {
            fail_msg("%s: %d at %d:%d", places[i].path, there, line, column);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_the_same_values),
        cmocka_unit_test(indented_text_has_a_line_for_each_element),
        cmocka_unit_test(refuses_what_is_not_json_by_line_and_column),
        cmocka_unit_test(a_nul_byte_is_refused_wherever_it_stands),
        cmocka_unit_test(nests_to_512_levels_and_no_further),
        cmocka_unit_test(finds_where_an_element_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
