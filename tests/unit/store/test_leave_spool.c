/* Requests to leave that came while the database was locked: none is lost, none is taken twice. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "store/delivery.h"
#include "store/leave_spool.h"

#include <cmocka.h>

static void keep(struct scratch *scratch, int64_t person, int64_t at)
{
    const struct leave_request request = {
        .person = person, .at = at, .form = "one-click", .origin = "192.0.2.0/24"};
    must(leave_spool_add(scratch->store, &request, &why));
}

static off_t spool_size(const struct scratch *scratch)
{
    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "%s.leaves", scratch->path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    return st.st_size;
}

static const char *status_of(struct scratch *scratch, int64_t person)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT status FROM subscriber WHERE id = %lld", (long long)person);
    return ask_text(scratch->store, sql);
}

/* Another process of ours, which writes next. */
static void write_next(struct scratch *scratch)
{
    struct store *other;
    must(store_open(scratch->path, STORE_DURABLE, &other, &why));
    must(store_begin(other, &why));
    store_rollback(other); /* what it came for may fail */
    store_close(other);
}

static void
a_request_that_is_kept_while_the_database_is_locked_is_the_next_writers_first_work(void **state)
{
    struct scratch *scratch = *state;
    struct store *other;
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    must(store_open(scratch->path, STORE_DURABLE, &other, &why));
    store_set_patience(other, 1, 1);
    must(store_begin(scratch->store, &why));
    keep(scratch, kim, NOW);
    must_fail(store_begin(other, &why), FAILURE_TRY_AGAIN, "requests to leave");
    must(store_commit(scratch->store, &why));
    assert_true(spool_size(scratch) > 0);
    assert_string_equal(status_of(scratch, kim), "confirmed");
    must(store_begin(other, &why));
    assert_string_equal(ask_text(other, "SELECT status FROM subscriber"), "left");
    store_rollback(other);
    store_close(other);
    assert_string_equal(status_of(scratch, kim), "left");
    assert_int_equal(spool_size(scratch), 0);
    assert_string_equal(ask_text(scratch->store,
                                 "SELECT form || ' ' || origin || ' ' || at FROM consent "
                                 "ORDER BY id DESC LIMIT 1"),
                        "one-click 192.0.2.0/24 1795165200");
}

static void who_sends_has_it_before_the_claim(void **state)
{
    struct scratch *scratch = *state;
    struct store *sender;
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    struct delivery_queue queue = {start_issue(scratch->store, "2026-W47")};
    const struct delivery_claimer claimer = {
        .lane = "here:1:1", .boot_id = "boot", .lease_until = 1000};
    struct delivery *rows;
    size_t count, skipped;
    keep(scratch, kim, NOW);
    must(store_open(scratch->path, STORE_DURABLE, &sender, &why));
    must(delivery_claim(sender, &scratch->arena, queue, &claimer, NOW + 1, NULL, 10, &rows, &count,
                        &skipped, &why));
    assert_int_equal(count, 0);
    assert_int_equal(skipped, 1);
    store_close(sender);
}

static void lines_that_are_taken_twice_change_nothing_the_second_time(void **state)
{
    struct scratch *scratch = *state;
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t lee = add_person(scratch->store, "lee@example.org", "", SUBSCRIBER_CONFIRMED);
    for (int i = 0; i < 2; i++) {
        keep(scratch, kim, NOW);
        keep(scratch, lee, NOW);
        write_next(scratch);
        assert_string_equal(status_of(scratch, kim), i == 0 ? "left" : "confirmed");
        assert_string_equal(status_of(scratch, lee), "left");
        run_sql(scratch->store, "UPDATE subscriber SET status = 'confirmed', left_at = NULL, "
                                "confirmed_at = 1795165201 WHERE address = 'kim@example.org'");
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent WHERE kind = 'left'"), 2);
}

static void a_torn_line_and_a_person_who_is_gone_stop_nothing(void **state)
{
    struct scratch *scratch = *state;
    char path[128];
    int64_t kim = add_person(scratch->store, "kim@example.org", "", SUBSCRIBER_CONFIRMED);
    int64_t asked = add_person(scratch->store, "asked@example.org", "", SUBSCRIBER_PENDING);
    int64_t dead = add_person(scratch->store, "dead@example.org", "", SUBSCRIBER_BOUNCED);
    run_sql(scratch->store, "UPDATE consent SET kind = 'asked' WHERE subscriber_id = 2");
    keep(scratch, 99, NOW);
    snprintf(path, sizeof path, "%s.leaves", scratch->path);
    int fd = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "1 17951", 7), 7);
    close(fd);
    write_next(scratch);
    assert_string_equal(status_of(scratch, kim), "confirmed");
    fd = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "1 17951", 7), 7);
    close(fd);
    keep(scratch, kim, NOW);
    keep(scratch, asked, NOW);
    keep(scratch, dead, NOW);
    write_next(scratch);
    assert_string_equal(status_of(scratch, kim), "left");
    assert_string_equal(status_of(scratch, asked), "(no row)");
    assert_string_equal(status_of(scratch, dead), "left");
    assert_int_equal(spool_size(scratch), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(
            a_request_that_is_kept_while_the_database_is_locked_is_the_next_writers_first_work),
        store_test(who_sends_has_it_before_the_claim),
        store_test(lines_that_are_taken_twice_change_nothing_the_second_time),
        store_test(a_torn_line_and_a_person_who_is_gone_stop_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
