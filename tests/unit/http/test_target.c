/* A link reaches the same page, however what carries it has written the request's target. */
#include "http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_target_is_read_in_every_form(void **state)
{
    static const struct {
        const char *url, *path, *host;
    } rows[] = {
        {"/", "/", "h"},
        {"/leave/T", "/leave/T", "h"},
        {"/leave/T/", "/leave/T/", "h"},
        {"//leave/T", "/leave/T", "h"},
        {"///leave//T", "/leave/T", "h"},
        {"/./leave/./T", "/leave/T", "h"},
        {"/leave/T/.", "/leave/T/", "h"},
        {"/leave/../T", "/leave/../T", "h"},
        {"/.well-known/x", "/.well-known/x", "h"},
        {"http://news.example.org/leave/T", "/leave/T", "news.example.org"},
        {"HTTPS://news.example.org:8443//leave/T", "/leave/T", "news.example.org:8443"},
        {"http://news.example.org", "/", "news.example.org"},
        {"http://", "/", ""},
        {"//news.example.org/leave/T", "/news.example.org/leave/T", "h"},
        {"/leave/http://x", "/leave/http:/x", "h"},
        {"*", "/*", "h"},
        {"", "/", "h"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = {0};
        const char *host = "h";
        assert_string_equal(target_path(&arena, rows[i].url, &host), rows[i].path);
        assert_string_equal(host, rows[i].host);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_target_is_read_in_every_form)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
