/* Names: the stack of contexts, dotted names, the reader's fields, and what a typo may have meant.
 */
#include <string.h>

#include "render/mustache_run.h"

static bool count_steps(struct run *run, size_t steps)
{
    run->steps += steps;
    return run->steps <= MUSTACHE_STEPS_MAX;
}

static const struct value *find_part(struct run *run, const struct value *object, struct span part)
{
    if (object == NULL || object->kind != VALUE_OBJECT) {
        return NULL;
    }
    count_steps(run, object->count / 8);
    return value_find_bytes(object, part.text, part.len);
}

enum { NEAR_MAX = 48 };

/* Edit distance of two short names, a row at a time; more than `limit` may come out as anything
 * above it. */
static size_t distance(struct span a, struct span b, size_t limit)
{
    if (a.len > NEAR_MAX || b.len > NEAR_MAX || a.len > b.len + limit || b.len > a.len + limit) {
        return limit + 1;
    }
    size_t row[NEAR_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = diagonal + (a.text[i - 1] != b.text[j - 1]);
            diagonal = row[j];
            size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < best ? change : best;
        }
    }
    return row[b.len];
}

struct nearest {
    struct span wanted;
    struct span name; /* empty: none near enough */
    size_t distance;
};

static void nearest_try(struct nearest *nearest, const char *name)
{
    size_t limit = nearest->wanted.len < 3 ? 1 : nearest->wanted.len < 6 ? 2 : 3;
    struct span span = {name, strlen(name)};
    size_t found = distance(nearest->wanted, span, limit);
    if (found <= limit && found < span.len &&
        (nearest->name.len == 0 || found < nearest->distance)) {
        nearest->name = span;
        nearest->distance = found;
    }
}

static void nearest_try_object(struct nearest *nearest, const struct value *object)
{
    if (object == NULL || object->kind != VALUE_OBJECT) {
        return;
    }
    size_t tries = 1000;
    for (const struct value *member = object->first; member != NULL && tries > 0;
         member = member->next, tries--) {
        nearest_try(nearest, member->name);
    }
}

static struct span nearest_in_scopes(const struct run *run, struct span wanted)
{
    struct nearest nearest = {.wanted = wanted};
    for (const struct scope *scope = run->scope; scope != NULL; scope = scope->outer) {
        nearest_try_object(&nearest, scope->value);
    }
    if (run->residual != NULL) {
        nearest_try(&nearest, "reader");
    }
    return nearest.name;
}

/* `part` of the name was not found; `object` is what it was looked for in, NULL for the stack. */
static bool miss(struct run *run, const struct unit *unit, const struct node *node, uint32_t part,
                 const struct value *object)
{
    struct span wanted = node->parts[part];
    struct span near;
    if (object == NULL) {
        near = nearest_in_scopes(run, wanted);
    } else {
        struct nearest nearest = {.wanted = wanted};
        nearest_try_object(&nearest, object);
        near = nearest.name;
    }
    struct span before = {node->text.text, (size_t)(wanted.text - node->text.text)};
    if (near.len == 0) {
        return mustache_run_fail(run, unit, node, "there is no \"%.*s\"%s", SPAN(node->text),
                                 part > 0 && object->kind != VALUE_OBJECT
                                     ? ": what stands before the dot has no parts"
                                     : "");
    }
    return mustache_run_fail(run, unit, node, "there is no \"%.*s\"; did you mean \"%.*s%.*s\"?",
                             SPAN(node->text), SPAN(before), SPAN(near));
}

static bool look_up_field(struct run *run, const struct unit *unit, const struct node *node,
                          struct found *found)
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
    struct nearest nearest = {.wanted = wanted};
    for (int field = 0; field < READER_FIELDS; field++) {
        nearest_try(&nearest, reader_field_name((enum reader_field)field));
    }
    return mustache_run_fail(run, unit, node, "a reader has no \"%.*s\"%s%.*s%s", SPAN(wanted),
                             nearest.name.len > 0 ? "; did you mean \"reader." : "",
                             SPAN(nearest.name), nearest.name.len > 0 ? "\"?" : "");
}

/* "." is the top of the stack. */
static bool look_up_here(const struct run *run, struct found *found)
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
static bool look_up_rest(struct run *run, const struct unit *unit, const struct node *node,
                         const struct value *value, struct found *found)
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

bool mustache_look_up(struct run *run, const struct unit *unit, const struct node *node,
                      struct found *found)
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
