#include "base/value.h"

#include <assert.h>
#include <string.h>

static struct value *value_new(struct arena *arena, enum value_kind kind)
{
    struct value *value = arena_alloc(arena, sizeof *value);
    value->kind = kind;
    value->text = "";
    return value;
}

struct value *value_null(struct arena *arena)
{
    return value_new(arena, VALUE_NULL);
}

struct value *value_bool(struct arena *arena, bool truth)
{
    return value_new(arena, truth ? VALUE_TRUE : VALUE_FALSE);
}

struct value *value_int(struct arena *arena, int64_t number)
{
    struct value *value = value_new(arena, VALUE_NUMBER);
    value->text = arena_format(arena, "%lld", (long long)number);
    value->len = strlen(value->text);
    return value;
}

struct value *value_number(struct arena *arena, const char *text)
{
    struct value *value = value_new(arena, VALUE_NUMBER);
    value->text = arena_copy(arena, text);
    value->len = strlen(text);
    return value;
}

struct value *value_text_bytes(struct arena *arena, const char *bytes, size_t len)
{
    struct value *value = value_new(arena, VALUE_TEXT);
    value->text = arena_copy_bytes(arena, bytes, len);
    value->len = len;
    return value;
}

struct value *value_text(struct arena *arena, const char *text)
{
    return text == NULL ? value_null(arena) : value_text_bytes(arena, text, strlen(text));
}

struct value *value_list(struct arena *arena)
{
    return value_new(arena, VALUE_LIST);
}

struct value *value_object(struct arena *arena)
{
    return value_new(arena, VALUE_OBJECT);
}

static struct value *value_append(struct value *parent, struct value *element)
{
    assert(element->next == NULL);
    if (parent->last != NULL) {
        parent->last->next = element;
    } else {
        parent->first = element;
    }
    parent->last = element;
    parent->count++;
    return element;
}

struct value *value_add(struct value *list, struct value *element)
{
    assert(list->kind == VALUE_LIST);
    return value_append(list, element);
}

struct value *value_set(struct arena *arena, struct value *object, const char *name,
                        struct value *element)
{
    assert(object->kind == VALUE_OBJECT);
    element->name = arena_copy(arena, name);
    return value_append(object, element);
}

void value_set_text(struct arena *arena, struct value *object, const char *name, const char *text)
{
    value_set(arena, object, name, value_text(arena, text));
}

void value_set_int(struct arena *arena, struct value *object, const char *name, int64_t number)
{
    value_set(arena, object, name, value_int(arena, number));
}

void value_set_bool(struct arena *arena, struct value *object, const char *name, bool truth)
{
    value_set(arena, object, name, value_bool(arena, truth));
}

const struct value *value_find_bytes(const struct value *object, const char *name, size_t len)
{
    /* No stored name contains NUL; a name with one would make the comparison below read past a
     * shorter one. */
    if (object == NULL || object->kind != VALUE_OBJECT || memchr(name, '\0', len) != NULL) {
        return NULL;
    }
    for (const struct value *member = object->first; member != NULL; member = member->next) {
        if (strncmp(member->name, name, len) == 0 && member->name[len] == '\0') {
            return member;
        }
    }
    return NULL;
}

const struct value *value_find(const struct value *object, const char *name)
{
    return value_find_bytes(object, name, strlen(name));
}

struct value *value_lines(struct arena *arena, const char *text)
{
    struct value *list = value_list(arena);
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        value_add(list, value_text_bytes(arena, text, len));
        text += len + (text[len] == '\n');
    }
    return list;
}
