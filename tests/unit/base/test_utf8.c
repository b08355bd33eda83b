/* UTF-8: what is refused at the door, and how wide and where to cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#include <cmocka.h>

static const struct {
    const char *name, *bytes;
    bool valid;
    size_t bad_at;
} texts[] = {
    {"empty", "", true, 0},
    {"ASCII", "abc\x7F", true, 0},
    {"two bytes", "a\xC3\xA9", true, 0},
    {"three bytes", "\xE2\x82\xAC", true, 0},
    {"four bytes", "\xF0\x9F\xA6\x99", true, 0},
    {"the last character", "\xF4\x8F\xBF\xBF", true, 0},
    {"past the last character", "a\xF4\x90\x80\x80", false, 1},
    {"a stray continuation", "ab\x80", false, 2},
    {"a start without its rest", "ab\xC3", false, 2},
    {"a start and a letter", "\xE2\x82z", false, 0},
    {"overlong slash", "\xC0\xAF", false, 0},
    {"overlong three", "\xE0\x80\xAF", false, 0},
    {"overlong four", "\xF0\x80\x80\xAF", false, 0},
    {"a surrogate", "\xED\xA0\x80", false, 0},
    {"0xFF", "\xFF", false, 0},
};

static void only_whole_shortest_scalar_values_are_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t bad_at = 0;
        bool valid = utf8_valid(texts[i].bytes, strlen(texts[i].bytes), &bad_at);
        if (valid != texts[i].valid || bad_at != texts[i].bad_at) {
            fail_msg("%s: %d at %zu", texts[i].name, valid, bad_at);
        }
        assert_int_equal(utf8_valid(texts[i].bytes, strlen(texts[i].bytes), NULL), valid);
    }
    assert_true(utf8_valid("a\0b", 3, NULL));
}

static void every_scalar_value_survives_encoding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        if (point >= 0xD800 && point <= 0xDFFF) {
            continue;
        }
        char bytes[4];
        uint32_t back = 0xFFFFFFFF;
        size_t len = utf8_encode(point, bytes);
        assert_in_range(len, 1, 4);
        if (utf8_decode(bytes, len, &back) != len || back != point) {
            fail_msg("U+%04X", point);
        }
    }
}

static void invalid_bytes_decode_one_at_a_time(void **state)
{
    (void)state;
    uint32_t point;
    assert_int_equal(utf8_decode("\xFFz", 2, &point), 1);
    assert_int_equal(point, 0xFFFD);
    assert_int_equal(utf8_decode("\xC3", 1, &point), 1);
    assert_int_equal(point, 0xFFFD);
    assert_int_equal(utf8_decode("\xC3\xA9", 2, NULL), 2);
}

static const struct {
    const char *text;
    size_t width;
} widths[] = {
    {"", 0},
    {"abc", 3},
    {"caf\xC3\xA9", 4},
    {"cafe\xCC\x81", 4},
    {"\xE5\xB7\xA5\xE5\x85\xB7", 4},
    {"a\tb\n", 2},
};

static void width_is_columns_not_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        assert_int_equal(utf8_width(widths[i].text, strlen(widths[i].text)), widths[i].width);
    }
}

static void a_cut_never_splits_a_character(void **state)
{
    (void)state;
    static const char text[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\xA6\x99";
    static const size_t cuts[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10, 10};
    for (size_t limit = 0; limit < sizeof cuts / sizeof cuts[0]; limit++) {
        assert_int_equal(utf8_cut(text, sizeof text - 1, limit), cuts[limit]);
    }
}

static void runs_of_white_space_become_one_space(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } rows[] = {
        {"Ann  Bee", "Ann Bee"},
        {"Ann Bee", "Ann Bee"},
        {" \t Ann \r\n Bee \n", "Ann Bee"},
        {"Ann\xC2\xA0 \xE3\x80\x80"
         "Bee\xE2\x80\xA8",
         "Ann Bee"},
        {"\xD7\xA9  \xD7\xA9", "\xD7\xA9 \xD7\xA9"},
        {"", ""},
        {" \xE2\x80\x83", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", rows[i].text);
        utf8_fold_space(text);
        assert_string_equal(text, rows[i].folded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_whole_shortest_scalar_values_are_valid),
        cmocka_unit_test(every_scalar_value_survives_encoding_and_decoding),
        cmocka_unit_test(invalid_bytes_decode_one_at_a_time),
        cmocka_unit_test(width_is_columns_not_bytes),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(runs_of_white_space_become_one_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
