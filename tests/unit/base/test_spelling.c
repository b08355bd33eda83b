/* How far apart two words are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/spelling.h"

#include <cmocka.h>

static const struct {
    const char *word, *candidate;
    int slips;
} pairs[] = {
    {"config", "config", 0}, {"confg", "config", 1},  {"confiig", "config", 1},
    {"konfig", "config", 1}, {"ocnfig", "config", 2}, {"set", "reset", 2},
    {"", "ab", 2},           {"abc", "", 3},          {"url", "from", 3},
};

static void slips_are_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        for (int allowed = 0; allowed < 6; allowed++) {
            int best = allowed;
            bool near =
                spelling_is_near(pairs[i].word, strlen(pairs[i].word), pairs[i].candidate, &best);
            if (near != (pairs[i].slips <= allowed) ||
                best != (near ? pairs[i].slips - 1 : allowed)) {
                fail_msg("%s %s: %d", pairs[i].word, pairs[i].candidate, best);
            }
        }
    }
}

static void a_word_beyond_all_bounds_is_near_nothing(void **state)
{
    (void)state;
    static char word[100000];
    int best = 1000000;
    memset(word, 'x', sizeof word - 1);
    assert_false(spelling_is_near(word, sizeof word - 1, "config", &best));
    assert_false(spelling_is_near("config", 6, word, &best));
}

static void short_words_forgive_less(void **state)
{
    (void)state;
    assert_int_equal(spelling_tolerance(3), 1);
    assert_int_equal(spelling_tolerance(4), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_are_counted),
        cmocka_unit_test(a_word_beyond_all_bounds_is_near_nothing),
        cmocka_unit_test(short_words_forgive_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
