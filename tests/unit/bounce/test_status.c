/* Codes: found in text, told apart from other numbers, and what each says of the reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bounce/status.h"

#include <cmocka.h>

static const struct {
    const char *text;
    int code;
    const char *status;
} scans[] = {
    {"550 5.1.1 user unknown", 550, "5.1.1"},
    {"550-5.1.1 The account", 550, "5.1.1"},
    {"said: 554 5.7.1 no", 554, "5.7.1"},
    {"(#5.1.2)", 0, "5.1.2"},
    {"#550 5.1.10 RESOLVER", 550, "5.1.10"},
    {"host 192.0.2.5 refused", 0, ""},
    {"host [4.2.2.1] said 451 wait", 451, ""},
    {"version 5.1.1.2", 0, ""},
    {"<a@b>: 452 4.2.2 full", 452, "4.2.2"},
    {"port 587 closed", 0, ""},
    {"size 552 bytes", 0, ""},
    {"421", 421, ""},
    {"smtp;550 gone", 550, ""},
    {"250 2.0.0 Ok", 0, ""},
    {"x5.1.1", 0, ""},
    {"5505.1.1", 0, ""},
    {"", 0, ""},
};

static void codes_are_found_and_other_numbers_are_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scans / sizeof scans[0]; i++) {
        struct status_codes codes;
        char status[BOUNCE_STATUS_TEXT];
        status_scan(scans[i].text, strlen(scans[i].text), &codes);
        bounce_status_format(&codes.status, status);
        if (codes.code != scans[i].code || strcmp(status, scans[i].status) != 0) {
            fail_msg("\"%s\": %d \"%s\"", scans[i].text, codes.code, status);
        }
    }
}

static const struct {
    const char *status;
    enum bounce_class class;
    enum bounce_reason reason;
} rows[] = {
    {"5.1.1", BOUNCE_HARD, REASON_USER_UNKNOWN},    {"5.1.2", BOUNCE_HARD, REASON_HOST_UNKNOWN},
    {"5.1.3", BOUNCE_HARD, REASON_USER_UNKNOWN},    {"5.1.6", BOUNCE_HARD, REASON_MOVED},
    {"5.1.10", BOUNCE_HARD, REASON_NO_MAIL},        {"5.2.1", BOUNCE_HARD, REASON_DISABLED},
    {"5.4.4", BOUNCE_HARD, REASON_HOST_UNKNOWN},    {"5.2.2", BOUNCE_SOFT, REASON_MAILBOX_FULL},
    {"4.2.2", BOUNCE_SOFT, REASON_MAILBOX_FULL},    {"5.1.7", BOUNCE_SOFT, REASON_SENDER},
    {"5.1.8", BOUNCE_SOFT, REASON_SENDER},          {"5.7.1", BOUNCE_SOFT, REASON_POLICY},
    {"5.7.26", BOUNCE_SOFT, REASON_AUTHENTICATION}, {"5.7.515", BOUNCE_SOFT, REASON_AUTHENTICATION},
    {"4.7.28", BOUNCE_SOFT, REASON_TOO_FAST},       {"5.3.4", BOUNCE_SOFT, REASON_TOO_BIG},
    {"5.6.0", BOUNCE_SOFT, REASON_CONTENT},         {"5.5.0", BOUNCE_SOFT, REASON_PROTOCOL},
    {"4.4.7", BOUNCE_SOFT, REASON_EXPIRED},         {"4.1.1", BOUNCE_SOFT, REASON_NONE},
};

static void each_code_says_what_its_source_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bounce_status status;
        assert_true(status_parse(rows[i].status, &status));
        enum bounce_reason reason = status_reason(&status);
        if (reason != rows[i].reason || status_class(reason, status.class == 5) != rows[i].class) {
            fail_msg("%s: %s", rows[i].status, bounce_reason_name(reason));
        }
    }
}

static void a_status_field_may_have_blanks_and_a_comment(void **state)
{
    (void)state;
    struct bounce_status status;
    assert_true(status_parse(" 5.1.1 (permanent failure)", &status));
    assert_int_equal(status.detail, 1);
    assert_false(status_parse("permanent", &status));
    assert_false(status_parse("5.1", &status));
    assert_int_equal(status.class, 0);
}

static void every_class_reason_and_detector_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < REASON_COUNT; i++) {
        assert_non_null(bounce_reason_name((enum bounce_reason)i));
    }
    for (int i = 0; i < BOUNCE_CLASSES; i++) {
        assert_non_null(bounce_class_name((enum bounce_class)i));
    }
    for (int i = 0; i < DETECTOR_COUNT; i++) {
        assert_non_null(bounce_detector_name((enum bounce_detector)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_found_and_other_numbers_are_not),
        cmocka_unit_test(each_code_says_what_its_source_says),
        cmocka_unit_test(a_status_field_may_have_blanks_and_a_comment),
        cmocka_unit_test(every_class_reason_and_detector_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
