/* Addresses as people paste them. */
#include "mail/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *typed, *address, *name;
} rows[] = {
    {"ann@example.org", "ann@example.org", ""},
    {" \t ann@example.org\r\n", "ann@example.org", ""},
    {"ann@example.org\xC2\xA0", "ann@example.org", ""},
    {"\xEF\xBB\xBF"
     "ann@example.org\xE2\x80\x8B",
     "ann@example.org", ""},
    {"\xE2\x80\xAA"
     "ann@example.org\xE2\x80\xAC",
     "ann@example.org", ""},
    {"\xE3\x80\x80"
     "ann@example.org",
     "ann@example.org", ""},
    {"<ann@example.org>", "ann@example.org", ""},
    {"mailto:ann@example.org", "ann@example.org", ""},
    {"MAILTO:ann@example.org?subject=Hello", "ann@example.org", ""},
    {"<mailto:ann@example.org>", "ann@example.org", ""},
    {"Ann Smith <ann@example.org>", "ann@example.org", "Ann Smith"},
    {"\"Smith, Ann\" < ann@example.org >", "ann@example.org", "Smith, Ann"},
    /* What is none of these stays for address_parse() to refuse. */
    {"ann@example.org; bob@example.org", "ann@example.org; bob@example.org", ""},
    {"<ann@example.org> <bob@example.org>", "<ann@example.org> <bob@example.org>", ""},
    {"<ann@example.org> and so on", "<ann@example.org> and so on", ""},
    {"ann@exa mple.org", "ann@exa mple.org", ""},
    {"", "", ""},
    {" ", "", ""},
    {"<>", "", ""},
    {">", ">", ""},
};

static void an_address_is_found_in_what_was_pasted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char address[ADDRESS_INPUT + 1], name[256];
        address_unwrap(rows[i].typed, address, name);
        assert_string_equal(address, rows[i].address);
        assert_string_equal(name, rows[i].name);
        address_unwrap(rows[i].typed, address, NULL);
        assert_string_equal(address, rows[i].address);
    }
}

static void a_long_text_is_cut(void **state)
{
    char text[3000], address[ADDRESS_INPUT + 1], name[256];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    address_unwrap(text, address, name);
    assert_int_equal(strlen(address), ADDRESS_INPUT);
    memcpy(text + 2000, " <ann@example.org>", 19);
    address_unwrap(text, address, name);
    assert_string_equal(address, "ann@example.org");
    assert_string_equal(name, "");
}

static const struct {
    const char *address;
    bool reached;
} domains[] = {
    {"ann@example.org", true},
    {"ann@test.example.org", true},
    {"ann@example.test", false},
    {"ann@Example.INVALID", false},
    {"ann@host.localhost", false},
    {"ann@"
     "printer.local",
     false},
    {"ann@"
     "abc.onion",
     false},
    {"ann@"
     "1.0.10.in-addr.arpa",
     false},
    {"ann@locals.example.net", true},
};

static void a_domain_that_no_mail_reaches_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        struct address address;
        struct failure why = {0};
        assert_true(address_parse(domains[i].address, &address, &why));
        assert_int_equal(address_check_reach(&address, &why), domains[i].reached);
        assert_int_equal(strstr(why.text, "no mail reaches") != NULL, !domains[i].reached);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_found_in_what_was_pasted),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_domain_that_no_mail_reaches_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
