#include "support.h"

#include <stdlib.h>

static char *repeat(struct arena *arena, const char *text, size_t times)
{
    size_t len = strlen(text);
    char *all = arena_alloc(arena, len * times + 1);
    for (size_t i = 0; i < times; i++) {
        memcpy(all + i * len, text, len);
    }
    return all;
}

static void sections_nest_to_a_limit(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct job job;
    const char *fine =
        arena_format(&arena, "%sx%s", repeat(&arena, "{{#a}}", 100), repeat(&arena, "{{/a}}", 100));
    job_run(&job, (struct mustache_options){0}, fine, NULL, "{\"a\": true}");
    assert_string_equal(job.out.data, "x");
    job_free(&job);
    job_run(&job, (struct mustache_options){0}, repeat(&arena, "{{#a}}", 1700000), NULL, "{}");
    assert_string_equal(job.why.text, "t:1:601: sections nest deeper than 100");
    job_free(&job);
    arena_free(&arena);
}

static void a_template_has_a_limited_number_of_pieces(void **state)
{
    (void)state;
    struct arena arena = {0};
    const char *text;
    struct job job;
    job_run(&job, (struct mustache_options){0}, repeat(&arena, "x{{a}}", 200001), NULL, "{}");
    assert_string_equal(job.why.text, "t:1:1200002: a template may have at most 400000 pieces");
    job_free(&job);
    text = arena_format(&arena, "%s{{#a}}{{/a}}", repeat(&arena, "x{{a}}", 200000));
    job_run(&job, (struct mustache_options){0}, text, NULL, "{}");
    assert_string_equal(job.why.text, "t:1:1200001: a template may have at most 400000 pieces");
    job_free(&job);
    job_run(&job, (struct mustache_options){0}, repeat(&arena, "{{$a}}\n\n{{/a}}", 200001), NULL,
            "{}");
    assert_non_null(strstr(job.why.text, "a template may have at most 400000 pieces"));
    job_free(&job);
    job_run(&job, (struct mustache_options){0}, repeat(&arena, "0123456789abcdef", 1048577), NULL,
            "{}");
    assert_string_equal(job.why.text,
                        "t: a template may have at most 16777216 bytes, this has 16777232");
    job_free(&job);
    arena_free(&arena);
}

static void a_parent_takes_a_limited_number_of_blocks(void **state)
{
    (void)state;
    for (int count = 200; count <= 201; count++) {
        struct buf text;
        buf_init(&text, 100000);
        buf_add_text(&text, "{{<p}}");
        for (int i = 0; i < count; i++) {
            buf_addf(&text, "{{$b%d}}{{/b%d}}", i, i);
        }
        buf_add_text(&text, "{{/p}}");
        struct job job;
        job_run(&job, (struct mustache_options){0}, text.data, NULL, "{}");
        assert_string_equal(job.why.text,
                            count == 200 ? "" : "t:1:3387: a parent takes at most 200 blocks");
        job_free(&job);
        buf_free(&text);
    }
}

/* Each partial names the next. */
static bool load_chain(void *context, struct arena *arena, const char *name, const char **text,
                       size_t *len, const char **path, struct failure *why)
{
    (void)why;
    int number = name[1] == '\0' ? 0 : (int)strtol(name + 1, NULL, 10);
    const int *count = context;
    *text = number < *count ? arena_format(arena, "{{#no}}{{>p%d}}{{/no}}", number + 1) : "end";
    *len = strlen(*text);
    *path = name;
    return true;
}

static void a_template_uses_a_limited_number_of_partials(void **state)
{
    (void)state;
    for (int count = 998; count <= 999; count++) {
        struct arena arena = {0};
        struct failure why = {0};
        struct mustache *template = NULL;
        struct mustache_options options = {.load = load_chain, .load_context = &count};
        bool ok = mustache_compile(&arena, "t", "{{>p}}", 6, &options, &template, &why);
        assert_int_equal(ok, count == 998);
        if (!ok) {
            assert_non_null(strstr(why.text, "p998:1:8: more than 999 partials"));
        }
        arena_free(&arena);
    }
}

