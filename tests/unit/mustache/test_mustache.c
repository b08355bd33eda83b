#include "support.h"

#include <stdio.h>
#include <unistd.h>

static const char *const spec_modules[] = {
    "comments", "delimiters", "interpolation", "inverted",
    "partials", "sections",   "inheritance",   "dynamic-names",
};

static bool load_from_json(void *context, struct arena *arena, const char *name, const char **text,
                           size_t *len, const char **path, struct failure *why)
{
    (void)why;
    const json_t *found = json_object_get(context, name);
    if (found != NULL) {
        *text = arena_copy(arena, json_string_value(found));
        *len = strlen(*text);
        *path = arena_copy(arena, name);
    }
    return true;
}

static bool spec_case_passes(const char *module, const json_t *row)
{
    struct arena arena = {0};
    struct failure why = {0};
    struct buf out;
    buf_init(&out, 100000);
    const char *text = json_string_value(json_object_get(row, "template"));
    const char *wanted = json_string_value(json_object_get(row, "expected"));
    struct mustache_options options = {.load = load_from_json,
                                       .load_context = json_object_get(row, "partials")};
    struct mustache *template = NULL;
    bool ok = mustache_compile(&arena, module, text, strlen(text), &options, &template, &why) &&
              mustache_render(template, value_from_json(&arena, json_object_get(row, "data")), &out,
                              &why);
    if (!ok || strcmp(out.data, wanted) != 0) {
        ok = false;
        print_error("%s: %s\n  template %s\n  wanted   %s\n  got      %s %s\n", module,
                    json_string_value(json_object_get(row, "name")), text, wanted, out.data,
                    why.text);
    }
    buf_free(&out);
    arena_free(&arena);
    return ok;
}

static void every_case_of_the_public_specification_passes(void **state)
{
    (void)state;
    const char *folder = SHARED_ROOT "/corpora/mustache-spec";
    if (access(folder, R_OK) != 0) {
        print_message("SKIPPED: the public specification is not at %s\n", folder);
        skip();
    }
    size_t cases = 0, failed = 0;
    for (size_t i = 0; i < sizeof spec_modules / sizeof spec_modules[0]; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.json", folder, spec_modules[i]);
        json_t *module = json_load_file(path, 0, NULL);
        assert_non_null(module);
        const json_t *tests = json_object_get(module, "tests");
        for (size_t row = 0; row < json_array_size(tests); row++, cases++) {
            failed += !spec_case_passes(spec_modules[i], json_array_get(tests, row));
        }
        json_decref(module);
    }
    print_message("%zu cases of the public specification, %zu failed\n", cases, failed);
    assert_int_equal(failed, 0);
    assert_true(cases >= 136);
}

struct render_row {
    const char *name, *text, *data, *wanted;
    partial_table partials;
};

