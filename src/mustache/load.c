/* A template and its partials: loads them, and compiles each once. */
#include <string.h>

#include "mustache/program.h"

static bool same_name(struct span a, const char *b)
{
    return strlen(b) == a.len && memcmp(a.text, b, a.len) == 0;
}

/* A name may come from data, so names that would leave the folder of partials are refused here,
 * whatever the loader does. */
static bool name_is_safe(struct span name)
{
    if (name.len == 0 || name.len > MUSTACHE_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.text[i] < 0x20 || name.text[i] == 0x7F) {
            return false;
        }
    }
    for (size_t i = 0; i < name.len;) {
        const char *slash = memchr(name.text + i, '/', name.len - i);
        size_t end = slash == NULL ? name.len : (size_t)(slash - name.text);
        if (end == i || (end - i <= 2 && memcmp(name.text + i, "..", end - i) == 0)) {
            return false;
        }
        i = end + 1;
    }
    return name.text[name.len - 1] != '/';
}

static struct unit *unit_add(struct mustache *template, const char *name, const char *path)
{
    struct unit *unit = arena_alloc(template->arena, sizeof *unit);
    unit->name = name;
    unit->path = path;
    if (template->last != NULL) {
        template->last->next = unit;
    } else {
        template->first = unit;
    }
    template->last = unit;
    template->unit_count++;
    return unit;
}

static bool unit_load(struct mustache *template, struct unit *unit, struct failure *why)
{
    const struct mustache_options *options = &template->options;
    const char *text = NULL, *path = NULL;
    size_t len = 0;
    if (options->load != NULL && !options->load(options->load_context, template->arena, unit->name,
                                                &text, &len, &path, why)) {
        int line, column;
        mustache_place(unit->from, unit->from_offset, &line, &column);
        return fail_context(why, "%s:%d:%d: partial \"%s\"", unit->from->path, line, column,
                            unit->name);
    }
    if (text == NULL) {
        unit->missing = true;
        return true;
    }
    unit->path = path != NULL ? path : unit->name;
    unit->text = (struct span){text, len};
    return mustache_parse(template->arena, unit, why);
}

static bool unit_find_or_load(struct mustache *template, struct span name, const struct unit *from,
                              uint32_t offset, struct unit **unit, struct failure *why)
{
    for (*unit = template->first->next; *unit != NULL; *unit = (*unit)->next) {
        if (!(*unit)->broken && same_name(name, (*unit)->name)) {
            return true;
        }
    }
    if (!name_is_safe(name)) {
        return mustache_fail(from, offset, why,
                             "\"%.*s\" cannot be a partial's name: no \"..\", no empty part, no "
                             "control character, at most %d bytes",
                             SPAN(name), MUSTACHE_NAME_MAX);
    }
    if (template->unit_count == MUSTACHE_UNITS_MAX) {
        return mustache_fail(from, offset, why, "more than %d partials", MUSTACHE_UNITS_MAX - 1);
    }
    const char *copy = arena_copy_bytes(template->arena, name.text, name.len);
    *unit = unit_add(template, copy, copy);
    (*unit)->from = from;
    (*unit)->from_offset = offset;
    (*unit)->broken = !unit_load(template, *unit, why);
    return !(*unit)->broken;
}

/* Loads the partials that a unit names. */
static bool unit_link(struct mustache *template, struct unit *unit, struct failure *why)
{
    for (uint32_t i = 0; i < unit->count; i++) {
        struct template_node *node = &unit->nodes[i];
        if ((node->kind != NODE_PARTIAL && node->kind != NODE_PARENT) || node->dynamic) {
            continue;
        }
        if (!unit_find_or_load(template, node->text, unit, node->offset, &node->target, why)) {
            return false;
        }
        if (node->target->missing && template->options.strict) {
            return mustache_fail(unit, node->offset, why, "there is no partial \"%s\"",
                                 node->target->name);
        }
    }
    return true;
}

static struct unit *unit_after(const struct mustache *template, const struct unit *last)
{
    return last == NULL ? template->first : last->next;
}

/* Partials name further ones: the list grows while it is walked. */
static bool link_all(struct mustache *template, struct failure *why)
{
    struct unit *unit;
    while ((unit = unit_after(template, template->linked)) != NULL) {
        if (!unit->broken && !unit_link(template, unit, why)) {
            return false;
        }
        template->linked = unit;
    }
    while (template->options.strict && (unit = unit_after(template, template->checked)) != NULL) {
        if (!mustache_check_overrides(template, unit, why)) {
            return false;
        }
        template->checked = unit;
    }
    return true;
}

bool mustache_unit_get(struct mustache *template, struct span name, const struct unit *from,
                       uint32_t offset, struct unit **unit, struct failure *why)
{
    return unit_find_or_load(template, name, from, offset, unit, why) && link_all(template, why);
}

bool mustache_compile(struct arena *arena, const char *path, const char *text, size_t len,
                      const struct mustache_options *options, struct mustache **template,
                      struct failure *why)
{
    struct mustache *made = arena_alloc(arena, sizeof *made);
    made->arena = arena;
    made->options = *options;
    if (made->options.output_max == 0) {
        made->options.output_max = MUSTACHE_OUTPUT_MAX;
    }
    struct unit *unit = unit_add(made, NULL, arena_copy(arena, path));
    unit->text = (struct span){arena_copy_bytes(arena, text, len), len};
    if (!mustache_parse(arena, unit, why)) {
        return false;
    }
    *template = made;
    return link_all(made, why);
}
