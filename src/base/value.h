/*
 * A tree of values: what JSON can express, what templates read, and what --json prints.
 *
 * Built in an arena and freed with it. Objects keep the order in which members were added, and
 * lists their order. Numbers keep the text in which they were written, so that 1.20 stays 1.20.
 */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum value_kind {
    VALUE_NULL,
    VALUE_FALSE,
    VALUE_TRUE,
    VALUE_NUMBER,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_OBJECT,
};

struct value {
    enum value_kind kind;
    const char *name;    /* the key, where this is a member of an object */
    const char *text;    /* of TEXT and NUMBER; terminated; a TEXT may hold NUL before `len` */
    size_t len;          /* bytes of `text` */
    struct value *first; /* of LIST and OBJECT: its elements in order */
    struct value *last;
    struct value *next; /* the next element of the parent */
    size_t count;       /* elements of LIST and OBJECT */
};

struct value *value_null(struct arena *arena);
struct value *value_bool(struct arena *arena, bool truth);
struct value *value_int(struct arena *arena, int64_t number);
struct value *value_number(struct arena *arena, const char *text); /* text copied */
struct value *value_text(struct arena *arena, const char *text);   /* text copied; NULL: null */
struct value *value_text_bytes(struct arena *arena, const char *bytes, size_t len);
/* The lines of a text as a list, which is how topics are stored; "" has none. */
struct value *value_lines(struct arena *arena, const char *text);
struct value *value_list(struct arena *arena);
struct value *value_object(struct arena *arena);

/* Append; an element belongs to one parent. Both return the element. `name` is copied. A second
 * member with the same name is allowed; value_find() returns the first. */
struct value *value_add(struct value *list, struct value *element);
struct value *value_set(struct arena *arena, struct value *object, const char *name,
                        struct value *element);

/* Short forms of value_set. */
void value_set_text(struct arena *arena, struct value *object, const char *name, const char *text);
void value_set_int(struct arena *arena, struct value *object, const char *name, int64_t number);
void value_set_bool(struct arena *arena, struct value *object, const char *name, bool truth);

/* The member with that name, or NULL; also NULL if `object` is NULL or not an object. */
const struct value *value_find(const struct value *object, const char *name);
/* The same for a name of `len` bytes that is not terminated. */
const struct value *value_find_bytes(const struct value *object, const char *name, size_t len);

#endif
