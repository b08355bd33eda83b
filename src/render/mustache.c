#include "render/mustache.h"

#include <assert.h>

#include "render/mustache_run.h"

bool mustache_render(struct mustache *template, const struct value *data, struct buf *out,
                     struct failure *why)
{
    size_t before = out->len;
    size_t room = out->limit - out->len, most = template->options.output_max;
    struct run run = {
        .template = template, .why = why, .out = out, .output_max = room < most ? room : most};
    if (!mustache_run(&run, data)) {
        buf_truncate(out, before);
        return false;
    }
    return true;
}

bool mustache_reader_section(struct run *run, const struct unit *unit, uint32_t index,
                             enum reader_field field)
{
    struct residual *residual = run->residual;
    const struct node *node = &unit->nodes[index];
    bool wanted = node->kind == NODE_SECTION;
    if (residual->depth == sizeof residual->open / sizeof residual->open[0]) {
        return mustache_run_fail(run, unit, node, "sections on the reader nest more than %zu deep",
                                 residual->depth);
    }
    struct scope scope = {.field = field};
    residual_begin_if(residual, field, wanted);
    bool ok = mustache_run_body(run, unit, index, wanted ? &scope : NULL);
    residual_end_if(residual);
    return ok;
}

bool mustache_specialise(struct mustache *template, const struct value *data,
                         struct residual *residual, struct failure *why)
{
    assert(value_find(data, "reader") == NULL);
    struct run run = {.template = template,
                      .why = why,
                      .residual = residual,
                      .output_max = template->options.output_max};
    if (!mustache_run(&run, data)) {
        return false;
    }
    if (!residual_ok(residual)) {
        return fail(why, FAILURE_DATA,
                    "%s: what depends on the reader is too large: more than %d "
                    "pieces or %d bytes",
                    template->first->path, RESIDUAL_OPS_MAX, RESIDUAL_TEXT_MAX);
    }
    return true;
}
