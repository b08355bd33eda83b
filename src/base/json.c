#include "base/json.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_DEPTH_MAX = 512 };

/* A position in a JSON text. Functions that skip values require a valid text. */
struct json_cursor {
    const char *bytes;
    size_t len;
    size_t at;
};

static void find_line(const char *bytes, size_t at, int *line, int *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at; i++) {
        *column += 1;
        if (bytes[i] == '\n') {
            *line += 1;
            *column = 1;
        }
    }
}

static bool fail_at(const char *name, const char *bytes, size_t at, const char *text,
                    struct failure *why)
{
    int line, column;
    find_line(bytes, at, &line, &column);
    return fail(why, FAILURE_DATA, "%s:%d:%d: %s", name, line, column, text);
}

/* Checked before jansson reads: its own limit of nesting is higher, and the conversion below is
 * recursive too; and it takes a NUL byte after a number for the end of its input. */
static bool check_form(const char *name, const char *bytes, size_t len, struct failure *why)
{
    size_t depth = 0;
    bool quoted = false;
    const char *nul = len > 0 ? memchr(bytes, '\0', len) : NULL;
    if (nul != NULL) {
        return fail_at(name, bytes, (size_t)(nul - bytes), "there is a NUL byte here", why);
    }
    for (size_t i = 0; i < len; i++) {
        if (quoted) {
            if (bytes[i] == '\\') {
                i++;
            } else if (bytes[i] == '"') {
                quoted = false;
            }
        } else if (bytes[i] == '"') {
            quoted = true;
        } else if (bytes[i] == '[' || bytes[i] == '{') {
            if (++depth > JSON_DEPTH_MAX) {
                return fail_at(name, bytes, i, "nested more than 512 levels deep", why);
            }
        } else if (depth > 0 && (bytes[i] == ']' || bytes[i] == '}')) {
            depth--;
        }
    }
    return true;
}

static void skip_blank(struct json_cursor *cursor)
{
    while (cursor->at < cursor->len && strchr(" \t\r\n", cursor->bytes[cursor->at]) != NULL &&
           cursor->bytes[cursor->at] != '\0') {
        cursor->at++;
    }
}

/* Moves to the next value or bracket, past commas and colons. */
static void skip_between(struct json_cursor *cursor)
{
    skip_blank(cursor);
    if (cursor->at < cursor->len &&
        (cursor->bytes[cursor->at] == ',' || cursor->bytes[cursor->at] == ':')) {
        cursor->at++;
        skip_blank(cursor);
    }
}

static void skip_string(struct json_cursor *cursor)
{
    cursor->at++;
    while (cursor->at < cursor->len && cursor->bytes[cursor->at] != '"') {
        cursor->at += cursor->bytes[cursor->at] == '\\' ? 2 : 1;
    }
    cursor->at++;
}

static void skip_word(struct json_cursor *cursor)
{
    while (cursor->at < cursor->len && strchr(",:]} \t\r\n", cursor->bytes[cursor->at]) == NULL) {
        cursor->at++;
    }
}

static void skip_value(struct json_cursor *cursor)
{
    size_t depth = 0;
    do {
        skip_between(cursor);
        if (cursor->at >= cursor->len) {
            return;
        }
        char c = cursor->bytes[cursor->at];
        if (c == '"') {
            skip_string(cursor);
        } else if (c == '{' || c == '[') {
            depth++;
            cursor->at++;
        } else if (c == '}' || c == ']') {
            depth--;
            cursor->at++;
        } else {
            skip_word(cursor);
        }
    } while (depth > 0);
}

static struct value *convert(struct arena *arena, json_t *json, struct json_cursor *cursor);

static struct value *convert_list(struct arena *arena, json_t *json, struct json_cursor *cursor)
{
    struct value *list = value_list(arena);
    size_t i;
    json_t *element;
    cursor->at++;
    json_array_foreach(json, i, element)
    {
        value_add(list, convert(arena, element, cursor));
    }
    skip_between(cursor);
    cursor->at++;
    return list;
}

