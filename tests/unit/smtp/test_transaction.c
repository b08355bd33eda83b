#include "base/buf.h"
#include "smtp/transaction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A transaction with two messages at hand and everything that has come out of it. */
struct scene {
    struct transaction transaction;
    enum trust trust;
    const char *first, *second; /* addresses */
    struct buf wire;
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    transaction_init(&scene->transaction, &scene->trust, "relay/1");
    buf_init(&scene->wire, 1 << 20);
    scene->first = "one@example.org";
    scene->second = "two@example.org";
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    transaction_free(&scene->transaction);
    buf_free(&scene->wire);
    free(scene);
    return 0;
}

static void start(struct scene *scene, bool pipelining)
{
    struct relay_offer offer = {.pipelining = pipelining, .size = true, .smtputf8 = true};
    transaction_start(&scene->transaction, &offer);
}

static void write_message(struct transaction *transaction, const char *text)
{
    struct smtp_message *message = transaction_vacant(transaction);
    buf_reset(&message->bytes);
    buf_add_text(&message->bytes, text);
    snprintf(message->envelope_sender, sizeof message->envelope_sender, "b@list.example.org");
}

/* Everything that comes out goes on the wire; what came since the last call is compared. */
static void expect_wire(struct scene *scene, const char *expected)
{
    size_t len;
    const char *bytes;
    buf_reset(&scene->wire);
    while ((bytes = transaction_output(&scene->transaction, &len)), len > 0) {
        buf_add(&scene->wire, bytes, len);
        transaction_sent(&scene->transaction, len);
    }
    assert_string_equal(scene->wire.data, expected);
}

static void hear(struct scene *scene, const char *text)
{
    struct reply_parser parser;
    char line[600];
    snprintf(line, sizeof line, "%s\r\n", text);
    for (const char *at = line; *at != '\0';) {
        reply_start(&parser);
        at += reply_feed(&parser, at, strlen(at));
        assert_true(parser.complete);
        transaction_reply(&scene->transaction, &parser.reply);
    }
}

static struct outcome take_outcome(struct scene *scene)
{
    struct outcome outcome;
    assert_true(transaction_take_outcome(&scene->transaction, &outcome));
    return outcome;
}

static void expect_no_outcome(struct scene *scene)
{
    struct outcome outcome;
    assert_false(transaction_take_outcome(&scene->transaction, &outcome));
}

static void begin_first(struct scene *scene)
{
    struct failure why = {0};
    write_message(&scene->transaction, "text\r\n");
    assert_true(transaction_begin(&scene->transaction, scene->first, &scene->first, &why));
}

static void release(struct scene *scene)
{
    struct failure why = {0};
    assert_int_equal(scene->transaction.phase, TRANSACTION_READY);
    assert_true(transaction_release(&scene->transaction, NULL, NULL, &why));
}

#define ENVELOPE "MAIL FROM:<b@list.example.org> SIZE=6\r\nRCPT TO:<one@example.org>\r\nDATA\r\n"

static void with_PIPELINING_the_envelope_leaves_in_one_piece(void **state)
{
    struct scene *scene = *state;
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n250 ok\r\n354 go");
    expect_wire(scene, "text\r\n");
    release(scene);
    assert_true(transaction_output_is_dot(&scene->transaction));
    expect_wire(scene, ".\r\n");
    hear(scene, "250 2.0.0 Ok");
    struct outcome outcome = take_outcome(scene);
    assert_ptr_equal(outcome.owner, &scene->first);
    assert_int_equal(outcome.kind, OUTCOME_REPLIED);
    assert_int_equal(outcome.stage, STAGE_DOT);
    assert_true(outcome.handed && outcome.fresh);
    assert_int_equal(scene->transaction.phase, TRANSACTION_IDLE);
    assert_int_equal(scene->trust, TRUST_PROVEN);
}

static void without_it_one_command_waits_for_the_other(void **state)
{
    struct scene *scene = *state;
    start(scene, false);
    begin_first(scene);
    expect_wire(scene, "MAIL FROM:<b@list.example.org> SIZE=6\r\n");
    hear(scene, "250 ok");
    expect_wire(scene, "RCPT TO:<one@example.org>\r\n");
    hear(scene, "250 ok");
    expect_wire(scene, "DATA\r\n");
    hear(scene, "354 go");
    expect_wire(scene, "text\r\n");
    assert_int_equal(scene->transaction.phase, TRANSACTION_READY);
}

