/* `render`: runs the template engine for template authors. Needs no settings and no database. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cmd/verbs.h"
#include "mustache/mustache.h"

enum render_option { RENDER_DATA, RENDER_PARTIALS, RENDER_PLAIN, RENDER_STRICT };

enum { RENDER_INPUT_MAX = 64 * 1024 * 1024 };

static const struct option_spec render_options[] = {
    [RENDER_DATA] = {"data", 0, "FILE.json", "the variables; - is standard input", false},
    [RENDER_PARTIALS] = {"partials", 0, "DIR", "where {{> name}} finds name.mustache", false},
    [RENDER_PLAIN] = {"plain", 0, NULL, "do not escape HTML, as in issue.txt.mustache", false},
    [RENDER_STRICT] = {"strict", 0, NULL, "a variable that is not there is an error", false},
    {0},
};

static bool render_read(struct arena *arena, const char *path, const char **text, size_t *len,
                        struct failure *why)
{
    struct buf content;
    buf_init(&content, RENDER_INPUT_MAX);
    bool good = strcmp(path, "-") == 0 ? file_read_stdin(RENDER_INPUT_MAX, &content, why)
                                       : file_read(path, RENDER_INPUT_MAX, &content, why);
    if (good) {
        *text = arena_copy_bytes(arena, content.data, content.len);
        *len = content.len;
    }
    buf_free(&content);
    return good;
}

/* A template may come from somebody else: it may include only files of the given folder. */
static bool render_read_partial(struct arena *arena, const char *folder, const char *name,
                                const char **text, size_t *len, struct failure *why)
{
    struct buf content;
    buf_init(&content, RENDER_INPUT_MAX);
    bool good = file_read_beneath(folder, name, RENDER_INPUT_MAX, &content, why);
    if (good) {
        *text = arena_copy_bytes(arena, content.data, content.len);
        *len = content.len;
    }
    buf_free(&content);
    return good;
}

static bool render_load(void *context, struct arena *arena, const char *name, const char **text,
                        size_t *len, const char **path, struct failure *why)
{
    const char *folder = context;
    *text = NULL;
    if (folder == NULL) {
        return true;
    }
    const char *endings[] = {".mustache", ""};
    for (size_t i = 0; i < 2; i++) {
        const char *file = arena_format(arena, "%s%s", name, endings[i]);
        struct failure absent = {0};
        *path = file_join(arena, folder, file);
        if (render_read_partial(arena, folder, file, text, len, &absent)) {
            return true;
        }
        if (absent.kind != FAILURE_NO_INPUT || access(*path, F_OK) == 0) {
            *why = absent;
            return false;
        }
    }
    return true;
}

static bool render_data(struct program *program, struct value **data, struct failure *why)
{
    const struct option_value *given = &program->options[RENDER_DATA];
    struct arena *arena = &program->arena;
    if (given->count == 0) {
        *data = value_object(arena);
        return true;
    }
    const char *text;
    size_t len;
    return render_read(arena, given->values[0], &text, &len, why) &&
           json_read(arena, given->values[0], text, len, data, why);
}

static bool render_run(struct program *program, int *status, struct failure *why)
{
    (void)status;
    if (program->argc != 1) {
        return fail(why, FAILURE_USAGE, "render takes one template");
    }
    struct arena *arena = &program->arena;
    const struct option_value *partials = &program->options[RENDER_PARTIALS];
    const char *path = program->argv[0];
    const char *text;
    size_t len;
    struct value *data;
    struct mustache *template;
    struct mustache_options options = {
        .escape = program->options[RENDER_PLAIN].count > 0 ? MUSTACHE_PLAIN : MUSTACHE_HTML,
        .strict = program->options[RENDER_STRICT].count > 0,
        .load = render_load,
        .load_context = partials->count > 0 ? (void *)(uintptr_t)partials->values[0] : NULL,
    };
    struct buf out;
    buf_init(&out, RENDER_INPUT_MAX);
    bool good = render_read(arena, path, &text, &len, why) && render_data(program, &data, why) &&
                mustache_compile(arena, path, text, len, &options, &template, why) &&
                mustache_render(template, data, &out, why);
    if (good) {
        fwrite(out.data, 1, out.len, stdout);
    }
    buf_free(&out);
    return good;
}

const struct verb verb_render = {
    .name = "render",
    .options = render_options,
    .usage = "TEMPLATE [--data FILE.json] [--partials DIR] [--plain] [--strict]",
    .help = "Render any mustache template with JSON data to standard output",
    .examples = "  verdicts render card.mustache --data card.json --partials partials\n"
                "  echo '{\"name\":\"Ann\"}' | verdicts render hello.mustache --data -\n",
    .run = render_run,
};
