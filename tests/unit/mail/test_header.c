#include "../../support/mail_decode.h"
#include "mail/encoded_word.h"
#include "mail/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* After ours: cmocka has a macro fail(). */
#include <cmocka.h>

enum kind { TEXT, MAILBOX, LIST_ID, PLAIN };

#define TEN    "0123456789"
#define FORTY  TEN TEN TEN TEN
#define ROCKET "\xF0\x9F\x9A\x80"

static bool add(enum kind kind, struct buf *out, const char *value, struct failure *why)
{
    switch (kind) {
    case TEXT:
        return header_add_text(out, "Subject", value, why);
    case MAILBOX:
        return header_add_mailbox(out, "To", value, "ana@example.org", why);
    case LIST_ID:
        return header_add_list_id(out, value, "weekly.example.org", why);
    case PLAIN:
        return header_add_plain(out, "Feedback-ID", value, why);
    }
    return false;
}

static const struct row {
    const char *name;
    enum kind kind;
    const char *value;
    const char *field;
} rows[] = {
    {"ASCII stays", TEXT, "Haiku vs Mistral: which?", "Subject: Haiku vs Mistral: which?\r\n"},
    {"an empty subject has no trailing space", TEXT, "", "Subject:\r\n"},
    {"a mustache tag is text", TEXT, "{{reader.name}}", "Subject: {{reader.name}}\r\n"},
    {"UTF-8, mostly ASCII: Q", TEXT, "Which Caf\xC3\xA9, which_Bar?",
     "Subject: =?UTF-8?Q?Which_Caf=C3=A9,_which=5FBar=3F?=\r\n"},
    {"UTF-8, hardly ASCII: B", TEXT, "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82",
     "Subject: =?UTF-8?B?0J/RgNC40LLQtdGC?=\r\n"},
    {"what looks like an encoded-word is encoded", TEXT, "please do read this =?utf-8?q?x?= here",
     "Subject: =?UTF-8?Q?please_do_read_this_=3D=3Futf-8=3Fq=3Fx=3F=3D_here?=\r\n"},
    {"a space at the start is kept", TEXT, " x", "Subject: =?UTF-8?Q?_x?=\r\n"},
    {"a space at the end is kept", TEXT, "x ", "Subject: =?UTF-8?Q?x_?=\r\n"},
    {"long ASCII folds at a space", TEXT, FORTY " " TEN TEN TEN " abc",
     "Subject: " FORTY "\r\n " TEN TEN TEN " abc\r\n"},
    {"spaces in a row stay together where it folds", TEXT, FORTY "   " FORTY,
     "Subject: " FORTY "\r\n   " FORTY "\r\n"},
    {"a word of 69 fits beside the name", TEXT, FORTY TEN TEN "012345678",
     "Subject: " FORTY TEN TEN "012345678\r\n"},
    {"a longer word is cut into encoded-words", TEXT, FORTY TEN TEN TEN,
     "Subject: =?UTF-8?Q?" FORTY TEN "01234?=\r\n =?UTF-8?Q?56789" TEN "?=\r\n"},
    {"no name: the bare address", MAILBOX, "", "To: ana@example.org\r\n"},
    {"atoms stand plain", MAILBOX, "Ana O'Neil", "To: Ana O'Neil <ana@example.org>\r\n"},
    {"a comma needs quotes", MAILBOX, "Ruiz, Ana", "To: \"Ruiz, Ana\" <ana@example.org>\r\n"},
    {"a dot needs quotes", MAILBOX, "A. Ruiz", "To: \"A. Ruiz\" <ana@example.org>\r\n"},
    {"quotes and backslashes are escaped", MAILBOX, "A \"B\" \\C",
     "To: \"A \\\"B\\\" \\\\C\" <ana@example.org>\r\n"},
    {"brackets cannot become an address", MAILBOX, "a <b@example.com>, c",
     "To: \"a <b@example.com>, c\" <ana@example.org>\r\n"},
    {"two spaces need quotes", MAILBOX, "A  B", "To: \"A  B\" <ana@example.org>\r\n"},
    {"an encoded-word in a phrase escapes specials", MAILBOX, "\xC3\x89va Maria Ruiz Lopez, y.",
     "To: =?UTF-8?Q?=C3=89va_Maria_Ruiz_Lopez=2C_y=2E?= <ana@example.org>\r\n"},
    {"a long name in quotes folds at a space", MAILBOX, FORTY ", " TEN TEN TEN ", " TEN,
     "To: \"" FORTY ",\r\n " TEN TEN TEN ", " TEN "\" <ana@example.org>\r\n"},
    {"the address goes to a new line where it does not fit", MAILBOX, FORTY " " TEN TEN,
     "To: " FORTY " " TEN TEN "\r\n <ana@example.org>\r\n"},
    {"a list without a name", LIST_ID, "", "List-Id: <weekly.example.org>\r\n"},
    {"a list with a name", LIST_ID, "The Weekly", "List-Id: The Weekly <weekly.example.org>\r\n"},
    {"a plain value folds at its spaces alone", PLAIN, FORTY ", <" FORTY ">",
     "Feedback-ID: " FORTY ",\r\n <" FORTY ">\r\n"},
};

