#include "support.h"

#include <stdio.h>

#include "mustache/escape.h"

/* The program as a line: literals in brackets, holes as <field> (plain) or <field;> (HTML),
 * sections as ?field{ … } and !field{ … }. */
static char *show(struct arena *arena, const struct residual *residual)
{
    struct buf out;
    buf_init(&out, 100000);
    for (size_t i = 0; i < residual->count; i++) {
        const struct residual_op *op = &residual->ops[i];
        const char *field = reader_field_name(op->field);
        if (op->kind == RESIDUAL_LITERAL) {
            buf_addf(&out, "[%.*s]", (int)op->len, residual->text.data + op->offset);
        } else if (op->kind == RESIDUAL_HOLE) {
            buf_addf(&out, "<%s%s>", field, op->form == RESIDUAL_HTML ? ";" : "");
        } else if (op->kind == RESIDUAL_END) {
            buf_add_text(&out, "}");
        } else {
            buf_addf(&out, "%s%s{", op->kind == RESIDUAL_IF ? "?" : "!", field);
        }
    }
    char *text = arena_copy(arena, out.data);
    buf_free(&out);
    return text;
}

struct specialise_row {
    const char *name, *text, *data;
    const char *program; /* NULL: an error */
    const char *why;
    enum mustache_escape escape;
    partial_table partials;
};

static const struct specialise_row rows[] = {
    {"what is known becomes text",
     "a{{x}}{{#y}}b{{/y}}",
     "{\"x\": \"<\", \"y\": 1}",
     "[a&lt;b]",
     "",
     MUSTACHE_HTML,
     {0}},
    {"a reader's field becomes a hole",
     "Hi {{reader.name}}!",
     "{}",
     "[Hi ]<name;>[!]",
     "",
     MUSTACHE_HTML,
     {0}},
    {"a raw tag makes a plain hole",
     "{{{reader.name}}}{{&reader.name}}",
     "{}",
     "<name><name>",
     "",
     MUSTACHE_HTML,
     {0}},
    {"a plain template makes plain holes",
     "{{reader.name}}{{{reader.name}}}",
     "{}",
     "<name><name>",
     "",
     MUSTACHE_PLAIN,
     {0}},
    {"each field is known by name",
     "{{reader.name}}{{reader.address}}{{reader.unsubscribe_url}}{{reader.preferences_url}}"
     "{{reader.view_url}}{{reader.topics}}",
     "{}",
     "<name><address><unsubscribe_url><preferences_url><view_url><topics>",
     "",
     MUSTACHE_PLAIN,
     {0}},
    {"a section on a field becomes a condition",
     "{{#reader.name}}Hi {{reader.name}}{{/reader.name}}{{^reader.name}}Hi{{/reader.name}}",
     "{}",
     "?name{[Hi ]<name;>}!name{[Hi]}",
     "",
     MUSTACHE_HTML,
     {0}},
    {"the body of a condition is specialised",
     "{{#reader.topics}}{{#list}}{{.}}:{{reader.name}} {{/list}}{{/reader.topics}}",
     "{\"list\": [1, 2]}",
     "?topics{[1:]<name;>[ 2:]<name;>[ ]}",
     "",
     MUSTACHE_HTML,
     {0}},
    {"inside a condition the dot is the field",
     "{{#reader.name}}{{.}}{{{.}}}{{#.}}x{{/.}}{{/reader.name}}",
     "{}",
     "?name{<name;><name>?name{[x]}}",
     "",
     MUSTACHE_HTML,
     {0}},
    {"inside an inverted condition the dot is what it was",
     "{{#x}}{{^reader.name}}{{.}}{{/reader.name}}{{/x}}",
     "{\"x\": \"y\"}",
     "!name{[y]}",
     "",
     MUSTACHE_HTML,
     {0}},
    {"partials and overrides may speak of the reader",
     "{{<p}}{{$b}}{{reader.name}}{{/b}}{{/p}}",
     "{}",
     "[<]<name;>[>]",
     "",
     MUSTACHE_HTML,
     {"p", "<{{>q}}>", "q", "{{$b}}{{/b}}"}},
    {"an indented partial indents a hole's line",
     "  {{>p}}\n",
     "{}",
     "[  ]<name;>[\n  x\n]",
     "",
     MUSTACHE_HTML,
     {"p", "{{reader.name}}\nx\n"}},
    {"a closer object of that name is meant",
     "{{#x}}{{reader.name}}{{/x}}",
     "{\"x\": {\"reader\": {\"name\": \"n\"}}}",
     "[n]",
     "",
     MUSTACHE_HTML,
     {0}},

    {"the reader as a whole",
     "\n{{#reader}}{{name}}{{/reader}}",
     "{}",
     NULL,
     "t:2:1: \"reader\" alone cannot be told before the reader is known: name a field, as in "
     "\"reader.name\"",
     MUSTACHE_HTML,
     {0}},
    {"a field that there is not",
     "{{reader.adress}}",
     "{}",
     NULL,
     "t:1:1: a reader has no \"adress\"; did you mean \"reader.address\"?",
     MUSTACHE_HTML,
     {0}},
    {"a field unlike any",
     "{{#reader.shoe_size}}{{/reader.shoe_size}}",
     "{}",
     NULL,
     "t:1:1: a reader has no \"shoe_size\"",
     MUSTACHE_HTML,
     {0}},
    {"the reader misspelt",
     "{{raeder.name}}",
     "{}",
     NULL,
     "t:1:1: there is no \"raeder.name\"; did you mean \"reader.name\"?",
     MUSTACHE_HTML,
     {0}},
    {"a part of a field",
     "{{reader.name.first}}",
     "{}",
     NULL,
     "t:1:1: \"reader.name\" has no parts",
     MUSTACHE_HTML,
     {0}},
    {"a field that names a partial",
     "{{>p}}",
     "{}",
     NULL,
     "p.mustache:1:1: which partial to take must be known before the reader is; in partial p, "
     "included at t:1:1",
     MUSTACHE_HTML,
     {"p", "{{>*reader.name}}"}},
    {"a field that names a parent",
     "{{<*reader.name}}{{/*reader.name}}",
     "{}",
     NULL,
     "t:1:1: which partial to take must be known before the reader is",
     MUSTACHE_HTML,
     {0}},
};

