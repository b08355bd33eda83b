/* Texts at the door (src/intake/text.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "intake/text.h"

#include <cmocka.h>

static void bytes_that_are_no_text_are_named_by_line_and_column(void **state)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        const char *start; /* of the failure; NULL: good */
    } rows[] = {
        {"plain", "abc", 3, NULL},
        {"byte order mark", "\xEF\xBB\xBF{}", 5, NULL},
        {"nothing", "", 0, "f:1:1: the file is empty"},
        {"white space", " \r\n\t\v\f ", 7, "f:1:1: the file is empty"},
        {"mark alone", "\xEF\xBB\xBF", 3, "f:1:1: the file is empty"},
        {"mark and space", "\xEF\xBB\xBF \n", 5, "f:1:1: the file is empty"},
        {"NUL", "ab\ncd\0e", 7, "f:2:3: there is a NUL byte"},
        {"NUL first", "\0", 1, "f:1:1: there is a NUL byte"},
        {"Latin-1", "a\nb\r\nc\xE9 d", 8, "f:3:2: the byte 0xE9 is not UTF-8"},
        {"cut character", "a\xE2\x80", 3, "f:1:2: the byte 0xE2 is not UTF-8"},
        {"surrogate", "\xED\xA0\x80", 3, "f:1:1: the byte 0xED is not UTF-8"},
        {"overlong", "x\xC0\xAF", 3, "f:1:2: the byte 0xC0 is not UTF-8"},
        {"bad byte before NUL", "\xFFz\0", 3, "f:1:1: the byte 0xFF is not UTF-8"},
        {"NUL before bad byte", "z\0\xFF", 3, "f:1:2: there is a NUL byte"},
        {"UTF-16 little", "\xFF\xFEz\0", 4, "f:1:1: the file is UTF-16"},
        {"UTF-16 big", "\xFE\xFF\0z", 4, "f:1:1: the file is UTF-16"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t start = 99;
        struct failure why = {0};
        bool good = text_check("f", rows[i].bytes, rows[i].len, &start, &why);
        print_message("%s: %s\n", rows[i].name, why.text);
        assert_int_equal(good, rows[i].start == NULL);
        if (good) {
            assert_int_equal(start, rows[i].bytes[0] == '\xEF' ? 3 : 0);
        } else {
            assert_int_equal(why.kind, FAILURE_DATA);
            assert_memory_equal(why.text, rows[i].start, strlen(rows[i].start));
        }
    }
}

static void every_kind_of_line_end_counts_once(void **state)
{
    static const struct {
        const char *bytes;
        size_t offset;
        int line, column;
    } rows[] = {{"abc", 0, 1, 1},     {"abc", 2, 1, 3},  {"a\nb", 2, 2, 1},
                {"a\r\nb", 3, 2, 1},  {"a\rb", 2, 2, 1}, {"\n\n\nxy", 4, 4, 2},
                {"\r\r\nx", 3, 3, 1}, {"é\nü", 3, 2, 1}, {"éx", 2, 1, 3}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int line;
        int column;
        text_place(rows[i].bytes, rows[i].offset, &line, &column);
        assert_int_equal(line, rows[i].line);
        assert_int_equal(column, rows[i].column);
    }
}

static void white_space_is_put_in_order_and_nothing_else_is_touched(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {{"", ""},
                {" \t\r\n ", ""},
                {"  a  b\t\tc\r\nd  ", "a b c d"},
                {"\xC2\xA0 a\xC2\xA0GB \xC2\xA0", "a\xC2\xA0GB"},
                {"\xEF\xBB\xBFx", "x"},
                {"a\xE2\x80\xA8"
                 "b\xE2\x80\xA9"
                 "c\xC2\x85"
                 "d",
                 "a b c d"},
                {"שלום  👩‍🚀 e\xCC\x81", "שלום 👩‍🚀 e\xCC\x81"}};
    (void)state;
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(text_tidy(&arena, rows[i].in, strlen(rows[i].in)), rows[i].out);
    }
    arena_free(&arena);
}

static void control_characters_are_found_and_white_space_is_none(void **state)
{
    (void)state;
    unsigned point = 0;
    const char *text = "a\tb\r\n\xC2\x85 é";
    assert_null(text_control(text, strlen(text), &point));
    text = "ab\x1B[31m";
    assert_ptr_equal(text_control(text, strlen(text), &point), text + 2);
    assert_int_equal(point, 0x1B);
    text = "x\xC2\x9B";
    assert_ptr_equal(text_control(text, strlen(text), &point), text + 1);
    assert_int_equal(point, 0x9B);
    assert_non_null(text_control("\x7F", 1, &point));
    assert_non_null(text_control("a\0b", 3, &point));
    assert_int_equal(point, 0);
    text = "ab\xEF\xBF\xBE";
    assert_ptr_equal(text_control(text, strlen(text), &point), text + 2);
    assert_int_equal(point, 0xFFFE);
    assert_non_null(text_control("\xEF\xBF\xBF", 3, &point));
    assert_null(text_control("\xEF\xBF\xBD \xF0\x9F\xBF\xBF", 8, &point));
}

static void an_excerpt_never_splits_a_character(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(text_excerpt(&arena, "éééé", 4), "éééé");
    assert_string_equal(text_excerpt(&arena, "éééé", 3), "ééé…");
    assert_string_equal(text_excerpt(&arena, "", 3), "");
    assert_int_equal(text_length("é👩‍🚀"), 4);
    arena_free(&arena);
}

static void the_nearest_word_is_named_only_where_one_is_near(void **state)
{
    static const char *const words[] = {"panel_ship", "price", "price_note", "url", NULL};
    (void)state;
    assert_string_equal(text_nearest("panelship", words), "panel_ship");
    assert_string_equal(text_nearest("pirce", words), "price");
    assert_string_equal(text_nearest("uri", words), "url");
    assert_null(text_nearest("headquarters", words));
    assert_null(text_nearest("pnl", words));
    assert_null(text_nearest("a_name_that_is_longer_than_any_field_could_ever_be", words));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_no_text_are_named_by_line_and_column),
        cmocka_unit_test(every_kind_of_line_end_counts_once),
        cmocka_unit_test(white_space_is_put_in_order_and_nothing_else_is_touched),
        cmocka_unit_test(control_characters_are_found_and_white_space_is_none),
        cmocka_unit_test(an_excerpt_never_splits_a_character),
        cmocka_unit_test(the_nearest_word_is_named_only_where_one_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