static void the_dot_does_not_leave_before_it_is_released(void **state)
{
    struct scene *scene = *state;
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n250 ok\r\n354 go");
    expect_wire(scene, "text\r\n");
    expect_wire(scene, "");
    transaction_lost(&scene->transaction, OUTCOME_LOST, "gone");
    struct outcome outcome = take_outcome(scene);
    assert_false(outcome.handed);
    assert_int_equal(outcome.stage, STAGE_CONTENT);
}

static void a_refusal_is_cleared_by_RSET_in_front_of_the_next_envelope(void **state)
{
    struct scene *scene = *state;
    struct failure why = {0};
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n550 5.1.1 no\r\n503 no valid recipients");
    struct outcome outcome = take_outcome(scene);
    assert_int_equal(outcome.stage, STAGE_RCPT);
    assert_int_equal(outcome.reply.code, 550);
    write_message(&scene->transaction, "more\r\n");
    assert_true(transaction_begin(&scene->transaction, scene->second, &scene->second, &why));
    expect_wire(scene, "RSET\r\nMAIL FROM:<b@list.example.org> SIZE=6\r\n"
                       "RCPT TO:<two@example.org>\r\nDATA\r\n");
    hear(scene, "250 ok\r\n250 ok\r\n250 ok\r\n354 go");
    assert_int_equal(scene->transaction.phase, TRANSACTION_CONTENT);
}

static void a_354_after_a_refused_recipient_gets_a_lone_dot(void **state)
{
    struct scene *scene = *state;
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n550 5.1.1 no\r\n354 go");
    struct outcome outcome = take_outcome(scene);
    assert_int_equal(outcome.reply.code, 550);
    assert_false(outcome.handed);
    expect_wire(scene, ".\r\n");
    hear(scene, "554 no valid recipients");
    expect_no_outcome(scene);
    assert_int_equal(scene->transaction.phase, TRANSACTION_IDLE);
}

static void the_next_envelope_rides_behind_the_dot(void **state)
{
    struct scene *scene = *state;
    struct failure why = {0};
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n250 ok\r\n354 go");
    expect_wire(scene, "text\r\n");
    assert_true(transaction_may_ride(&scene->transaction));
    write_message(&scene->transaction, "more\r\n");
    assert_true(transaction_release(&scene->transaction, scene->second, &scene->second, &why));
    expect_wire(scene, ".\r\nMAIL FROM:<b@list.example.org> SIZE=6\r\n"
                       "RCPT TO:<two@example.org>\r\nDATA\r\n");
    hear(scene, "250 queued\r\n250 ok");
    assert_ptr_equal(take_outcome(scene).owner, &scene->first);
    hear(scene, "250 ok\r\n354 go");
    expect_wire(scene, "more\r\n");
    release(scene);
    expect_wire(scene, ".\r\n");
    hear(scene, "250 queued");
    struct outcome outcome = take_outcome(scene);
    assert_ptr_equal(outcome.owner, &scene->second);
    assert_true(outcome.handed);
}

static void when_the_connection_dies_behind_the_dot_the_riding_message_is_innocent(void **state)
{
    struct scene *scene = *state;
    struct failure why = {0};
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n250 ok\r\n354 go");
    expect_wire(scene, "text\r\n");
    write_message(&scene->transaction, "more\r\n");
    assert_true(transaction_release(&scene->transaction, scene->second, &scene->second, &why));
    size_t len;
    transaction_output(&scene->transaction, &len);
    transaction_sent(&scene->transaction, 1);
    transaction_lost(&scene->transaction, OUTCOME_LOST, "gone");
    struct outcome first = take_outcome(scene);
    struct outcome second = take_outcome(scene);
    assert_ptr_equal(first.owner, &scene->first);
    assert_true(first.handed);
    assert_ptr_equal(second.owner, &scene->second);
    assert_false(second.handed);
}

