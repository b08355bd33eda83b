/* The one address rule: what is taken, what its normal form and key are, what is refused and why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mail/address.h"

#include <cmocka.h>

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L61 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const struct {
    const char *name, *text, *normal, *key;
    bool ascii;
} good[] = {
    {"plain", "ann@example.org", "ann@example.org", "ann@example.org", true},
    {"case of the local part stays, the key folds it", "Ann.Lee@Example.ORG", "Ann.Lee@example.org",
     "ann.lee@example.org", true},
    {"signs", "a!#$%&'*+-/=?^_`{|}~z@example.org", "a!#$%&'*+-/=?^_`{|}~z@example.org",
     "a!#$%&'*+-/=?^_`{|}~z@example.org", true},
    {"one letter", "a@b.example", "a@b.example", "a@b.example", true},
    {"64 octets before @", A64 "@example.org", A64 "@example.org", A64 "@example.org", true},
    {"a label of 63 octets", "a@" A63 ".org", "a@" A63 ".org", "a@" A63 ".org", true},
    {"254 octets in all", A64 "@" A63 "." A63 "." L61, A64 "@" A63 "." A63 "." L61,
     A64 "@" A63 "." A63 "." L61, true},
    {"umlaut domain",
     "ann@B\xC3\xBC"
     "cher.example",
     "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example", true},
    {"sharp s stays itself (non-transitional)",
     "a@stra\xC3\x9F"
     "e.example",
     "a@xn--strae-oqa.example", "a@xn--strae-oqa.example", true},
    {"A-label in capitals", "a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example",
     "a@xn--bcher-kva.example", true},
    {"ideographic full stop", "a@\xE4\xBE\x8B\xE3\x80\x82\x65xample", "a@xn--fsq.example",
     "a@xn--fsq.example", true},
    {"UTF-8 local part, folded in the key", "J\xC3\x96RG@example.org", "J\xC3\x96RG@example.org",
     "j\xC3\xB6rg@example.org", false},
    {"decomposed local part is composed", "jo\xCC\x88rg@example.org", "j\xC3\xB6rg@example.org",
     "j\xC3\xB6rg@example.org", false},
    {"digits in the middle labels", "a@1.2.example", "a@1.2.example", "a@1.2.example", true},
    {"joiner where the script needs it",
     "a@\xE0\xB6\x9A\xE0\xB7\x8A\xE2\x80\x8D\xE0\xB7\x82.example", "a@xn--3zc4fxa418p.example",
     "a@xn--3zc4fxa418p.example", true},
    {"hyphens inside a label", "a@x--y.example", "a@x--y.example", "a@x--y.example", true},
};

static void takes_what_the_rule_allows_in_its_normal_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct address address;
        struct failure why = {0};
        if (!address_parse(good[i].text, &address, &why)) {
            fail_msg("%s: %s", good[i].name, why.text);
        }
        assert_string_equal(address.normal, good[i].normal);
        assert_string_equal(address.key, good[i].key);
        assert_int_equal(address.ascii, good[i].ascii);
        assert_int_equal(address.normal[address.at], '@');
        assert_non_null(strchr(address.normal + address.at, '.'));
    }
}

static const struct {
    const char *name, *text, *reason;
} bad[] = {
    {"empty", "", "empty"},
    {"no @", "example.org", "no @"},
    {"two @", "a@b@example.org", "more than one @"},
    {"nothing before @", "@example.org", "there is nothing before @"},
    {"nothing after @", "a@", "there is nothing after @"},
    {"no dot after @", "a@localhost", "has no dot"},
    {"blank inside", "a b@example.org", "blank"},
    {"blank at the end", "a@example.org ", "blank"},
    {"CR LF", "a@example.org\r\nRCPT TO:<b@example.org>", "control character (0x0D)"},
    {"LF in the local part", "a\nb@example.org", "control character (0x0A)"},
    {"tab", "a\t@example.org", "control character (0x09)"},
    {"DEL", "a\x7F@example.org", "control character (0x7F)"},
    {"angle brackets", "<a@example.org>", "'<'"},
    {"closing bracket", "a>@example.org", "a '>' in the address"},
    {"quoted local part", "\"a b\"@example.org", "blank"},
    {"quoted local part without blank", "\"ab\"@example.org", "quoted"},
    {"quoted @", "\"a@b\"@example.org", "quoted"},
    {"comment", "a(b)@example.org", "'('"},
    {"comma", "a,b@example.org", "','"},
    {"backslash", "a\\b@example.org", "'\\'"},
    {"domain literal", "a@[192.0.2.1]", "brackets"},
    {"address as domain", "a@192.0.2.1", "ends in a number"},
    {"leading dot", ".a@example.org", "begins with a dot"},
    {"trailing dot", "a.@example.org", "ends with a dot"},
    {"two dots before @", "a..b@example.org", "two dots"},
    {"two dots after @", "a@example..org", "two in a row"},
    {"dot at the domain's start", "a@.example.org", "begins or ends with a dot"},
    {"dot at the domain's end", "a@example.org.", "begins or ends with a dot"},
    {"hyphen at a label's start", "a@-x.example", "'-'"},
    {"hyphen at a label's end", "a@x-.example", "'-'"},
    {"underscore in the domain", "a@x_y.example", "'_'"},
    {"two dots in a UTF-8 domain", "a@\xC3\xBC..example", "part after @"},
    {"65 octets before @", A64 "a@example.org", "longer than 64 octets"},
    {"a label of 64 octets", "a@" A64 ".org", "longer than 63 octets"},
    {"a domain of 254 octets", "a@" A63 "." A63 "." A63 "." L61 "b",
     "after @ is longer than 253 octets"},
    {"far more than an address has",
     A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 A64 "@b", "longer than 254"},
    {"255 octets", A64 "@" A63 "." A63 "." L61 "b", "longer than 254"},
    {"invalid UTF-8", "a\xFF@example.org", "UTF-8"},
    {"overlong UTF-8", "a\xC0\xAF@example.org", "UTF-8"},
    {"zero-width space", "a\xE2\x80\x8B@example.org", "U+200B"},
    {"right-to-left override", "a\xE2\x80\xAE@example.org", "U+202E"},
    {"no-break space", "a\xC2\xA0@example.org", "U+00A0"},
    {"C1 control", "a\xC2\x85@example.org", "U+0085"},
    {"broken A-label", "a@xn--\x61\x61\x61-\x31\x31\x31\x31\x31.example", "not a valid domain"},
    {"zero-width space after @", "a@exa\xE2\x80\x8Bmple.org",
     "U+200B cannot stand in the part after"},
    {"soft hyphen after @", "a@exa\xC2\xADmple.org", "U+00AD cannot stand in the part after"},
    {"joiner where no script needs it", "a@exa\xE2\x80\x8Dmple.org", "not a valid domain"},
    {"emoji domain", "a@\xF0\x9F\x98\x80.example", "not a valid domain"},
    {"source route", "@relay.example:a@example.org", "more than one @"},
};

static void refuses_everything_else_with_a_reason_that_helps(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct address address;
        struct failure why = {0};
        if (address_parse(bad[i].text, &address, &why)) {
            fail_msg("%s: was taken", bad[i].name);
        }
        if (strstr(why.text, bad[i].reason) == NULL) {
            fail_msg("%s: reason is: %s", bad[i].name, why.text);
        }
        assert_int_equal(why.kind, FAILURE_DATA);
    }
}

static void every_ascii_byte_is_taken_or_refused_as_the_grammar_says(void **state)
{
    (void)state;
    static const char atext[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "!#$%&'*+-/=?^_`{|}~.";
    for (int byte = 1; byte < 0x80; byte++) {
        char text[] = "a?b@example.org";
        text[1] = (char)byte;
        struct address address;
        struct failure why = {0};
        assert_int_equal(address_parse(text, &address, &why), strchr(atext, byte) != NULL);
    }
}

static void a_folded_key_has_room_for_letters_that_grow(void **state)
{
    (void)state;
    /* U+0390 folds to three characters; 32 of them fill the local part. */
    char text[128] = "";
    for (int i = 0; i < 32; i++) {
        memcpy(text + 2 * i, "\xCE\x90", 2);
    }
    memcpy(text + 64, "@example.org", sizeof "@example.org");
    struct address address;
    struct failure why = {0};
    assert_true(address_parse(text, &address, &why));
    assert_non_null(strstr(address.key, "@example.org"));
}

