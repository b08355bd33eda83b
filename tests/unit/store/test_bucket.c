#include "scratch.h"

#include "store/bucket.h"

static int64_t take(struct scratch *scratch, double size, double per_second, double cost,
                    int64_t now_ms)
{
    int64_t wait;
    must(bucket_take(scratch->store, "relay", size, per_second, cost, now_ms, &wait, &why));
    return wait;
}

static void a_bucket_starts_full_and_runs_dry(void **state)
{
    struct scratch *scratch = *state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(take(scratch, 5, 2, 1, 1000), 0);
    }
    assert_int_equal(take(scratch, 5, 2, 1, 1000), 500);
    assert_int_equal(take(scratch, 5, 2, 1, 1499), 1);
    assert_int_equal(take(scratch, 5, 2, 1, 1500), 0);
    assert_int_equal(take(scratch, 5, 2, 3, 1500), 1500);
}

/* What was not granted must not be paid for by waiting longer. */
static void asking_in_vain_costs_nothing(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(take(scratch, 1, 1, 1, 1000), 0);
    for (int64_t now = 1000; now < 2000; now += 10) {
        assert_int_equal(take(scratch, 1, 1, 1, now), 2000 - now);
    }
    assert_int_equal(take(scratch, 1, 1, 1, 2000), 0);
}

static void a_bucket_never_holds_more_than_its_size(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(take(scratch, 2, 1, 1, 0), 0);
    assert_int_equal(take(scratch, 2, 1, 2, 1000000000), 0);
    assert_int_equal(take(scratch, 2, 1, 1, 1000000000), 1000);
}

static void a_clock_set_back_neither_fills_nor_blocks_for_ever(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(take(scratch, 1, 1, 1, 10000000), 0);
    assert_int_equal(take(scratch, 1, 1, 1, 9990000), 1000);
    assert_int_equal(take(scratch, 1, 1, 1, 10000999), 1);
    assert_int_equal(take(scratch, 1, 1, 1, 10001000), 0);
    /* An hour: whoever waits so long as is said gets it. */
    assert_int_equal(take(scratch, 1, 1, 1, 6400000), 0);
    assert_int_equal(take(scratch, 1, 1, 1, 6400001), 999);
    assert_int_equal(take(scratch, 1, 1, 1, 6401000), 0);
}

static void a_bucket_without_inflow_says_never(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(take(scratch, 1, 0, 1, 0), 0);
    assert_true(take(scratch, 1, 0, 1, 1000) == INT64_MAX);
}

static void a_cost_above_the_size_takes_the_whole_bucket(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(take(scratch, 2, 1, 10, 0), 0);
    assert_int_equal(take(scratch, 2, 1, 10, 500), 1500);
}

static void tokens_outlive_the_process(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(take(scratch, 1, 1, 1, 1000), 0);
    store_close(scratch->store);
    must(store_open(scratch->path, STORE_QUICK, &scratch->store, &why));
    assert_int_equal(take(scratch, 1, 1, 1, 1000), 1000);
}

static void old_buckets_are_cleared_away(void **state)
{
    struct scratch *scratch = *state;
    struct bucket old = {.name = "signup:net:192.0.2.0/24", .tokens = 0.5, .at_ms = 10};
    struct bucket found;
    bool there;
    must(bucket_save(scratch->store, &old, &why));
    take(scratch, 1, 1, 1, 2000);
    must(bucket_find(scratch->store, old.name, &found, &there, &why));
    assert_true(there);
    assert_true(found.tokens == 0.5);
    assert_int_equal(found.at_ms, 10);
    must(bucket_purge(scratch->store, 2000, "slow:", 5, &why));
    must(bucket_find(scratch->store, old.name, &found, &there, &why));
    assert_false(there);
    must(bucket_find(scratch->store, "relay", &found, &there, &why));
    assert_true(there);
}

static void what_counts_in_longer_is_kept_for_longer(void **state)
{
    struct scratch *scratch = *state;
    struct bucket slow = {.name = "slow:ann", .tokens = 2, .at_ms = 10};
    struct bucket slower = {.name = "slow", .tokens = 2, .at_ms = 10};
    struct bucket found;
    bool there;
    must(bucket_save(scratch->store, &slow, &why));
    must(bucket_save(scratch->store, &slower, &why));
    must(bucket_purge(scratch->store, 2000, "slow:", 10, &why));
    must(bucket_find(scratch->store, "slow:ann", &found, &there, &why));
    assert_true(there);
    must(bucket_find(scratch->store, "slow", &found, &there, &why));
    assert_false(there);
    must(bucket_purge(scratch->store, 2000, "slow:", 11, &why));
    must(bucket_find(scratch->store, "slow:ann", &found, &there, &why));
    assert_false(there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_bucket_starts_full_and_runs_dry),
        store_test(asking_in_vain_costs_nothing),
        store_test(a_bucket_never_holds_more_than_its_size),
        store_test(a_clock_set_back_neither_fills_nor_blocks_for_ever),
        store_test(a_bucket_without_inflow_says_never),
        store_test(a_cost_above_the_size_takes_the_whole_bucket),
        store_test(tokens_outlive_the_process),
        store_test(old_buckets_are_cleared_away),
        store_test(what_counts_in_longer_is_kept_for_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