static const struct render_row render_rows[] = {
    {"an empty template gives nothing", "", "{}", "", {0}},
    {"text without tags stays as it is", "a } { }} b\n", "{}", "a } { }} b\n", {0}},
    {"an apostrophe is escaped", "{{a}}", "{\"a\": \"it's\"}", "it&#39;s", {0}},
    {"zero is a number like any other",
     "{{#a}}{{a}} %{{/a}}{{^a}}none{{/a}}",
     "{\"a\": 0}",
     "0 %",
     {0}},
    {"an empty text says that there is none",
     "{{#a}}x{{/a}}{{^a}}none{{/a}}",
     "{\"a\": \"\"}",
     "none",
     {0}},
    {"an empty object is there", "{{#a}}x{{/a}}", "{\"a\": {}}", "x", {0}},
    {"true opens no context of its own",
     "{{#list}}{{#yes}}{{.}}{{/yes}}{{/list}}",
     "{\"list\": [1, 2], \"yes\": true}",
     "12",
     {0}},
    {"true and false are written out",
     "{{a}} {{b}}",
     "{\"a\": true, \"b\": false}",
     "true false",
     {0}},
    {"a text opens a context", "{{#a}}[{{.}}]{{/a}}", "{\"a\": \"x\"}", "[x]", {0}},
    {"a list as a variable gives nothing", "[{{a}}]", "{\"a\": [1]}", "[]", {0}},
    {"null hides an outer name",
     "{{#o}}[{{a}}]{{/o}}",
     "{\"a\": 1, \"o\": {\"a\": null}}",
     "[]",
     {0}},
    {"UTF-8 passes", "{{é}} — {{b}}", "{\"é\": \"ü\", \"b\": \"日本\"}", "ü — 日本", {0}},
    {"a byte order mark is skipped",
     "\xEF\xBB\xBF{{#a}}\nx\n{{/a}}\n",
     "{\"a\": true}",
     "x\n",
     {0}},
    {"a triple tag follows other delimiters", "{{=<% %>=}}<%{a}%>", "{\"a\": \"<\"}", "<", {0}},
    {"tags of a kind may be split over lines", "{{# a\n}}x{{/\na }}", "{\"a\": 1}", "x", {0}},
    {"two tags on a line do not stand alone",
     "{{#a}} {{#b}}\nx\n{{/b}}{{/a}}\n",
     "{\"a\": 1, \"b\": 1}",
     " \nx\n\n",
     {0}},
    {"CRLF lines lose standalone tags whole",
     "a\r\n {{#x}}\r\nb\r\n {{/x}} \r\nc\r\n",
     "{\"x\": 1}",
     "a\r\nb\r\nc\r\n",
     {0}},
    {"a carriage return alone ends no line", "{{#x}}\ry{{/x}}", "{\"x\": 1}", "\ry", {0}},

    {"an indented partial leaves empty lines empty",
     "  {{>p}}\n",
     "{}",
     "  a\n\n  b\n",
     {"p", "a\n\nb\n"}},
    {"an indented partial with CRLF leaves empty lines empty",
     "  {{>p}}\n",
     "{}",
     "  a\r\n\r\n  b\r\n",
     {"p", "a\r\n\r\nb\r\n"}},
    {"partials inside partials add their indentation",
     " {{>p}}\n",
     "{}",
     " a\n   b\n   b\n",
     {"p", "a\n  {{>q}}\n", "q", "b\nb\n"}},
    {"a partial within a line brings no indentation in",
     "  {{>p}}\n",
     "{}",
     "  a\nb-\n",
     {"p", "{{>q}}-\n", "q", "a\nb"}},
    {"a loop in an indented partial indents each line",
     "  {{>p}}\n",
     "{\"l\": [1, 2]}",
     "  - 1\n  - 2\n",
     {"p", "{{#l}}\n- {{.}}\n{{/l}}\n"}},
    {"a tag that begins a line is indented",
     "  {{>p}}\n",
     "{\"a\": \"x\\ny\"}",
     "  x\ny!\n",
     {"p", "{{a}}!\n"}},
    {"a section that begins a line is indented once",
     "  {{>p}}\n",
     "{\"a\": false}",
     "  !\n",
     {"p", "{{#a}}x{{/a}}!\n"}},
    {"a partial of that name in a folder", "{{>a/b.c}}", "{}", "x", {"a/b.c", "x"}},
    {"delimiters of a template do not reach its partials",
     "{{=[ ]=}}[>p]",
     "{\"a\": 1}",
     "1[a]",
     {"p", "{{a}}[a]"}},

    {"an empty override removes a block",
     "{{<p}}{{$b}}{{/b}}{{/p}}",
     "{}",
     "a\nc\n",
     {"p", "a\n{{$b}}\n  b\n{{/b}}\nc\n"}},
    {"a default keeps its lines as they are",
     "{{>p}}",
     "{}",
     "  a\n\n    b\n c\n",
     {"p", "{{$b}}\n  a\n\n    b\n c\n{{/b}}\n"}},
    {"an inline default keeps its lines as they are",
     "{{>p}}",
     "{}",
     "  one\ntwo\n",
     {"p", "  {{$b}}one\ntwo{{/b}}\n"}},
    {"an override is indented as deep as what it replaces",
     "{{<p}}{{$b}}\n\tx\n\t  y\n{{/b}}{{/p}}",
     "{}",
     "<ul>\n    x\n      y\n</ul>\n",
     {"p", "<ul>\n  {{$b}}\n    old\n  {{/b}}\n</ul>\n"}},
    {"an empty line in an override has no say in its indentation",
     "{{<p}}{{$b}}\n    x\n\n    y\n{{/b}}{{/p}}",
     "{}",
     "a\n  x\n\n  y\n",
     {"p", "a\n{{$b}}\n  b\n{{/b}}\n"}},
    {"a parent before other text keeps its line",
     "  {{<p}}{{/p}} tail\n",
     "{}",
     "  x\ny tail\n",
     {"p", "x\ny"}},
    {"white space before an override's end goes",
     "{{<p}}{{$b}}\nx\n  {{/b}}{{/p}}",
     "{}",
     "<x\n>",
     {"p", "<{{$b}}{{/b}}>"}},
    {"an indented parent indents overrides too",
     "  {{<p}}\n{{$b}}\nx\ny\n{{/b}}\n{{/p}}\nz\n",
     "{}",
     "  [\n    x\n    y\n  ]\nz\n",
     {"p", "[\n  {{$b}}\n  {{/b}}\n]\n"}},
    {"an override in the middle of a line keeps its own lines",
     " {{<p}}{{$b}}\none\ntwo{{/b}}{{/p}}\n",
     "{}",
     " <one\ntwo>\n",
     {"p", "<{{$b}}{{/b}}>\n"}},
    {"an inline override of a standing block is indented",
     "{{<p}}{{$b}}x{{/b}}{{/p}}",
     "{}",
     "a\n  x",
     {"p", "a\n{{$b}}\n  b\n{{/b}}\n"}},
    {"a partial in an override is indented",
     "{{<p}}{{$b}}\n{{>q}}\n{{/b}}{{/p}}",
     "{}",
     "a\n  1\n  2\n",
     {"p", "a\n{{$b}}\n  b\n{{/b}}\n", "q", "1\n2\n"}},
    {"a section in an override is indented",
     "{{<p}}{{$b}}\n{{#l}}\n{{.}}.\n{{/l}}\n{{/b}}{{/p}}",
     "{\"l\": [1, 2]}",
     "a\n  1.\n  2.\n",
     {"p", "a\n{{$b}}\n  b\n{{/b}}\n"}},
    {"a block may name itself inside its override",
     "{{<p}}{{$b}}[{{$b}}in{{/b}}]{{/b}}{{/p}}",
     "{}",
     "[in]",
     {"p", "{{$b}}out{{/b}}"}},
    {"overrides reach through partials",
     "{{<p}}{{$b}}new{{/b}}{{/p}}",
     "{}",
     "new",
     {"p", "{{>q}}", "q", "{{$b}}old{{/b}}"}},
    {"a block in a loop is rendered in each context",
     "{{<p}}{{$b}}<{{.}}>{{/b}}{{/p}}",
     "{\"l\": [1, 2]}",
     "<1><2>",
     {"p", "{{#l}}{{$b}}{{.}}{{/b}}{{/l}}"}},
    {"comments and delimiters may stand in a parent",
     "{{<p}}{{! c }}{{=<% %>=}}<%$b%>x<%/b%><%/p%>",
     "{}",
     "x",
     {"p", "{{$b}}{{/b}}"}},
    {"the parent may be named by data",
     "{{<*n}}{{$b}}x{{/b}}{{/*n}}{{<* n}}{{/ * n}}",
     "{\"n\": \"p\"}",
     "<x><d>",
     {"p", "<{{$b}}d{{/b}}>"}},
    {"a parent that is not there gives nothing", "[{{<p}}{{$b}}x{{/b}}{{/p}}]", "{}", "[]", {0}},
    {"a number may name a partial", "{{>*n}}", "{\"n\": 7}", "seven", {"7", "seven"}},
    {"what is put in by name brings its own partials",
     "{{>*n}}",
     "{\"n\": \"p\"}",
     "<q>",
     {"p", "<{{>q}}>", "q", "q"}},
};

