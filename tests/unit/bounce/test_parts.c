/* The pure parts of the classifier, a table each: addresses, commands, codes and words, HTML,
 * character sets, and the line that a run ends with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "bounce/candidates.h"
#include "bounce/charset.h"
#include "bounce/command.h"
#include "bounce/html.h"
#include "bounce/recipient.h"
#include "bounce/run.h"

#include <cmocka.h>

static void the_recipient_is_found_in_every_spelling_of_a_field(void **state)
{
    static const struct {
        const char *field, *address; /* NULL: none */
    } rows[] = {
        {"rfc822;ann@example.org", "ann@example.org"},
        {"rfc822; <ann@example.org>", "ann@example.org"},
        {"ann@example.org", "ann@example.org"},
        {"rfc822; @relay.example.net:ann@example.org", "ann@example.org"},
        {"\"ann@example.org\"", "ann@example.org"},
        {"rfc822; ann", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char found[BOUNCE_ADDRESS];
        bool any = candidate_field(rows[i].field, found);
        if (any != (rows[i].address != NULL) || (any && strcmp(found, rows[i].address) != 0)) {
            fail_msg("%s", rows[i].field);
        }
    }
}

static void the_recipient_inside_a_VERP_address_is_found(void **state)
{
    static const struct {
        const char *verp, *address;
    } rows[] = {
        {"list-bounces+ann=example.org@example.net", "ann@example.org"},
        {"bounce-ann=example.org@example.net", "ann@example.org"},
        {"bounces+TOKEN@example.net", NULL},
        {"list+ann=nodomain@example.net", NULL},
        {"ann@example.org", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char found[BOUNCE_ADDRESS];
        bool any = candidate_verp(rows[i].verp, found);
        if (any != (rows[i].address != NULL) || (any && strcmp(found, rows[i].address) != 0)) {
            fail_msg("%s", rows[i].verp);
        }
    }
}

static void the_command_is_read_from_a_transcript(void **state)
{
    static const struct {
        const char *text, *said;
        enum refusal_command command;
    } rows[] = {
        {">>> MAIL From:<a@example.org>\n<<< 553 no\n", "", REFUSAL_MAIL},
        {">>> RCPT To:<a@example.org>\n<<< 550 no such user\n", "", REFUSAL_RCPT},
        {"there is no transcript here\n", "", REFUSAL_REPORT},
        {">>> MAIL From:<a@example.org>\n<<< 250 ok\n>>> RCPT To:<b@example.org>\n<<< 550 gone\n",
         "", REFUSAL_RCPT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum refusal_command found =
            command_in_transcript(rows[i].text, strlen(rows[i].text), rows[i].said);
        if (found != rows[i].command) {
            fail_msg("%s: %d", rows[i].text, (int)found);
        }
    }
}

static void codes_and_words_make_the_class_by_their_precedence(void **state)
{
    static const struct {
        const char *words;
        enum refusal_command command;
        struct bounce_status field;
        enum bounce_class class;
        enum bounce_reason reason;
    } rows[] = {
        {"550 5.1.1 no such user", REFUSAL_RCPT, {0}, BOUNCE_HARD, REASON_USER_UNKNOWN},
        {"552 5.2.2 mailbox full", REFUSAL_RCPT, {0}, BOUNCE_SOFT, REASON_MAILBOX_FULL},
        {"", REFUSAL_RCPT, {5, 1, 1}, BOUNCE_HARD, REASON_USER_UNKNOWN},
        /* An answer to MAIL is about the sender, whatever it says. */
        {"550 5.1.1 no such user", REFUSAL_MAIL, {0}, BOUNCE_SOFT, REASON_SENDER},
        /* A code that servers give for anything: the words decide. */
        {"550 5.7.1 mailbox full", REFUSAL_RCPT, {5, 7, 1}, BOUNCE_SOFT, REASON_MAILBOX_FULL},
        {"", REFUSAL_RCPT, {0}, BOUNCE_SOFT, REASON_UNDETERMINED},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bounce_recipient recipient = {0};
        recipient_classify(&arena, rows[i].words, strlen(rows[i].words), rows[i].command,
                           &rows[i].field, &recipient);
        if (recipient.class != rows[i].class || recipient.reason != rows[i].reason) {
            fail_msg("%zu: %s, %s", i, bounce_class_name(recipient.class),
                     bounce_reason_name(recipient.reason));
        }
    }
    arena_free(&arena);
}

static void a_person_s_view_of_HTML_is_what_is_read(void **state)
{
    static const struct {
        const char *html, *holds, *lacks;
    } rows[] = {
        {"<p>one</p><p>two</p>", "one\n", "<p>"},
        {"<style>.user-unknown{}</style>gone", "gone", "user-unknown"},
        {"a &amp; b &#228; &#xe4;", "a & b \xC3\xA4 \xC3\xA4", "&#"},
        {"to <ann@example.org>: refused", "<ann@example.org>", NULL},
        {"<!-- secret -->said", "said", "secret"},
    };
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len;
        const char *text = html_text(&arena, rows[i].html, strlen(rows[i].html), &len);
        if (strstr(text, rows[i].holds) == NULL ||
            (rows[i].lacks != NULL && strstr(text, rows[i].lacks) != NULL)) {
            fail_msg("%s: %s", rows[i].html, text);
        }
    }
    arena_free(&arena);
}

static void a_character_set_is_believed_unless_the_bytes_contradict_it(void **state)
{
    static const struct {
        const char *name, *bytes, *text;
    } rows[] = {
        {"utf-8", "\xC3\xA4", "\xC3\xA4"},
        {"iso-8859-1", "\xE4", "\xC3\xA4"},
        {NULL, "\xE4", "\xC3\xA4"},
        {"utf-8", "\xE4", "\xC3\xA4"},
        {"us-ascii", "plain", "plain"},
        {"no-such-set", "plain\r\nnext\rlast", "plain\nnext\nlast"},
    };
    struct arena arena = {0};
    struct charsets *charsets = charsets_open(&arena);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len;
        const char *text = charset_decode(&arena, charsets, rows[i].name, rows[i].bytes,
                                          strlen(rows[i].bytes), &len);
        if (strcmp(text, rows[i].text) != 0) {
            fail_msg("%zu: %s", i, text);
        }
    }
    charsets_close(charsets);
    arena_free(&arena);
}

static void a_run_ends_with_one_line_of_what_it_read(void **state)
{
    struct bounce_run_result result = {.read = 3, .repeated = 1, .judged = {.gone = 1}};
    char line[256];
    (void)state;
    result.classes[BOUNCE_HARD] = 2;
    bounce_run_summary(&result, line, sizeof line);
    assert_string_equal(line, "3 messages, 2 hard, 1 read before; 1 off the list");
    result = (struct bounce_run_result){.read = 1, .stopped = true};
    bounce_run_summary(&result, line, sizeof line);
    assert_string_equal(
        line, "1 message; 0 off the list; interrupted: the next run reads the rest and counts");
    bounce_run_summary(&result, line, 12); /* cut, and ended */
    assert_int_equal(strlen(line), 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_recipient_is_found_in_every_spelling_of_a_field),
        cmocka_unit_test(the_recipient_inside_a_VERP_address_is_found),
        cmocka_unit_test(the_command_is_read_from_a_transcript),
        cmocka_unit_test(codes_and_words_make_the_class_by_their_precedence),
        cmocka_unit_test(a_person_s_view_of_HTML_is_what_is_read),
        cmocka_unit_test(a_character_set_is_believed_unless_the_bytes_contradict_it),
        cmocka_unit_test(a_run_ends_with_one_line_of_what_it_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