struct specialised {
    struct arena arena;
    struct failure why;
    struct residual residual;
    bool ok;
};

static void specialise(struct specialised *job, struct mustache_options options, const char *text,
                       partial_table partials, const char *data)
{
    *job = (struct specialised){0};
    residual_init(&job->residual);
    options.load = load_from_table;
    options.load_context = partials;
    struct mustache *template = NULL;
    job->ok =
        mustache_compile(&job->arena, "t", text, strlen(text), &options, &template, &job->why) &&
        mustache_specialise(template, value_from(&job->arena, data), &job->residual, &job->why);
}

static void specialised_free(struct specialised *job)
{
    residual_free(&job->residual);
    arena_free(&job->arena);
}

static void only_what_depends_on_the_reader_stays_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct specialise_row row = rows[i];
        struct specialised job;
        struct mustache_options options = {.escape = row.escape, .strict = true};
        specialise(&job, options, row.text, row.partials, row.data);
        const char *program = job.ok ? show(&job.arena, &job.residual) : "";
        if (job.ok != (row.program != NULL) || strcmp(job.why.text, row.why) != 0 ||
            (job.ok && strcmp(program, row.program) != 0)) {
            fail_msg("%s: got %s (%s)", row.name, program, job.why.text);
        }
        specialised_free(&job);
    }
}

static void an_unknown_field_is_an_error_without_strict_mode_too(void **state)
{
    (void)state;
    struct specialised job;
    specialise(&job, (struct mustache_options){0}, "{{reader.nme}}{{x}}", NULL, "{}");
    assert_string_equal(job.why.text,
                        "t:1:1: a reader has no \"nme\"; did you mean \"reader.name\"?");
    specialised_free(&job);
}

static void in_a_whole_rendering_the_reader_is_a_name_like_any_other(void **state)
{
    (void)state;
    struct job job;
    job_run(&job, (struct mustache_options){.strict = true},
            "{{#reader}}{{nick}}{{/reader}}{{reader.nick}}", NULL,
            "{\"reader\": {\"nick\": \"x\"}}");
    assert_string_equal(job.out.data, "xx");
    job_free(&job);
}

