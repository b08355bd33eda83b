#include "support.h"

#include <errno.h>

struct failure_row {
    const char *name, *text, *data, *why;
    partial_table partials;
};

static const struct failure_row syntax_rows[] = {
    {"an unclosed tag",
     "ab\n {{x",
     "{}",
     "t:2:2: a tag is opened with {{ and never closed with }}",
     {0}},
    {"an unclosed triple tag",
     "{{{x}}",
     "{}",
     "t:1:1: a tag is opened with {{{ and never closed with }}}",
     {0}},
    {"a tag that is not closed before the next",
     "a {{x b {{y}}",
     "{}",
     "t:1:3: a tag is opened with {{ and not closed before the next one",
     {0}},
    {"an unclosed section",
     "a\n{{#x}}\nb\n",
     "{}",
     "t:2:1: \"x\" is opened here and not closed before the end, line 4",
     {0}},
    {"a section closed by another name",
     "{{#x}}\n  {{/y}}",
     "{}",
     "t:2:3: \"y\" is closed here, but \"x\", opened at line 1, column 1, is still open",
     {0}},
    {"a closing tag without an opening one",
     "x{{/y}}",
     "{}",
     "t:1:2: \"y\" is closed here and was not opened",
     {0}},
    {"a tag without a name", "{{ }}", "{}", "t:1:1: a tag without a name", {0}},
    {"a partial without a name", "{{> }}", "{}", "t:1:1: a tag without a name", {0}},
    {"a dynamic partial without a name", "{{>*}}", "{}", "t:1:1: a tag without a name", {0}},
    {"a name with a space",
     "{{a b}}",
     "{}",
     "t:1:1: a name cannot hold white space or control characters",
     {0}},
    {"a sigil behind a space",
     "{{ #a}}",
     "{}",
     "t:1:1: a name cannot begin with \"#\"; what makes a tag a section or a partial stands "
     "directly behind {{",
     {0}},
    {"a name with an empty part",
     "{{a..b}}",
     "{}",
     "t:1:1: a name with nothing before or behind a dot",
     {0}},
    {"a name that ends in a dot",
     "{{a.}}",
     "{}",
     "t:1:1: a name with nothing before or behind a dot",
     {0}},
    {"one new delimiter",
     "{{=<%=}}",
     "{}",
     "t:1:1: new delimiters are written as {{=<% %>=}}: two runs of at most 16 characters, "
     "without \"=\", with a space between",
     {0}},
    {"three new delimiters",
     "{{=< | >=}}",
     "{}",
     "t:1:1: new delimiters are written as {{=<% %>=}}: two runs of at most 16 characters, "
     "without \"=\", with a space between",
     {0}},
    {"an equals sign in a delimiter",
     "{{=<= =>=}}",
     "{}",
     "t:1:1: new delimiters are written as {{=<% %>=}}: two runs of at most 16 characters, "
     "without \"=\", with a space between",
     {0}},
    {"a variable directly inside a parent",
     "{{<p}} {{x}} {{/p}}",
     "{}",
     "t:1:8: directly inside a parent only blocks are allowed",
     {0}},
    {"a block given twice",
     "{{<p}}{{$a}}{{/a}}{{$a}}{{/a}}{{/p}}",
     "{}",
     "t:1:19: block \"a\" is given twice to one parent",
     {0}},
    {"text that is not UTF-8", "a\n\xFFz", "{}", "t:2:1: not UTF-8", {0}},
    {"a partial outside its folder",
     "{{>../secret}}",
     "{}",
     "t:1:1: \"../secret\" cannot be a partial's name: no \"..\", no empty part, no control "
     "character, at most 255 bytes",
     {0}},
    {"an absolute partial",
     "{{>*x}}",
     "{\"x\": \"/etc/passwd\"}",
     "t:1:1: \"/etc/passwd\" cannot be a partial's name: no \"..\", no empty part, no control "
     "character, at most 255 bytes",
     {0}},
    {"a partial outside its folder, named by data",
     "{{>*x}}",
     "{\"x\": \"a/../../b\"}",
     "t:1:1: \"a/../../b\" cannot be a partial's name: no \"..\", no empty part, no control "
     "character, at most 255 bytes",
     {0}},
    {"a partial that ends in a slash",
     "{{>a/}}",
     "{}",
     "t:1:1: \"a/\" cannot be a partial's name: no \"..\", no empty part, no control character, "
     "at most 255 bytes",
     {0}},
    {"a partial with an empty part",
     "{{>a//b}}",
     "{}",
     "t:1:1: \"a//b\" cannot be a partial's name: no \"..\", no empty part, no control character, "
     "at most 255 bytes",
     {0}},
    {"a partial with a control character, named by data",
     "{{>*x}}",
     "{\"x\": \"a\\nb\"}",
     "t:1:1: \"a?b\" cannot be a partial's name: no \"..\", no empty part, no control character, "
     "at most 255 bytes",
     {0}},
    {"an error in a partial",
     "a\n {{>p}}",
     "{}",
     "p.mustache:2:1: \"x\" is opened here and not closed before the end, line 2; in partial p, "
     "included at t:2:2",
     {"p", "\n{{#x}}"}},
    {"an error in a partial's partial",
     "{{>p}}",
     "{}",
     "q.mustache:1:1: a tag without a name; in partial q, included at p.mustache:1:2; in partial "
     "p, included at t:1:1",
     {"p", "-{{>q}}", "q", "{{}}"}},
    {"a partial that puts itself in",
     "{{>p}}",
     "{}",
     "p.mustache:1:2: partials nest more than 64 deep; in partial p, included at "
     "p.mustache:1:2; in partial p, included at p.mustache:1:2; in partial p, included at "
     "p.mustache:1:2; in partial p, included at p.mustache:1:2; in partial p, included at "
     "p.mustache:1:2; and so on, 64 deep",
     {"p", "x{{>p}}"}},
};

