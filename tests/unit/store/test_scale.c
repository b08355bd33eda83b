/*
 * A large list and a large archive, in many times the batches that other tests have. 10,000 people
 * and a tenth as many comparisons; VERDICTS_SCALE names another number, for the eyes: times and
 * peak memory are printed and never asserted.
 */
#include "scratch.h"

#include <sys/resource.h>

static int64_t started_ms;

static void begin(void)
{
    started_ms = clock_monotonic_ms();
}

static void end(const char *what)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    print_message("    %-44s %7lld ms, peak %ld KiB\n", what,
                  (long long)(clock_monotonic_ms() - started_ms), usage.ru_maxrss);
}

static void fill(struct scratch *scratch, int64_t people)
{
    static const char *const topics[] = {"", "", "Design", "Design\nWriting"};
    const struct consent consent = {
        .kind = "imported", .wording = "test", .form = "import", .origin = "", .at = NOW};
    char address[64];
    must(store_begin(scratch->store, &why));
    for (int64_t i = 0; i < people; i++) {
        snprintf(address, sizeof address, "reader%lld@d%lld.example.org", (long long)i,
                 (long long)(i % 40));
        struct subscriber person = {.address = address,
                                    .address_key = address,
                                    .name = "A Reader",
                                    .topics = topics[i % 4],
                                    .status = SUBSCRIBER_CONFIRMED};
        must(subscriber_insert(scratch->store, &person, &consent, &why));
    }
    must(store_commit(scratch->store, &why));
}

/* A lane as deliver/ has it: claims on the durable connection, notes and outcomes grouped on the
 * quick one. */
static int64_t send_all(struct scratch *scratch, struct store *quick, struct delivery_queue queue)
{
    const struct delivery_claimer claimer = {.lane = "host:1:0",
                                             .boot_id = clock_boot_id(),
                                             .lease_until = clock_boottime_ms() + 3600000};
    int64_t sent = 0;
    for (size_t count = 1; count > 0; sent += (int64_t)count) {
        struct delivery *rows;
        size_t skipped;
        bool held;
        arena_reset(&scratch->arena);
        must(delivery_claim(scratch->store, &scratch->arena, queue, &claimer, NOW, NULL, 100, &rows,
                            &count, &skipped, &why));
        must(store_begin(quick, &why));
        for (size_t i = 0; i < count; i++) {
            must(delivery_note_dot(quick, queue, rows[i].id, rows[i].generation, claimer.lane, "",
                                   &held, &why));
        }
        must(store_commit(quick, &why));
        must(store_begin(quick, &why));
        for (size_t i = 0; i < count; i++) {
            const struct delivery_outcome outcome = {.id = rows[i].id,
                                                     .generation = rows[i].generation,
                                                     .lane = claimer.lane,
                                                     .state = DELIVERY_SENT,
                                                     .count_attempt = true,
                                                     .code = 250,
                                                     .enhanced = "2.0.0",
                                                     .reply = "2.0.0 Ok: queued as 4F1A2B3C4D",
                                                     .relay = "relay.example.org"};
            must(delivery_record(quick, queue, &outcome, NOW, &held, &why));
            assert_true(held);
        }
        must(store_commit(quick, &why));
    }
    return sent;
}

static bool visit(void *context, const struct delivery *row, struct failure *why)
{
    (void)row;
    (void)why;
    ++*(int64_t *)context;
    return true;
}

/* An issue whose relay is away, and which is then given up: changes of all rows at once. */
static void call_off(struct scratch *scratch, int64_t people)
{
    struct delivery_queue queue = {start_issue(scratch->store, "2026-W48")};
    int64_t count;
    enum issue_cancelled outcome;
    begin();
    const struct delivery_deferral away = {NULL, false, true, NOW + 300, DAY, "away", "relay"};
    must(delivery_defer_due(scratch->store, queue, NOW, &away, &count, &why));
    end("deferred");
    assert_int_equal(count, people);
    begin();
    must(delivery_wake(scratch->store, queue, NOW + 1, &count, &why));
    end("woken");
    run_sql(scratch->store, "UPDATE delivery SET doubted = 1 WHERE issue_id = 2 "
                            "AND subscriber_id = 1");
    begin();
    must(issue_cancel(scratch->store, queue.issue_id, NOW, &outcome, &why));
    end("stopped");
    assert_int_equal(outcome, ISSUE_CANCEL_STOPPED);
    queue.issue_id = start_issue(scratch->store, "2026-W49");
    begin();
    must(issue_cancel(scratch->store, queue.issue_id, NOW, &outcome, &why));
    end("freed");
    assert_int_equal(outcome, ISSUE_CANCEL_FREED);
}

static void a_large_list_is_started_sent_and_reported(void **state)
{
    struct scratch *scratch = *state;
    const char *given = getenv("VERDICTS_SCALE");
    int64_t people = given == NULL ? 10000 : strtoll(given, NULL, 10);
    struct store *quick;
    begin();
    fill(scratch, people);
    end("people added");
    begin();
    struct delivery_queue queue = {start_issue(scratch->store, "2026-W47")};
    end("issue started");
    must(store_open(scratch->path, STORE_QUICK, &quick, &why));
    begin();
    assert_int_equal(send_all(scratch, quick, queue), people);
    end("claimed, noted and recorded");
    int64_t counts[DELIVERY_STATES], due, visited = 0;
    begin();
    must(delivery_counts(quick, queue, counts, &why));
    end("counted");
    assert_int_equal(counts[DELIVERY_SENT], people);
    begin();
    must(delivery_next_due(quick, queue, &due, &why));
    end("next due");
    begin();
    must(delivery_each(quick, queue, NULL, visit, &visited, &why));
    end("walked");
    assert_int_equal(visited, people);
    bool finished;
    must(issue_finish(scratch->store, queue.issue_id, NOW, &finished, &why));
    assert_true(finished);
    call_off(scratch, people);
    store_close(quick);
}

static void a_large_archive_is_filled_and_searched(void **state)
{
    struct scratch *scratch = *state;
    const char *given = getenv("VERDICTS_SCALE");
    int64_t pages = (given == NULL ? 10000 : strtoll(given, NULL, 10)) / 10;
    struct arena page = {0};
    struct comparison_outcome outcome;
    begin();
    must(store_begin(scratch->store, &why));
    for (int64_t i = 0; i < pages; i++) {
        arena_reset(&page);
        struct comparison made = sample_comparison(
            &page, arena_format(&page, "left%lld", (long long)i % (pages / 4)),
            arena_format(&page, "right%lld", (long long)i), NOW - pages + i, "content");
        must(comparison_save(scratch->store, &page, &made, NOW, &outcome, &why));
    }
    must(store_commit(scratch->store, &why));
    arena_free(&page);
    end("comparisons saved");
    struct comparison_candidate *found;
    size_t count;
    begin();
    must(comparison_candidates(scratch->store, &scratch->arena, NOW, NOW - 10, 0, &found, &count,
                               &why));
    end("all of them are candidates");
    assert_int_equal(count, pages);
    arena_reset(&scratch->arena);
    begin();
    must(comparison_candidates(scratch->store, &scratch->arena, NOW - pages + 100, NOW, 0, &found,
                               &count, &why));
    end("a hundred of them are candidates");
    assert_int_equal(count, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_large_list_is_started_sent_and_reported),
        store_test(a_large_archive_is_filled_and_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
