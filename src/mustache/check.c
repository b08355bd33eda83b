/*
 * Overrides without effect: in strict mode it is an error to give a parent a block that it does not
 * have, because the text would be lost without notice.
 */
#include <string.h>

#include "mustache/nearest.h"

/* The units whose text may be included from `target`, as a list linked by `queued`. */
struct reach {
    struct unit *first, *last;
    uint32_t mark;
    size_t nodes;
    bool dynamic; /* a name is resolved at rendering: any unit may be included */
};

static void reach_add(struct reach *reach, struct unit *unit)
{
    if (unit == NULL || unit->mark == reach->mark) {
        return;
    }
    unit->mark = reach->mark;
    unit->queued = NULL;
    if (reach->last != NULL) {
        reach->last->queued = unit;
    } else {
        reach->first = unit;
    }
    reach->last = unit;
}

static struct reach reach_of(struct mustache *template, struct unit *target)
{
    struct reach reach = {.mark = ++template->marks};
    reach_add(&reach, target);
    for (struct unit *unit = reach.first; unit != NULL; unit = unit->queued) {
        reach.nodes += unit->count;
        for (uint32_t i = 0; i < unit->count; i++) {
            const struct template_node *node = &unit->nodes[i];
            if (node->kind == NODE_PARTIAL || node->kind == NODE_PARENT) {
                reach.dynamic = reach.dynamic || node->dynamic;
                reach_add(&reach, node->target);
            }
        }
    }
    return reach;
}

static bool reach_has_block(const struct reach *reach, struct nearest *nearest)
{
    struct span name = nearest->wanted;
    for (const struct unit *unit = reach->first; unit != NULL; unit = unit->queued) {
        for (uint32_t i = 0; i < unit->count; i++) {
            const struct template_node *node = &unit->nodes[i];
            if (node->kind != NODE_BLOCK) {
                continue;
            }
            if (node->text.len == name.len && memcmp(node->text.text, name.text, name.len) == 0) {
                return true;
            }
            nearest_try(nearest, node->text);
        }
    }
    return false;
}

static bool check_parent(struct mustache *template, const struct unit *unit, uint32_t index,
                         struct failure *why)
{
    const struct template_node *parent = &unit->nodes[index];
    struct reach reach = reach_of(template, parent->target);
    template->check_steps += reach.nodes;
    for (uint32_t i = index + 1; !reach.dynamic && i < parent->end; i = unit->nodes[i].end) {
        const struct template_node *node = &unit->nodes[i];
        struct nearest nearest = nearest_to(node->text);
        template->check_steps += reach.nodes;
        if (!reach_has_block(&reach, &nearest)) {
            bool any = nearest.name.len > 0;
            return mustache_fail(unit, node->offset, why, "\"%.*s\" has no block \"%.*s\"%s%.*s%s",
                                 SPAN(parent->text), SPAN(node->text),
                                 any ? "; did you mean \"" : "", SPAN(nearest.name),
                                 any ? "\"?" : "");
        }
    }
    return true;
}

bool mustache_check_overrides(struct mustache *template, const struct unit *unit,
                              struct failure *why)
{
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct template_node *node = &unit->nodes[i];
        bool checked = node->kind == NODE_PARENT && !node->dynamic && node->end > i + 1 &&
                       template->check_steps <= MUSTACHE_STEPS_MAX;
        if (checked && !check_parent(template, unit, i, why)) {
            return false;
        }
    }
    return true;
}