static void templates_render_as_expected(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof render_rows / sizeof render_rows[0]; i++) {
        struct render_row row = render_rows[i];
        struct job job;
        job_run(&job, (struct mustache_options){0}, row.text, row.partials, row.data);
        if (!job.ok || strcmp(job.out.data, row.wanted) != 0) {
            fail_msg("%s: got \"%s\" (%s), wanted \"%s\"", row.name, job.out.data, job.why.text,
                     row.wanted);
        }
        job_free(&job);
    }
}

static void plain_templates_escape_nothing(void **state)
{
    (void)state;
    struct job job;
    job_run(&job, (struct mustache_options){.escape = MUSTACHE_PLAIN}, "{{a}}{{{a}}}{{&a}}", NULL,
            "{\"a\": \"<&>\"}");
    assert_string_equal(job.out.data, "<&><&><&>");
    job_free(&job);
}

static void numbers_keep_the_form_they_were_written_in(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct failure why = {0};
    struct buf out;
    buf_init(&out, 100);
    struct value *data = value_object(&arena);
    value_set(&arena, data, "price", value_number(&arena, "1.20"));
    value_set(&arena, data, "big", value_number(&arena, "1E400"));
    struct mustache *template = NULL;
    struct mustache_options options = {0};
    assert_true(mustache_compile(&arena, "t", "{{price}} {{big}}", 17, &options, &template, &why));
    assert_true(mustache_render(template, data, &out, &why));
    assert_string_equal(out.data, "1.20 1E400");
    buf_free(&out);
    arena_free(&arena);
}

static void a_template_renders_many_times_without_data_too(void **state)
{
    (void)state;
    struct job job;
    job_run(&job, (struct mustache_options){0}, "[{{>*n}}]",
            (partial_table){"p", "x", "bad", "{{#"}, "{\"n\": \"p\"}");
    assert_string_equal(job.out.data, "[x]");
    assert_true(mustache_render(job.template, NULL, &job.out, &job.why));
    assert_string_equal(job.out.data, "[x][]");
    for (int i = 0; i < 2; i++) {
        const struct value *bad = value_from(&job.arena, "{\"n\": \"bad\"}");
        assert_false(mustache_render(job.template, bad, &job.out, &job.why));
        assert_string_equal(job.out.data, "[x][]");
    }
    assert_true(mustache_render(job.template, value_from(&job.arena, "{\"n\": \"p\"}"), &job.out,
                                &job.why));
    assert_string_equal(job.out.data, "[x][][x]");
    job_free(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_public_specification_passes),
        cmocka_unit_test(templates_render_as_expected),
        cmocka_unit_test(plain_templates_escape_nothing),
        cmocka_unit_test(numbers_keep_the_form_they_were_written_in),
        cmocka_unit_test(a_template_renders_many_times_without_data_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
