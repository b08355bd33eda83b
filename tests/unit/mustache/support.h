/* What the tests of render share: values from JSON, partials from a table. */
#ifndef TESTS_RENDER_SUPPORT_H
#define TESTS_RENDER_SUPPORT_H

/* cmocka has a macro of the name fail(): our headers come first. */
#include "mustache/mustache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static inline struct value *value_from_json(struct arena *arena, const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_TRUE:
        return value_bool(arena, true);
    case JSON_FALSE:
        return value_bool(arena, false);
    case JSON_INTEGER:
        return value_int(arena, json_integer_value(json));
    case JSON_REAL:
        return value_number(arena, arena_format(arena, "%.15g", json_real_value(json)));
    case JSON_STRING:
        return value_text_bytes(arena, json_string_value(json), json_string_length(json));
    default:
        break;
    }
    if (json_is_array(json)) {
        struct value *list = value_list(arena);
        for (size_t i = 0; i < json_array_size(json); i++) {
            value_add(list, value_from_json(arena, json_array_get(json, i)));
        }
        return list;
    }
    if (!json_is_object(json)) {
        return value_null(arena);
    }
    struct value *object = value_object(arena);
    void *at = json_object_iter((json_t *)json);
    for (; at != NULL; at = json_object_iter_next((json_t *)json, at)) {
        value_set(arena, object, json_object_iter_key(at),
                  value_from_json(arena, json_object_iter_value(at)));
    }
    return object;
}

static inline struct value *value_from(struct arena *arena, const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, JSON_DECODE_ANY, &error);
    if (json == NULL) {
        fail_msg("%s: %s", text, error.text);
    }
    struct value *value = value_from_json(arena, json);
    json_decref(json);
    return value;
}

/* Names and texts in turn, NULL behind the last. */
typedef const char *partial_table[7];

static inline bool load_from_table(void *context, struct arena *arena, const char *name,
                                   const char **text, size_t *len, const char **path,
                                   struct failure *why)
{
    (void)why;
    for (const char **row = context; row != NULL && row[0] != NULL; row += 2) {
        if (strcmp(row[0], name) == 0) {
            *text = row[1];
            *len = strlen(row[1]);
            *path = arena_format(arena, "%s.mustache", name);
        }
    }
    return true;
}

/* One rendering, for tests. */
struct job {
    struct arena arena;
    struct failure why;
    struct buf out;
    struct mustache *template;
    bool ok;
};

static inline void job_run(struct job *job, struct mustache_options options, const char *text,
                           partial_table partials, const char *data)
{
    *job = (struct job){0};
    buf_init(&job->out, 1000000);
    options.load = load_from_table;
    options.load_context = partials;
    job->ok = mustache_compile(&job->arena, "t", text, strlen(text), &options, &job->template,
                               &job->why) &&
              mustache_render(job->template, value_from(&job->arena, data), &job->out, &job->why);
}

static inline void job_free(struct job *job)
{
    buf_free(&job->out);
    arena_free(&job->arena);
}

#endif