static const struct failure_row strict_rows[] = {
    {"a variable that is not there",
     "a\n  {{tittle}}",
     "{\"title\": 1}",
     "t:2:3: there is no \"tittle\"; did you mean \"title\"?",
     {0}},
    {"nothing near enough", "{{xyz}}", "{\"title\": 1}", "t:1:1: there is no \"xyz\"", {0}},
    {"a name of the same length is not near enough",
     "{{abcdef}}",
     "{\"zzzdzz\": 1}",
     "t:1:1: there is no \"abcdef\"",
     {0}},
    {"a part that is not there",
     "{{site.nme}}",
     "{\"site\": {\"name\": 1}}",
     "t:1:1: there is no \"site.nme\"; did you mean \"site.name\"?",
     {0}},
    {"a part of a text",
     "{{site.name}}",
     "{\"site\": \"x\"}",
     "t:1:1: there is no \"site.name\": what stands before the dot has no parts",
     {0}},
    {"a section on a name that is not there",
     "{{#storys}}{{/storys}}",
     "{\"stories\": []}",
     "t:1:1: there is no \"storys\"; did you mean \"stories\"?",
     {0}},
    {"an inverted section on a name that is not there",
     "{{^storys}}{{/storys}}",
     "{\"stories\": []}",
     "t:1:1: there is no \"storys\"; did you mean \"stories\"?",
     {0}},
    {"a partial that is not there",
     "{{#no}}{{>footer}}{{/no}}",
     "{\"no\": false}",
     "t:1:8: there is no partial \"footer\"",
     {0}},
    {"a dynamic partial that is not there",
     "{{>*n}}",
     "{\"n\": \"p\"}",
     "t:1:1: there is no partial \"p\"",
     {0}},
    {"a dynamic name that is not there", "{{>*n}}", "{}", "t:1:1: there is no \"n\"", {0}},
    {"a list as a variable",
     "{{a}}",
     "{\"a\": []}",
     "t:1:1: \"a\" is a list, which has no text of its own",
     {0}},
    {"an object as a variable",
     "{{.}}",
     "{}",
     "t:1:1: \".\" is an object, which has no text of its own",
     {0}},
    {"a list as a partial's name",
     "{{>*a}}",
     "{\"a\": [1]}",
     "t:1:1: \"a\" is not a text that can name a partial",
     {0}},
    {"a miss in a partial",
     "a\n {{>footer}}",
     "{\"name\": 1}",
     "footer.mustache:2:1: there is no \"nam\"; did you mean \"name\"?; in partial footer, "
     "included at t:2:2",
     {"footer", "\n{{nam}}"}},
    {"a miss in an override",
     "{{<p}}{{$b}}{{nam}}{{/b}}{{/p}}",
     "{\"name\": 1}",
     "t:1:13: there is no \"nam\"; did you mean \"name\"?; in partial p, included at t:1:1",
     {"p", "{{$b}}{{/b}}"}},
    {"an override of no block",
     "{{<p}}{{$tilte}}x{{/tilte}}{{/p}}",
     "{}",
     "t:1:7: \"p\" has no block \"tilte\"; did you mean \"title\"?",
     {"p", "{{$title}}{{/title}}"}},
    {"an override of no block in a partial",
     "{{>q}}",
     "{}",
     "q.mustache:1:7: \"p\" has no block \"z\"; in partial q, included at t:1:1",
     {"q", "{{<p}}{{$z}}{{/z}}{{/p}}", "p", "{{$title}}{{/title}}"}},
};