static void a_reply_while_the_text_flows_is_the_messages_answer(void **state)
{
    struct scene *scene = *state;
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n250 ok\r\n354 go\r\n550 5.1.1 no after all");
    struct outcome outcome = take_outcome(scene);
    assert_int_equal(outcome.kind, OUTCOME_REPLIED);
    assert_int_equal(outcome.stage, STAGE_CONTENT);
    assert_int_equal(outcome.reply.code, 550);
    assert_int_equal(scene->transaction.phase, TRANSACTION_OVER);
}

static void an_unasked_reply_between_messages_ends_the_connection(void **state)
{
    struct scene *scene = *state;
    start(scene, true);
    hear(scene, "421 idle too long");
    assert_int_equal(scene->transaction.phase, TRANSACTION_OVER);
    expect_no_outcome(scene);
}

static void a_known_refusal_outlives_the_connection(void **state)
{
    struct scene *scene = *state;
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n550 5.1.1 no");
    transaction_lost(&scene->transaction, OUTCOME_LOST, "gone");
    struct outcome outcome = take_outcome(scene);
    assert_int_equal(outcome.kind, OUTCOME_REPLIED);
    assert_int_equal(outcome.reply.code, 550);
}

static void a_message_that_the_content_check_holds_back_never_reaches_the_wire(void **state)
{
    struct scene *scene = *state;
    start(scene, true);
    scene->first = "one@example.org>\r\nRCPT TO:<evil@example.org";
    begin_first(scene);
    expect_wire(scene, "");
    assert_int_equal(take_outcome(scene).kind, OUTCOME_UNSENT);
    assert_int_equal(scene->transaction.phase, TRANSACTION_IDLE);
}

static void a_refused_RSET_ends_the_connection_and_the_message_is_innocent(void **state)
{
    struct scene *scene = *state;
    struct failure why = {0};
    start(scene, true);
    begin_first(scene);
    expect_wire(scene, ENVELOPE);
    hear(scene, "250 ok\r\n550 5.1.1 no\r\n554 none");
    take_outcome(scene);
    write_message(&scene->transaction, "more\r\n");
    assert_true(transaction_begin(&scene->transaction, scene->second, &scene->second, &why));
    hear(scene, "500 what");
    assert_int_equal(take_outcome(scene).kind, OUTCOME_LOST);
    assert_int_equal(scene->transaction.phase, TRANSACTION_OVER);
}

static void SMTPUTF8_is_asked_for_only_where_it_is_needed(void **state)
{
    struct scene *scene = *state;
    start(scene, false);
    scene->first = "j\xc3\xb6rg@example.org";
    begin_first(scene);
    expect_wire(scene, "MAIL FROM:<b@list.example.org> SIZE=6 SMTPUTF8\r\n");
}

static void SMTPUTF8_is_asked_for_where_the_header_needs_it(void **state)
{
    struct scene *scene = *state;
    struct failure why = {0};
    start(scene, false);
    write_message(&scene->transaction, "From: <j\xc3\xb6rg@example.org>\r\n\r\n");
    assert_true(transaction_begin(&scene->transaction, scene->first, &scene->first, &why));
    expect_wire(scene, "MAIL FROM:<b@list.example.org> SIZE=29 SMTPUTF8\r\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(with_PIPELINING_the_envelope_leaves_in_one_piece),
        TEST(without_it_one_command_waits_for_the_other),
        TEST(the_dot_does_not_leave_before_it_is_released),
        TEST(a_refusal_is_cleared_by_RSET_in_front_of_the_next_envelope),
        TEST(a_354_after_a_refused_recipient_gets_a_lone_dot),
        TEST(the_next_envelope_rides_behind_the_dot),
        TEST(when_the_connection_dies_behind_the_dot_the_riding_message_is_innocent),
        TEST(a_reply_while_the_text_flows_is_the_messages_answer),
        TEST(an_unasked_reply_between_messages_ends_the_connection),
        TEST(a_known_refusal_outlives_the_connection),
        TEST(a_message_that_the_content_check_holds_back_never_reaches_the_wire),
        TEST(a_refused_RSET_ends_the_connection_and_the_message_is_innocent),
        TEST(SMTPUTF8_is_asked_for_only_where_it_is_needed),
        TEST(SMTPUTF8_is_asked_for_where_the_header_needs_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
