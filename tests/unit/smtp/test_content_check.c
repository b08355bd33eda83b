#include "smtp/content_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void no_byte_that_ends_a_command_passes(void **state)
{
    (void)state;
    assert_true(content_check_address("a.b+c@example.org"));
    assert_true(content_check_address("j\xc3\xb6rg@example.org"));
    static const char *const bad[] = {"",
                                      "a b@example.org",
                                      "a\r@example.org",
                                      "a\n@example.org",
                                      "a\t@example.org",
                                      "<a@example.org",
                                      "a@example.org>",
                                      "a\x7f@example.org"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(content_check_address(bad[i]));
    }
    char longer[400];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_false(content_check_address(longer));
}

static void a_text_is_pure_CRLF_and_no_line_starts_with_a_dot(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long fault;
    } rows[] = {
        {"a\r\nb\r\n", -1},
        {"\r\n", -1},
        {"a\r\n\r\nb\r\n", -1},
        {"", 0},
        {"a", 1},
        {"a\r\nb", 4},
        {"a\nb\r\n", 1},
        {"a\rb\r\n", 1},
        {"a\r\n.\r\n", 3},
        {".a\r\n", 0},
        {"a\r\n..b\r\n", 3},
        {"a.\r\nb.c\r\n", -1},
        {"a\r\r\n", 1},
        {"a\n.\r\nMAIL\r\n", 1},
        {"\n", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(content_check_text(rows[i].text, strlen(rows[i].text)), rows[i].fault);
    }
    assert_int_equal(content_check_text("a\0b\r\n", 5), 1);
}

/* The rule, a byte at a time. */
static bool is_text(const char *bytes, size_t len)
{
    bool good = len > 0 && bytes[0] != '\n' && bytes[0] != '.' && bytes[len - 1] == '\n';
    for (size_t i = 0; i < len; i++) {
        bool behind_cr = i > 0 && bytes[i - 1] == '\r';
        bool behind_lf = i > 0 && bytes[i - 1] == '\n';
        good = good && bytes[i] != '\0' && (bytes[i] == '\n') == behind_cr &&
               !(behind_lf && bytes[i] == '.');
    }
    return good;
}

static void a_fault_is_seen_wherever_it_stands(void **state)
{
    (void)state;
    enum { LEN = 1200 };
    static const char faults[] = {'\r', '\n', '\0', '.'};
    char text[LEN];
    for (size_t line = 5; line < 80; line += 7) {
        for (size_t i = 0; i < LEN; i++) {
            text[i] = (char)(i % line == line - 2 ? '\r' : i % line == line - 1 ? '\n' : 'a');
        }
        size_t len = LEN / line * line;
        assert_int_equal(content_check_text(text, len), -1);
        for (size_t i = 0; i < len; i++) {
            for (size_t k = 0; k < sizeof faults; k++) {
                char kept = text[i];
                text[i] = faults[k];
                assert_int_equal(content_check_text(text, len) < 0, is_text(text, len));
                text[i] = kept;
            }
        }
    }
}

/* All texts of seven bytes that matter. */
static void short_texts_are_judged_byte_by_byte(void **state)
{
    (void)state;
    static const char bytes[] = {'a', '.', '\r', '\n', '\0'};
    char text[7];
    for (size_t number = 0; number < 5 * 5 * 5 * 5 * 5 * 5 * 5; number++) {
        size_t rest = number;
        for (size_t i = 0; i < sizeof text; i++, rest /= 5) {
            text[i] = bytes[rest % 5];
        }
        for (size_t len = 0; len <= sizeof text; len++) {
            assert_int_equal(content_check_text(text, len) < 0, is_text(text, len));
        }
    }
}

static void check_bytes(const char *address, const char *bytes, const struct relay_offer *offer,
                        enum content_check_answer expected)
{
    struct smtp_message message = {.envelope_sender = "b@list.example.org"};
    struct failure why = {0};
    enum content_check_answer answer;
    const char *reason;
    buf_init(&message.bytes, 1000);
    buf_add_text(&message.bytes, bytes);
    assert_true(content_check_message(address, &message, offer, &answer, &reason, &why));
    assert_int_equal(answer, expected);
    assert_int_equal(reason[0] == '\0', expected == CONTENT_CHECK_OPEN);
    buf_free(&message.bytes);
}

static void check(const char *address, const struct relay_offer *offer,
                  enum content_check_answer expected)
{
    check_bytes(address, "0123456789\r\n", offer, expected);
}

static void a_header_beyond_ASCII_needs_SMTPUTF8_and_a_body_does_not(void **state)
{
    (void)state;
    static const char from[] = "From: <j\xc3\xb6@example.org>\r\n\r\ntext\r\n";
    static const char body[] = "From: <j@example.org>\r\n\r\nt\xc3\xb6xt\r\n";
    struct relay_offer plain = {0};
    struct relay_offer utf8 = {.smtputf8 = true};
    check_bytes("a@example.org", from, &plain, CONTENT_CHECK_SENDER);
    check_bytes("j\xc3\xb6@example.org", from, &plain, CONTENT_CHECK_RECIPIENT);
    check_bytes("a@example.org", from, &utf8, CONTENT_CHECK_OPEN);
    check_bytes("a@example.org", from, NULL, CONTENT_CHECK_OPEN);
    check_bytes("a@example.org", body, &plain, CONTENT_CHECK_OPEN);
}

static void what_the_relay_cannot_take_is_held_back_with_the_reason(void **state)
{
    (void)state;
    struct relay_offer plain = {0};
    struct relay_offer utf8 = {.smtputf8 = true};
    struct relay_offer small = {.size = true, .size_max = 5};
    struct relay_offer boundless = {.size = true};
    check("a@example.org", &plain, CONTENT_CHECK_OPEN);
    check("j\xc3\xb6@example.org", &plain, CONTENT_CHECK_RECIPIENT);
    check("j\xc3\xb6@example.org", &utf8, CONTENT_CHECK_OPEN);
    check("j\xc3\xb6@example.org", NULL, CONTENT_CHECK_OPEN);
    check("a@example.org", &small, CONTENT_CHECK_SENDER);
    check("a@example.org", &boundless, CONTENT_CHECK_OPEN);
    check("a\n@example.org", NULL, CONTENT_CHECK_RECIPIENT);
}

static void a_broken_message_is_our_bug(void **state)
{
    (void)state;
    struct smtp_message message = {.envelope_sender = "b@list.example.org"};
    struct failure why = {0};
    enum content_check_answer answer;
    const char *reason;
    buf_init(&message.bytes, 1000);
    buf_add_text(&message.bytes, "bare\nlf\r\n");
    assert_false(content_check_message("a@example.org", &message, NULL, &answer, &reason, &why));
    assert_int_equal(why.kind, FAILURE_INTERNAL);
    buf_free(&message.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_byte_that_ends_a_command_passes),
        cmocka_unit_test(a_text_is_pure_CRLF_and_no_line_starts_with_a_dot),
        cmocka_unit_test(a_fault_is_seen_wherever_it_stands),
        cmocka_unit_test(short_texts_are_judged_byte_by_byte),
        cmocka_unit_test(what_the_relay_cannot_take_is_held_back_with_the_reason),
        cmocka_unit_test(a_header_beyond_ASCII_needs_SMTPUTF8_and_a_body_does_not),
        cmocka_unit_test(a_broken_message_is_our_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
