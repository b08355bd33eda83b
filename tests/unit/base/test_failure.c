/* Failures: one line of text with its context, whatever goes in. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/failure.h"
#include "base/utf8.h"

/* Called by their own names: cmocka has a macro fail(). */
static bool (*const fail_with)(struct failure *why, enum failure_kind kind, const char *format,
                               ...) = fail;

#include <cmocka.h>

static void a_failure_has_kind_and_text(void **state)
{
    (void)state;
    struct failure why = {0};
    assert_false(fail_with(&why, FAILURE_DATA, "%s is %d", "a", 1));
    assert_int_equal(why.kind, FAILURE_DATA);
    assert_string_equal(why.text, "a is 1");
}

static void context_stands_in_front(void **state)
{
    (void)state;
    struct failure why = {0};
    fail_with(&why, FAILURE_IO, "no room");
    assert_false(fail_context(&why, "%s:%d", "file", 3));
    fail_context(&why, "import");
    assert_string_equal(why.text, "import: file:3: no room");
    assert_int_equal(why.kind, FAILURE_IO);
}

static void the_systems_reason_stands_behind(void **state)
{
    (void)state;
    struct failure why = {0};
    errno = ENOENT;
    assert_false(fail_errno(&why, FAILURE_NO_INPUT, "cannot open %s", "x"));
    assert_string_equal(why.text, "cannot open x: No such file or directory");
}

static void it_is_always_one_printable_line(void **state)
{
    (void)state;
    struct failure why = {0};
    fail_with(&why, FAILURE_DATA, "a\r\nb\tc\x7F\x1B[31m");
    assert_string_equal(why.text, "a??b?c??[31m");
    fail_context(&why, "x\ny");
    assert_null(strchr(why.text, '\n'));
}

static void a_text_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    for (int shift = 0; shift < 4; shift++) {
        struct failure why = {0};
        char text[3000] = "";
        memset(text, 'x', (size_t)shift);
        for (size_t at = (size_t)shift; at + 4 < sizeof text; at += 4) {
            memcpy(text + at, "\xF0\x9F\xA6\x99", 5);
        }
        fail_with(&why, FAILURE_DATA, "%s", text);
        assert_in_range(strlen(why.text), 1000, 1023);
        assert_true(utf8_valid(why.text, strlen(why.text), NULL));
        fail_context(&why, "%s", "somewhere");
        assert_true(utf8_valid(why.text, strlen(why.text), NULL));
        errno = ENOENT;
        fail_errno(&why, FAILURE_DATA, "%s", text);
        assert_true(utf8_valid(why.text, strlen(why.text), NULL));
    }
}

/* <sysexits.h>, and 0 and 75 as cron's scripts know them. */
static void each_kind_has_the_exit_code_of_sysexits(void **state)
{
    (void)state;
    const struct {
        enum failure_kind kind;
        int code;
    } rows[] = {{FAILURE_NONE, 0},
                {FAILURE_USAGE, EX_USAGE},
                {FAILURE_DATA, EX_DATAERR},
                {FAILURE_NO_INPUT, EX_NOINPUT},
                {FAILURE_UNAVAILABLE, EX_UNAVAILABLE},
                {FAILURE_INTERNAL, EX_SOFTWARE},
                {FAILURE_SYSTEM, EX_OSERR},
                {FAILURE_CANNOT_CREATE, EX_CANTCREAT},
                {FAILURE_IO, EX_IOERR},
                {FAILURE_TRY_AGAIN, EX_TEMPFAIL},
                {FAILURE_PERMISSION, EX_NOPERM},
                {FAILURE_CONFIG, EX_CONFIG}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(failure_exit_code(rows[i].kind), rows[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_has_kind_and_text),
        cmocka_unit_test(context_stands_in_front),
        cmocka_unit_test(the_systems_reason_stands_behind),
        cmocka_unit_test(it_is_always_one_printable_line),
        cmocka_unit_test(a_text_too_long_is_cut_between_characters),
        cmocka_unit_test(each_kind_has_the_exit_code_of_sysexits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
