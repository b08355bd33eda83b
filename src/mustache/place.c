/* Positions in templates, and failures that name them. */
#include <stdio.h>

#include "base/utf8.h"
#include "mustache/program.h"

void mustache_place(const struct unit *unit, uint32_t offset, int *line, int *column)
{
    *line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset && i < unit->text.len; i++) {
        if (unit->text.text[i] == '\n') {
            ++*line;
            start = i + 1;
        }
    }
    *column = (int)(offset - start) + 1;
}

/* "; in partial footer, included at issue.html.mustache:40:3". */
static void add_way(const struct unit *unit, struct buf *text)
{
    for (; unit->from != NULL; unit = unit->from) {
        int line, column;
        mustache_place(unit->from, unit->from_offset, &line, &column);
        buf_addf(text, "; in partial %s, included at %s:%d:%d", unit->name, unit->from->path, line,
                 column);
    }
}

bool mustache_fail_on_way(const struct unit *unit, uint32_t offset, struct failure *why,
                          const char *way, const char *format, va_list args)
{
    char what[512];
    if (vsnprintf(what, sizeof what, format, args) >= (int)sizeof what) {
        what[utf8_cut(what, sizeof what, sizeof what - 4)] = '\0';
    }
    int line, column;
    mustache_place(unit, offset, &line, &column);
    return fail(why, FAILURE_DATA, "%s:%d:%d: %s%s", unit->path, line, column, what, way);
}

bool mustache_fail(const struct unit *unit, uint32_t offset, struct failure *why,
                   const char *format, ...)
{
    struct buf way;
    buf_init(&way, sizeof why->text);
    add_way(unit, &way);
    va_list args;
    va_start(args, format);
    mustache_fail_on_way(unit, offset, why, way.data, format, args);
    va_end(args);
    buf_free(&way);
    return false;
}
