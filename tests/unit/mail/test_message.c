#include "../../support/mail_decode.h"
#include "mail/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* After ours: cmocka has a macro fail(). */
#include <cmocka.h>

#define BOUNDARY "=_0123456789abcdef"

static struct message_header sample_header(void)
{
    return (struct message_header){
        .from_name = "Verdicts",
        .from_address = "weekly@example.org",
        .to_name = "Ana",
        .to_address = "ana@example.com",
        .reply_to = "editor@example.org",
        .subject = "Five rivals, one winner",
        .message_id = "2026-W47.12@example.org",
        .date = 1795165200,
        .list_name = "Verdicts weekly",
        .list_id = "weekly.example.org",
        .list_unsubscribe_url = "https://example.org/leave/abc",
        .list_unsubscribe_mailto = "unsubscribe+abc@example.org",
        .list_archive_url = "https://example.org/issues",
        .archived_at_url = "https://example.org/issues/2026-W47",
        .feedback_id = "2026-W47:weekly:verdicts:example.org",
        .content_language = "en-GB",
        .bulk = true,
        .boundary = BOUNDARY,
    };
}

static struct reader_values sample_reader(const char *name)
{
    struct reader_values reader;
    for (int field = 0; field < READER_FIELDS; field++) {
        reader.text[RESIDUAL_PLAIN][field] = "";
        reader.text[RESIDUAL_HTML][field] = "";
    }
    reader.text[RESIDUAL_PLAIN][READER_NAME] = name;
    reader.text[RESIDUAL_HTML][READER_NAME] = name;
    return reader;
}

/* Programs of "Hello NAME.\n" and "<p>Hello NAME</p>" as a body. */
static void sample_body(struct residual *body, bool with_html)
{
    struct residual text, html;
    struct failure why = {0};
    residual_init(&text);
    residual_init(&html);
    residual_init(body);
    residual_add_literal(&text, "Hello ", 6);
    residual_add_hole(&text, READER_NAME, RESIDUAL_PLAIN);
    residual_add_literal(&text, ".\n", 2);
    residual_add_literal(&html, "<p>Hello ", 9);
    residual_add_hole(&html, READER_NAME, RESIDUAL_HTML);
    residual_add_literal(&html, "</p>", 4);
    assert_true(message_body(&text, with_html ? &html : NULL, BOUNDARY, body, &why));
    residual_free(&text);
    residual_free(&html);
}

static void a_message_is_these_bytes(void **state)
{
    (void)state;
    static const char expected[] =
        "Date: Fri, 20 Nov 2026 09:00:00 +0000\r\n"
        "From: Verdicts <weekly@example.org>\r\n"
        "Reply-To: editor@example.org\r\n"
        "To: Ana <ana@example.com>\r\n"
        "Subject: Five rivals, one winner\r\n"
        "Message-ID: <2026-W47.12@example.org>\r\n"
        "List-Id: Verdicts weekly <weekly.example.org>\r\n"
        "List-Unsubscribe: <https://example.org/leave/abc>,\r\n"
        " <mailto:unsubscribe+abc@example.org?subject=unsubscribe>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        "List-Archive: <https://example.org/issues>\r\n"
        "Archived-At: <https://example.org/issues/2026-W47>\r\n"
        "Feedback-ID: 2026-W47:weekly:verdicts:example.org\r\n"
        "Precedence: bulk\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Language: en-GB\r\n"
        "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\r\n"
        "\r\n"
        "--" BOUNDARY "\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Hello =\r\n"
        "Ana=\r\n"
        "=2E\r\n"
        "\r\n"
        "--" BOUNDARY "\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "<p>Hello =\r\n"
        "Ana=\r\n"
        "</p>=\r\n"
        "\r\n"
        "--" BOUNDARY "--\r\n";
    struct message_header header = sample_header();
    struct reader_values reader = sample_reader("Ana");
    struct residual body;
    struct buf out;
    struct failure why = {0};
    sample_body(&body, true);
    buf_init(&out, 100000);
    assert_true(message_write(&header, &body, &reader, &out, &why));
    assert_string_equal(out.data, expected);
    /* Again behind the first: appended, and the same. */
    assert_true(message_write(&header, &body, &reader, &out, &why));
    assert_int_equal(out.len, 2 * strlen(expected));
    assert_string_equal(out.data + strlen(expected), expected);
    buf_free(&out);
    residual_free(&body);
}

