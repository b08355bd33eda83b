/* The sandbox: messages that kill their reader cost themselves and nothing else. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "bounce/sandbox.h"

#include <cmocka.h>

static const char good[] = "Return-Path: <>\n"
                           "From: Mail Delivery System <MAILER-DAEMON@relay.example.net>\n"
                           "To: news@letters.example.org\n"
                           "Subject: Undelivered Mail Returned to Sender\n\n"
                           "Your message could not be delivered.\n\n"
                           "<kim@example.org>: 550 5.1.1 user unknown\n";

static struct sandbox *open_sandbox(const char *program)
{
    struct sandbox *sandbox = NULL;
    struct failure why = {0};
    if (!sandbox_open(program, &sandbox, &why)) {
        fail_msg("%s", why.text);
    }
    return sandbox;
}

static bool read_message(struct sandbox *sandbox, const char *bytes, size_t len,
                         struct bounce_report *report)
{
    bool dead;
    struct failure why = {0};
    if (!sandbox_read(sandbox, bytes, len, report, &dead, &why)) {
        fail_msg("%s", why.text);
    }
    return !dead;
}

static void expect_good(struct sandbox *sandbox)
{
    struct bounce_report report;
    assert_true(read_message(sandbox, good, strlen(good), &report));
    assert_int_equal(report.class, BOUNCE_HARD);
    assert_int_equal(report.recipient_count, 1);
    assert_string_equal(report.recipients[0].address, "kim@example.org");
}

static void a_message_is_read_inside(void **state)
{
    (void)state;
    struct sandbox *sandbox = open_sandbox(NULL);
    expect_good(sandbox);
    expect_good(sandbox);
    sandbox_close(sandbox);
}

static void japanese_is_read_inside_where_no_file_can_be_opened(void **state)
{
    (void)state;
    static const char message[] = "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example.net\n"
                                  "Subject: Returned mail\n"
                                  "Content-Type: text/plain; charset=iso-2022-jp\n\n"
                                  "<kim@example.org>: \x1b$B%f!<%6$,8+$D$+$j$^$;$s\x1b(B\n";
    struct sandbox *sandbox = open_sandbox(NULL);
    struct bounce_report report;
    assert_true(read_message(sandbox, message, strlen(message), &report));
    assert_int_equal(report.reason, REASON_USER_UNKNOWN);
    sandbox_close(sandbox);
}

/* The shapes of mail that kill libetpan. Whether it dies of one here or not: the next message is
 * read. */
static void make_quoted_boundary(struct buf *out)
{
    buf_add_text(out, "From: a@example.org\nContent-Type: multipart/mixed; boundary=\"\\\"\"\n\n");
    for (int i = 0; i < 1000; i++) {
        buf_add_text(out, "--\"\n\ntext\n");
    }
}

static void make_nested_comments(struct buf *out)
{
    buf_add_text(out, "From: a@example.org\nTo: ");
    for (int i = 0; i < 240 * 1024; i++) {
        buf_add_char(out, '(');
    }
    buf_add_text(out, "\n\ntext\n");
}

static void make_nested_messages(struct buf *out)
{
    while (out->len < 960 * 1024) {
        buf_add_text(out, "Content-Type: message/rfc822\n\n");
    }
}

