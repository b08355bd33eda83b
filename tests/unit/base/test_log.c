/* The log: one line an event, whatever stands in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#include <cmocka.h>

static int ends[2];
static char line[8192];

static int open_pipe(void **state)
{
    (void)state;
    clock_set_now(1795165200);
    return pipe(ends);
}

static int close_pipe(void **state)
{
    (void)state;
    log_open(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT, STDERR_FILENO);
    clock_clear_now();
    return close(ends[0]) + close(ends[1]);
}

static const char *read_line(void)
{
    ssize_t len = read(ends[0], line, sizeof line - 1);
    assert_true(len > 0);
    line[len] = '\0';
    return line;
}

static void a_line_has_time_level_subject_verb_and_pairs(void **state)
{
    (void)state;
    log_open(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT, ends[1]);
    log_event(LOG_LEVEL_INFO, "issue", "sent", LOG_INT("issue", 3), LOG_STR("code", "250"),
              LOG_STR("none", NULL), LOG_STR("empty", ""), LOG_STR("reply", "2.0.0 Ok: \"x\"=y\\"));
    assert_string_equal(read_line(), "2026-11-20T09:00:00Z info issue sent issue=3 code=250 "
                                     "empty=\"\" reply=\"2.0.0 Ok: \\\"x\\\"=y\\\\\"\n");
}

static void json_lines_are_json(void **state)
{
    (void)state;
    log_open(LOG_LEVEL_INFO, LOG_FORMAT_JSON, ends[1]);
    log_event(LOG_LEVEL_ERROR, "relay", "away", LOG_INT("n", -1), LOG_STR("why", "a\n\"b\"\x7F"));
    assert_string_equal(
        read_line(), "{\"ts\":\"2026-11-20T09:00:00Z\",\"level\":\"error\",\"subject\":\"relay\","
                     "\"verb\":\"away\",\"n\":-1,\"why\":\"a\\u000a\\\"b\\\"\\u007f\"}\n");
}

static void a_text_can_never_begin_a_second_line(void **state)
{
    (void)state;
    log_open(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT, ends[1]);
    log_event(LOG_LEVEL_WARN, "a", "b", LOG_STR("x", "one\r\ntwo\tthree\x01"));
    assert_string_equal(read_line(), "2026-11-20T09:00:00Z warn a b x=\"one\\u000d\\u000atwo"
                                     "\\u0009three\\u0001\"\n");
}

static void a_pair_that_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    static char huge[6000];
    memset(huge, 'x', sizeof huge - 1);
    log_open(LOG_LEVEL_INFO, LOG_FORMAT_JSON, ends[1]);
    log_event(LOG_LEVEL_WARN, "a", "b", LOG_INT("one", 1), LOG_STR("huge", huge),
              LOG_INT("two", 2));
    assert_string_equal(read_line(),
                        "{\"ts\":\"2026-11-20T09:00:00Z\",\"level\":\"warn\",\"subject\":\"a\","
                        "\"verb\":\"b\",\"one\":1,\"two\":2}\n");
}

static void what_is_below_the_level_is_not_written(void **state)
{
    (void)state;
    log_open(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT, ends[1]);
    assert_false(log_wants(LOG_LEVEL_INFO));
    assert_true(log_wants(LOG_LEVEL_ERROR));
    log_event(LOG_LEVEL_INFO, "not", "this", LOG_INT("n", 1));
    log_event(LOG_LEVEL_DEBUG, "not", "this", LOG_INT("n", 1));
    log_event(LOG_LEVEL_ERROR, "but", "this", LOG_INT("n", 1));
    assert_string_equal(read_line(), "2026-11-20T09:00:00Z error but this n=1\n");
}

static void a_line_for_the_journal_begins_with_its_priority(void **state)
{
    (void)state;
    struct stat st;
    char stream[64];
    assert_int_equal(fstat(ends[1], &st), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
    log_open(LOG_LEVEL_DEBUG, LOG_FORMAT_LOGFMT, ends[1]);
    log_event(LOG_LEVEL_WARN, "relay", "away", LOG_INT("n", 1));
    assert_string_equal(read_line(), "<4>2026-11-20T09:00:00Z warn relay away n=1\n");
    assert_string_equal(log_priority(LOG_LEVEL_ERROR), "<3>");
    assert_string_equal(log_priority(LOG_LEVEL_INFO), "<6>");
    assert_string_equal(log_priority(LOG_LEVEL_DEBUG), "<7>");
    /* The variable is inherited by who writes elsewhere. */
    assert_int_equal(setenv("JOURNAL_STREAM", "1:1", 1), 0);
    log_open(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT, ends[1]);
    assert_string_equal(log_priority(LOG_LEVEL_ERROR), "");
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_has_time_level_subject_verb_and_pairs, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(json_lines_are_json, open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(a_text_can_never_begin_a_second_line, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(a_pair_that_does_not_fit_is_left_out_whole, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(what_is_below_the_level_is_not_written, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(a_line_for_the_journal_begins_with_its_priority, open_pipe,
                                        close_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
