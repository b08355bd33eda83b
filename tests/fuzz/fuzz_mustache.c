/*
 * A template against data. The first byte sets the options; then come the data, the template and
 * up to two partials ("p" and "q"), parted by the byte 0x01. The data is a small language of its
 * own, read by a stack machine that takes any bytes: see make_data().
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mustache/mustache.h"

enum { PARTS = 4, DATA_DEPTH = 8 };

struct part {
    const char *bytes;
    size_t len;
};

static bool load_part(void *context, struct arena *arena, const char *name, const char **text,
                      size_t *len, const char **path, struct failure *why)
{
    (void)arena, (void)why;
    const struct part *parts = context;
    if (strcmp(name, "p") == 0 || strcmp(name, "q") == 0) {
        const struct part *part = &parts[name[0] == 'p' ? 2 : 3];
        *text = part->bytes;
        *len = part->len;
        *path = name;
    }
    return true;
}

/* '{' and '[' open, ']' and '}' close; "name:" gives the next element of an object its name; 'n',
 * 't' and 'f' are null, true and false; a digit is a number; any other byte a text of itself and
 * what follows up to a comma. */
static struct value *make_element(struct arena *arena, const char **at, const char *end)
{
    const char *start = *at;
    char kind = *(*at)++;
    switch (kind) {
    case '{':
        return value_object(arena);
    case '[':
        return value_list(arena);
    case 'n':
        return value_null(arena);
    case 't':
    case 'f':
        return value_bool(arena, kind == 't');
    default:
        break;
    }
    if (kind >= '0' && kind <= '9') {
        return value_int(arena, kind - '0');
    }
    while (*at < end && **at != ',') {
        ++*at;
    }
    return value_text_bytes(arena, start, (size_t)(*at - start));
}

static void add_element(struct arena *arena, struct value *parent, const char *name,
                        struct value *element)
{
    if (parent->kind == VALUE_LIST) {
        value_add(parent, element);
    } else if (strcmp(name, "reader") != 0) {
        value_set(arena, parent, name, element);
    }
}

static struct value *make_data(struct arena *arena, struct part part)
{
    struct value *stack[DATA_DEPTH] = {value_object(arena)};
    size_t depth = 0;
    const char *name = "a";
    for (const char *at = part.bytes, *end = at + part.len; at < end;) {
        const char *colon = memchr(at, ':', (size_t)(end - at) < 8 ? (size_t)(end - at) : 8);
        if (*at == ',' || *at == ']' || *at == '}') {
            depth -= *at != ',' && depth > 0;
            at++;
        } else if (colon != NULL && memchr(at, ',', (size_t)(colon - at)) == NULL) {
            name = arena_copy_bytes(arena, at, (size_t)(colon - at));
            at = colon + 1;
        } else {
            struct value *element = make_element(arena, &at, end);
            add_element(arena, stack[depth], name, element);
            bool opens = element->kind == VALUE_LIST || element->kind == VALUE_OBJECT;
            if (opens && depth + 1 < DATA_DEPTH) {
                stack[++depth] = element;
            }
        }
    }
    return stack[0];
}

/* Both forms of each field, "" for one of them: what a finished copy is made of. */
static struct reader_values some_reader(void)
{
    struct reader_values reader;
    for (int field = 0; field < READER_FIELDS; field++) {
        reader.text[RESIDUAL_PLAIN][field] = field == READER_TOPICS ? "" : "<x>";
        reader.text[RESIDUAL_HTML][field] = field == READER_TOPICS ? "" : "&lt;x&gt;";
    }
    return reader;
}

static struct value *reader_object(struct arena *arena)
{
    struct reader_values reader = some_reader();
    struct value *object = value_object(arena);
    for (int field = 0; field < READER_FIELDS; field++) {
        value_set_text(arena, object, reader_field_name((enum reader_field)field),
                       reader.text[RESIDUAL_PLAIN][field]);
    }
    return object;
}

static void try_template(struct arena *arena, const struct mustache_options *options,
                         const struct part *parts)
{
    struct mustache *template = NULL;
    struct failure why = {0};
    struct buf whole, finished;
    struct residual residual;
    buf_init(&whole, options->output_max);
    buf_init(&finished, 100 * 1024 * 1024);
    residual_init(&residual);
    struct value *data = make_data(arena, parts[0]);
    if (mustache_compile(arena, "t", parts[1].bytes, parts[1].len, options, &template, &why)) {
        bool special = mustache_specialise(template, data, &residual, &why);
        struct reader_values reader = some_reader();
        value_set(arena, data, "reader", reader_object(arena));
        bool rendered = mustache_render(template, data, &whole, &why);
        if (special) {
            residual_run(&residual, &reader, NULL, &finished);
        }
        if (special && rendered) {
            assert(whole.len == finished.len);
            assert(memcmp(whole.data, finished.data, whole.len) == 0);
        }
    }
    buf_free(&whole);
    buf_free(&finished);
    residual_free(&residual);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0) {
        return 0;
    }
    struct arena arena = {0};
    struct part parts[PARTS] = {{"", 0}, {"", 0}, {"", 0}, {"", 0}};
    const char *at = (const char *)bytes + 1, *end = (const char *)bytes + len;
    for (int i = 0; i < PARTS; i++) {
        const char *mark = i + 1 < PARTS ? memchr(at, 1, (size_t)(end - at)) : NULL;
        size_t size = (size_t)((mark != NULL ? mark : end) - at);
        parts[i] = (struct part){arena_copy_bytes(&arena, at, size), size};
        at = mark != NULL ? mark + 1 : end;
    }
    struct mustache_options options = {
        .escape = bytes[0] & 1 ? MUSTACHE_PLAIN : MUSTACHE_HTML,
        .strict = bytes[0] & 2,
        .output_max = 1024 * 1024,
        .load = load_part,
        .load_context = parts,
    };
    try_template(&arena, &options, parts);
    arena_free(&arena);
    return 0;
}