static void conditions_nest_to_a_limit(void **state)
{
    (void)state;
    struct specialised job;
    struct buf text;
    for (int depth = 16; depth <= 17; depth++) {
        buf_init(&text, 10000);
        for (int i = 0; i < depth; i++) {
            buf_add_text(&text, "{{#reader.name}}");
        }
        for (int i = 0; i < depth; i++) {
            buf_add_text(&text, "{{/reader.name}}");
        }
        specialise(&job, (struct mustache_options){0}, text.data, NULL, "{}");
        assert_string_equal(job.why.text,
                            depth == 16 ? ""
                                        : "t:1:257: sections on the reader nest more than 16 deep");
        specialised_free(&job);
        buf_free(&text);
    }
}

static void what_is_too_large_is_refused(void **state)
{
    (void)state;
    struct specialised job;
    specialise(&job, (struct mustache_options){.output_max = 3}, "{{#a}}xy{{/a}}", NULL,
               "{\"a\": [1, 2]}");
    assert_string_equal(job.why.text, "t:1:7: the output grows past 3 bytes");
    specialised_free(&job);
    struct buf list;
    buf_init(&list, 10000);
    buf_add_text(&list, "{\"a\": [0");
    for (int i = 0; i < 1000; i++) {
        buf_add_text(&list, ", 0");
    }
    buf_add_text(&list, "]}");
    specialise(&job, (struct mustache_options){0},
               "{{#a}}{{#a}}{{reader.name}}{{reader.name}}{{/a}}{{/a}}", NULL, list.data);
    assert_string_equal(job.why.text, "t: what depends on the reader is too large: more than "
                                      "1000000 pieces or 16777216 bytes");
    specialised_free(&job);
    buf_free(&list);
}

/* A small generator of random numbers, the same everywhere. */
static uint32_t roll(uint64_t *seed, uint32_t sides)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % sides;
}

static const char *const some_names[] = {
    "a",      "b",     "list",        "o.x",           "o",           ".",
    "absent", "empty", "reader.name", "reader.topics", "reader.name", "reader.view_url",
};
static const char *const some_texts[] = {"x", " ", "\n", "  ", "\n\n  ", "<", "one\ntwo\n", "\r\n"};
static const char *const some_partials[] = {"p", "q", "r", "none"};

#define PICK(seed, table) (table)[roll(seed, sizeof(table) / sizeof(table)[0])]

/* Mostly one further down the table than the text that names it, seldom any at all. */
static const char *pick_partial(uint64_t *seed, uint32_t level)
{
    if (roll(seed, 20) == 0) {
        return roll(seed, 2) == 0 ? "*a" : "*list";
    }
    return some_partials[level + roll(seed, 4 - level)];
}

static void make_template(struct buf *out, uint64_t *seed, int depth, uint32_t level)
{
    for (uint32_t left = 1 + roll(seed, 5); left > 0; left--) {
        uint32_t kind = roll(seed, depth > 0 ? 10 : 5);
        const char *name = PICK(seed, some_names);
        if (kind < 2) {
            buf_add_text(out, PICK(seed, some_texts));
        } else if (kind < 4) {
            buf_addf(out, kind == 2 ? "{{%s}}" : "{{{%s}}}", name);
        } else if (kind == 4) {
            buf_addf(out, "{{>%s}}%s", pick_partial(seed, level), PICK(seed, some_texts));
        } else if (kind < 8) {
            const char *gap = PICK(seed, some_texts);
            buf_addf(out, "{{%c%s}}%s", "#^#"[kind - 5], name, gap);
            make_template(out, seed, depth - 1, level);
            buf_addf(out, "{{/%s}}%s", name, gap);
        } else {
            const char *partial = pick_partial(seed, level);
            const char *block = roll(seed, 2) == 0 ? "s" : "t";
            buf_addf(out, kind == 8 ? "{{$%s}}%s" : "{{<%s}}{{$s}}%s", kind == 8 ? block : partial,
                     PICK(seed, some_texts));
            make_template(out, seed, depth - 1, level);
            buf_addf(out, kind == 8 ? "{{/%s}}" : "{{/s}}{{/%s}}", kind == 8 ? block : partial);
        }
    }
}

