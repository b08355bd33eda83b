/* Forms: multipart bodies of every spelling, and JSON. */
#include "http/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/multipart.h"

#define PART "Content-Disposition: form-data; name=\"a\"\r\n\r\n"

static struct arena arena;

static const char *read_multipart(const char *type, const char *body, enum form_read *read)
{
    struct web_field *fields;
    struct buf out;
    bool json;
    *read = form_read(&arena, type, body, strlen(body), &fields, &json);
    assert_false(json);
    buf_init(&out, 100000);
    for (; fields != NULL; fields = fields->next) {
        buf_addf(&out, "%s=%s;", fields->name, fields->value);
    }
    const char *copy = arena_copy(&arena, out.data);
    buf_free(&out);
    return copy;
}

static void multipart_bodies_give_their_fields(void **state)
{
    static const struct {
        const char *name, *type, *body, *fields;
    } rows[] = {
        {"one part", "multipart/form-data; boundary=xyz", "--xyz\r\n" PART "1\r\n--xyz--\r\n",
         "a=1;"},
        {"a short boundary", "multipart/form-data; boundary=x", "--x\r\n" PART "1\r\n--x--\r\n",
         "a=1;"},
        {"a quoted boundary", "multipart/form-data; charset=utf-8; boundary=\"x y\"",
         "--x y\r\n" PART "1\r\n--x y--", "a=1;"},
        {"preamble and epilogue", "multipart/form-data; boundary=x",
         "hello\r\n--x\r\n" PART "1\r\n--x--\r\nbye\r\n--x\r\n", "a=1;"},
        {"lines that end with LF", "multipart/form-data; boundary=x",
         "--x\nContent-Disposition: form-data; name=a\n\n1\n--x--\n", "a=1;"},
        {"two parts, one twice", "multipart/form-data; boundary=x",
         "--x\r\n" PART "1\r\n--x\r\n" PART "2\r\n--x--\r\n", "a=1;a=2;"},
        {"an empty value", "multipart/form-data; boundary=x", "--x\r\n" PART "\r\n--x--\r\n",
         "a=;"},
        {"no value line at all", "multipart/form-data; boundary=x", "--x\r\n" PART "--x--\r\n",
         "a=;"},
        {"a value of lines", "multipart/form-data; boundary=x",
         "--x\r\n" PART "1\r\n--y\r\n2\r\n--x--\r\n", "a=1\r\n--y\r\n2;"},
        {"a part without a name", "multipart/form-data; boundary=x",
         "--x\r\nContent-Type: text/plain\r\n\r\n1\r\n--x\r\n" PART "2\r\n--x--\r\n", "a=2;"},
        {"a quote in a name", "multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; name=\"a\\\"b;c\"\r\n\r\n1\r\n--x--\r\n",
         "a\"b;c=1;"},
        {"no parts", "multipart/form-data; boundary=x", "--x--\r\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum form_read read;
        const char *fields = read_multipart(rows[i].type, rows[i].body, &read);
        if (read != FORM_GOOD || strcmp(fields, rows[i].fields) != 0) {
            fail_msg("%s: %d \"%s\"", rows[i].name, read, fields);
        }
    }
}

static void broken_multipart_bodies_are_refused(void **state)
{
    static const struct {
        const char *name, *type, *body;
    } rows[] = {
        {"no boundary", "multipart/form-data", "--x\r\n" PART "1\r\n--x--\r\n"},
        {"an empty boundary", "multipart/form-data; boundary=", "--\r\n" PART "1\r\n----\r\n"},
        {"a boundary that is too long",
         "multipart/form-data; "
         "boundary="
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         ""},
        {"a quote that does not end", "multipart/form-data; boundary=\"x", "--x--"},
        {"cut in a value", "multipart/form-data; boundary=x", "--x\r\n" PART "1"},
        {"cut in a header", "multipart/form-data; boundary=x", "--x\r\nContent-Disp"},
        {"nothing", "multipart/form-data; boundary=x", ""},
        {"another boundary", "multipart/form-data; boundary=x", "--y\r\n" PART "1\r\n--y--"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum form_read read;
        read_multipart(rows[i].type, rows[i].body, &read);
        if (read != FORM_BAD) {
            fail_msg("%s was taken", rows[i].name);
        }
    }
}

static void too_many_fields_are_refused(void **state)
{
    struct buf body;
    enum form_read read;
    (void)state;
    buf_init(&body, 100000);
    for (int i = 0; i <= FORM_FIELDS_MAX; i++) {
        buf_add_text(&body, "--x\r\n" PART "1\r\n");
    }
    buf_add_text(&body, "--x--");
    read_multipart("multipart/form-data; boundary=x", body.data, &read);
    assert_int_equal(read, FORM_BAD);
    buf_free(&body);
}

static const char *read_fields(const char *type, const char *body)
{
    struct web_field *fields;
    struct buf out;
    bool json;
    assert_int_equal(form_read(&arena, type, body, strlen(body), &fields, &json), FORM_GOOD);
    buf_init(&out, 1000);
    for (; fields != NULL; fields = fields->next) {
        assert_int_equal(strlen(fields->value), fields->len);
        buf_addf(&out, "%s=%s;", fields->name, fields->value);
    }
    const char *copy = arena_copy(&arena, out.data);
    buf_free(&out);
    return copy;
}

#define URLENCODED "application/x-www-form-urlencoded"

static void urlencoded_bodies_are_read_as_browsers_write_them(void **state)
{
    static const struct {
        const char *type, *body, *fields;
    } rows[] = {
        {URLENCODED, "a=1&b=2", "a=1;b=2;"},
        {NULL, "List-Unsubscribe=One-Click", "List-Unsubscribe=One-Click;"},
        {URLENCODED, "a=x%3Dy", "a=x=y;"},
        {URLENCODED, "a=x=y", "a=x=y;"},
        {URLENCODED, "a==", "a==;"},
        {URLENCODED, "=1&a", "=1;a=;"},
        {URLENCODED, "", ""},
        {URLENCODED, "&&a=1&&", "a=1;"},
        {URLENCODED, "a=100%", "a=100%;"},
        {URLENCODED, "a=100%&b=2", "a=100%;b=2;"},
        {URLENCODED, "a=%4", "a=%4;"},
        {URLENCODED, "a=%zz%41", "a=%zzA;"},
        {URLENCODED, "a=%%41", "a=%A;"},
        {URLENCODED, "a=x+y%2B", "a=x y+;"},
        {URLENCODED, "name=Ren%C3%A9e", "name=Ren\u00e9e;"},
        {URLENCODED "; charset=ISO-8859-1", "name=Ren%E9e", "name=Ren\u00e9e;"},
        {URLENCODED "; charset=\"iso-8859-1\"", "name=%80", "name=\u20ac;"},
        {URLENCODED "; charset=windows-1252",
         "name=Ren\xe9"
         "e",
         "name=Ren\u00e9e;"},
        {URLENCODED, "_charset_=windows-1252&name=Ren%E9e",
         "_charset_=windows-1252;name=Ren\u00e9e;"},
        {URLENCODED "; charset=ISO-8859-1", "name=Ren%C3%A9e", "name=Ren\u00e9e;"},
        {URLENCODED "; charset=utf-8", "name=Ren%E9e",
         "name=Ren\xe9"
         "e;"},
        {"multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; name=_charset_\r\n\r\nISO-8859-1\r\n--x\r\n" PART
         "Ren\xe9"
         "e\r\n--x--",
         "_charset_=ISO-8859-1;a=Ren\u00e9e;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(read_fields(rows[i].type, rows[i].body), rows[i].fields);
    }
}

static void json_gives_text_numbers_and_yes(void **state)
{
    static const struct {
        const char *body;
        enum form_read read;
        const char *name, *value;
    } rows[] = {
        {"{\"email\":\"a@example.org\"}", FORM_GOOD, "email", "a@example.org"},
        {"{\"n\":12,\"x\":null,\"y\":false}", FORM_GOOD, "n", "12"},
        {"{\"y\":true}", FORM_GOOD, "y", "1"},
        {"{\"y\":false}", FORM_GOOD, "y", NULL},
        {"{}", FORM_GOOD, "y", NULL},
        {"[]", FORM_BAD, "y", NULL},
        {"\"text\"", FORM_BAD, "y", NULL},
        {"{\"a\":[1]}", FORM_BAD, "y", NULL},
        {"{\"a\":{}}", FORM_BAD, "y", NULL},
        {"{", FORM_BAD, "y", NULL},
        {"", FORM_BAD, "y", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct web_field *fields;
        bool json;
        assert_int_equal(form_read(&arena, "application/json; charset=utf-8", rows[i].body,
                                   strlen(rows[i].body), &fields, &json),
                         rows[i].read);
        assert_true(json);
        const char *value = rows[i].read == FORM_GOOD ? web_field_find(fields, rows[i].name) : NULL;
        if (rows[i].value == NULL) {
            assert_null(value);
        } else {
            assert_string_equal(value, rows[i].value);
        }
    }
}

static void other_types_are_not_read(void **state)
{
    static const char *const types[] = {"text/plain", "multipart/form-dataX; boundary=x",
                                        "application/jsonp", ""};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct web_field *fields;
        bool json;
        assert_int_equal(form_read(&arena, types[i], "a=b", 3, &fields, &json), FORM_UNSUPPORTED);
    }
}

static int free_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_bodies_give_their_fields),
        cmocka_unit_test(broken_multipart_bodies_are_refused),
        cmocka_unit_test(too_many_fields_are_refused),
        cmocka_unit_test(urlencoded_bodies_are_read_as_browsers_write_them),
        cmocka_unit_test(json_gives_text_numbers_and_yes),
        cmocka_unit_test(other_types_are_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, free_arena);
}