static void a_mail_of_text_alone_has_one_part(void **state)
{
    (void)state;
    struct message_header header = {.from_address = "a@example.org",
                                    .subject = "Please confirm",
                                    .date = 0,
                                    .auto_generated = true};
    struct reader_values reader = sample_reader("");
    struct residual body;
    struct buf out;
    struct failure why = {0};
    sample_body(&body, false);
    buf_init(&out, 100000);
    assert_true(message_write(&header, &body, &reader, &out, &why));
    assert_string_equal(out.data, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"
                                  "From: a@example.org\r\n"
                                  "Subject: Please confirm\r\n"
                                  "Auto-Submitted: auto-generated\r\n"
                                  "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: quoted-printable\r\n"
                                  "\r\n"
                                  "Hello =\r\n"
                                  "=2E\r\n");
    buf_free(&out);
    residual_free(&body);
}

struct change {
    const char *name;
    const char *says;
    void (*make)(struct message_header *header);
};

#define CHANGE(function, field, value)                                                             \
    static void function(struct message_header *header)                                            \
    {                                                                                              \
        header->field = (value);                                                                   \
    }

CHANGE(bad_from_name, from_name, "a\nb")
CHANGE(bad_from_address, from_address, "a@example.org\r\nX: y")
CHANGE(bad_to_name, to_name, "Ana\r\nBcc: eve@example.com")
CHANGE(bad_to_address, to_address, "ana@example.com,eve@example.com")
CHANGE(bad_reply_to, reply_to, "a>b@example.org")
CHANGE(bad_subject, subject, "x\r\n\r\nbody")
CHANGE(bad_message_id, message_id, "a@b>\r\nX: y")
CHANGE(bad_message_id_bracket, message_id, "a@b> <c@d")
CHANGE(bad_list_name, list_name, "\x01")
CHANGE(bad_list_id, list_id, "weekly.example.org>")
CHANGE(bad_url, list_unsubscribe_url, "https://example.org/a b")
CHANGE(bad_url_bracket, list_unsubscribe_url, "https://example.org/>,<x:")
CHANGE(bad_archive, list_archive_url, "https://example.org/is sues")
CHANGE(bad_archived_at, archived_at_url, "https://example.org/>")
CHANGE(bad_language, content_language, "en\r\nX: y")
CHANGE(bad_feedback, feedback_id, "a\nb")

static const struct change changes[] = {
    {"from name", "From: ", bad_from_name},
    {"from address", "From: ", bad_from_address},
    {"to name", "To: ", bad_to_name},
    {"to address", "To: ", bad_to_address},
    {"reply-to", "Reply-To: ", bad_reply_to},
    {"subject", "Subject: ", bad_subject},
    {"message id", "Message-ID: ", bad_message_id},
    {"message id with a bracket", "Message-ID: ", bad_message_id_bracket},
    {"list name", "List-Id: ", bad_list_name},
    {"list id", "List-Id: ", bad_list_id},
    {"link with a space", "List-Unsubscribe: ", bad_url},
    {"link with a bracket", "List-Unsubscribe: ", bad_url_bracket},
    {"archive with a space", "List-Archive: ", bad_archive},
    {"page with a bracket", "Archived-At: ", bad_archived_at},
    {"language", "Content-Language: ", bad_language},
    {"feedback id", "Feedback-ID: ", bad_feedback},
};

static void a_value_that_cannot_stand_in_the_header_writes_nothing(void **state)
{
    (void)state;
    struct reader_values reader = sample_reader("Ana");
    struct residual body;
    sample_body(&body, true);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct message_header header = sample_header();
        changes[i].make(&header);
        struct buf out;
        struct failure why = {0};
        buf_init(&out, 100000);
        buf_add_text(&out, "before");
        if (message_write(&header, &body, &reader, &out, &why)) {
            print_error("%s was let through\n", changes[i].name);
            assert_true(false);
        }
        assert_int_equal(why.kind, FAILURE_DATA);
        assert_int_equal(strncmp(why.text, changes[i].says, strlen(changes[i].says)), 0);
        assert_string_equal(out.data, "before");
        buf_free(&out);
    }
    residual_free(&body);
}

/* What `header` is written as, with an empty body. */
static void write_header(const struct message_header *header, struct buf *out)
{
    struct reader_values reader = sample_reader("");
    struct residual body;
    struct failure why = {0};
    residual_init(&body);
    buf_init(out, 100000);
    assert_true(message_write(header, &body, &reader, out, &why));
    residual_free(&body);
}

