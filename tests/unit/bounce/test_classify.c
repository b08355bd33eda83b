/* What messages say: cases of our own for every way of looking and many systems and languages,
 * and the corpus of real ones where it is at hand, with precision and recall of each class. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "bounce/recipient.h"
#include "reading.h"

#include <cmocka.h>

#define CASES   SOURCE_ROOT "/tests/golden/bounces"
#define CORPUS  SHARED_ROOT "/corpora/bounces"
#define LABELS  SOURCE_ROOT "/tests/unit/bounce/corpus_labels.tsv"
#define SAYINGS SOURCE_ROOT "/tests/unit/bounce/sayings.tsv"

struct tally {
    int told, labelled, both; /* of a class */
};

static int class_index(const char *name)
{
    for (int i = 0; i < BOUNCE_CLASSES; i++) {
        if (strcmp(bounce_class_name((enum bounce_class)i), name) == 0) {
            return i;
        }
    }
    fail_msg("no class is called %s", name);
    return 0;
}

static void count_class(struct tally tallies[BOUNCE_CLASSES], int labelled, enum bounce_class told)
{
    tallies[labelled].labelled++;
    tallies[told].told++;
    tallies[labelled].both += (int)told == labelled;
}

static void print_tallies(const struct tally tallies[BOUNCE_CLASSES])
{
    print_message("class         labelled  told  precision  recall\n");
    for (int i = 0; i < BOUNCE_CLASSES; i++) {
        const struct tally *tally = &tallies[i];
        if (tally->told + tally->labelled > 0) {
            print_message("%-13s %8d %5d %9.1f%% %6.1f%%\n",
                          bounce_class_name((enum bounce_class)i), tally->labelled, tally->told,
                          tally->told ? 100.0 * tally->both / tally->told : 100.0,
                          tally->labelled ? 100.0 * tally->both / tally->labelled : 100.0);
        }
    }
}

static void each_case_is_told_as_its_label_says(void **state)
{
    struct reading *reading = *state;
    FILE *table = fopen(CASES "/labels.tsv", "r");
    assert_non_null(table);
    struct label label;
    struct tally tallies[BOUNCE_CLASSES] = {{0}};
    int wrong = 0, count = 0;
    while (label_next(table, &label)) {
        char path[400], recipients[400];
        struct bounce_report report;
        snprintf(path, sizeof path, CASES "/%s.eml", label.file);
        if (!reading_file(reading, path, &report)) {
            fail_msg("%s is not there", path);
        }
        reading_recipients(&report, recipients);
        count_class(tallies, class_index(label.class), report.class);
        count++;
        if (strcmp(bounce_class_name(report.class), label.class) != 0 ||
            strcmp(recipients, label.recipients) != 0) {
            print_error("%s: %s %s, not %s %s\n", label.file, label.class, label.recipients,
                        bounce_class_name(report.class), recipients);
            wrong++;
        }
    }
    fclose(table);
    print_tallies(tallies);
    assert_true(count >= 520);
    assert_int_equal(wrong, 0);
}

static void no_ordinary_case_is_a_hard_bounce(void **state)
{
    struct reading *reading = *state;
    FILE *table = fopen(CASES "/labels.tsv", "r");
    assert_non_null(table);
    struct label label;
    int ordinary = 0;
    while (label_next(table, &label)) {
        char path[400];
        struct bounce_report report;
        snprintf(path, sizeof path, CASES "/%s.eml", label.file);
        bool bounce = strcmp(label.class, "hard") == 0 || strcmp(label.class, "soft") == 0;
        if (!bounce && reading_file(reading, path, &report)) {
            ordinary++;
            assert_int_not_equal(report.class, BOUNCE_HARD);
        }
    }
    fclose(table);
    assert_true(ordinary >= 140);
}

static bool same_person(const struct bounce_report *report, const char *hash)
{
    char hex[HASH_HEX] = "-";
    if (report->recipient_count > 0) {
        char lower[BOUNCE_ADDRESS];
        size_t len = strlen(report->recipients[0].address);
        for (size_t i = 0; i <= len; i++) {
            char byte = report->recipients[0].address[i];
            lower[i] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
        }
        hash_sha256_hex(lower, len, hex);
        hex[16] = '\0';
    }
    return strcmp(hex, hash) == 0;
}

