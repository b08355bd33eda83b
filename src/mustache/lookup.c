/* Names: the stack of contexts, dotted names, the reader's fields, and what a typo may have meant.
 */
#include <string.h>

#include "mustache/nearest.h"
#include "mustache/run.h"

static bool count_steps(struct evaluation *run, size_t steps)
{
    run->steps += steps;
    return run->steps <= MUSTACHE_STEPS_MAX;
}

static const struct value *find_part(struct evaluation *run, const struct value *object,
                                     struct span part)
{
    if (object == NULL || object->kind != VALUE_OBJECT) {
        return NULL;
    }
    count_steps(run, object->count / 8);
    return value_find_bytes(object, part.text, part.len);
}

static void nearest_try_scopes(struct nearest *nearest, const struct evaluation *run)
{
    for (const struct scope *scope = run->scope; scope != NULL; scope = scope->outer) {
        nearest_try_members(nearest, scope->value);
    }
    if (run->residual != NULL) {
        nearest_try(nearest, (struct span){"reader", 6});
    }
}

/* `part` of the name was not found; `object` is what it was looked for in, NULL for the stack. */
static bool miss(struct evaluation *run, const struct unit *unit, const struct template_node *node,
                 uint32_t part, const struct value *object)
{
    struct nearest nearest = nearest_to(node->parts[part]);
    if (object == NULL) {
        nearest_try_scopes(&nearest, run);
    } else {
        nearest_try_members(&nearest, object);
    }
    const char *start = node->text.text;
    size_t at = (size_t)(nearest.wanted.text - start), behind = at + nearest.wanted.len;
    struct span before = {start, at};
    struct span rest = {start + behind, node->text.len - behind};
    if (nearest.name.len > 0) {
        return mustache_run_fail(run, unit, node,
                                 "there is no \"%.*s\"; did you mean \"%.*s%.*s%.*s\"?",
                                 SPAN(node->text), SPAN(before), SPAN(nearest.name), SPAN(rest));
    }
    bool no_parts = object != NULL && object->kind != VALUE_OBJECT;
    return mustache_run_fail(run, unit, node, "there is no \"%.*s\"%s", SPAN(node->text),
                             no_parts ? ": what stands before the dot has no parts" : "");
}

static bool look_up_field(struct evaluation *run, const struct unit *unit,
                          const struct template_node *node, struct found *found)
{
    if (node->part_count == 1) {
        return mustache_run_fail(run, unit, node,
                                 "\"reader\" alone cannot be told before the reader is known: "
                                 "name a field, as in \"reader.name\"");
    }
    struct span wanted = node->parts[1];
    found->field = reader_field_find(wanted.text, wanted.len);
    if (node->part_count == 2 && found->field != READER_FIELDS) {
        found->kind = FOUND_READER;
        return true;
    }
    if (found->field != READER_FIELDS) {
        return mustache_run_fail(run, unit, node, "\"reader.%.*s\" has no parts", SPAN(wanted));
    }
    struct nearest nearest = nearest_to(wanted);
    for (int field = 0; field < READER_FIELDS; field++) {
        const char *name = reader_field_name((enum reader_field)field);
        nearest_try(&nearest, (struct span){name, strlen(name)});
    }
    bool any = nearest.name.len > 0;
    return mustache_run_fail(run, unit, node, "a reader has no \"%.*s\"%s%.*s%s", SPAN(wanted),
                             any ? "; did you mean \"reader." : "", SPAN(nearest.name),
                             any ? "\"?" : "");
}

/* "." is the top of the stack. */
static bool look_up_here(const struct evaluation *run, struct found *found)
{
    if (run->scope->field != READER_FIELDS) {
        *found = (struct found){.kind = FOUND_READER, .field = run->scope->field};
    } else if (run->scope->value != NULL) {
        *found = (struct found){.kind = FOUND_VALUE, .value = run->scope->value};
    }
    return true;
}

static bool is_absent(const struct value *value)
{
    return value->kind == VALUE_NULL || value->kind == VALUE_FALSE;
}

/* The parts behind the first one, each in what the one before it gave. */
static bool look_up_rest(struct evaluation *run, const struct unit *unit,
                         const struct template_node *node, const struct value *value,
                         struct found *found)
{
    for (uint32_t part = 1; part < node->part_count; part++) {
        const struct value *inner = find_part(run, value, node->parts[part]);
        if (inner == NULL) {
            bool fine = !run->template->options.strict || is_absent(value);
            return fine || miss(run, unit, node, part, value);
        }
        value = inner;
    }
    *found = (struct found){.kind = FOUND_VALUE, .value = value};
    return true;
}

bool mustache_look_up(struct evaluation *run, const struct unit *unit,
                      const struct template_node *node, struct found *found)
{
    *found = (struct found){.kind = FOUND_NOTHING, .field = READER_FIELDS};
    if (node->part_count == 0) {
        return look_up_here(run, found);
    }
    struct span first = node->parts[0];
    for (const struct scope *scope = run->scope; scope != NULL; scope = scope->outer) {
        if (!count_steps(run, 1)) {
            return mustache_run_fail(run, unit, node,
                                     "more than %d steps: a section within itself?",
                                     MUSTACHE_STEPS_MAX);
        }
        const struct value *value = find_part(run, scope->value, first);
        if (value != NULL) {
            return look_up_rest(run, unit, node, value, found);
        }
    }
    if (run->residual != NULL && first.len == 6 && memcmp(first.text, "reader", 6) == 0) {
        return look_up_field(run, unit, node, found);
    }
    return !run->template->options.strict || miss(run, unit, node, 0, NULL);
}
