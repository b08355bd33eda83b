/* Holds verdicts-templates(5) against the code: its examples, the reader's fields, the limits. */
#include "../mustache/support.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "digest/wrap.h"
#include "mustache/program.h"
#include "mustache/scan.h"

static const char manual_path[] = SOURCE_ROOT "/src/verdicts-templates.5";

static void manual_read(struct buf *text)
{
    struct failure why = {0};
    buf_init(text, 1000000);
    if (!file_read(manual_path, text->limit, text, &why)) {
        fail_msg("%s", why.text);
    }
}

/* The literal text behind `.\" example N: WHAT`, without roff's escapes; NULL if there is none. */
static char *example(struct arena *arena, const struct buf *manual, int number, const char *what)
{
    const char *mark = arena_format(arena, ".\\\" example %d: %s\n", number, what);
    const char *start = strstr(manual->data, mark);
    if (start == NULL) {
        return NULL;
    }
    start += strlen(mark);
    const char *end = strstr(start, ".Ed\n");
    assert_non_null(end);
    char *text = arena_copy_bytes(arena, start, (size_t)(end - start));
    char *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        if (at[0] == '\\' && at[1] == '&') {
            at++;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return text;
}

struct examples {
    const struct buf *manual;
    int number;
};

static bool load_example(void *context, struct arena *arena, const char *name, const char **text,
                         size_t *len, const char **path, struct failure *why)
{
    (void)why;
    const struct examples *examples = context;
    const char *what = arena_format(arena, "partial %s", name);
    *text = example(arena, examples->manual, examples->number, what);
    *len = *text == NULL ? 0 : strlen(*text);
    *path = name;
    return true;
}

static bool example_holds(struct arena *arena, const struct buf *manual, int number)
{
    struct examples examples = {manual, number};
    const char *text = example(arena, manual, number, "template");
    if (text == NULL) {
        return false;
    }
    const struct value *data = value_from(arena, example(arena, manual, number, "data"));
    const char *output = example(arena, manual, number, "output");
    const char *failure = example(arena, manual, number, "failure");
    struct mustache_options options = {
        .strict = true, .load = load_example, .load_context = &examples};
    struct mustache *template = NULL;
    struct failure why = {0};
    struct buf out;
    buf_init(&out, 100000);
    bool ok = mustache_compile(arena, "t", text, strlen(text), &options, &template, &why) &&
              mustache_render(template, data, &out, &why);
    if (failure != NULL) {
        assert_false(ok);
        assert_string_equal(arena_format(arena, "%s\n", why.text), failure);
    } else {
        assert_string_equal(why.text, "");
        assert_string_equal(out.data, output);
    }
    buf_free(&out);
    return true;
}

static void every_example_gives_what_it_says(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct buf manual;
    manual_read(&manual);
    int number = 1;
    while (example_holds(&arena, &manual, number)) {
        number++;
    }
    assert_int_equal(number, 7);
    buf_free(&manual);
    arena_free(&arena);
}

static void every_field_of_the_reader_is_listed(void **state)
{
    (void)state;
    struct buf manual;
    manual_read(&manual);
    size_t listed = 0;
    for (const char *at = manual.data; (at = strstr(at, ".It Va reader.")) != NULL; listed++) {
        at += strlen(".It Va reader.");
        if (reader_field_find(at, strcspn(at, "\n")) == READER_FIELDS) {
            fail_msg("no such field: %.20s", at);
        }
    }
    assert_int_equal(listed, READER_FIELDS);
    buf_free(&manual);
}

/* The numbers of a section, in their order. */
static size_t section_numbers(const char *manual, const char *title, long *numbers, size_t size)
{
    const char *at = strstr(manual, title);
    assert_non_null(at);
    at += strlen(title);
    const char *end = strstr(at, "\n.Sh ");
    size_t count = 0;
    while (at < end && count < size) {
        if (isdigit((unsigned char)*at)) {
            char *behind;
            numbers[count++] = strtol(at, &behind, 10);
            at = behind;
        } else {
            at++;
        }
    }
    return count;
}

static void the_limits_are_those_of_the_code(void **state)
{
    (void)state;
    static const long limits[] = {
        MUSTACHE_TEXT_MAX,
        MUSTACHE_NODES_MAX,
        MUSTACHE_NEST_MAX,
        MUSTACHE_CALLS_MAX,
        MUSTACHE_DEPTH_MAX,
        MUSTACHE_UNITS_MAX - 1,
        MUSTACHE_ARGUMENTS_MAX,
        MUSTACHE_NAME_MAX,
        MUSTACHE_OUTPUT_MAX,
        MUSTACHE_STEPS_MAX,
        sizeof((struct residual *)0)->open / sizeof(uint32_t),
    };
    enum { LIMITS = sizeof limits / sizeof limits[0] };
    struct buf manual;
    manual_read(&manual);
    long numbers[LIMITS + 1];
    assert_int_equal(section_numbers(manual.data, ".Sh LIMITS\n", numbers, LIMITS + 1), LIMITS);
    for (size_t i = 0; i < LIMITS; i++) {
        assert_int_equal(numbers[i], limits[i]);
    }
    assert_int_equal(section_numbers(manual.data, ".It Ql {{=<% %>=}}\n", numbers, 1), 1);
    assert_int_equal(numbers[0], DELIMITER_MAX);
    const char *wrapped = strstr(manual.data, "is wrapped at ");
    assert_non_null(wrapped);
    assert_int_equal(strtol(wrapped + strlen("is wrapped at "), NULL, 10), WRAP_COLUMNS);
    buf_free(&manual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_gives_what_it_says),
        cmocka_unit_test(every_field_of_the_reader_is_listed),
        cmocka_unit_test(the_limits_are_those_of_the_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
