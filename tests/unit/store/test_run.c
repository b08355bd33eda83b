#include "scratch.h"

#include "store/run.h"

#define HERE "boot-1"

static void a_run_is_remembered_with_its_end(void **state)
{
    struct scratch *scratch = *state;
    int64_t first, second;
    must(run_begin(scratch->store, "import", NOW, &first, &why));
    must(run_begin(scratch->store, "weekly", NOW + 1, &second, &why));
    must(run_end(scratch->store, second, NOW + 9, 75, "2 deferred", &why));
    struct run *runs;
    size_t count;
    must(run_list(scratch->store, &scratch->arena, 10, &runs, &count, &why));
    assert_int_equal(count, 2);
    assert_string_equal(runs[0].verb, "weekly");
    assert_int_equal(runs[0].finished_at, NOW + 9);
    assert_int_equal(runs[0].exit_code, 75);
    assert_string_equal(runs[0].summary, "2 deferred");
    assert_int_equal(runs[0].pid, getpid());
    assert_string_equal(runs[0].boot_id, clock_boot_id());
    assert_int_equal(runs[1].finished_at, 0);
    assert_int_equal(runs[1].exit_code, -1);
    must(run_end(scratch->store, first, NOW, 0, NULL, &why));
    must(run_list(scratch->store, &scratch->arena, 1, &runs, &count, &why));
    assert_int_equal(count, 1);
    must(run_list(scratch->store, &scratch->arena, 0, &runs, &count, &why));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_run_is_remembered_with_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