static void check_failures(const struct failure_row *rows, size_t count, bool strict)
{
    for (size_t i = 0; i < count; i++) {
        struct failure_row row = rows[i];
        struct job job;
        job_run(&job, (struct mustache_options){.strict = strict}, row.text, row.partials,
                row.data);
        if (job.ok || strcmp(job.why.text, row.why) != 0 || job.why.kind != FAILURE_DATA) {
            fail_msg("%s: got \"%s\", wanted \"%s\"", row.name, job.why.text, row.why);
        }
        assert_int_equal(job.out.len, 0);
        job_free(&job);
    }
}

static void mistakes_in_a_template_are_named_with_their_place(void **state)
{
    (void)state;
    check_failures(syntax_rows, sizeof syntax_rows / sizeof syntax_rows[0], false);
}

static void strict_mode_names_what_is_not_there_and_what_may_be_meant(void **state)
{
    (void)state;
    check_failures(strict_rows, sizeof strict_rows / sizeof strict_rows[0], true);
}

static void strict_mode_takes_null_false_and_empty_for_absence(void **state)
{
    (void)state;
    struct job job;
    job_run(&job, (struct mustache_options){.strict = true},
            "{{a}}{{a.b.c}}{{#b.c}}x{{/b.c}}{{^c}}-{{/c}}{{#d}}x{{/d}}{{>*a}}{{#e}}{{f}}{{/e}}"
            "{{<p}}{{$x}}o{{/x}}{{/p}}",
            (partial_table){"p", "{{>q}}", "q", "{{>*a}}"},
            "{\"a\": null, \"b\": false, \"c\": \"\", \"d\": [], \"e\": {\"g\": 1}, \"f\": 2}");
    assert_string_equal(job.why.text, "");
    assert_true(job.ok);
    assert_string_equal(job.out.data, "-2");
    job_free(&job);
}

static void without_strict_mode_what_is_not_there_is_nothing(void **state)
{
    (void)state;
    struct job job;
    job_run(&job, (struct mustache_options){0},
            "[{{a}}{{b.c}}{{#d}}x{{/d}}{{^e}}-{{/e}}{{>f}}{{>*g}}{{<h}}{{$i}}{{/i}}{{/h}}]", NULL,
            "{\"b\": 1}");
    assert_true(job.ok);
    assert_string_equal(job.out.data, "[-]");
    job_free(&job);
}

static bool load_fails(void *context, struct arena *arena, const char *name, const char **text,
                       size_t *len, const char **path, struct failure *why)
{
    (void)context, (void)arena, (void)text, (void)len, (void)path;
    errno = EACCES;
    return fail_errno(why, FAILURE_PERMISSION, "%s.mustache", name);
}

static void a_partial_that_cannot_be_read_is_named_with_its_tag(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    struct mustache *template = NULL;
    struct mustache_options options = {.load = load_fails};
    assert_false(mustache_compile(&arena, "t", "\n{{>p}}", 7, &options, &template, &why));
    assert_string_equal(why.text, "t:2:1: partial \"p\": p.mustache: Permission denied");
    assert_int_equal(why.kind, FAILURE_PERMISSION);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_in_a_template_are_named_with_their_place),
        cmocka_unit_test(strict_mode_names_what_is_not_there_and_what_may_be_meant),
        cmocka_unit_test(strict_mode_takes_null_false_and_empty_for_absence),
        cmocka_unit_test(without_strict_mode_what_is_not_there_is_nothing),
        cmocka_unit_test(a_partial_that_cannot_be_read_is_named_with_its_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