static void one_click_is_promised_for_https_alone(void **state)
{
    (void)state;
    struct buf out;
    struct message_header header = {.list_unsubscribe_url = "http://localhost:8080/leave/x"};
    write_header(&header, &out);
    assert_non_null(strstr(out.data, "\r\nList-Unsubscribe: <http://localhost:8080/leave/x>\r\n"));
    assert_null(strstr(out.data, "One-Click"));
    buf_free(&out);
    header.list_unsubscribe_url = "https://example.org/leave/x";
    write_header(&header, &out);
    assert_non_null(strstr(out.data, "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    buf_free(&out);
    header = (struct message_header){.list_unsubscribe_mailto = "leave@example.org"};
    write_header(&header, &out);
    assert_non_null(strstr(
        out.data, "\r\nList-Unsubscribe: <mailto:leave@example.org?subject=unsubscribe>\r\n"));
    assert_null(strstr(out.data, "One-Click"));
    buf_free(&out);
}

static void an_address_in_a_mailto_link_is_escaped(void **state)
{
    (void)state;
    struct buf out;
    struct message_header header = {.list_unsubscribe_mailto = "a?b&c%d/\xC3\xA9@example.org"};
    write_header(&header, &out);
    assert_non_null(strstr(out.data, "<mailto:a%3Fb%26c%25d%2F%C3%A9@example.org?subject="));
    buf_free(&out);
}

static void a_boundary_comes_from_its_seed_alone(void **state)
{
    (void)state;
    char one[MESSAGE_BOUNDARY], two[MESSAGE_BOUNDARY];
    message_boundary("issue 2026-W47 example.org", one);
    message_boundary("issue 2026-W47 example.org", two);
    assert_string_equal(one, two);
    assert_int_equal(strncmp(one, "=_", 2), 0);
    message_boundary("issue 2026-W48 example.org", two);
    assert_string_not_equal(one, two);
    message_boundary("", two);
    assert_string_equal(two, "=_e3b0c44298fc1c149afbf4c8996fb924");
}

static void a_message_larger_than_its_buffer_is_refused(void **state)
{
    (void)state;
    struct message_header header = sample_header();
    struct reader_values reader = sample_reader("Ana");
    struct residual body;
    struct buf out;
    struct failure why = {0};
    sample_body(&body, true);
    buf_init(&out, 800);
    assert_false(message_write(&header, &body, &reader, &out, &why));
    assert_int_equal(why.kind, FAILURE_DATA);
    buf_free(&out);
    residual_free(&body);
}

static void a_body_too_large_once_encoded_is_refused(void **state)
{
    (void)state;
    static char bytes[RESIDUAL_TEXT_MAX / 2];
    memset(bytes, '=', sizeof bytes);
    struct residual text, html, body;
    struct failure why = {0};
    residual_init(&text);
    residual_init(&html);
    residual_init(&body);
    residual_add_literal(&text, bytes, sizeof bytes);
    assert_false(message_body(&text, &html, BOUNDARY, &body, &why));
    assert_int_equal(why.kind, FAILURE_DATA);
    assert_non_null(strstr(why.text, "16 MB"));
    residual_free(&text);
    residual_free(&html);
    residual_free(&body);
}

static void answers_may_go_to_somebody_with_a_name(void **state)
{
    (void)state;
    static const struct {
        const char *reply_to, *line;
    } rows[] = {
        {"Editors <editors@Example.ORG>", "\r\nReply-To: Editors <editors@example.org>\r\n"},
        {"<editors@example.org>", "\r\nReply-To: editors@example.org\r\n"},
        {"editors@example.org", "\r\nReply-To: editors@example.org\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct message_header header = sample_header();
        struct reader_values reader = sample_reader("Ana");
        struct residual body;
        struct buf out;
        struct failure why = {0};
        header.reply_to = rows[i].reply_to;
        sample_body(&body, false);
        buf_init(&out, 100000);
        assert_true(message_write(&header, &body, &reader, &out, &why));
        assert_non_null(strstr(out.data, rows[i].line));
        buf_free(&out);
        residual_free(&body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_these_bytes),
        cmocka_unit_test(answers_may_go_to_somebody_with_a_name),
        cmocka_unit_test(a_mail_of_text_alone_has_one_part),
        cmocka_unit_test(a_value_that_cannot_stand_in_the_header_writes_nothing),
        cmocka_unit_test(one_click_is_promised_for_https_alone),
        cmocka_unit_test(an_address_in_a_mailto_link_is_escaped),
        cmocka_unit_test(a_boundary_comes_from_its_seed_alone),
        cmocka_unit_test(a_message_larger_than_its_buffer_is_refused),
        cmocka_unit_test(a_body_too_large_once_encoded_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
