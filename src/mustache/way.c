/* Failures while rendering: with the chain of partials at the end. */
#include "mustache/run.h"

enum { WAY_SHOWN = 5 }; /* partials that a message names before it counts the rest */

/* Adds the partials that are being rendered, innermost first. */
static void add_calls(const struct evaluation *run, struct buf *text)
{
    size_t calls = 0;
    for (const struct call *call = run->call; call != NULL; call = call->outer, calls++) {
        int line, column;
        if (calls < WAY_SHOWN) {
            mustache_place(call->from, call->offset, &line, &column);
            buf_addf(text, "; in partial %s, included at %s:%d:%d", call->unit->name,
                     call->from->path, line, column);
        }
    }
    if (calls > WAY_SHOWN) {
        buf_addf(text, "; and so on, %zu deep", calls);
    }
}

bool mustache_run_fail(struct evaluation *run, const struct unit *unit,
                       const struct template_node *node, const char *format, ...)
{
    struct buf way;
    buf_init(&way, sizeof run->why->text);
    add_calls(run, &way);
    va_list args;
    va_start(args, format);
    mustache_fail_on_way(unit, node->offset, run->why, way.data, format, args);
    va_end(args);
    buf_free(&way);
    return false;
}