static void each_value_has_its_one_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out;
        struct failure why = {0};
        buf_init(&out, 10000);
        assert_true(add(rows[i].kind, &out, rows[i].value, &why));
        if (strcmp(out.data, rows[i].field) != 0) {
            print_error("%s:\n%s%s", rows[i].name, out.data, rows[i].field);
        }
        assert_string_equal(out.data, rows[i].field);
        buf_free(&out);
    }
}

static const struct refusal {
    const char *name;
    enum kind kind;
    const char *value;
    const char *says;
} refusals[] = {
    {"CR LF", TEXT, "x\r\nBcc: eve@example.com", "Subject: a line break at byte 2"},
    {"LF", TEXT, "x\ny", "Subject: a line break at byte 2"},
    {"CR in a name", MAILBOX, "x\ry", "To: a line break at byte 2"},
    {"LF in a list's name", LIST_ID, "x\n", "List-Id: a line break"},
    {"LF in a plain value", PLAIN, "\nx", "Feedback-ID: a line break at byte 1"},
    {"a tab", TEXT, "a\tb", "Subject: the control character U+0009 at byte 2"},
    {"escape", MAILBOX, "\x1B[31m", "U+001B"},
    {"delete", TEXT, "\x7F", "U+007F"},
    {"a control character of two bytes", TEXT, "a\xC2\x85", "U+0085"},
    {"broken UTF-8", TEXT, "ab\xC3(", "Subject: byte 3 is not UTF-8"},
    {"cut UTF-8", MAILBOX, "\xC2", "To: byte 1 is not UTF-8"},
    {"a surrogate", TEXT, "\xED\xA0\x80", "not UTF-8"},
    {"UTF-8 in a plain value", PLAIN, "caf\xC3\xA9", "is not ASCII"},
    {"an empty plain value", PLAIN, "", "is empty"},
    {"a plain value that ends in a space", PLAIN, "x ", "has a space at its end"},
};

static void what_cannot_stand_in_a_header_is_refused_and_nothing_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct buf out;
        struct failure why = {0};
        buf_init(&out, 10000);
        bool added = add(refusals[i].kind, &out, refusals[i].value, &why);
        if (added || strstr(why.text, refusals[i].says) == NULL) {
            print_error("%s: \"%s\"\n", refusals[i].name, why.text);
        }
        assert_false(added);
        assert_int_equal(why.kind, FAILURE_DATA);
        assert_non_null(strstr(why.text, refusals[i].says));
        assert_int_equal(out.len, 0);
        buf_free(&out);
    }
}

static void an_address_that_would_change_the_field_is_refused(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "",
        "a@example.org>\r\nBcc: <b@example.com",
        "a@example.org\n",
        "a@example.org, b@example.com",
        "<a@example.org>",
        "a b@example.org",
        "\"a\"@example.org",
        "\xFF@example.org",
    };
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        struct buf out;
        struct failure why = {0};
        buf_init(&out, 10000);
        assert_false(header_add_mailbox(&out, "From", "Ana", addresses[i], &why));
        assert_int_equal(why.kind, FAILURE_DATA);
        assert_int_equal(strncmp(why.text, "From: ", 6), 0);
        assert_int_equal(out.len, 0);
        buf_free(&out);
    }
}

