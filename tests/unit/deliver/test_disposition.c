#include "deliver/disposition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What becomes of the row; what the refusals mean is tested with smtp/refusal. */
static const struct {
    const char *name;
    enum stage stage;
    const char *reply;
    enum delivery_state state;
} rows[] = {
    {"accepted", STAGE_DOT, "250 2.0.0 Ok", DELIVERY_SENT},
    {"accepted with another 2xx", STAGE_DOT, "252 fine", DELIVERY_SENT},
    {"surely the recipient's", STAGE_RCPT, "550 5.1.1 no such user", DELIVERY_REFUSED},
    {"told at the dot", STAGE_DOT, "550 5.1.1 no such user", DELIVERY_REFUSED},
    {"told while the text flows", STAGE_CONTENT, "550 5.1.1 no", DELIVERY_REFUSED},
    {"the same to MAIL", STAGE_MAIL, "550 5.1.1 no", DELIVERY_DEFERRED},
    {"for now", STAGE_RCPT, "452 4.2.2 over quota", DELIVERY_DEFERRED},
    {"ours, for good", STAGE_RCPT, "550 5.4.5 Daily user sending limit exceeded",
     DELIVERY_DEFERRED},
    {"of nobody for sure", STAGE_RCPT, "550 who?", DELIVERY_DEFERRED},
    {"of nobody for sure, at the dot", STAGE_DOT, "554 transaction failed", DELIVERY_DEFERRED},
    {"the server leaves", STAGE_MAIL, "421 bye", DELIVERY_DEFERRED},
    {"early refusal", STAGE_CONTENT, "550 5.7.1 spam", DELIVERY_DEFERRED},
    {"early acceptance is none", STAGE_CONTENT, "250 ok", DELIVERY_DEFERRED},
    {"354 to the dot", STAGE_DOT, "354 go on", DELIVERY_IN_DOUBT},
    {"garbage to the dot", STAGE_DOT, "?!", DELIVERY_IN_DOUBT},
    {"mixed codes to the dot", STAGE_DOT, "250-ok\r\n550 no", DELIVERY_IN_DOUBT},
    {"garbage to RCPT", STAGE_RCPT, "?!", DELIVERY_DEFERRED},
    {"mixed codes to RCPT", STAGE_RCPT, "250-ok\r\n550 no", DELIVERY_DEFERRED},
    {"354 to RCPT", STAGE_RCPT, "354 go", DELIVERY_DEFERRED},
    {"250 to DATA", STAGE_DATA, "250 ok", DELIVERY_DEFERRED},
};

static struct reply read_reply(const char *text)
{
    char line[600];
    struct reply_parser parser;
    snprintf(line, sizeof line, "%s\r\n", text);
    reply_start(&parser);
    reply_feed(&parser, line, strlen(line));
    assert_true(parser.complete);
    return parser.reply;
}

static struct disposition judge(enum outcome_kind kind, enum stage stage, const char *text,
                                bool handed, bool fresh, int losses, bool pipelined)
{
    struct outcome outcome = {
        .kind = kind, .stage = stage, .handed = handed, .fresh = fresh, .pipelined = pipelined};
    if (kind == OUTCOME_REPLIED) {
        outcome.reply = read_reply(text);
    }
    return disposition_of(&outcome, losses, "example.org:25");
}

/* After as many losses as a message may have, so that "once more" is no answer. */
static void each_reply_says_what_becomes_of_the_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct disposition disposition =
            judge(OUTCOME_REPLIED, rows[i].stage, rows[i].reply, rows[i].stage == STAGE_DOT, true,
                  DISPOSITION_LOSSES, false);
        if (disposition.again || disposition.state != rows[i].state) {
            fail_msg("%s: %s", rows[i].name, delivery_state_name(disposition.state));
        }
    }
}

static void behind_the_dot_a_lost_connection_is_a_doubt(void **state)
{
    (void)state;
    struct disposition lost = judge(OUTCOME_LOST, STAGE_DOT, "", true, true, 1, false);
    assert_false(lost.again);
    assert_int_equal(lost.state, DELIVERY_IN_DOUBT);
    struct disposition late = judge(OUTCOME_TIMED_OUT, STAGE_DOT, "", true, true, 1, false);
    assert_int_equal(late.state, DELIVERY_IN_DOUBT);
}

static void a_dot_that_was_not_handed_over_leaves_no_doubt(void **state)
{
    (void)state;
    assert_true(judge(OUTCOME_LOST, STAGE_DOT, "", false, true, 1, false).again);
}

