/* Mailboxes that are reached by more than one spelling, and files in other encodings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subscribers/encoding.h"
#include "subscribers/provider.h"

#include <cmocka.h>

static void all_spellings_of_one_mailbox_are_one(void **state)
{
    static const struct {
        const char *key, *mailbox;
    } rows[] = {
        {"ann@example.org", "ann@example.org"},
        {"ann+news@example.org", "ann@example.org"},
        {"a.n.n@example.org", "a.n.n@example.org"},
        {"+news@example.org", "+news@example.org"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address address = {.at = 0};
        char mailbox[sizeof address.key];
        snprintf(address.key, sizeof address.key, "%s", rows[i].key);
        provider_mailbox(&address, mailbox);
        assert_string_equal(mailbox, rows[i].mailbox);
    }
}

static void a_provider_s_rules_hold_for_its_domains_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROVIDER_COUNT; i++) {
        struct address address = {.at = 0};
        char mailbox[sizeof address.key], wanted[sizeof address.key];
        const struct provider *provider = &providers[i];
        bool dots = provider->ignored != NULL && strchr(provider->ignored, '.') != NULL;
        snprintf(address.key, sizeof address.key, "a.nn+x@%s", provider->domain);
        snprintf(wanted, sizeof wanted, "%s@%s", dots ? "ann" : "a.nn",
                 provider->mailboxes != NULL ? provider->mailboxes : provider->domain);
        provider_mailbox(&address, mailbox);
        assert_string_equal(mailbox, wanted);
        assert_ptr_equal(provider_find(provider->domain), provider);
    }
    assert_null(provider_find("example.org"));
}

static void dots_mean_nothing_where_the_provider_says_so(void **state)
{
    static const struct {
        const char *local, *domain, *mailbox, *of;
    } rows[] = {
        {"a.n.n+news", "googlemail.com", "ann", "gmail.com"},
        {"a-n_n", "pm.me", "ann", "proton.me"},
        {"a.n.n", "gmx.de", "a.n.n", "gmx.de"},
        {"a-nn", "gmail.com", "a-nn", "gmail.com"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address address = {.at = 0};
        char mailbox[sizeof address.key], wanted[sizeof address.key];
        snprintf(address.key, sizeof address.key, "%s@%s", rows[i].local, rows[i].domain);
        snprintf(wanted, sizeof wanted, "%s@%s", rows[i].mailbox, rows[i].of);
        provider_mailbox(&address, mailbox);
        assert_string_equal(mailbox, wanted);
    }
}

/* Some bytes, read as a file of that encoding; "!" and the failure's kind where it is refused. */
static const char *copied(const char *bytes, size_t len, const char *encoding)
{
    static char out[256];
    struct failure why = {0};
    char *written = NULL;
    size_t size = 0;
    FILE *in = fmemopen((void *)(uintptr_t)bytes, len, "r");
    FILE *copy = open_memstream(&written, &size);
    assert_non_null(in);
    assert_non_null(copy);
    bool good = encoding_copy(in, "people.csv", encoding, copy, &why);
    fclose(in);
    fclose(copy);
    snprintf(out, sizeof out, "%s",
             good                        ? written
             : why.kind == FAILURE_USAGE ? "!usage"
                                         : "!data");
    free(written);
    return out;
}

static void text_of_any_encoding_becomes_UTF_8_with_one_kind_of_line_end(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *encoding, *text;
    } rows[] = {
        {"a\r\nb\rc\n", 7, NULL, "a\nb\nc\n"},
        {"\xEF\xBB\xBF"
         "a",
         4, NULL, "a"},
        {"\xC3\xA4", 2, NULL, "\xC3\xA4"},
        {"\xE4", 1, NULL, "!data"},
        {"\xE4", 1, "windows-1252", "\xC3\xA4"},
        {"\xFF\xFE"
         "a\0b\0",
         6, NULL, "ab"},
        {"\xFE\xFF\0a\0b", 6, NULL, "ab"},
        {"a\0b\0", 4, NULL, "!data"},
        {"a", 1, "no-such-encoding", "!usage"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = copied(rows[i].bytes, rows[i].len, rows[i].encoding);
        if (strcmp(text, rows[i].text) != 0) {
            fail_msg("%zu: %s", i, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_spellings_of_one_mailbox_are_one),
        cmocka_unit_test(a_provider_s_rules_hold_for_its_domains_alone),
        cmocka_unit_test(dots_mean_nothing_where_the_provider_says_so),
        cmocka_unit_test(text_of_any_encoding_becomes_UTF_8_with_one_kind_of_line_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