static void a_domain_alone_follows_the_same_rule(void **state)
{
    (void)state;
    char out[ADDRESS_MAX + 1];
    struct failure why = {0};
    assert_true(address_domain("News.B\xC3\xBC"
                               "cher.EXAMPLE",
                               out, &why));
    assert_string_equal(out, "news.xn--bcher-kva.example");
    assert_false(address_domain("localhost", out, &why));
    assert_false(address_domain("", out, &why));
    assert_false(address_domain("a@example.org", out, &why));
}

static const struct {
    const char *text, *name, *address;
} mailboxes[] = {
    {"ann@example.org", "", "ann@example.org"},
    {"  ann@example.org", "", "ann@example.org"},
    {"<ann@example.org>", "", "ann@example.org"},
    {"Ann Lee <ann@example.org>", "Ann Lee", "ann@example.org"},
    {"Ann Lee<ann@example.org>  ", "Ann Lee", "ann@example.org"},
    {"\"Lee, Ann\" <ann@example.org>", "Lee, Ann", "ann@example.org"},
    {"\"A \\\"B\\\"\" <ann@example.org>", "A \"B\"", "ann@example.org"},
    {"J\xC3\xB6rg \xF0\x9F\xA6\x99 <j@example.org>", "J\xC3\xB6rg \xF0\x9F\xA6\x99",
     "j@example.org"},
};

