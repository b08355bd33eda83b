#include "http/form.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/utf8.h"
#include "http/multipart.h"
#include "http/urlencoded.h"

enum { CHARSET_MAX = 40 };

/* Fields in the order received. */
struct form {
    struct arena *arena;
    struct web_field *first, *last;
    size_t count;
    bool bad;
};

static struct web_field *form_add(struct form *form, const char *name, const char *value,
                                  size_t len)
{
    if (form->count == FORM_FIELDS_MAX) {
        form->bad = true;
        return NULL;
    }
    struct web_field *field = arena_alloc(form->arena, sizeof *field);
    field->name = arena_copy(form->arena, name);
    field->value = arena_copy_bytes(form->arena, value, len);
    field->len = len;
    if (form->last != NULL) {
        form->last->next = field;
    } else {
        form->first = field;
    }
    form->last = field;
    form->count++;
    return field;
}

/* Parses JSON only: an object whose members are text, numbers, booleans or null. */
static enum form_read read_json(struct arena *arena, const char *body, size_t len,
                                struct web_field **fields)
{
    struct form form = {.arena = arena};
    struct failure ignored = {0};
    struct value *value;
    *fields = NULL;
    if (!json_read(arena, "body", body, len, &value, &ignored) || value->kind != VALUE_OBJECT) {
        return FORM_BAD;
    }
    for (const struct value *member = value->first; member != NULL && !form.bad;
         member = member->next) {
        if (member->kind == VALUE_TEXT || member->kind == VALUE_NUMBER) {
            form_add(&form, member->name, member->text, member->len);
        } else if (member->kind == VALUE_TRUE) {
            form_add(&form, member->name, "1", 1);
        } else if (member->kind == VALUE_LIST || member->kind == VALUE_OBJECT) {
            form.bad = true;
        }
    }
    *fields = form.first;
    return form.bad ? FORM_BAD : FORM_GOOD;
}

static bool type_is(const char *type, const char *wanted)
{
    size_t len = strlen(wanted);
    return strncasecmp(type, wanted, len) == 0 &&
           (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static bool add_part(void *context, const char *name, const char *value, size_t len)
{
    return form_add(context, name, value, len) != NULL;
}

/* A form declares its character set by its type, or by the field that browsers fill in (HTML
 * 4.10.21.5, RFC 7578 4.6). Values that are UTF-8 nevertheless are left alone: many programs
 * declare a character set that they do not use. */
static void to_utf8(const struct form *form, const char *type)
{
    char set[CHARSET_MAX];
    const char *label = web_field_find(form->first, "_charset_");
    if (label == NULL && multipart_parameter(type, "charset", set, sizeof set)) {
        label = set;
    }
    if (label == NULL || !urlencoded_is_latin(label)) {
        return;
    }
    for (struct web_field *field = form->first; field != NULL; field = field->next) {
        if (!utf8_valid(field->value, field->len, NULL)) {
            field->value =
                urlencoded_from_latin(form->arena, field->value, field->len, &field->len);
        }
    }
}

enum form_read form_read(struct arena *arena, const char *type, const char *body, size_t len,
                         struct web_field **fields, bool *json)
{
    struct form form = {.arena = arena};
    bool good;
    *fields = NULL;
    *json = type != NULL && type_is(type, "application/json");
    if (*json) {
        return read_json(arena, body, len, fields);
    }
    if (type == NULL || type_is(type, "application/x-www-form-urlencoded")) {
        good = urlencoded_read(arena, body, len, add_part, &form);
    } else if (type_is(type, "multipart/form-data")) {
        good = multipart_read(type, body, len, add_part, &form);
    } else {
        return FORM_UNSUPPORTED;
    }
    to_utf8(&form, type != NULL ? type : "");
    *fields = form.first;
    return good ? FORM_GOOD : FORM_BAD;
}
