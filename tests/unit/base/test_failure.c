/* What a failure's text keeps to (src/base/failure.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/failure.h"
#include "base/utf8.h"

/* cmocka has a macro of this name. */
static bool say(struct failure *why, const char *text)
{
    return fail(why, FAILURE_DATA, "%s", text);
}

#include <cmocka.h>

static void a_text_is_one_line_of_utf8_whatever_came_in(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {{"plain", "plain"},
                {"a\r\nb\tc\x1B[31m", "a??b?c?[31m"},
                {"naïve — 👩‍🚀", "naïve — 👩‍🚀"},
                {"Latin-1 \xE9.txt", "Latin-1 ?.txt"},
                {"half \xEF'", "half ?'"},
                {"\xE2\x80", "??"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct failure why = {0};
        assert_false(say(&why, rows[i].in));
        assert_string_equal(why.text, rows[i].out);
        assert_false(fail_context(&why, "%s", "\xFF"));
        assert_memory_equal(why.text, "?: ", 3);
    }
}

static void a_text_that_is_too_long_ends_at_a_whole_character(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char text[4096] = "xxx";
        size_t len = shift;
        while (len + 4 < sizeof text) {
            memcpy(text + len, "👩", 4);
            len += 4;
        }
        text[len] = '\0';
        struct failure why = {0};
        assert_false(say(&why, text));
        assert_true(strlen(why.text) >= sizeof why.text - 5);
        assert_true(utf8_valid(why.text, strlen(why.text), NULL));
        assert_null(strchr(why.text, '?'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_one_line_of_utf8_whatever_came_in),
        cmocka_unit_test(a_text_that_is_too_long_ends_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
