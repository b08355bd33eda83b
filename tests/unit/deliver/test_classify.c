#include "deliver/letter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *name;
    enum stage stage;
    const char *reply;
    enum delivery_state state;
    enum fault fault;
};

static const struct row rows[] = {
    {"accepted", STAGE_DOT, "250 2.0.0 Ok", DELIVERY_SENT, FAULT_NOBODY},
    {"accepted with another 2xx", STAGE_DOT, "252 fine", DELIVERY_SENT, FAULT_NOBODY},
    {"unknown mailbox", STAGE_RCPT, "550 5.1.1 no such user", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"unknown mailbox told at the dot", STAGE_DOT, "550 5.1.1 no such user", DELIVERY_REFUSED,
     FAULT_RECIPIENT},
    {"bad domain", STAGE_RCPT, "550 5.1.2 no such domain", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"bad syntax", STAGE_RCPT, "501 5.1.3 bad address", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"moved", STAGE_RCPT, "551 5.1.6 moved", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"null MX", STAGE_RCPT, "556 5.1.10 null MX", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"no route", STAGE_RCPT, "550 5.4.4 host not found", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"disabled mailbox", STAGE_RCPT, "550 5.2.1 disabled", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"full mailbox is soft", STAGE_RCPT, "552 5.2.2 over quota", DELIVERY_DEFERRED,
     FAULT_RECIPIENT},
    {"full mailbox, 4xx", STAGE_RCPT, "452 4.2.2 over quota", DELIVERY_DEFERRED, FAULT_RECIPIENT},
    {"full mailbox without enhanced code", STAGE_RCPT, "552 quota", DELIVERY_DEFERRED,
     FAULT_RECIPIENT},
    {"unknown user without enhanced code", STAGE_RCPT, "550 who?", DELIVERY_REFUSED,
     FAULT_RECIPIENT},
    {"553 without enhanced code", STAGE_RCPT, "553 not allowed", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"554 at the dot", STAGE_DOT, "554 transaction failed", DELIVERY_REFUSED, FAULT_RECIPIENT},
    {"smtp-sink's hard error", STAGE_RCPT, "500 5.3.0 Error: command failed", DELIVERY_REFUSED,
     FAULT_RECIPIENT},
    {"smtp-sink's soft error", STAGE_RCPT, "450 4.3.0 Error: command failed", DELIVERY_DEFERRED,
     FAULT_RELAY},
    {"greylisted", STAGE_RCPT, "451 4.7.1 greylisted", DELIVERY_DEFERRED, FAULT_SENDER},
    {"try later", STAGE_DOT, "451 4.4.0 later", DELIVERY_DEFERRED, FAULT_RECIPIENT},
    {"sender refused", STAGE_MAIL, "550 5.1.1 no", DELIVERY_DEFERRED, FAULT_SENDER},
    {"sender refused for now", STAGE_MAIL, "450 4.1.8 no", DELIVERY_DEFERRED, FAULT_RELAY},
    {"bad sender told at RCPT", STAGE_RCPT, "550 5.1.8 bad sender", DELIVERY_DEFERRED,
     FAULT_SENDER},
    {"relaying denied", STAGE_RCPT, "554 5.7.1 relay access denied", DELIVERY_DEFERRED,
     FAULT_SENDER},
    {"Gmail wants authentication", STAGE_DOT, "550 5.7.26 unauthenticated", DELIVERY_DEFERRED,
     FAULT_SENDER},
    {"Outlook wants authentication", STAGE_DOT, "550 5.7.515 access denied", DELIVERY_DEFERRED,
     FAULT_SENDER},
    {"Gmail's rate", STAGE_DOT, "421 4.7.28 rate", DELIVERY_DEFERRED, FAULT_RELAY},
    {"too big", STAGE_DOT, "552 5.3.4 too big", DELIVERY_DEFERRED, FAULT_SENDER},
    {"too big without enhanced code", STAGE_DOT, "552 too big", DELIVERY_DEFERRED, FAULT_SENDER},
    {"content", STAGE_DOT, "554 5.6.0 bad content", DELIVERY_DEFERRED, FAULT_SENDER},
    {"protocol", STAGE_DATA, "503 5.5.1 bad sequence", DELIVERY_DEFERRED, FAULT_SENDER},
    {"bad sequence", STAGE_RCPT, "503 sender already specified", DELIVERY_DEFERRED, FAULT_RELAY},
    {"a command that is not known", STAGE_RCPT, "500 unrecognized", DELIVERY_DEFERRED, FAULT_RELAY},
    {"an address without enhanced code", STAGE_RCPT, "501 bad address", DELIVERY_REFUSED,
     FAULT_RECIPIENT},
    {"a full disk for good", STAGE_RCPT, "550 5.3.1 mail system full", DELIVERY_DEFERRED,
     FAULT_RELAY},
    {"a system that takes no mail", STAGE_RCPT, "554 5.3.2 shutting down", DELIVERY_DEFERRED,
     FAULT_RELAY},
    {"a relay that is set up wrongly", STAGE_DOT, "554 5.3.5 configuration error",
     DELIVERY_DEFERRED, FAULT_RELAY},
    {"authentication required", STAGE_RCPT, "530 authenticate first", DELIVERY_DEFERRED,
     FAULT_SENDER},
    {"the server leaves", STAGE_MAIL, "421 bye", DELIVERY_DEFERRED, FAULT_RELAY},
    {"early refusal", STAGE_CONTENT, "550 5.7.1 spam", DELIVERY_DEFERRED, FAULT_SENDER},
    {"early refusal of the recipient", STAGE_CONTENT, "550 5.1.1 no", DELIVERY_REFUSED,
     FAULT_RECIPIENT},
    {"early acceptance is none", STAGE_CONTENT, "250 ok", DELIVERY_DEFERRED, FAULT_RELAY},
    {"354 to the dot", STAGE_DOT, "354 go on", DELIVERY_IN_DOUBT, FAULT_RELAY},
    {"garbage to the dot", STAGE_DOT, "?!", DELIVERY_IN_DOUBT, FAULT_RELAY},
    {"mixed codes to the dot", STAGE_DOT, "250-ok\r\n550 no", DELIVERY_IN_DOUBT, FAULT_RELAY},
    {"garbage to RCPT", STAGE_RCPT, "?!", DELIVERY_DEFERRED, FAULT_RELAY},
    {"mixed codes to RCPT", STAGE_RCPT, "250-ok\r\n550 no", DELIVERY_DEFERRED, FAULT_RELAY},
    {"354 to RCPT", STAGE_RCPT, "354 go", DELIVERY_DEFERRED, FAULT_RELAY},
    {"250 to DATA", STAGE_DATA, "250 ok", DELIVERY_DEFERRED, FAULT_RELAY},
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

static void each_reply_has_the_class_that_its_codes_and_stage_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        print_message("  %s\n", rows[i].name);
        struct reply reply = read_reply(rows[i].reply);
        struct reply_class class = classify_reply(rows[i].stage, &reply);
        assert_int_equal(class.state, rows[i].state);
        assert_int_equal(class.fault, rows[i].fault);
    }
}

