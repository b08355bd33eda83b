#include "scratch.h"

#include "store/hold.h"

static void hold_from(struct store *store, int64_t since, int64_t until, bool everything)
{
    const struct hold hold = {since, until, everything, "root", "a leaked key"};
    must(hold_set(store, &hold, &why));
}

static bool stands_at(struct scratch *scratch, int64_t now)
{
    struct hold *hold;
    must(hold_find(scratch->store, &scratch->arena, now, &hold, &why));
    return hold != NULL;
}

static void a_hold_stands_until_it_is_released_or_over(void **state)
{
    struct scratch *scratch = *state;
    struct hold *hold;
    bool first, released;
    assert_false(stands_at(scratch, NOW));
    must(hold_release(scratch->store, NOW, &released, &why));
    assert_false(released);
    hold_from(scratch->store, NOW, 0, false);
    must(hold_find(scratch->store, &scratch->arena, NOW + 9 * DAY, &hold, &why));
    assert_int_equal(hold->since, NOW);
    assert_int_equal(hold->until, 0);
    assert_false(hold->everything);
    assert_string_equal(hold->who, "root");
    assert_string_equal(hold->reason, "a leaked key");
    for (int i = 0; i < 2; i++) {
        must(hold_tell(scratch->store, &first, &why));
        assert_int_equal(first, i == 0);
    }
    /* Another word about it is told anew; it has been held all the time. */
    hold_from(scratch->store, NOW + 5, NOW + DAY, true);
    must(hold_tell(scratch->store, &first, &why));
    assert_true(first);
    must(hold_find(scratch->store, &scratch->arena, NOW + DAY - 1, &hold, &why));
    assert_int_equal(hold->since, NOW);
    assert_true(hold->everything);
    assert_false(stands_at(scratch, NOW + DAY));
    must(hold_release(scratch->store, NOW + DAY, &released, &why));
    assert_false(released);
    hold_from(scratch->store, NOW + 2 * DAY, 0, false);
    must(hold_release(scratch->store, NOW + 2 * DAY, &released, &why));
    assert_true(released);
    assert_false(stands_at(scratch, NOW + 2 * DAY));
}

/* What of a queue is halted: by whom, and until when. */
static const struct {
    const char *sql;
    bool issue, mails;
} halts[] = {
    {"SELECT 1", false, false},
    {"INSERT INTO hold VALUES (1, 1, NULL, 0, '', '', 0)", true, false},
    {"INSERT INTO hold VALUES (1, 1, NULL, 1, '', '', 0)", true, true},
    {"INSERT INTO hold VALUES (1, 1, 2, 1, '', '', 0)", false, false},
    {"INSERT INTO hold VALUES (1, 1, 99999999999, 1, '', '', 0)", true, true},
    {"UPDATE issue SET paused_at = 1", true, false},
};

static bool is_halted(struct scratch *scratch, int64_t issue_id)
{
    const struct delivery_queue queue = {issue_id};
    const char *reason;
    bool halted;
    must(delivery_still_wanted(scratch->store, queue, 1, &reason, &halted, &why));
    assert_null(reason);
    return halted;
}

static void add_mail(struct store *store)
{
    struct delivery mail = {.address = "ada@example.org",
                            .domain = "example.org",
                            .name = "",
                            .topics = "",
                            .kind = "test",
                            .data = "{}",
                            .message_id = "x@example.org",
                            .created_at = NOW};
    must(outgoing_insert(store, &mail, &why));
}

static void whoever_is_about_to_send_learns_of_it(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t issue_id = start_issue(scratch->store, "2026-W47");
    add_mail(scratch->store);
    for (size_t i = 0; i < sizeof halts / sizeof halts[0]; i++) {
        must(store_begin(scratch->store, &why));
        run_sql(scratch->store, halts[i].sql);
        if (is_halted(scratch, issue_id) != halts[i].issue ||
            is_halted(scratch, 0) != halts[i].mails) {
            fail_msg("%s", halts[i].sql);
        }
        store_rollback(scratch->store);
    }
}

static int64_t first_at(struct scratch *scratch)
{
    return ask(scratch->store, "SELECT first_at FROM delivery");
}

/* One reader's row, deferred since `first`. */
static int64_t defer_one(struct scratch *scratch, int64_t first)
{
    char sql[120];
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t issue_id = start_issue(scratch->store, "2026-W47");
    snprintf(sql, sizeof sql, "UPDATE delivery SET state = 'deferred', first_at = %lld",
             (long long)first);
    run_sql(scratch->store, sql);
    return issue_id;
}

static void no_row_ages_under_a_hold(void **state)
{
    struct scratch *scratch = *state;
    bool released;
    defer_one(scratch, NOW - 100);
    hold_from(scratch->store, NOW, 0, false);
    must(hold_release(scratch->store, NOW + 50, &released, &why));
    assert_int_equal(first_at(scratch), NOW - 50);
    /* Over by its own end, which nobody has noticed for long. */
    hold_from(scratch->store, NOW + 100, NOW + 110, false);
    must(hold_lapse(scratch->store, NOW + 109, &why));
    assert_int_equal(first_at(scratch), NOW - 50);
    must(hold_lapse(scratch->store, NOW + 5000, &why));
    assert_int_equal(first_at(scratch), NOW - 40);
    /* First tried by the message that was in hand when it began. */
    hold_from(scratch->store, NOW - 140, 0, false);
    must(hold_release(scratch->store, NOW - 30, &released, &why));
    assert_int_equal(first_at(scratch), NOW - 30);
}

static void a_paused_issue_is_paused_once_and_does_not_age(void **state)
{
    struct scratch *scratch = *state;
    bool changed, first;
    int64_t issue_id = defer_one(scratch, NOW - 100);
    for (int i = 0; i < 2; i++) {
        must(issue_pause(scratch->store, issue_id, NOW, &changed, &why));
        assert_int_equal(changed, i == 0);
        must(issue_tell_pause(scratch->store, issue_id, &first, &why));
        assert_int_equal(first, i == 0);
    }
    struct issue *issue;
    must(issue_get(scratch->store, &scratch->arena, issue_id, &issue, &why));
    assert_int_equal(issue->paused_at, NOW);
    for (int i = 0; i < 2; i++) {
        must(issue_resume(scratch->store, issue_id, NOW + 50, &changed, &why));
        assert_int_equal(changed, i == 0);
        assert_int_equal(first_at(scratch), NOW - 50);
    }
    run_sql(scratch->store, "UPDATE issue SET state = 'sent'");
    must(issue_pause(scratch->store, issue_id, NOW, &changed, &why));
    assert_false(changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_hold_stands_until_it_is_released_or_over),
        store_test(whoever_is_about_to_send_learns_of_it),
        store_test(no_row_ages_under_a_hold),
        store_test(a_paused_issue_is_paused_once_and_does_not_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
