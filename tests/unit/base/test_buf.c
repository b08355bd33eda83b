/* Buffers: always terminated, limited, and they remember an overflow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#include <cmocka.h>

static void a_new_buffer_is_an_empty_string(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 10);
    assert_string_equal(buf.data, "");
    assert_int_equal(buf.len, 0);
    assert_true(buf_ok(&buf));
    buf_free(&buf);
    struct buf zeroed = {0};
    buf_free(&zeroed);
    assert_string_equal(zeroed.data, "");
}

static void it_grows_up_to_its_limit_and_no_further(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 100; i++) {
        buf_add_text(&buf, "0123456789");
        assert_int_equal(strlen(buf.data), buf.len);
    }
    assert_int_equal(buf.len, 1000);
    assert_true(buf_ok(&buf));
    buf_add_char(&buf, 'x');
    assert_false(buf_ok(&buf));
    assert_int_equal(buf.len, 1000);
    assert_int_equal(buf.data[1000], '\0');
    buf_free(&buf);
}

static void what_does_not_fit_is_dropped_whole_and_so_is_what_follows(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 5);
    buf_add_text(&buf, "abc");
    buf_add_text(&buf, "def");
    buf_add_text(&buf, "g");
    assert_string_equal(buf.data, "abc");
    assert_false(buf_ok(&buf));
    assert_false(buf_reserve(&buf, 1));
    buf_reset(&buf);
    assert_true(buf_ok(&buf));
    buf_add_text(&buf, "defgh");
    assert_string_equal(buf.data, "defgh");
    assert_true(buf_ok(&buf));
    buf_addf(&buf, "%d", 1);
    assert_false(buf_ok(&buf));
    buf_free(&buf);
}

static void formatted_text_has_no_limit_of_its_own(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100000);
    buf_addf(&buf, "%s-%05d", "a", 42);
    assert_string_equal(buf.data, "a-00042");
    buf_addf(&buf, "%50000s", "b");
    assert_int_equal(buf.len, 7 + 50000);
    buf_addf(&buf, "%s", "");
    assert_true(buf_ok(&buf));
    buf_free(&buf);
}

static void bytes_may_be_anything(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 10);
    buf_add(&buf, "a\0b", 3);
    buf_add(&buf, NULL, 0);
    assert_int_equal(buf.len, 3);
    assert_memory_equal(buf.data, "a\0b", 4);
    buf_free(&buf);
}

static void reserved_room_can_be_written(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 100);
    assert_true(buf_reserve(&buf, 100));
    memset(buf.data, 'x', 100);
    buf.len = 100;
    buf_truncate(&buf, 3);
    assert_string_equal(buf.data, "xxx");
    assert_false(buf_reserve(&buf, 98));
    buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_buffer_is_an_empty_string),
        cmocka_unit_test(it_grows_up_to_its_limit_and_no_further),
        cmocka_unit_test(what_does_not_fit_is_dropped_whole_and_so_is_what_follows),
        cmocka_unit_test(formatted_text_has_no_limit_of_its_own),
        cmocka_unit_test(bytes_may_be_anything),
        cmocka_unit_test(reserved_room_can_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