static void before_the_dot_a_lost_connection_is_innocent_a_few_times(void **state)
{
    (void)state;
    assert_true(judge(OUTCOME_LOST, STAGE_CONTENT, "", false, true, 1, false).again);
    assert_true(judge(OUTCOME_LOST, STAGE_MAIL, "", false, false, 2, false).again);
    struct disposition third = judge(OUTCOME_LOST, STAGE_RCPT, "", false, true, 3, false);
    assert_false(third.again);
    assert_int_equal(third.state, DELIVERY_DEFERRED);
}

static void a_server_that_leaves_a_used_connection_costs_the_claim_nothing(void **state)
{
    (void)state;
    static const struct {
        enum outcome_kind kind;
        enum stage stage;
        bool fresh, loss;
    } ends[] = {
        {OUTCOME_LOST, STAGE_MAIL, false, false},   {OUTCOME_LOST, STAGE_RSET, false, false},
        {OUTCOME_LOST, STAGE_MAIL, true, true},     {OUTCOME_LOST, STAGE_RCPT, false, true},
        {OUTCOME_LOST, STAGE_CONTENT, false, true}, {OUTCOME_TIMED_OUT, STAGE_MAIL, false, true},
        {OUTCOME_REPLIED, STAGE_MAIL, false, true},
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct outcome outcome = {
            .kind = ends[i].kind, .stage = ends[i].stage, .fresh = ends[i].fresh};
        assert_int_equal(disposition_counts_loss(&outcome), ends[i].loss);
    }
}

static void a_421_on_a_used_connection_is_tried_once_more(void **state)
{
    (void)state;
    assert_true(judge(OUTCOME_REPLIED, STAGE_MAIL, "421 bye", false, false, 1, false).again);
    assert_true(judge(OUTCOME_REPLIED, STAGE_DOT, "421 bye", true, false, 1, false).again);
    assert_false(judge(OUTCOME_REPLIED, STAGE_MAIL, "421 bye", false, true, 1, false).again);
    assert_false(judge(OUTCOME_REPLIED, STAGE_MAIL, "421 bye", false, false, 2, false).again);
}

static void a_server_that_lies_about_pipelining_is_asked_step_by_step(void **state)
{
    (void)state;
    struct disposition confused =
        judge(OUTCOME_REPLIED, STAGE_RCPT, "503 bad sequence", false, true, 1, true);
    assert_true(confused.again && confused.distrust);
    struct disposition silent = judge(OUTCOME_TIMED_OUT, STAGE_RCPT, "", false, true, 1, true);
    assert_true(silent.again && silent.distrust);
    struct disposition believed =
        judge(OUTCOME_REPLIED, STAGE_RCPT, "503 bad sequence", false, true, 1, false);
    assert_false(believed.again);
    struct disposition unknown =
        judge(OUTCOME_REPLIED, STAGE_RCPT, "550 5.1.1 no", false, true, 1, true);
    assert_int_equal(unknown.state, DELIVERY_REFUSED);
    assert_false(unknown.again || unknown.distrust);
}

static void a_stall_defers_at_once(void **state)
{
    (void)state;
    struct disposition stalled = judge(OUTCOME_TIMED_OUT, STAGE_RCPT, "", false, true, 1, false);
    assert_false(stalled.again);
    assert_int_equal(stalled.state, DELIVERY_DEFERRED);
}

static void what_the_content_check_holds_back_is_refused_or_ours(void **state)
{
    (void)state;
    assert_int_equal(judge(OUTCOME_UNSENT, STAGE_MAIL, "", false, true, 1, false).state,
                     DELIVERY_REFUSED);
    assert_int_equal(judge(OUTCOME_OURS, STAGE_MAIL, "", false, true, 1, false).state,
                     DELIVERY_DEFERRED);
    assert_int_equal(judge(OUTCOME_UNWANTED, STAGE_DOT, "", false, true, 1, false).state,
                     DELIVERY_SKIPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reply_says_what_becomes_of_the_row),
        cmocka_unit_test(behind_the_dot_a_lost_connection_is_a_doubt),
        cmocka_unit_test(a_dot_that_was_not_handed_over_leaves_no_doubt),
        cmocka_unit_test(before_the_dot_a_lost_connection_is_innocent_a_few_times),
        cmocka_unit_test(a_server_that_leaves_a_used_connection_costs_the_claim_nothing),
        cmocka_unit_test(a_421_on_a_used_connection_is_tried_once_more),
        cmocka_unit_test(a_server_that_lies_about_pipelining_is_asked_step_by_step),
        cmocka_unit_test(a_stall_defers_at_once),
        cmocka_unit_test(what_the_content_check_holds_back_is_refused_or_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
