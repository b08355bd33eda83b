#include "intake/reading.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "intake/text.h"

/* RFC 6901, from the root down. */
static void path_add(struct buf *path, const struct step *step)
{
    if (step == NULL) {
        return;
    }
    path_add(path, step->up);
    buf_add_char(path, '/');
    if (step->name == NULL) {
        buf_addf(path, "%zu", step->index);
        return;
    }
    for (const char *c = step->name; *c != '\0'; c++) {
        if (*c == '~' || *c == '/') {
            buf_add_text(path, *c == '~' ? "~0" : "~1");
        } else {
            buf_add_char(path, *c);
        }
    }
}

static void locate(const struct json_source *source, const char *path, int *line, int *column)
{
    if (!json_locate(source->bytes, source->len, path, line, column)) {
        *line = *column = 1;
    }
    *column += *line == 1 ? source->column - 1 : 0;
    *line += source->line - 1;
}

enum { PATH_MAX_BYTES = 16 * 1024 * 1024 };

void reading_place(const struct json_source *source, const struct step *step, int *line,
                   int *column)
{
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    path_add(&path, step);
    locate(source, path.data, line, column);
    buf_free(&path);
}

/* A message shows at most this many bytes of a path. */
enum { PATH_SHOWN = 200 };

static void write_failure(const struct json_source *source, const char *path, const char *text,
                          struct failure *why)
{
    struct arena arena = {0};
    const char *shown = text_excerpt(&arena, path, PATH_SHOWN);
    const char *colon = path[0] != '\0' ? ": " : "";
    if (source->name == NULL) {
        fail(why, FAILURE_DATA, "%s%s%s", shown, colon, text);
    } else {
        int line;
        int column;
        locate(source, path, &line, &column);
        fail(why, FAILURE_DATA, "%s:%d:%d: %s%s%s", source->name, line, column, shown, colon, text);
    }
    arena_free(&arena);
}

bool reading_fail(const struct json_source *source, const struct step *step, struct failure *why,
                  const char *format, ...)
{
    struct failure text;
    va_list args;
    va_start(args, format);
    vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    path_add(&path, step);
    write_failure(source, path.data, text.text, why);
    buf_free(&path);
    return false;
}