static void a_mailbox_is_an_address_with_or_without_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mailboxes / sizeof mailboxes[0]; i++) {
        char name[256];
        struct address address;
        struct failure why = {0};
        if (!address_parse_mailbox(mailboxes[i].text, name, &address, &why)) {
            fail_msg("%s: %s", mailboxes[i].text, why.text);
        }
        assert_string_equal(name, mailboxes[i].name);
        assert_string_equal(address.normal, mailboxes[i].address);
    }
}

static void a_mailbox_that_could_add_a_header_line_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Ann\r\nBcc: b@example.org <ann@example.org>",
        "Ann\x01 <ann@example.org>",
        "Ann <ann@example.org",
        "Ann <ann@example.org> x",
        "Ann <>",
        "<",
        "Ann",
        "\xFF <ann@example.org>",
        "Ann\xE2\x80\xA8 <ann@example.org>",
        "",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char name[256];
        struct address address;
        struct failure why = {0};
        if (address_parse_mailbox(texts[i], name, &address, &why)) {
            fail_msg("taken: %s", texts[i]);
        }
    }
    char long_name[400];
    memset(long_name, 'x', sizeof long_name);
    memcpy(long_name + 256, " <a@example.org>", sizeof " <a@example.org>");
    char name[256];
    struct address address;
    struct failure why = {0};
    assert_false(address_parse_mailbox(long_name, name, &address, &why));
    memcpy(long_name + 255, " <a@example.org>", sizeof " <a@example.org>");
    assert_true(address_parse_mailbox(long_name, name, &address, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_the_rule_allows_in_its_normal_form),
        cmocka_unit_test(refuses_everything_else_with_a_reason_that_helps),
        cmocka_unit_test(every_ascii_byte_is_taken_or_refused_as_the_grammar_says),
        cmocka_unit_test(a_folded_key_has_room_for_letters_that_grow),
        cmocka_unit_test(a_domain_alone_follows_the_same_rule),
        cmocka_unit_test(a_mailbox_is_an_address_with_or_without_a_name),
        cmocka_unit_test(a_mailbox_that_could_add_a_header_line_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
