#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_public_specification_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