static void make_nested_multiparts(struct buf *out)
{
    for (int i = 0; out->len < 1000 * 1024; i++) {
        buf_addf(out, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
    }
}

static const struct {
    const char *name;
    void (*make)(struct buf *out);
} poisons[] = {
    {"a boundary that is a quoted quote", make_quoted_boundary},
    {"nested comments", make_nested_comments},
    {"nested messages", make_nested_messages},
    {"nested multiparts", make_nested_multiparts},
};

static void poison_costs_its_own_message_and_nothing_else(void **state)
{
    (void)state;
    struct sandbox *sandbox = open_sandbox(NULL);
    int deaths = 0;
    for (size_t i = 0; i < sizeof poisons / sizeof poisons[0]; i++) {
        struct buf bytes;
        struct bounce_report report;
        buf_init(&bytes, 2 * SANDBOX_MESSAGE_MAX);
        poisons[i].make(&bytes);
        bool answered = read_message(sandbox, bytes.data, bytes.len, &report);
        print_message("%s: %s\n", poisons[i].name, answered ? "was read" : "killed its reader");
        deaths += !answered;
        assert_int_not_equal(report.class, BOUNCE_HARD);
        buf_free(&bytes);
        expect_good(sandbox);
    }
    assert_true(deaths >= 1);
    sandbox_close(sandbox);
}

static void a_program_that_answers_out_of_form_is_not_believed(void **state)
{
    (void)state;
    struct sandbox *sandbox = open_sandbox("/bin/true");
    struct bounce_report report;
    assert_false(read_message(sandbox, good, strlen(good), &report));
    assert_int_equal(report.class, BOUNCE_UNKNOWN);
    sandbox_close(sandbox);
    sandbox = open_sandbox("/bin/cat"); /* says it does not know the argument, and ends */
    assert_false(read_message(sandbox, good, strlen(good), &report));
    sandbox_close(sandbox);
}

static void a_program_that_is_not_there_is_said_at_once(void **state)
{
    (void)state;
    struct sandbox *sandbox = NULL;
    struct failure why = {0};
    assert_false(sandbox_open("/nonexistent/verdicts", &sandbox, &why));
    assert_int_equal(why.kind, FAILURE_SYSTEM);
    assert_non_null(strstr(why.text, "/nonexistent/verdicts"));
}

/* Each took its ten seconds of processor time, and killed its reader. */
static void nested_multiparts_cost_no_time(void **state)
{
    (void)state;
    struct sandbox *sandbox = open_sandbox(NULL);
    struct bounce_report report;
    struct buf bytes;
    buf_init(&bytes, 2 * SANDBOX_MESSAGE_MAX);
    make_nested_multiparts(&bytes);
    assert_true(read_message(sandbox, bytes.data, bytes.len, &report));
    assert_int_not_equal(report.class, BOUNCE_HARD);
    buf_free(&bytes);
    sandbox_close(sandbox);
}

static void of_a_long_message_the_front_is_read(void **state)
{
    (void)state;
    struct sandbox *sandbox = open_sandbox(NULL);
    struct bounce_report report;
    struct buf bytes;
    buf_init(&bytes, 8 * SANDBOX_MESSAGE_MAX);
    buf_add_text(&bytes, good);
    while (bytes.len < 3 * SANDBOX_MESSAGE_MAX) {
        buf_add_text(&bytes, "more and more of the same text on every line\n");
    }
    assert_true(read_message(sandbox, bytes.data, bytes.len, &report));
    assert_int_equal(report.class, BOUNCE_HARD);
    buf_free(&bytes);
    sandbox_close(sandbox);
}

/* A report may name more people than anybody can be told of: each one's words were read once, which
 * took all of a message's processor time. */
static void a_report_that_names_thousands_is_read(void **state)
{
    (void)state;
    struct sandbox *sandbox = open_sandbox(NULL);
    struct bounce_report report;
    struct buf bytes;
    buf_init(&bytes, 2 * SANDBOX_MESSAGE_MAX);
    buf_add_text(&bytes, "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example.net\n"
                         "Subject: Returned mail\nX-Failed-Recipients: a@example.org");
    for (int i = 0; i < 40000; i++) {
        buf_addf(&bytes, ",\n r%d@example.net", i);
    }
    buf_add_text(&bytes, "\n\nYour message could not be delivered.\n");
    for (int i = 0; i < 500; i++) {
        buf_add_text(&bytes, "blah blah ");
    }
    assert_true(read_message(sandbox, bytes.data, bytes.len, &report));
    assert_int_equal(report.recipient_count, BOUNCE_PEOPLE);
    buf_free(&bytes);
    sandbox_close(sandbox);
}

static void a_process_is_replaced_after_its_batch(void **state)
{
    (void)state;
    struct sandbox *sandbox = open_sandbox(NULL);
    for (int i = 0; i < SANDBOX_BATCH + 3; i++) {
        expect_good(sandbox);
    }
    sandbox_close(sandbox);
}

static void caught(int number)
{
    (void)number;
}

/* In a process group of its own: the signal is for all of them, as Ctrl-C and a service's stop are.
 * Caught, not ignored: what is ignored a new program would inherit. */
static int read_over_a_signal(int number)
{
    const struct sigaction action = {.sa_handler = caught};
    struct bounce_report report;
    bool dead = true;
    struct failure why = {0};
    struct sandbox *sandbox = NULL;
    setpgid(0, 0);
    sigaction(number, &action, NULL);
    bool good_before = sandbox_open(NULL, &sandbox, &why) &&
                       sandbox_read(sandbox, good, strlen(good), &report, &dead, &why) && !dead;
    kill(0, number);
    bool good_after = sandbox_read(sandbox, good, strlen(good), &report, &dead, &why) && !dead;
    sandbox_close(sandbox);
    return good_before && good_after ? 0 : 1;
}

static void a_signal_to_the_whole_group_kills_no_reader(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        int end;
        pid_t child = fork();
        if (child == 0) {
            _exit(read_over_a_signal(numbers[i]));
        }
        assert_int_equal(waitpid(child, &end, 0), child);
        assert_true(WIFEXITED(end) && WEXITSTATUS(end) == 0);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], SANDBOX_ARGUMENT) == 0) {
        return sandbox_serve();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_read_inside),
        cmocka_unit_test(japanese_is_read_inside_where_no_file_can_be_opened),
        cmocka_unit_test(poison_costs_its_own_message_and_nothing_else),
        cmocka_unit_test(a_program_that_answers_out_of_form_is_not_believed),
        cmocka_unit_test(a_program_that_is_not_there_is_said_at_once),
        cmocka_unit_test(nested_multiparts_cost_no_time),
        cmocka_unit_test(of_a_long_message_the_front_is_read),
        cmocka_unit_test(a_report_that_names_thousands_is_read),
        cmocka_unit_test(a_process_is_replaced_after_its_batch),
        cmocka_unit_test(a_signal_to_the_whole_group_kills_no_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