static struct value *make_data(struct arena *arena, uint64_t *seed)
{
    static const char *const texts[] = {
        "{\"a\": \"q\", \"b\": null, \"list\": [1, \"<&>\", [], {\"a\": 2}], \"o\": {\"x\": 0}}",
        "{\"a\": [\"p\", \"q\"], \"b\": true, \"list\": [], \"o\": {\"x\": {\"b\": \"\\n\"}}}",
        "{\"a\": {\"list\": [{\"o\": {\"x\": [1, 2]}}, false]}, \"list\": \"p\", \"empty\": \"\"}",
        "{\"list\": [{\"b\": 1}, {\"reader\": {\"name\": \"near\"}}], \"o\": \"r\"}",
    };
    return value_from(arena, PICK(seed, texts));
}

static void make_reader(struct arena *arena, uint64_t *seed, struct reader_values *reader,
                        struct value *object)
{
    static const char *const texts[] = {"", "Ann <R&D> 'x'", "http://example.org/?a=1&b=2", "\n"};
    for (int field = 0; field < READER_FIELDS; field++) {
        const char *text = PICK(seed, texts);
        struct buf html;
        buf_init(&html, 1000);
        escape_html(&html, text, strlen(text));
        reader->text[RESIDUAL_PLAIN][field] = text;
        reader->text[RESIDUAL_HTML][field] = arena_copy(arena, html.data);
        buf_free(&html);
        value_set_text(arena, object, reader_field_name((enum reader_field)field), text);
    }
}

/* True if the template could be specialised, and finished copies equal whole renderings. */
static bool copies_are_equal(struct arena *arena, uint64_t seed, enum mustache_escape escape)
{
    struct buf text[4], whole, finished;
    struct residual residual;
    struct failure why = {0};
    for (int i = 0; i < 4; i++) {
        buf_init(&text[i], 100000);
        make_template(&text[i], &seed, i == 0 ? 4 : 2, (uint32_t)i);
    }
    buf_init(&whole, 10000000);
    buf_init(&finished, 10000000);
    residual_init(&residual);
    partial_table partials = {"p", text[1].data, "q", text[2].data, "r", text[3].data};
    struct mustache_options options = {
        .escape = escape, .load = load_from_table, .load_context = partials};
    struct mustache *template = NULL;
    struct value *data = make_data(arena, &seed);
    bool ok = mustache_compile(arena, "t", text[0].data, text[0].len, &options, &template, &why) &&
              mustache_specialise(template, data, &residual, &why);
    struct value *object = value_object(arena);
    value_set(arena, data, "reader", object);
    for (int copy = 0; ok && copy < 3; copy++) {
        struct reader_values reader;
        object->first = object->last = NULL;
        make_reader(arena, &seed, &reader, object);
        buf_reset(&whole);
        buf_reset(&finished);
        assert_true(mustache_render(template, data, &whole, &why));
        residual_run(&residual, &reader, NULL, &finished);
        if (strcmp(whole.data, finished.data) != 0) {
            fail_msg("%s\n with %s | %s | %s\n gives whole\n%s\n finished\n%s", text[0].data,
                     text[1].data, text[2].data, text[3].data, whole.data, finished.data);
        }
    }
    for (int i = 0; i < 4; i++) {
        buf_free(&text[i]);
    }
    buf_free(&whole);
    buf_free(&finished);
    residual_free(&residual);
    return ok;
}

static void a_finished_copy_equals_a_whole_rendering(void **state)
{
    (void)state;
    size_t compared = 0;
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        struct arena arena = {0};
        compared += copies_are_equal(&arena, seed, seed % 2 == 0 ? MUSTACHE_HTML : MUSTACHE_PLAIN);
        arena_free(&arena);
    }
    print_message("%zu of 3000 random templates were specialised and compared\n", compared);
    assert_true(compared > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_depends_on_the_reader_stays_open),
        cmocka_unit_test(an_unknown_field_is_an_error_without_strict_mode_too),
        cmocka_unit_test(in_a_whole_rendering_the_reader_is_a_name_like_any_other),
        cmocka_unit_test(conditions_nest_to_a_limit),
        cmocka_unit_test(what_is_too_large_is_refused),
        cmocka_unit_test(a_finished_copy_equals_a_whole_rendering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
