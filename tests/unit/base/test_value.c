/* Value trees: order kept, texts copied, members found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"

#include <cmocka.h>

static void members_and_elements_keep_their_order(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct value *object = value_object(&arena);
    static const char *const names[] = {"z", "a", "m"};
    for (int i = 0; i < 3; i++) {
        value_set_int(&arena, object, names[i], i);
    }
    assert_int_equal(object->count, 3);
    int i = 0;
    for (const struct value *member = object->first; member != NULL; member = member->next) {
        assert_string_equal(member->name, names[i]);
        assert_int_equal(member->text[0], '0' + i);
        i++;
    }
    assert_ptr_equal(object->last, value_find(object, "m"));
    struct value *list = value_list(&arena);
    struct value *first = value_add(list, value_bool(&arena, true));
    value_add(list, value_null(&arena));
    assert_ptr_equal(list->first, first);
    assert_int_equal(list->last->kind, VALUE_NULL);
    arena_free(&arena);
}

static void texts_are_copied(void **state)
{
    (void)state;
    struct arena arena = {0};
    char text[] = "abc";
    char name[] = "key";
    struct value *object = value_object(&arena);
    value_set_text(&arena, object, name, text);
    text[0] = 'x';
    name[0] = 'x';
    assert_string_equal(value_find(object, "key")->text, "abc");
    assert_null(value_find(object, "xey"));
    struct value *bytes = value_text_bytes(&arena, "a\0b", 3);
    assert_int_equal(bytes->len, 3);
    assert_memory_equal(bytes->text, "a\0b", 4);
    arena_free(&arena);
}

static void no_text_is_null(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct value *object = value_object(&arena);
    value_set_text(&arena, object, "none", NULL);
    assert_int_equal(value_find(object, "none")->kind, VALUE_NULL);
    assert_string_equal(value_find(object, "none")->text, "");
    arena_free(&arena);
}

static void a_member_is_found_by_its_whole_name(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct value *object = value_object(&arena);
    value_set_int(&arena, object, "name", 1);
    value_set_int(&arena, object, "nam", 2);
    value_set_int(&arena, object, "name", 3);
    value_set_bool(&arena, object, "", false);
    assert_string_equal(value_find(object, "name")->text, "1");
    assert_string_equal(value_find(object, "nam")->text, "2");
    assert_string_equal(value_find_bytes(object, "name.x", 4)->text, "1");
    assert_string_equal(value_find_bytes(object, "name.x", 3)->text, "2");
    assert_int_equal(value_find(object, "")->kind, VALUE_FALSE);
    assert_null(value_find(object, "names"));
    assert_null(value_find(NULL, "name"));
    assert_null(value_find(value_list(&arena), "name"));
    assert_null(value_find(value_text(&arena, "name"), "name"));
    arena_free(&arena);
}

static void numbers_keep_the_text_they_came_with(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_string_equal(value_number(&arena, "1.20")->text, "1.20");
    assert_string_equal(value_int(&arena, INT64_MIN)->text, "-9223372036854775808");
    assert_int_equal(value_int(&arena, 100)->len, 3);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_elements_keep_their_order),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(no_text_is_null),
        cmocka_unit_test(a_member_is_found_by_its_whole_name),
        cmocka_unit_test(numbers_keep_the_text_they_came_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
