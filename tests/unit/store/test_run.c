#include "scratch.h"

#include "store/run.h"

static void a_run_is_remembered_with_its_end(void **state)
{
    struct scratch *scratch = *state;
    int64_t first, second;
    must(run_begin(scratch->store, "import", NOW, &first, &why));
    must(run_begin(scratch->store, "weekly", NOW + 1, &second, &why));
    must(run_end(scratch->store, second, NOW + 9, 75, "2 deferred", &why));
    struct run *runs;
    size_t count;
    must(run_latest(scratch->store, &scratch->arena, 0, 10, &runs, &count, &why));
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
    must(run_latest(scratch->store, &scratch->arena, 0, 1, &runs, &count, &why));
    assert_int_equal(count, 1);
    must(run_latest(scratch->store, &scratch->arena, 0, 0, &runs, &count, &why));
    assert_int_equal(count, 0);
}

static void an_hourly_verb_pushes_nothing_out(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        const char *verb;
        int code;
    } told[] = {{"import", 65}, {"import", 0}, {"weekly", 69}, {"weekly", 75}};
    int64_t id;
    for (size_t i = 0; i < 4; i++) {
        must(run_begin(scratch->store, told[i].verb, NOW + (int64_t)i, &id, &why));
        must(run_end(scratch->store, id, NOW, told[i].code, "", &why));
    }
    for (int i = 0; i < 30; i++) {
        must(run_begin(scratch->store, "bounces", NOW + 10 + i, &id, &why));
        must(run_end(scratch->store, id, NOW, 0, "", &why));
    }
    struct run *runs;
    size_t count;
    must(run_latest(scratch->store, &scratch->arena, 2, 10, &runs, &count, &why));
    assert_int_equal(count, 4);
    assert_string_equal(runs[0].verb, "bounces");
    assert_int_equal(runs[0].started_at, NOW + 39);
    assert_int_equal(runs[1].exit_code, 75);
    assert_int_equal(runs[2].exit_code, 69);
    assert_string_equal(runs[3].verb, "import");
    assert_int_equal(runs[3].exit_code, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_run_is_remembered_with_its_end),
        store_test(an_hourly_verb_pushes_nothing_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
