/* Any bytes as JSON: what is read is written and read again as the same, and each element's place
 * in the text is found. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/json.h"

enum { TEXT_MAX = 1 << 22, LOCATE_MAX = 2000 };

static struct value *read_again(struct arena *arena, const struct buf *text)
{
    struct value *value = NULL;
    struct failure why = {0};
    bool good = json_read(arena, "again", text->data, text->len, &value, &why);
    assert(good);
    return value;
}

static void check_write(struct arena *arena, const struct value *value, enum json_style style)
{
    struct buf first, second;
    buf_init(&first, TEXT_MAX);
    buf_init(&second, TEXT_MAX);
    json_write(&first, value, style);
    if (buf_ok(&first)) {
        json_write(&second, read_again(arena, &first), style);
        assert(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    }
    buf_free(&first);
    buf_free(&second);
}

/* The element's path, escaped by RFC 6901. */
static const char *add_word(struct arena *arena, const char *path, const char *word)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    buf_addf(&out, "%s/", path);
    for (const char *c = word; *c != '\0'; c++) {
        if (*c == '~' || *c == '/') {
            buf_add_text(&out, *c == '~' ? "~0" : "~1");
        } else {
            buf_add_char(&out, *c);
        }
    }
    const char *copy = arena_copy(arena, out.data);
    buf_free(&out);
    return copy;
}

static void check_places(struct arena *arena, const char *bytes, size_t len,
                         const struct value *value, const char *path, int depth)
{
    int line = 0, column = 0;
    bool there = json_locate(bytes, len, path, &line, &column);
    assert(there && line >= 1 && column >= 1);
    size_t i = 0;
    for (const struct value *e = value->first; e != NULL && depth < 10; e = e->next) {
        const char *word = e->name != NULL ? e->name : arena_format(arena, "%zu", i);
        check_places(arena, bytes, len, e, add_word(arena, path, word), depth + 1);
        i++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct value *value = NULL;
    struct failure why = {0};
    if (json_read(&arena, "input", (const char *)data, size, &value, &why)) {
        check_write(&arena, value, JSON_COMPACT);
        check_write(&arena, value, JSON_INDENTED);
        if (size < LOCATE_MAX) {
            check_places(&arena, (const char *)data, size, value, "", 0);
        }
    } else {
        assert(why.kind == FAILURE_DATA && strncmp(why.text, "input:", 6) == 0);
    }
    arena_free(&arena);
    return 0;
}