/* jansson keeps members in the order of the text, so the cursor can follow. */
static struct value *convert_object(struct arena *arena, json_t *json, struct json_cursor *cursor)
{
    struct value *object = value_object(arena);
    const char *name;
    json_t *element;
    cursor->at++;
    json_object_foreach(json, name, element)
    {
        skip_between(cursor);
        skip_string(cursor);
        value_set(arena, object, name, convert(arena, element, cursor));
    }
    skip_between(cursor);
    cursor->at++;
    return object;
}

/* jansson checks and decodes; the cursor follows in the text, because only the text has a number as
 * it was written. */
static struct value *convert(struct arena *arena, json_t *json, struct json_cursor *cursor)
{
    skip_between(cursor);
    size_t start = cursor->at;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return convert_object(arena, json, cursor);
    case JSON_ARRAY:
        return convert_list(arena, json, cursor);
    case JSON_STRING:
        skip_string(cursor);
        return value_text_bytes(arena, json_string_value(json), json_string_length(json));
    case JSON_INTEGER:
    case JSON_REAL:
        skip_word(cursor);
        return value_number(arena,
                            arena_copy_bytes(arena, cursor->bytes + start, cursor->at - start));
    default:
        skip_word(cursor);
        return json_is_null(json) ? value_null(arena) : value_bool(arena, json_is_true(json));
    }
}

/* jansson reports the position at which it stopped; where its message quotes the word there, the
 * start of that word is the better position. */
static bool fail_parse(const char *name, const char *bytes, size_t len, size_t skipped,
                       const json_error_t *error, struct failure *why)
{
    size_t at = error->position > 0 ? skipped + (size_t)error->position : skipped;
    const char *near = strstr(error->text, " near '");
    size_t word = near != NULL ? strlen(near) - strlen(" near ''") : 0;
    at = at > len ? len : at;
    at = word < at - skipped ? at - word : skipped;
    return fail_at(name, bytes, at, error->text, why);
}

/* Without memory jansson sometimes reports a syntax error. */
static void give_memory(void)
{
    json_set_alloc_funcs(memory_get, free);
}

static json_t *load(const char *bytes, size_t len, size_t flags, json_error_t *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, give_memory);
    return json_loadb(bytes, len, flags, error);
}

bool json_read(struct arena *arena, const char *name, const char *bytes, size_t len,
               struct value **value, struct failure *why)
{
    size_t skipped = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (!check_form(name, bytes, len, why)) {
        return false;
    }
    json_error_t error;
    json_t *json = load(bytes + skipped, len - skipped,
                        JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (json == NULL) {
        return fail_parse(name, bytes, len, skipped, &error, why);
    }
    struct json_cursor cursor = {.bytes = bytes, .len = len, .at = skipped};
    *value = convert(arena, json, &cursor);
    json_decref(json);
    return true;
}

/* Whether the string at the cursor, with its quotes and escapes, equals the next word of the path
 * (with RFC 6901's ~0 and ~1). */
static bool is_same_name(const struct json_cursor *cursor, const char *word, size_t word_len)
{
    struct json_cursor end = *cursor;
    skip_string(&end);
    json_t *name = load(cursor->bytes + cursor->at, end.at - cursor->at, JSON_DECODE_ANY, NULL);
    const char *text = name != NULL ? json_string_value(name) : "";
    bool same = name != NULL;
    size_t i = 0;
    for (; same && i < word_len; i++, text++) {
        char c = word[i];
        if (c == '~' && i + 1 < word_len) {
            c = word[++i] == '1' ? '/' : '~';
        }
        same = *text == c;
    }
    same = same && *text == '\0';
    json_decref(name);
    return same;
}

/* Moves from an object's brace to the value of the named member. */
static bool enter_object(struct json_cursor *cursor, const char *word, size_t len)
{
    cursor->at++;
    for (;;) {
        skip_between(cursor);
        if (cursor->at >= cursor->len || cursor->bytes[cursor->at] != '"') {
            return false;
        }
        bool same = is_same_name(cursor, word, len);
        skip_string(cursor);
        skip_between(cursor);
        if (same) {
            return true;
        }
        skip_value(cursor);
    }
}

/* Moves from a list's bracket to the element of that number. */
static bool enter_list(struct json_cursor *cursor, const char *word, size_t len)
{
    size_t wanted = 0;
    for (size_t i = 0; i < len; i++) {
        if (word[i] < '0' || word[i] > '9' || wanted > SIZE_MAX / 20) {
            return false;
        }
        wanted = wanted * 10 + (size_t)(word[i] - '0');
    }
    cursor->at++;
    for (;;) {
        skip_between(cursor);
        if (len == 0 || cursor->at >= cursor->len || cursor->bytes[cursor->at] == ']') {
            return false;
        }
        if (wanted-- == 0) {
            return true;
        }
        skip_value(cursor);
    }
}

bool json_locate(const char *bytes, size_t len, const char *path, int *line, int *column)
{
    struct json_cursor cursor = {.bytes = bytes, .len = len};
    if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        cursor.at = 3;
    }
    skip_blank(&cursor);
    while (*path == '/') {
        const char *word = path + 1;
        size_t word_len = strcspn(word, "/");
        char open = cursor.at < len ? bytes[cursor.at] : '\0';
        bool found = (open == '{' && enter_object(&cursor, word, word_len)) ||
                     (open == '[' && enter_list(&cursor, word, word_len));
        if (!found) {
            return false;
        }
        path = word + word_len;
    }
    find_line(bytes, cursor.at, line, column);
    return *path == '\0' && cursor.at < len;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F;
}