static void long_names_are_cut_at_a_character(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct job job;
    const char *text = arena_format(&arena, "{{x%s}}", repeat(&arena, "\xC3\xA9", 5000));
    job_run(&job, (struct mustache_options){.strict = true}, text, NULL, "{}");
    const char *wanted =
        arena_format(&arena, "t:1:1: there is no \"x%s\"", repeat(&arena, "\xC3\xA9", 39));
    assert_string_equal(job.why.text, wanted);
    job_free(&job);
    arena_free(&arena);
}

static void output_has_a_limit_and_nothing_is_left_of_what_passed_it(void **state)
{
    (void)state;
    struct job job;
    struct mustache_options options = {.output_max = 10};
    job_run(&job, options, "0123456789", NULL, "{}");
    assert_true(job.ok);
    job_free(&job);
    job_run(&job, options, " {{>p}}\n", (partial_table){"p", "12345\n12345\n"}, "{}");
    assert_string_equal(job.why.text,
                        "p.mustache:1:1: the output grows past 10 bytes; in partial p, "
                        "included at t:1:2");
    job_free(&job);
    job_run(&job, options, "{{a}}123456", NULL, "{\"a\": \"&\"}");
    assert_string_equal(job.why.text, "t:1:6: the output grows past 10 bytes");
    assert_int_equal(job.out.len, 0);
    job_free(&job);
    job_run(&job, options, "{{a}}", NULL, "{\"a\": \"&&&\"}");
    assert_string_equal(job.why.text, "t:1:1: the output grows past 10 bytes");
    job_free(&job);
}

static void a_small_buffer_limits_the_output_too(void **state)
{
    (void)state;
    struct job job;
    job_run(&job, (struct mustache_options){0}, "0123456789", NULL, "{}");
    struct buf small;
    buf_init(&small, 5);
    buf_add_text(&small, "ab");
    assert_false(mustache_render(job.template, NULL, &small, &job.why));
    assert_string_equal(job.why.text, "t:1:1: the output grows past 3 bytes");
    assert_string_equal(small.data, "ab");
    assert_true(buf_ok(&small));
    buf_free(&small);
    job_free(&job);
}

static void a_rendering_that_only_turns_in_circles_is_stopped(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct buf list;
    buf_init(&list, 10000);
    buf_add_text(&list, "{\"a\": [0");
    for (int i = 0; i < 1000; i++) {
        buf_add_text(&list, ", 0");
    }
    buf_add_text(&list, "]}");
    const char *texts[] = {
        "{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}", "{{#a}}{{#a}}{{#a}}{{x}}{{/a}}{{/a}}{{/a}}",
        arena_format(&arena, "{{#a}}{{#a}}%s{{/a}}{{/a}}", repeat(&arena, "{{$b}}{{/b}}", 30))};
    for (size_t i = 0; i < 3; i++) {
        struct job job;
        job_run(&job, (struct mustache_options){0}, texts[i], NULL, list.data);
        assert_non_null(strstr(job.why.text, "more than 10000000 steps"));
        job_free(&job);
    }
    buf_free(&list);
    arena_free(&arena);
}

static void sections_and_partials_together_have_a_depth(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct job job;
    const char *text = arena_format(&arena, "%s{{>p}}%s", repeat(&arena, "{{#a}}", 20),
                                    repeat(&arena, "{{/a}}", 20));
    job_run(&job, (struct mustache_options){0}, text, (partial_table){"p", text}, "{\"a\": true}");
    assert_non_null(strstr(job.why.text, "sections and partials nest more than 400 deep"));
    assert_non_null(strstr(job.why.text, "and so on, 19 deep"));
    job_free(&job);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_nest_to_a_limit),
        cmocka_unit_test(a_template_has_a_limited_number_of_pieces),
        cmocka_unit_test(a_parent_takes_a_limited_number_of_blocks),
        cmocka_unit_test(a_template_uses_a_limited_number_of_partials),
        cmocka_unit_test(long_names_are_cut_at_a_character),
        cmocka_unit_test(output_has_a_limit_and_nothing_is_left_of_what_passed_it),
        cmocka_unit_test(a_small_buffer_limits_the_output_too),
        cmocka_unit_test(a_rendering_that_only_turns_in_circles_is_stopped),
        cmocka_unit_test(sections_and_partials_together_have_a_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