static void a_local_part_outside_ascii_is_written_as_utf8(void **state)
{
    (void)state;
    struct buf out;
    struct failure why = {0};
    buf_init(&out, 1000);
    assert_true(header_add_mailbox(&out, "To", "", "jos\xC3\xA9@example.org", &why));
    assert_string_equal(out.data, "To: jos\xC3\xA9@example.org\r\n");
    buf_free(&out);
}

static void a_plain_word_longer_than_a_line_is_refused(void **state)
{
    (void)state;
    char value[1001];
    memset(value, 'x', 1000);
    value[1000] = '\0';
    struct buf out;
    struct failure why = {0};
    buf_init(&out, 10000);
    assert_false(header_add_plain(&out, "Feedback-ID", value, &why));
    assert_int_equal(why.kind, FAILURE_DATA);
    value[998 - strlen("Feedback-ID: ")] = '\0';
    assert_true(header_add_plain(&out, "Feedback-ID", value, &why));
    assert_int_equal(out.len, 1000);
    buf_free(&out);
}

static void read_back(const char *value)
{
    struct buf out, decoded;
    struct failure why = {0};
    buf_init(&out, 1 << 20);
    buf_init(&decoded, 1 << 20);
    assert_true(header_add_text(&out, "Subject", value, &why));
    assert_true(mail_decode_field(out.data, out.len, "Subject", &decoded));
    assert_string_equal(decoded.data, value);
    buf_free(&out);
    buf_free(&decoded);
}

static void texts_of_every_length_read_back_within_their_lines(void **state)
{
    (void)state;
    static const char *const units[] = {
        "x",
        "x ",
        "xxxxxxx ",
        "\xC3\xA9",
        "\xE2\x82\xAC",
        ROCKET,
        "a" ROCKET,
        "=?",
        "  ",
        "?= ",
        /* Mostly ASCII, so that Q is what meets the wide ones. */
        "abcdefghi\xC3\xA9",
        "abcdefghijklm\xE2\x82\xAC",
        "abcdefghijklmnopqrstu" ROCKET,
    };
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        char value[8000];
        size_t len = strlen(units[u]);
        for (size_t count = 0; count < 250; count++) {
            memcpy(value + count * len, units[u], len);
            value[(count + 1) * len] = '\0';
            read_back(value);
        }
    }
}

static void the_encoding_that_is_shorter_is_taken(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    /* Three bytes: 9 columns as Q, 4 as B; with seven letters 16 and 16: Q wins the tie. */
    encoded_word_add(&out, 0, "\xE2\x82\xAC", 3, ENCODED_WORD_IN_TEXT);
    assert_string_equal(out.data, " =?UTF-8?B?4oKs?=");
    buf_reset(&out);
    encoded_word_add(&out, 0,
                     "\xE2\x82\xAC"
                     "abcdefg",
                     10, ENCODED_WORD_IN_TEXT);
    assert_string_equal(out.data, " =?UTF-8?Q?=E2=82=ACabcdefg?=");
    buf_reset(&out);
    encoded_word_add(&out, 0,
                     "\xE2\x82\xAC"
                     "abcdef",
                     9, ENCODED_WORD_IN_TEXT);
    assert_string_equal(out.data, " =?UTF-8?B?4oKsYWJjZGVm?=");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_has_its_one_field),
        cmocka_unit_test(what_cannot_stand_in_a_header_is_refused_and_nothing_is_written),
        cmocka_unit_test(an_address_that_would_change_the_field_is_refused),
        cmocka_unit_test(a_local_part_outside_ascii_is_written_as_utf8),
        cmocka_unit_test(a_plain_word_longer_than_a_line_is_refused),
        cmocka_unit_test(texts_of_every_length_read_back_within_their_lines),
        cmocka_unit_test(the_encoding_that_is_shorter_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
