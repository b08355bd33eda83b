/* The form in which texts are compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/fold.h"

#include <cmocka.h>

static struct arena arena;

static const char *fold(const char *text)
{
    return fold_text(&arena, text, strlen(text), 1000);
}

static void texts_come_into_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } rows[] = {
        {"", ""},
        {"  \r\n\t ", ""},
        {" User\r\n  \tUNKNOWN ", "user unknown"},
        {"don`t", "don't"},
        {"Straße", "strasse"},
        {"ÉCHEC d’Été", "echec d'ete"},
        {"“yes”", "\"yes\""},
        {"«oui»", "\"oui\""},
        {"a\xc2\xa0\xe2\x80\x8b"
         "b",
         "a b"},
        {"ＡＢＣ：", "abc:"},
        {"件名：再送", "件名:再送"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(fold(rows[i].text), rows[i].folded);
    }
}

/* Plain ASCII goes a way of its own: a letter that is none, folded away again, makes the other. */
static void each_ascii_byte_is_folded_as_unicode_folds_it(void **state)
{
    (void)state;
    for (int byte = 1; byte < 0x80; byte++) {
        const char ascii[] = {'a', (char)byte, 'Z', '\0'};
        const char *folded = fold(arena_format(&arena, "%s\xcc\x81", ascii)); /* an accent */
        assert_string_equal(fold(ascii), folded);
    }
}

static void no_more_than_the_limit_is_read_and_no_half_a_character(void **state)
{
    (void)state;
    assert_string_equal(fold_text(&arena, "ABC", 3, 2), "ab");
    assert_string_equal(fold_text(&arena, "Aß", 3, 2), "a");
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_come_into_one_form),
        cmocka_unit_test(each_ascii_byte_is_folded_as_unicode_folds_it),
        cmocka_unit_test(no_more_than_the_limit_is_read_and_no_half_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, close_arena);
}
