#include "web/form.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "web/multipart.h"

#define URLENCODED "application/x-www-form-urlencoded"

enum { FORM_BUFFER = 1024 };

/* Fields in the order in which they came. */
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

/* A long value comes in pieces; `offset` tells where a piece belongs. */
static enum MHD_Result form_piece(void *context, enum MHD_ValueKind kind, const char *key,
                                  const char *filename, const char *type, const char *encoding,
                                  const char *data, uint64_t offset, size_t size)
{
    struct form *form = context;
    (void)kind, (void)filename, (void)type, (void)encoding;
    if (key == NULL) {
        form->bad = true;
        return MHD_NO;
    }
    if (offset == 0 || form->last == NULL || strcmp(form->last->name, key) != 0) {
        return form_add(form, key, data, size) != NULL ? MHD_YES : MHD_NO;
    }
    struct web_field *field = form->last;
    char *whole = arena_alloc(form->arena, field->len + size + 1);
    memcpy(whole, field->value, field->len);
    memcpy(whole + field->len, data, size);
    field->value = whole;
    field->len += size;
    return MHD_YES;
}

enum form_read form_read_json(struct arena *arena, const char *body, size_t len,
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

static bool part(void *context, const char *name, const char *value, size_t len)
{
    return form_add(context, name, value, len) != NULL;
}

static enum form_read read_multipart(struct arena *arena, const char *type, const char *body,
                                     size_t len, struct web_field **fields)
{
    struct form form = {.arena = arena};
    bool good = multipart_read(type, body, len, part, &form);
    *fields = form.first;
    return good ? FORM_GOOD : FORM_BAD;
}

/* libmicrohttpd's parser, fed with the whole body at once. */
static enum form_read read_urlencoded(struct arena *arena, struct MHD_Connection *connection,
                                      const char *body, size_t len, struct web_field **fields)
{
    struct form form = {.arena = arena};
    struct MHD_PostProcessor *processor =
        MHD_create_post_processor(connection, FORM_BUFFER, form_piece, &form);
    if (processor == NULL) {
        return FORM_BAD;
    }
    enum MHD_Result fed = len > 0 ? MHD_post_process(processor, body, len) : MHD_YES;
    enum MHD_Result ended = MHD_destroy_post_processor(processor);
    *fields = form.first;
    return fed == MHD_YES && ended == MHD_YES && !form.bad ? FORM_GOOD : FORM_BAD;
}

enum form_read form_read(struct arena *arena, struct MHD_Connection *connection, const char *type,
                         const char *body, size_t len, struct web_field **fields, bool *json)
{
    *fields = NULL;
    *json = type != NULL && type_is(type, "application/json");
    if (*json) {
        return form_read_json(arena, body, len, fields);
    }
    if (type == NULL && len == 0) {
        return FORM_GOOD;
    }
    /* Some who press the one-click button for others send its body without saying what it is. The
     * parser looks at the connection's own header. */
    if (type == NULL) {
        type = URLENCODED;
        MHD_set_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    }
    if (type != NULL && type_is(type, "multipart/form-data")) {
        return read_multipart(arena, type, body, len, fields);
    }
    if (type != NULL && type_is(type, URLENCODED)) {
        return read_urlencoded(arena, connection, body, len, fields);
    }
    return FORM_UNSUPPORTED;
}