static void the_corpus_of_real_messages_is_told_as_labelled(void **state)
{
    struct reading *reading = *state;
    if (access(CORPUS, R_OK) != 0) {
        print_message("the corpus of bounces is not at hand: skipped\n");
        skip();
    }
    FILE *table = fopen(LABELS, "r");
    assert_non_null(table);
    struct tally tallies[BOUNCE_CLASSES] = {{0}};
    struct label label;
    int count = 0, people = 0, named = 0;
    while (label_next(table, &label)) {
        char path[400];
        struct bounce_report report;
        snprintf(path, sizeof path, CORPUS "/%s", label.file);
        assert_true(reading_file(reading, path, &report));
        int labelled = class_index(label.class);
        count_class(tallies, labelled, report.class);
        count++;
        named += strcmp(label.recipients, "-") != 0;
        people += strcmp(label.recipients, "-") != 0 && same_person(&report, label.recipients);
    }
    fclose(table);
    print_tallies(tallies);
    print_message("recipient found in %d of %d messages that name one\n", people, named);
    assert_int_equal(count, 79);
    assert_true(people * 100 >= named * 95);
    assert_int_equal(tallies[BOUNCE_HARD].both, tallies[BOUNCE_HARD].labelled);
    assert_int_equal(tallies[BOUNCE_HARD].told, tallies[BOUNCE_HARD].labelled);
}

static void a_token_is_found_in_the_envelope_recipient_and_in_the_returned_header(void **state)
{
    struct bounce_report report;
    assert_true(reading_file(*state, CASES "/leave-list-unsubscribe-mailto.eml", &report));
    assert_int_equal(report.token_count, 1);
    assert_int_equal(report.tokens[0].place, PLACE_UNSUBSCRIBE);
    assert_string_equal(report.tokens[0].text, "abcdefghijklmnopqrstuvwxyz234567abcdefgh");
    assert_true(reading_file(*state, CASES "/complaint-abuse.eml", &report));
    assert_int_equal(report.token_count, 1);
    assert_int_equal(report.tokens[0].place, PLACE_RETURNED);
    assert_true(reading_file(*state, CASES "/complaint-mail-from.eml", &report));
    assert_int_equal(report.token_count, 1);
    assert_int_equal(report.tokens[0].place, PLACE_RETURNED);
    assert_true(reading_file(*state, CASES "/ses-complaint-token.eml", &report));
    assert_int_equal(report.token_count, 1);
    assert_int_equal(report.tokens[0].place, PLACE_RETURNED);
}

static void each_recipient_of_a_report_has_its_own_class(void **state)
{
    struct bounce_report report;
    assert_true(reading_file(*state, CASES "/postfix-two-recipients.eml", &report));
    assert_int_equal(report.recipient_count, 2);
    assert_int_equal(report.recipients[0].class, BOUNCE_HARD);
    assert_int_equal(report.recipients[0].reason, REASON_USER_UNKNOWN);
    assert_int_equal(report.recipients[1].class, BOUNCE_SOFT);
    assert_int_equal(report.recipients[1].reason, REASON_MAILBOX_FULL);
    assert_int_equal(report.recipients[1].code, 552);
}

/* What the reason must be, where a word could lead astray. */
static const struct {
    enum bounce_reason reason;
    const char *said;
} reasons[] = {
    {REASON_USER_UNKNOWN, "[550 5.1.1 User unknown]"},
    {REASON_USER_UNKNOWN, "mx.example.net[550 5.1.1 User unknown]"},
    {REASON_MAILBOX_FULL, "552 Maildir has overdrawn its quota, please try again later"},
    {REASON_MAILBOX_FULL, "The users maildir has overdrawn its quota. Please try again later."},
    {REASON_GREYLISTED, "450 4.2.0 Greylisted, please try again later"},
    {REASON_SENDER, "550 5.1.7 No such domain"},
    {REASON_SENDER, "550 User unknown (in reply to MAIL FROM command)"},
    {REASON_SENDER, "554 5.7.1 From: domain is invalid"},
    {REASON_SENDER, "553 sender does not exist"},
    {REASON_BLOCKED, "550 5.7.1 listed at zen.spamhaus.org (in reply to MAIL FROM command)"},
    {REASON_USER_UNKNOWN, "550 User unknown (in reply to RCPT TO command)"},
};

static void the_reason_is_the_one_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        struct bounce_recipient recipient = {0};
        struct arena arena = {0};
        const struct bounce_status none = {0};
        recipient_classify(&arena, reasons[i].said, strlen(reasons[i].said), REFUSAL_REPORT, &none,
                           &recipient);
        if (recipient.reason != reasons[i].reason) {
            fail_msg("%s: %s", reasons[i].said, bounce_reason_name(recipient.reason));
        }
        arena_free(&arena);
    }
}