static struct judgement judge(enum how how, enum stage stage, const char *text, bool handed,
                              bool fresh, int losses, bool pipelined)
{
    static struct letter letter;
    letter.losses = losses;
    struct ending ending = {.letter = &letter,
                            .how = how,
                            .stage = stage,
                            .handed = handed,
                            .fresh = fresh,
                            .pipelined = pipelined};
    if (how == ENDED_REPLIED) {
        ending.reply = read_reply(text);
    }
    return ending_judge(&ending);
}

static void behind_the_dot_a_lost_connection_is_a_doubt(void **state)
{
    (void)state;
    struct judgement lost = judge(ENDED_LOST, STAGE_DOT, "", true, true, 1, false);
    assert_false(lost.again);
    assert_int_equal(lost.state, DELIVERY_IN_DOUBT);
    struct judgement late = judge(ENDED_TIMED_OUT, STAGE_DOT, "", true, true, 1, false);
    assert_int_equal(late.state, DELIVERY_IN_DOUBT);
}

static void a_dot_that_was_not_handed_over_leaves_no_doubt(void **state)
{
    (void)state;
    assert_true(judge(ENDED_LOST, STAGE_DOT, "", false, true, 1, false).again);
}

static void before_the_dot_a_lost_connection_is_innocent_a_few_times(void **state)
{
    (void)state;
    assert_true(judge(ENDED_LOST, STAGE_CONTENT, "", false, true, 1, false).again);
    assert_true(judge(ENDED_LOST, STAGE_MAIL, "", false, false, 2, false).again);
    struct judgement third = judge(ENDED_LOST, STAGE_RCPT, "", false, true, 3, false);
    assert_false(third.again);
    assert_int_equal(third.state, DELIVERY_DEFERRED);
}

