/* Chance: fresh and unbiased enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

#include <cmocka.h>

static void bytes_differ_from_call_to_call(void **state)
{
    (void)state;
    unsigned char one[32] = {0}, two[32] = {0};
    random_bytes(one, sizeof one);
    random_bytes(two, sizeof two);
    assert_memory_not_equal(one, two, sizeof one);
    random_bytes(one, 0);
}

static void a_number_stays_below_its_bound_and_reaches_every_value(void **state)
{
    (void)state;
    bool seen[7] = {false};
    for (int i = 0; i < 2000; i++) {
        uint64_t number = random_below(7);
        assert_in_range(number, 0, 6);
        seen[number] = true;
    }
    for (int i = 0; i < 7; i++) {
        assert_true(seen[i]);
    }
    assert_int_equal(random_below(1), 0);
    for (int i = 0; i < 100; i++) {
        assert_true(random_below(UINT64_MAX) < UINT64_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_differ_from_call_to_call),
        cmocka_unit_test(a_number_stays_below_its_bound_and_reaches_every_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
