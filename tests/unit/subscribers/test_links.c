/* What stands in a reader's copy leads back to that reader, and to nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mail/address.h"
#include "subscribers/links.h"

#include <cmocka.h>

static const struct token_keys keys = {
    .keys = {{.number = 3, .key = "0123456789abcdef0123456789abcde"}}, .count = 1};

static void check_token(const char *text, enum token_purpose purpose, int64_t detail)
{
    int64_t person = 0, found = 0;
    assert_true(token_verify(&keys, purpose, text, TOKEN_LEN, &person, &found));
    assert_int_equal(person, 42);
    assert_int_equal(found, detail);
}

static const char *skip_start(const char *text, const char *start)
{
    assert_memory_equal(text, start, strlen(start));
    return text + strlen(start);
}

static void each_link_has_its_own_token_for_the_reader(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct links links;
    links_make(&arena, &keys, "https://news.example.org/s", "returns@bounce.example.org", 42, 7,
               "2026-W47", &links);
    const char *token = skip_start(links.unsubscribe_url, "https://news.example.org/s/leave/");
    check_token(token, TOKEN_LEAVE, 7);
    assert_int_equal(strlen(token), TOKEN_LEN);
    token = skip_start(links.preferences_url, "https://news.example.org/s/preferences/");
    check_token(token, TOKEN_PREFERENCES, 0);
    assert_int_equal(strlen(token), TOKEN_LEN);
    token = skip_start(links.unsubscribe_mailto, "unsubscribe+");
    check_token(token, TOKEN_LEAVE, 7);
    assert_string_equal(token + TOKEN_LEN, "@bounce.example.org");
    token = skip_start(links.envelope_sender, "returns+");
    check_token(token, TOKEN_BOUNCE, 7);
    assert_string_equal(token + TOKEN_LEN, "@bounce.example.org");
    arena_free(&arena);
}

static void the_web_page_of_an_issue_names_no_reader(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct links one, two;
    links_make(&arena, &keys, "https://n.example.org", "b@example.org", 1, 7, "2026-W47", &one);
    links_make(&arena, &keys, "https://n.example.org", "b@example.org", 2, 7, "2026-W47", &two);
    assert_string_equal(one.view_url, "https://n.example.org/issues/2026-W47");
    assert_string_equal(one.view_url, two.view_url);
    assert_string_not_equal(one.unsubscribe_url, two.unsubscribe_url);
    assert_string_not_equal(one.envelope_sender, two.envelope_sender);
    arena_free(&arena);
}

static void the_addresses_pass_the_address_rule(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct links links;
    struct address address;
    struct failure why = {0};
    links_make(&arena, &keys, "https://n.example.org", "abcdefghijklmnopqrstuvw@example.org", 42, 7,
               "2026-W47", &links);
    assert_true(address_parse(links.envelope_sender, &address, &why));
    assert_true(address_parse(links.unsubscribe_mailto, &address, &why));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_link_has_its_own_token_for_the_reader),
        cmocka_unit_test(the_web_page_of_an_issue_names_no_reader),
        cmocka_unit_test(the_addresses_pass_the_address_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
