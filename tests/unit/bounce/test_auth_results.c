/* What Authentication-Results prove: by our server's own words alone, whatever a sender has put
 * into what it repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "reading.h"

#include <cmocka.h>

/* The sources that mx.example.org has proven of a message with that header; NULL: it has written
 * nothing. */
static const char *proven(struct reading *reading, const char *header)
{
    static struct bounce_report report;
    char message[3000];
    snprintf(message, sizeof message, "%sSubject: x\n\nHello\n", header);
    reading_message(reading, message, strlen(message), &report);
    for (size_t i = 0; i < report.auth_result_count; i++) {
        if (strcmp(report.auth_results[i].server, "mx.example.org") == 0) {
            return report.auth_results[i].sources;
        }
    }
    return NULL;
}

#define AR "Authentication-Results: mx.example.org; "

static void sources_are_read_as_servers_write_them(void **state)
{
    static const struct {
        const char *header, *sources;
    } rows[] = {
        {"", NULL},
        {AR "none\n", ""},
        {AR "dkim=pass header.d=Example.NET\n", "example.net"},
        {AR "dkim=pass (2048-bit key; \"x\") reason=\"a; b\" header.s=s header.d=example.net;\n"
            "\tspf=pass smtp.mailfrom=b+1@example.com; dmarc=pass header.from=example.org\n",
         "example.net example.com example.org"},
        {"Authentication-Results: mx.example.org 1 (x); dkim = pass header.d = example.net\n",
         "example.net"},
        {AR "dkim=pass header.d=\"example.net\"\n", "example.net"},
        {AR "dkim=fail header.d=a.example; dkim=pass header.d=b.example\n", "b.example"},
        {AR "dkim=passed header.d=a.example; xdkim=pass header.d=b.example\n", ""},
        {AR "dkim=pass header.i=@a.example header.b=header.d=a.example xheader.d=b.example\n", ""},
        {"From: Staff <Staff@Example.com>\n" AR "dkim=pass header.d=example.com\n",
         "example.com staff@example.com"},
        {"From: staff@example.com\n" AR "spf=pass smtp.mailfrom=staff@example.com\n",
         "example.com"},
        {"From: staff@example.com\n" AR "dkim=pass header.d=example.net\n", "example.net"},
        {"From: staff@example.com\nFrom: a@example.com\n" AR "dkim=pass header.d=example.com\n",
         "example.com"},
        {"From: staff@example.com, a@example.com\n" AR "dkim=pass header.d=example.com\n",
         "example.com"},
        {"From: \"staff@example.com\" <a@example.com>\n" AR "dkim=pass header.d=example.com\n",
         "example.com"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *sources = proven(*state, rows[i].header);
        if ((sources == NULL) != (rows[i].sources == NULL) ||
            (sources != NULL && strcmp(sources, rows[i].sources) != 0)) {
            fail_msg("%s: \"%s\"", rows[i].header, sources == NULL ? "(none)" : sources);
        }
    }
}

static void what_a_sender_has_written_is_no_result(void **state)
{
    static const char *const headers[] = {
        AR "dkim=none\n" AR "dkim=pass header.d=evil.example\n",
        AR "dkim=none \"\n" AR "dkim=pass header.d=evil.example\n",
        AR "dkim=none (\n" AR "dkim=pass header.d=evil.example\n",
        AR "spf=none smtp.mailfrom=\"x; dkim=pass header.d=evil.example \"@a.example\n",
        AR "spf=none smtp.mailfrom=\"\\\"; dkim=pass header.d=evil.example; \\\"\"@a.example\n",
        AR "dkim=none (a (b) ; dkim=pass header.d=evil.example \\) ; x)\n",
        AR
        "spf=none smtp.mailfrom==?utf-8?q?x=3B_dkim=3Dpass_header.d=3Devil.example?=@a.example\n",
        AR "dkim=pass header.d=\"a header.d=evil.example\"\n",
        AR "spf=none smtp.mailfrom=x\001dkim=pass header.d=evil.example\n",
        AR "dkim=pass header.d=evil.example/x\n",
        AR "dkim=pass header.d=\"evil.example \"\n",
        "X-" AR "dkim=pass header.d=evil.example\n" AR "dkim=none\n",
        "Authentication-Results: mx.example.org.evil.example; dkim=pass header.d=evil.example\n" AR
        "none\n",
        AR "none\nSubject: x\n\n" AR "dkim=pass header.d=evil.example\n",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        const char *sources = proven(*state, headers[i]);
        assert_non_null(sources);
        if (strstr(sources, "evil") != NULL) {
            fail_msg("%s: \"%s\"", headers[i], sources);
        }
    }
}

/* What the sandbox could not say would cost the message its answer. */
static void a_server_has_a_name_that_the_sandbox_can_say(void **state)
{
    static const char *const names[] = {
        "mx\x1c.example.org", "mx\x7f", "m\xc3\xa9x", "\xff", "", ";"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char message[300];
        struct bounce_report report;
        snprintf(message, sizeof message,
                 "Authentication-Results: %s; dkim=pass header.d=a.example\nSubject: x\n\nHello\n",
                 names[i]);
        reading_message(*state, message, strlen(message), &report);
        assert_int_equal(report.auth_result_count, 0);
    }
}

static void our_link_in_a_returned_text_is_found_of_a_complaint_alone(void **state)
{
#define TOKEN "abcdefghijklmnopqrstuvwxyz234567abcdefgh"
    static const struct {
        const char *type, *body;
        size_t tokens;
    } rows[] = {
        {"abuse", "Leave: https://a.example/leave/" TOKEN "\n", 1},
        {"abuse", "https://a.example/leave/" TOKEN ". https://a.example/leave/" TOKEN "\n", 1},
        {"abuse", "https://a.example/preferences/" TOKEN "\n", 0},
        {"abuse", "https://a.example/leave/" TOKEN "a\n", 0},
        {"abuse", "https://a.example/leave/" TOKEN "9\n", 0},
        {"abuse", "https://a.example/leave/abc\n", 0},
        {"not-spam", "https://a.example/leave/" TOKEN "\n", 0},
        {"opt-out", "https://a.example/leave/" TOKEN "\n", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char message[2000];
        struct bounce_report report;
        snprintf(message, sizeof message,
                 "From: a@a.example\nContent-Type: multipart/report; "
                 "report-type=feedback-report; boundary=f\n\n--f\n\nAn abuse report.\n\n--f\n"
                 "Content-Type: message/feedback-report\n\nFeedback-Type: %s\n\n--f\n"
                 "Content-Type: message/rfc822\n\nSubject: x\n\n%s\n--f--\n",
                 rows[i].type, rows[i].body);
        reading_message(*state, message, strlen(message), &report);
        assert_int_equal(report.token_count, rows[i].tokens);
        if (rows[i].tokens > 0) {
            assert_int_equal(report.tokens[0].place, PLACE_LINK);
            assert_string_equal(report.tokens[0].text, TOKEN);
        }
    }
}

static int setup(void **state)
{
    static struct reading reading;
    reading_open(&reading);
    *state = &reading;
    return 0;
}

static int teardown(void **state)
{
    reading_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_are_read_as_servers_write_them),
        cmocka_unit_test(what_a_sender_has_written_is_no_result),
        cmocka_unit_test(a_server_has_a_name_that_the_sandbox_can_say),
        cmocka_unit_test(our_link_in_a_returned_text_is_found_of_a_complaint_alone),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
