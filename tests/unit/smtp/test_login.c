#include "smtp/login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_options(unsigned bits, const char *expected)
{
    struct buf out;
    buf_init(&out, 300);
    login_write_options(bits, &out);
    assert_string_equal(out.data, expected);
    buf_free(&out);
}

static void before_the_server_is_heard_what_nearly_all_can_do_is_tried(void **state)
{
    (void)state;
    struct login login;
    login_init(&login, false, NULL, false);
    expect_options(login_next(&login), "AUTH=PLAIN;AUTH=LOGIN");
    login_init(&login, true, NULL, false);
    expect_options(login_next(&login), "AUTH=OAUTHBEARER;AUTH=XOAUTH2");
    login_init(&login, false, "ntlm", false);
    expect_options(login_next(&login), "AUTH=NTLM");
}

static void of_what_is_offered_each_is_tried_once(void **state)
{
    (void)state;
    static const char *const expected[] = {"AUTH=LOGIN", "AUTH=CRAM-MD5", "AUTH=NTLM"};
    struct login login;
    login_init(&login, false, NULL, false);
    login_hear(&login, login_find_all("NTLM gssapi cram-md5 LOGIN XOAUTH2"));
    for (size_t i = 0; i < 3; i++) {
        assert_false(login_is_refused(&login));
        expect_options(login_next(&login), expected[i]);
        login_refuse(&login, login_next(&login));
    }
    assert_int_equal(login_next(&login), 0);
    assert_true(login_is_refused(&login));
}

static void what_has_worked_stays_until_it_is_refused(void **state)
{
    (void)state;
    struct login login;
    login_init(&login, false, NULL, false);
    login_hear(&login, login_find_all("PLAIN CRAM-MD5"));
    login_accept(&login, login_find_all("CRAM-MD5"));
    expect_options(login_next(&login), "AUTH=CRAM-MD5");
    login_hear(&login, login_find_all("PLAIN"));
    expect_options(login_next(&login), "AUTH=CRAM-MD5");
    login_refuse(&login, login_find_all("CRAM-MD5"));
    expect_options(login_next(&login), "AUTH=PLAIN");
}

static void nothing_in_common_is_no_refusal(void **state)
{
    (void)state;
    struct login login;
    login_init(&login, false, NULL, false);
    login_hear(&login, login_find_all("GSSAPI OAUTHBEARER"));
    assert_int_equal(login_next(&login), 0);
    assert_false(login_is_refused(&login));
}

static void the_command_of_IMAP_is_tried_where_there_is_one(void **state)
{
    (void)state;
    struct login login;
    login_init(&login, false, NULL, true);
    login_hear(&login, 1 << LOGIN_COMMAND | 1 << LOGIN_NTLM);
    expect_options(login_next(&login), "AUTH=+LOGIN");
    login_init(&login, false, "LOGIN", true);
    login_hear(&login, 1 << LOGIN_COMMAND | 1 << LOGIN_PLAIN);
    expect_options(login_next(&login), "AUTH=+LOGIN");
    login_init(&login, false, "LOGIN", false);
    login_hear(&login, 1 << LOGIN_COMMAND);
    assert_int_equal(login_next(&login), 0);
}

static const struct {
    const char *offered, *said;
    bool wants;
} providers[] = {
    {"LOGIN XOAUTH2", "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
     true},
    {"LOGIN",
     "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for "
     "the Tenant.",
     true},
    {"LOGIN", "550 5.7.30 Basic authentication is not supported for Client Submission.", true},
    {"LOGIN PLAIN", "534-5.7.9 Application-specific password required.", true},
    {"PLAIN XOAUTH2", "LOGIN failed.", true},
    {"PLAIN LOGIN", "535 5.7.8 Error: authentication failed", false},
};

static void a_provider_that_wants_tokens_is_known_by_its_words_or_its_offer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof providers / sizeof providers[0]; i++) {
        struct login login;
        login_init(&login, false, NULL, false);
        login_hear(&login, login_find_all(providers[i].offered));
        assert_false(login_wants_token(&login, providers[i].said));
        login_refuse(&login, login_next(&login));
        assert_int_equal(login_wants_token(&login, providers[i].said), providers[i].wants);
        login.token = true;
        assert_false(login_wants_token(&login, providers[i].said));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_server_is_heard_what_nearly_all_can_do_is_tried),
        cmocka_unit_test(of_what_is_offered_each_is_tried_once),
        cmocka_unit_test(what_has_worked_stays_until_it_is_refused),
        cmocka_unit_test(nothing_in_common_is_no_refusal),
        cmocka_unit_test(the_command_of_IMAP_is_tried_where_there_is_one),
        cmocka_unit_test(a_provider_that_wants_tokens_is_known_by_its_words_or_its_offer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
