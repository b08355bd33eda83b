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

/* Who asks, when, and whether the lease of "a" until 1000 in boot-1 is his. */
static const struct {
    const char *name, *holder, *boot;
    int64_t clock;
    bool taken;
} asks[] = {
    {"another holder before it runs out", "b", HERE, 999, false},
    {"another holder when it has run out", "b", HERE, 1000, true},
    {"another boot", "b", "boot-2", 5, true},
    {"the same holder", "a", HERE, 5, true},
    {"the same holder afterwards", "a", HERE, 5000, true},
};

static void a_lease_has_one_holder(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        bool taken;
        const char *other;
        must(store_begin(scratch->store, &why));
        must(lease_take(scratch->store, &scratch->arena, "weekly", "a", HERE, 0, 1000, &taken,
                        &other, &why));
        assert_true(taken);
        assert_null(other);
        must(lease_take(scratch->store, &scratch->arena, "weekly", asks[i].holder, asks[i].boot,
                        asks[i].clock, 9000, &taken, &other, &why));
        if (taken != asks[i].taken) {
            fail_msg("%s", asks[i].name);
        }
        if (!taken) {
            assert_string_equal(other, "a");
        }
        assert_int_equal(ask(scratch->store, "SELECT until FROM lease"), taken ? 9000 : 1000);
        must(lease_take(scratch->store, &scratch->arena, "mailer", "z", HERE, 0, 1, &taken, &other,
                        &why));
        assert_true(taken);
        store_rollback(scratch->store);
    }
}

static void only_its_holder_releases_a_lease(void **state)
{
    struct scratch *scratch = *state;
    bool taken;
    const char *other;
    must(lease_take(scratch->store, &scratch->arena, "weekly", "a", HERE, 0, 1000, &taken, &other,
                    &why));
    must(lease_release(scratch->store, "weekly", "b", &why));
    must(lease_take(scratch->store, &scratch->arena, "weekly", "b", HERE, 0, 1000, &taken, &other,
                    &why));
    assert_false(taken);
    must(lease_release(scratch->store, "weekly", "a", &why));
    must(lease_take(scratch->store, &scratch->arena, "weekly", "b", HERE, 0, 1000, &taken, &other,
                    &why));
    assert_true(taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_run_is_remembered_with_its_end),
        store_test(an_hourly_verb_pushes_nothing_out),
        store_test(a_lease_has_one_holder),
        store_test(only_its_holder_releases_a_lease),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