static void write_escaped(struct buf *out, unsigned char byte)
{
    if (byte == '"' || byte == '\\') {
        buf_addf(out, "\\%c", byte);
    } else if (byte == '\n') {
        buf_add_text(out, "\\n");
    } else if (byte == '\t') {
        buf_add_text(out, "\\t");
    } else {
        buf_addf(out, "\\u%04x", byte);
    }
}

static void write_text(struct buf *out, const char *text, size_t len)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        size_t begin = i;
        while (i < len && is_plain((unsigned char)text[i])) {
            i++;
        }
        buf_add(out, text + begin, i - begin);
        if (i < len) {
            write_escaped(out, (unsigned char)text[i]);
        }
    }
    buf_add_char(out, '"');
}

static void write_line_end(struct buf *out, enum json_style style, int depth)
{
    if (style == JSON_INDENTED) {
        buf_addf(out, "\n%*s", 2 * depth, "");
    }
}

/* Not json_dumpb(), which would write a number as it was parsed: 1.20 as 1.2. */
static void write_value(struct buf *out, const struct value *value, enum json_style style,
                        int depth)
{
    static const char *const words[] = {
        [VALUE_NULL] = "null", [VALUE_FALSE] = "false", [VALUE_TRUE] = "true"};
    if (value->kind <= VALUE_TRUE) {
        buf_add_text(out, words[value->kind]);
    } else if (value->kind == VALUE_NUMBER) {
        buf_add(out, value->text, value->len);
    } else if (value->kind == VALUE_TEXT) {
        write_text(out, value->text, value->len);
    } else {
        bool is_list = value->kind == VALUE_LIST;
        buf_add_char(out, is_list ? '[' : '{');
        for (const struct value *element = value->first; element; element = element->next) {
            write_line_end(out, style, depth + 1);
            if (!is_list) {
                write_text(out, element->name, strlen(element->name));
                buf_add_text(out, style == JSON_INDENTED ? ": " : ":");
            }
            write_value(out, element, style, depth + 1);
            buf_add_text(out, element->next != NULL ? "," : "");
        }
        if (value->first != NULL) {
            write_line_end(out, style, depth);
        }
        buf_add_char(out, is_list ? ']' : '}');
    }
}

void json_write(struct buf *out, const struct value *value, enum json_style style)
{
    write_value(out, value, style, 0);
}