static enum bounce_class class_of(const char *said)
{
    struct bounce_recipient recipient = {0};
    struct arena arena = {0};
    const struct bounce_status vague = {5, 0, 0};
    recipient_classify(&arena, said, strlen(said), REFUSAL_REPORT, &vague, &recipient);
    arena_free(&arena);
    return recipient.class;
}

static void what_servers_say_is_told_by_its_words(void **state)
{
    (void)state;
    FILE *table = fopen(SAYINGS, "r");
    assert_non_null(table);
    char line[400], class[40], said[360];
    int wrong = 0, count = 0;
    while (fgets(line, sizeof line, table) != NULL) {
        if (line[0] != '#' && sscanf(line, "%39[^\t]\t%359[^\n]", class, said) == 2) {
            enum bounce_class told = class_of(said);
            count++;
            if ((int)told != class_index(class)) {
                print_error("%s: %s\n", said, bounce_class_name(told));
                wrong++;
            }
        }
    }
    fclose(table);
    assert_true(count > 200);
    assert_int_equal(wrong, 0);
}

/* A report of two blocks: `original` stands in both, or in none where it is "". */
static void read_two_blocks(struct reading *reading, const char *original,
                            const char *const fields[2], struct bounce_report *report)
{
    char text[1400];
    int len = snprintf(text, sizeof text,
                       "From: MAILER-DAEMON@mx.example.com\r\nReturn-Path: <>\r\n"
                       "Subject: Delivery Status Notification\r\nMIME-Version: 1.0\r\n"
                       "Content-Type: multipart/report; report-type=delivery-status; "
                       "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAbout your "
                       "mail.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                       "Reporting-MTA: dns; mx.example.com\r\n\r\n%sFinal-Recipient: rfc822; "
                       "one@example.com\r\n%s\r\n%sFinal-Recipient: rfc822; "
                       "two@example.com\r\n%s\r\n--b--\r\n",
                       original, fields[0], original, fields[1]);
    assert_true(len > 0 && (size_t)len < sizeof text);
    reading_message(reading, text, (size_t)len, report);
}

static const struct {
    const char *fields;
    enum bounce_class class;
} outcomes[] = {
    {"Action: delivered\r\nStatus: 2.0.0\r\n", BOUNCE_AUTO_REPLY},
    {"Action: delayed\r\nStatus: 4.4.1\r\n", BOUNCE_DELAYED},
    {"Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\r\n",
     BOUNCE_SOFT},
    {"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n",
     BOUNCE_HARD},
};

static void of_one_original_recipient_the_best_outcome_decides_in_any_order(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            struct bounce_report report;
            const char *const fields[2] = {outcomes[i].fields, outcomes[j].fields};
            read_two_blocks(*state, "Original-Recipient: rfc822; kim@example.org\r\n", fields,
                            &report);
            enum bounce_class best = outcomes[i < j ? i : j].class;
            assert_int_equal(report.class, best);
            assert_int_equal(report.recipient_count, 1);
            assert_string_equal(report.recipients[0].address, "kim@example.org");
            assert_int_equal(report.recipients[0].class, best);
        }
    }
}

static void recipients_of_a_report_are_separate_in_any_order(void **state)
{
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            struct bounce_report report;
            const char *const fields[2] = {outcomes[i].fields, outcomes[j].fields};
            read_two_blocks(*state, "", fields, &report);
            assert_int_equal(report.recipient_count, 2);
            assert_int_equal(bounce_report_find(&report, "one@example.com")->class,
                             outcomes[i].class);
            assert_int_equal(bounce_report_find(&report, "two@example.com")->class,
                             outcomes[j].class);
        }
    }
}

static int open_reading(void **state)
{
    static struct reading reading;
    reading_open(&reading);
    *state = &reading;
    return 0;
}

static int close_reading(void **state)
{
    reading_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_told_as_its_label_says),
        cmocka_unit_test(no_ordinary_case_is_a_hard_bounce),
        cmocka_unit_test(the_corpus_of_real_messages_is_told_as_labelled),
        cmocka_unit_test(a_token_is_found_in_the_envelope_recipient_and_in_the_returned_header),
        cmocka_unit_test(each_recipient_of_a_report_has_its_own_class),
        cmocka_unit_test(the_reason_is_the_one_meant),
        cmocka_unit_test(what_servers_say_is_told_by_its_words),
        cmocka_unit_test(of_one_original_recipient_the_best_outcome_decides_in_any_order),
        cmocka_unit_test(recipients_of_a_report_are_separate_in_any_order),
    };
    return cmocka_run_group_tests(tests, open_reading, close_reading);
}
