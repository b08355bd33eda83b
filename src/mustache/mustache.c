#include "mustache/mustache.h"

#include <assert.h>

#include "mustache/run.h"

bool mustache_render(struct mustache *template, const struct value *data, struct buf *out,
                     struct failure *why)
{
    size_t before = out->len;
    size_t room = out->limit - out->len, most = template->options.output_max;
    struct evaluation run = {
        .template = template, .why = why, .out = out, .output_max = room < most ? room : most};
    if (!mustache_run(&run, data)) {
        buf_truncate(out, before);
        return false;
    }
    return true;
}

bool mustache_specialise(struct mustache *template, const struct value *data,
                         struct residual *residual, struct failure *why)
{
    assert(value_find(data, "reader") == NULL);
    struct evaluation run = {.template = template,
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
