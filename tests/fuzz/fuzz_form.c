/* Forms of strangers: any body gives fields that lie inside it, or is refused. The first byte
 * chooses between JSON, multipart and urlencoded; the line behind it is the multipart's
 * Content-Type. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct web_field *fields = NULL;
    size_t count = 0;
    bool json;
    if (size < 2) {
        return 0;
    }
    const char *text = (const char *)data + 1;
    size_t len = size - 1;
    char type[200] = "application/json";
    if (data[0] % 4 == 2) {
        memcpy(type, "application/x-www-form-urlencoded; charset=latin1", 50);
    } else if (data[0] % 2 == 1) {
        const char *end = memchr(text, '\n', len);
        size_t line = end != NULL ? (size_t)(end - text) : len;
        size_t cut = line < 150 ? line : 150;
        memcpy(type, "multipart/form-data;", 20);
        memcpy(type + 20, text, cut);
        type[20 + cut] = '\0';
        text += end != NULL ? line + 1 : len;
        len -= end != NULL ? line + 1 : len;
    }
    /* A copy of its own, so that reading past its end is seen. */
    char *body = malloc(len > 0 ? len : 1);
    memcpy(body, text, len);
    if (form_read(&arena, type, body, len, &fields, &json) == FORM_GOOD) {
        for (const struct web_field *field = fields; field != NULL; field = field->next) {
            assert(field->name != NULL && field->value[field->len] == '\0');
            count++;
        }
        assert(count <= FORM_FIELDS_MAX);
    }
    free(body);
    arena_free(&arena);
    return 0;
}
