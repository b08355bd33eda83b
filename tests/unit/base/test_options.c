/* Options by table: what is read, what is refused and how the help looks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"

#include <cmocka.h>

static const struct option_spec specs[] = {
    {"config", 0, "FILE", "the settings file", false},
    {"set", 0, "KEY=VALUE", "one setting", true},
    {"quiet", 'q', NULL, "say less", false},
    {"verbose", 'v', NULL, "say more", true},
    {"out", 'o', "DIR", "where to write", false},
    {"a-very-long-option-name", 0, "ARGUMENT", "its help stands on a line of its own", false},
    {0},
};
enum { CONFIG, SET, QUIET, VERBOSE, OUT };

struct run {
    char text[1024];
    char *argv[100];
    int argc;
    struct option_value values[6];
    int operands;
    struct failure why;
};

/* Words parted by single blanks become argv[1] and the following. */
static bool read_words(struct run *run, const char *words, bool stop_early)
{
    memset(run, 0, sizeof *run);
    snprintf(run->text, sizeof run->text, "verdicts %s", words);
    for (char *at = run->text; at != NULL;) {
        run->argv[run->argc++] = at;
        at = strchr(at, ' ');
        if (at != NULL) {
            *at++ = '\0';
        }
    }
    return options_read(run->argc, run->argv, specs, stop_early, run->values, &run->operands,
                        &run->why);
}

static void reads_long_and_short_options_with_their_arguments(void **state)
{
    (void)state;
    struct run run;
    assert_true(read_words(&run, "--config=a.conf -q --out b -vv --set x=1 --set y=2 c", false));
    assert_int_equal(run.values[CONFIG].count, 1);
    assert_string_equal(run.values[CONFIG].values[0], "a.conf");
    assert_int_equal(run.values[QUIET].count, 1);
    assert_string_equal(run.values[OUT].values[0], "b");
    assert_int_equal(run.values[VERBOSE].count, 2);
    assert_int_equal(run.values[SET].count, 2);
    assert_string_equal(run.values[SET].values[1], "y=2");
    assert_int_equal(run.operands, run.argc - 1);
    assert_true(read_words(&run, "-ob", false));
    assert_string_equal(run.values[OUT].values[0], "b");
}

static void operands_are_moved_behind_the_options(void **state)
{
    (void)state;
    struct run run;
    assert_true(read_words(&run, "one -q two -- -v", false));
    assert_int_equal(run.values[QUIET].count, 1);
    assert_int_equal(run.values[VERBOSE].count, 0);
    assert_int_equal(run.argc - run.operands, 3);
    assert_string_equal(run.argv[run.operands], "one");
    assert_string_equal(run.argv[run.operands + 2], "-v");
}

static void global_options_end_at_the_verb(void **state)
{
    (void)state;
    struct run run;
    assert_true(read_words(&run, "-q weekly --unknown", true));
    assert_int_equal(run.values[QUIET].count, 1);
    assert_string_equal(run.argv[run.operands], "weekly");
    /* What follows the verb is read by the verb's own table, from its own start. */
    struct option_value values[6];
    int operands;
    struct failure why = {0};
    assert_false(options_read(run.argc - run.operands, run.argv + run.operands, specs, false,
                              values, &operands, &why));
    assert_non_null(strstr(why.text, "--unknown"));
}

static const struct {
    const char *words, *reason;
} bad[] = {
    {"--confg x", "unknown option --confg; did you mean --config?"},
    {"--confg=x", "unknown option --confg; did you mean --config?"},
    {"--zebra", "unknown option --zebra; --help shows"},
    {"-z", "unknown option -z"},
    {"-qz", "unknown option -z"},
    {"--config", "--config needs an argument: --config FILE"},
    {"-o", "--out needs an argument: --out DIR"},
    {"--quiet=3", "--quiet takes no argument"},
    {"--config a --config b", "--config is given twice"},
};

static void a_wrong_option_is_named_with_what_would_be_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct run run;
        if (read_words(&run, bad[i].words, false)) {
            fail_msg("%s: was taken", bad[i].words);
        }
        if (strstr(run.why.text, bad[i].reason) == NULL) {
            fail_msg("%s: reason is: %s", bad[i].words, run.why.text);
        }
        assert_int_equal(run.why.kind, FAILURE_USAGE);
    }
}

static void more_repetitions_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    struct run run;
    char words[512] = "";
    for (int i = 0; i < OPTION_VALUES_MAX; i++) {
        memcpy(words + 3 * i, "-v ", 4);
    }
    words[3 * OPTION_VALUES_MAX - 1] = '\0';
    assert_true(read_words(&run, words, false));
    assert_int_equal(run.values[VERBOSE].count, OPTION_VALUES_MAX);
    memcpy(words + 3 * OPTION_VALUES_MAX - 1, " -v", 4);
    assert_false(read_words(&run, words, false));
}

static void help_has_a_line_an_option_in_two_columns(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    options_help(out, specs);
    fclose(out);
    assert_string_equal(text, "      --config FILE     the settings file\n"
                              "      --set KEY=VALUE   one setting\n"
                              "  -q, --quiet           say less\n"
                              "  -v, --verbose         say more\n"
                              "  -o, --out DIR         where to write\n"
                              "      --a-very-long-option-name ARGUMENT\n"
                              "                        its help stands on a line of its own\n");
    free(text);
}

static const struct {
    const char *text;
    bool good;
    int64_t number;
} numbers[] = {
    {"0", true, 0},   {"10", true, 10},  {"-5", true, -5}, {"11", false, 0},
    {"-6", false, 0}, {"", false, 0},    {" 1", false, 0}, {"1 ", false, 0},
    {"1x", false, 0}, {"0x1", false, 0}, {"+1", false, 0}, {"99999999999999999999", false, 0},
    {"-", false, 0},  {"1.5", false, 0},
};

static void a_number_is_whole_and_in_its_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        int64_t number = 0;
        struct failure why = {0};
        bool good = options_number("limit", numbers[i].text, -5, 10, &number, &why);
        if (good != numbers[i].good || number != numbers[i].number) {
            fail_msg("\"%s\": %d %lld", numbers[i].text, good, (long long)number);
        }
        if (!good) {
            assert_int_equal(why.kind, FAILURE_USAGE);
            assert_non_null(strstr(why.text, "--limit"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_long_and_short_options_with_their_arguments),
        cmocka_unit_test(operands_are_moved_behind_the_options),
        cmocka_unit_test(global_options_end_at_the_verb),
        cmocka_unit_test(a_wrong_option_is_named_with_what_would_be_right),
        cmocka_unit_test(more_repetitions_than_there_is_room_for_are_refused),
        cmocka_unit_test(help_has_a_line_an_option_in_two_columns),
        cmocka_unit_test(a_number_is_whole_and_in_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
