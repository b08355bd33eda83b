/* Residual programs: built, run, stored; and stored ones that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/residual.h"

#include <cmocka.h>

static const struct reader_values ann = {
    .text = {[RESIDUAL_PLAIN] = {"Ann & Co", "ann@example.org", "U", "P", "V", ""},
             [RESIDUAL_HTML] = {"Ann &amp; Co", "ann@example.org", "U", "P", "V", ""}}};
static const struct reader_values nobody = {
    .text = {[RESIDUAL_PLAIN] = {"", "b@example.org", "u", "p", "v", "Design"},
             [RESIDUAL_HTML] = {"", "b@example.org", "u", "p", "v", "Design"}}};

/* Hello{if name} {name}{if topics} ({topics}){end}{end}{unless name} reader{end}! */
static void build_greeting(struct residual *program)
{
    residual_init(program);
    residual_add_literal(program, "Hel", 3);
    residual_add_literal(program, "lo", 2);
    residual_begin_if(program, READER_NAME, true);
    residual_add_literal(program, " ", 1);
    residual_add_hole(program, READER_NAME, RESIDUAL_HTML);
    residual_begin_if(program, READER_TOPICS, true);
    residual_add_hole(program, READER_TOPICS, RESIDUAL_PLAIN);
    residual_end_if(program);
    residual_end_if(program);
    residual_begin_if(program, READER_NAME, false);
    residual_add_literal(program, " reader", 7);
    residual_end_if(program);
    residual_add_literal(program, "!", 1);
    residual_add_literal(program, "", 0);
}

static void check_run(const struct residual *program, const struct reader_values *reader,
                      residual_put put, const char *wanted)
{
    struct buf out;
    buf_init(&out, 1000);
    residual_run(program, reader, put, &out);
    assert_string_equal(out.data, wanted);
    buf_free(&out);
}

static void put_in_brackets(struct buf *out, const char *value, size_t len)
{
    buf_add_char(out, '[');
    buf_add(out, value, len);
    buf_add_char(out, ']');
}

static void a_program_is_finished_for_each_reader(void **state)
{
    (void)state;
    struct residual program;
    build_greeting(&program);
    assert_true(residual_ok(&program));
    check_run(&program, &ann, NULL, "Hello Ann &amp; Co!");
    check_run(&program, &nobody, NULL, "Hello reader!");
    check_run(&program, &ann, put_in_brackets, "Hello [Ann &amp; Co]!");
    residual_free(&program);
    struct residual zeroed = {0};
    residual_free(&zeroed);
}

static void literals_side_by_side_become_one(void **state)
{
    (void)state;
    struct residual program;
    build_greeting(&program);
    assert_int_equal(program.ops[0].kind, RESIDUAL_LITERAL);
    assert_int_equal(program.ops[0].len, 5);
    assert_int_equal(program.ops[1].kind, RESIDUAL_IF);
    residual_free(&program);
}

static void a_stored_program_runs_the_same(void **state)
{
    (void)state;
    struct residual program, loaded;
    struct buf bytes, again;
    struct failure why = {0};
    buf_init(&bytes, 10000);
    buf_init(&again, 10000);
    build_greeting(&program);
    residual_save(&program, &bytes);
    residual_init(&loaded);
    assert_true(residual_load(&loaded, bytes.data, bytes.len, &why));
    check_run(&loaded, &ann, NULL, "Hello Ann &amp; Co!");
    check_run(&loaded, &nobody, NULL, "Hello reader!");
    residual_save(&loaded, &again);
    assert_int_equal(again.len, bytes.len);
    assert_memory_equal(again.data, bytes.data, bytes.len);
    residual_free(&program);
    residual_free(&loaded);
    buf_free(&bytes);
    buf_free(&again);
}

static void a_program_cut_anywhere_is_refused_or_whole(void **state)
{
    (void)state;
    struct residual program;
    struct buf bytes;
    size_t taken = 0;
    buf_init(&bytes, 10000);
    build_greeting(&program);
    residual_save(&program, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        struct residual loaded;
        struct failure why = {0};
        residual_init(&loaded);
        taken += residual_load(&loaded, bytes.data, len, &why);
        assert_true(why.kind == FAILURE_NONE || why.kind == FAILURE_DATA);
        residual_free(&loaded);
    }
    /* Only at the borders between whole parts outside of any condition. */
    assert_int_equal(taken, 4);
    residual_free(&program);
    buf_free(&bytes);
}

static const struct {
    const char *name, *bytes;
    size_t len;
} bad[] = {
    {"nothing", "", 0},
    {"another version", "\x02", 1},
    {"an unknown record", "\x01X", 2},
    {"a literal without its length", "\x01L\x01\x00\x00", 5},
    {"a literal of no bytes", "\x01L\x00\x00\x00\x00", 6},
    {"a literal longer than the rest", "\x01L\x02\x00\x00\x00x", 7},
    {"a literal of four gigabytes", "\x01L\xFF\xFF\xFF\xFFx", 7},
    {"a field that is none", "\x01H\x06\x00", 4},
    {"a form that is none", "\x01H\x00\x02", 4},
    {"a condition on no field",
     "\x01I\x06"
     "E",
     4},
    {"an end of nothing",
     "\x01"
     "E",
     2},
    {"a condition without end", "\x01I\x00", 3},
    {"17 conditions in each other",
     "\x01I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0I\0EEEEEEEEEEEEEEEEE", 52},
};

static void a_stored_program_that_lies_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct residual loaded;
        struct failure why = {0};
        residual_init(&loaded);
        if (residual_load(&loaded, bad[i].bytes, bad[i].len, &why)) {
            fail_msg("%s: was taken", bad[i].name);
        }
        assert_int_equal(why.kind, FAILURE_DATA);
        residual_free(&loaded);
    }
}

static void too_deep_or_unfinished_is_remembered(void **state)
{
    (void)state;
    struct residual program;
    residual_init(&program);
    for (int i = 0; i < 16; i++) {
        residual_begin_if(&program, READER_NAME, true);
    }
    assert_false(residual_ok(&program));
    for (int i = 0; i < 16; i++) {
        residual_end_if(&program);
    }
    assert_true(residual_ok(&program));
    for (int i = 0; i < 17; i++) {
        residual_begin_if(&program, READER_NAME, true);
    }
    for (int i = 0; i < 17; i++) {
        residual_end_if(&program);
    }
    assert_false(residual_ok(&program));
    residual_free(&program);
}

static void fields_have_one_name_each(void **state)
{
    (void)state;
    for (int field = 0; field < READER_FIELDS; field++) {
        const char *name = reader_field_name((enum reader_field)field);
        assert_int_equal(reader_field_find(name, strlen(name)), field);
        assert_int_equal(reader_field_find(name, strlen(name) - 1), READER_FIELDS);
    }
    assert_int_equal(reader_field_find("", 0), READER_FIELDS);
    /* The order is part of what is stored. */
    assert_string_equal(reader_field_name((enum reader_field)0), "name");
    assert_string_equal(reader_field_name((enum reader_field)5), "topics");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_is_finished_for_each_reader),
        cmocka_unit_test(literals_side_by_side_become_one),
        cmocka_unit_test(a_stored_program_runs_the_same),
        cmocka_unit_test(a_program_cut_anywhere_is_refused_or_whole),
        cmocka_unit_test(a_stored_program_that_lies_is_refused),
        cmocka_unit_test(too_deep_or_unfinished_is_remembered),
        cmocka_unit_test(fields_have_one_name_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