static void a_server_that_leaves_a_used_connection_costs_the_letter_nothing(void **state)
{
    (void)state;
    static const struct {
        enum how how;
        enum stage stage;
        bool fresh, loss;
    } ends[] = {
        {ENDED_LOST, STAGE_MAIL, false, false},   {ENDED_LOST, STAGE_RSET, false, false},
        {ENDED_LOST, STAGE_MAIL, true, true},     {ENDED_LOST, STAGE_RCPT, false, true},
        {ENDED_LOST, STAGE_CONTENT, false, true}, {ENDED_TIMED_OUT, STAGE_MAIL, false, true},
        {ENDED_REPLIED, STAGE_MAIL, false, true},
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct ending ending = {.how = ends[i].how, .stage = ends[i].stage, .fresh = ends[i].fresh};
        assert_int_equal(ending_is_loss(&ending), ends[i].loss);
    }
}

static void a_421_on_a_used_connection_is_tried_once_more(void **state)
{
    (void)state;
    assert_true(judge(ENDED_REPLIED, STAGE_MAIL, "421 bye", false, false, 1, false).again);
    assert_true(judge(ENDED_REPLIED, STAGE_DOT, "421 bye", true, false, 1, false).again);
    assert_false(judge(ENDED_REPLIED, STAGE_MAIL, "421 bye", false, true, 1, false).again);
    assert_false(judge(ENDED_REPLIED, STAGE_MAIL, "421 bye", false, false, 2, false).again);
}

static void a_server_that_lies_about_pipelining_is_asked_step_by_step(void **state)
{
    (void)state;
    struct judgement confused =
        judge(ENDED_REPLIED, STAGE_RCPT, "503 bad sequence", false, true, 1, true);
    assert_true(confused.again && confused.distrust);
    struct judgement silent = judge(ENDED_TIMED_OUT, STAGE_RCPT, "", false, true, 1, true);
    assert_true(silent.again && silent.distrust);
    struct judgement believed =
        judge(ENDED_REPLIED, STAGE_RCPT, "503 bad sequence", false, true, 1, false);
    assert_false(believed.again);
    struct judgement unknown =
        judge(ENDED_REPLIED, STAGE_RCPT, "550 5.1.1 no", false, true, 1, true);
    assert_int_equal(unknown.state, DELIVERY_REFUSED);
    assert_false(unknown.again || unknown.distrust);
}

static void a_stall_defers_at_once(void **state)
{
    (void)state;
    struct judgement stalled = judge(ENDED_TIMED_OUT, STAGE_RCPT, "", false, true, 1, false);
    assert_false(stalled.again);
    assert_int_equal(stalled.state, DELIVERY_DEFERRED);
}

static void what_the_gate_holds_back_is_refused_or_ours(void **state)
{
    (void)state;
    assert_int_equal(judge(ENDED_UNSENT, STAGE_MAIL, "", false, true, 1, false).state,
                     DELIVERY_REFUSED);
    assert_int_equal(judge(ENDED_OURS, STAGE_MAIL, "", false, true, 1, false).state,
                     DELIVERY_DEFERRED);
    assert_int_equal(judge(ENDED_UNWANTED, STAGE_DOT, "", false, true, 1, false).state,
                     DELIVERY_SKIPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reply_has_the_class_that_its_codes_and_stage_say),
        cmocka_unit_test(behind_the_dot_a_lost_connection_is_a_doubt),
        cmocka_unit_test(a_dot_that_was_not_handed_over_leaves_no_doubt),
        cmocka_unit_test(before_the_dot_a_lost_connection_is_innocent_a_few_times),
        cmocka_unit_test(a_server_that_leaves_a_used_connection_costs_the_letter_nothing),
        cmocka_unit_test(a_421_on_a_used_connection_is_tried_once_more),
        cmocka_unit_test(a_server_that_lies_about_pipelining_is_asked_step_by_step),
        cmocka_unit_test(a_stall_defers_at_once),
        cmocka_unit_test(what_the_gate_holds_back_is_refused_or_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
