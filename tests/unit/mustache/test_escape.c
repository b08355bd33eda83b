#include "mustache/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct escape_row {
    const char *name, *text, *wanted;
};

static void check(const struct escape_row *rows, size_t count,
                  void (*escape)(struct buf *, const char *, size_t))
{
    for (size_t i = 0; i < count; i++) {
        struct buf out;
        buf_init(&out, 1000);
        buf_add_text(&out, "=");
        escape(&out, rows[i].text, strlen(rows[i].text));
        if (strcmp(out.data + 1, rows[i].wanted) != 0) {
            fail_msg("%s: got \"%s\"", rows[i].name, out.data + 1);
        }
        buf_free(&out);
    }
}

static void html_keeps_no_character_that_means_something(void **state)
{
    (void)state;
    static const struct escape_row rows[] = {
        {"nothing", "", ""},
        {"plain text", "a b\nc", "a b\nc"},
        {"all five", "&<>\"'", "&amp;&lt;&gt;&quot;&#39;"},
        {"between text", "a<b", "a&lt;b"},
        {"at both ends", "<b>", "&lt;b&gt;"},
        {"an entity is escaped again", "&amp;", "&amp;amp;"},
        {"other scripts", "é日本😀", "é日本😀"},
    };
    check(rows, sizeof rows / sizeof rows[0], escape_html);
}

static void a_url_part_keeps_unreserved_characters_alone(void **state)
{
    (void)state;
    static const struct escape_row rows[] = {
        {"nothing", "", ""},
        {"unreserved", "AZaz09-._~", "AZaz09-._~"},
        {"reserved",
         "/?#[]@!$&'()*+,;=:", "%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A"},
        {"space and percent", "a b%", "a%20b%25"},
        {"UTF-8 by bytes", "é", "%C3%A9"},
        {"control characters", "\r\n\x7F", "%0D%0A%7F"},
    };
    check(rows, sizeof rows / sizeof rows[0], escape_url_part);
}

static void xml_keeps_no_character_that_it_forbids(void **state)
{
    (void)state;
    static const struct escape_row rows[] = {
        {"nothing", "", ""},
        {"markup stays", "<a b=\"&amp;\">\t\r\n</a>", "<a b=\"&amp;\">\t\r\n</a>"},
        {"U+FFFE and U+FFFF", "a\xEF\xBF\xBE\xEF\xBF\xBFz", "a\xEF\xBF\xBD\xEF\xBF\xBDz"},
        {"a control character", "\x1B[31m\b", "\xEF\xBF\xBD[31m\xEF\xBF\xBD"},
        {"its neighbours", "\xEF\xBF\xBD\xEF\xB7\x90😀", "\xEF\xBF\xBD\xEF\xB7\x90😀"},
    };
    check(rows, sizeof rows / sizeof rows[0], escape_xml_forbidden);
}

static void nul_bytes_pass_through_html_and_are_encoded_in_urls(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    escape_html(&out, "a\0<", 3);
    assert_memory_equal(out.data, "a\0&lt;", 7);
    buf_reset(&out);
    escape_url_part(&out, "a\0b", 3);
    assert_string_equal(out.data, "a%00b");
    buf_free(&out);
}

static void what_does_not_fit_is_an_overflow(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 5);
    escape_html(&out, "ab&", 3);
    assert_false(buf_ok(&out));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_keeps_no_character_that_means_something),
        cmocka_unit_test(a_url_part_keeps_unreserved_characters_alone),
        cmocka_unit_test(xml_keeps_no_character_that_it_forbids),
        cmocka_unit_test(nul_bytes_pass_through_html_and_are_encoded_in_urls),
        cmocka_unit_test(what_does_not_fit_is_an_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
