/* The sandbox's answer: what is written is read back, and nothing else is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bounce/answer.h"

#include <cmocka.h>

static struct bounce_report sample(void)
{
    struct bounce_report report = {.class = BOUNCE_HARD,
                                   .reason = REASON_USER_UNKNOWN,
                                   .detector = DETECTOR_DSN,
                                   .code = 550,
                                   .status = {5, 1, 10},
                                   .automatic = true,
                                   .text = "550 5.1.10 no such user: J\xC3\xB6rg",
                                   .recipient_count = 2,
                                   .token_count = 1};
    for (size_t i = 0; i < 2; i++) {
        struct bounce_recipient *recipient = &report.recipients[i];
        recipient->class = i == 0 ? BOUNCE_HARD : BOUNCE_SOFT;
        recipient->reason = REASON_MAILBOX_FULL;
        recipient->code = 552;
        recipient->status = (struct bounce_status){5, 2, 2};
        snprintf(recipient->address, sizeof recipient->address, "kim%zu@example.org", i);
    }
    report.tokens[0].place = PLACE_RETURNED;
    memset(report.tokens[0].text, 'a', BOUNCE_TOKEN_LEN);
    report.auth_result_count = 1;
    snprintf(report.auth_results[0].server, BOUNCE_SERVER, "mx.example.org");
    snprintf(report.auth_results[0].sources, BOUNCE_TEXT, "example.net staff@example.com");
    return report;
}

static void write_sample(struct buf *out)
{
    struct bounce_report report = sample();
    buf_init(out, ANSWER_MAX);
    answer_write(&report, out);
    assert_true(buf_ok(out));
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    struct buf bytes;
    struct bounce_report before = sample(), after;
    write_sample(&bytes);
    assert_true(answer_read(bytes.data, bytes.len, &after));
    assert_memory_equal(&before, &after, sizeof before);
    buf_free(&bytes);
}

static void the_largest_report_fits(void **state)
{
    (void)state;
    struct bounce_report report = sample(), after;
    report.recipient_count = BOUNCE_PEOPLE;
    report.token_count = BOUNCE_TOKENS;
    memset(report.text, 'x', BOUNCE_TEXT - 1);
    for (size_t i = 0; i < BOUNCE_PEOPLE; i++) {
        memset(report.recipients[i].address, 'a', BOUNCE_ADDRESS - 1);
        report.recipients[i].address[100] = '@';
    }
    for (size_t i = 0; i < BOUNCE_TOKENS; i++) {
        memset(report.tokens[i].text, 'b', BOUNCE_TOKEN_LEN);
    }
    report.auth_result_count = BOUNCE_AUTH_RESULTS;
    for (size_t i = 0; i < BOUNCE_AUTH_RESULTS; i++) {
        memset(report.auth_results[i].server, 'c', BOUNCE_SERVER - 1);
        memset(report.auth_results[i].sources, 'd', BOUNCE_TEXT - 1);
    }
    struct buf bytes;
    buf_init(&bytes, ANSWER_MAX);
    answer_write(&report, &bytes);
    assert_true(buf_ok(&bytes));
    assert_true(answer_read(bytes.data, bytes.len, &after));
    assert_memory_equal(&report, &after, sizeof report);
    buf_free(&bytes);
}

static void every_front_of_an_answer_is_no_answer(void **state)
{
    (void)state;
    struct buf bytes;
    struct bounce_report report;
    write_sample(&bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        assert_false(answer_read(bytes.data, len, &report));
        assert_int_equal(report.recipient_count, 0);
    }
    buf_add_char(&bytes, 'x');
    assert_false(answer_read(bytes.data, bytes.len, &report));
    buf_free(&bytes);
}

/* Offsets: 3 class, 4 reason, 5 detector, 6 automatic, 7 code, 9 status, 14 recipients, 15 tokens,
 * 16 authentication results, 17 text; 19 first recipient, its address from 29. */
static const struct {
    const char *name;
    size_t at;
    unsigned char byte;
} lies[] = {
    {"another beginning", 0, 'X'},
    {"a class that is none", 3, BOUNCE_CLASSES},
    {"a reason that is none", 4, REASON_COUNT},
    {"a detector that is none", 5, DETECTOR_COUNT},
    {"neither true nor false", 6, 2},
    {"a code above 599", 8, 0xff},
    {"a status class 3", 9, 3},
    {"more recipients than there may be", 14, 200},
    {"more tokens than there may be", 15, 200},
    {"more servers than there may be", 16, 200},
    {"more text than there may be", 18, 0xff},
    {"a recipient of no class", 19, 99},
    {"a line end in an address", 30, '\n'},
    {"an angle bracket in an address", 30, '>'},
    {"two signs in an address", 30, '@'},
    {"half a character in an address", 30, 0xc3},
};

static void an_answer_out_of_form_is_no_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct buf bytes;
        struct bounce_report report;
        write_sample(&bytes);
        bytes.data[lies[i].at] = (char)lies[i].byte;
        if (answer_read(bytes.data, bytes.len, &report)) {
            fail_msg("%s was read", lies[i].name);
        }
        buf_free(&bytes);
    }
}

static void a_token_that_is_no_base32_is_no_answer(void **state)
{
    (void)state;
    struct bounce_report report = sample(), after;
    report.tokens[0].text[5] = '1';
    struct buf bytes;
    buf_init(&bytes, ANSWER_MAX);
    answer_write(&report, &bytes);
    assert_false(answer_read(bytes.data, bytes.len, &after));
    buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(the_largest_report_fits),
        cmocka_unit_test(every_front_of_an_answer_is_no_answer),
        cmocka_unit_test(an_answer_out_of_form_is_no_answer),
        cmocka_unit_test(a_token_that_is_no_base32_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
