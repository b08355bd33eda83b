#include "scratch.h"

#include <signal.h>

static const struct delivery_filter any;

/* One boot, its clock at a minute, leases of ten seconds. */
enum { CLOCK = 60000, LEASE = 10000 };
#define BOOT "11111111-2222-3333-4444-555555555555"

static const struct delivery_claimer lane_a = {
    .lane = "host:1:0", .boot_id = BOOT, .lease_until = CLOCK + LEASE};
static const struct delivery_claimer lane_b = {
    .lane = "host:2:0", .boot_id = BOOT, .lease_until = CLOCK + LEASE};
static const struct delivery_claimer elsewhere = {
    .lane = "host:3:0", .boot_id = "another-boot", .lease_until = CLOCK + LEASE};

/* Every property holds for both tables: a queue of three rows, in an issue or of single mails. */
struct queued {
    struct delivery_queue queue;
    const char *table;
    int64_t ids[3];
};

static struct queued three_readers(struct scratch *scratch)
{
    struct queued made = {.table = "delivery"};
    made.ids[0] = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    made.ids[1] = add_person(scratch->store, "bob@example.com", "", SUBSCRIBER_CONFIRMED);
    made.ids[2] = add_person(scratch->store, "eve@example.net", "", SUBSCRIBER_CONFIRMED);
    made.queue.issue_id = start_issue(scratch->store, "2026-W47");
    return made;
}

static struct queued three_mails(struct scratch *scratch)
{
    static const char *const addresses[] = {"ada@example.org", "bob@example.com",
                                            "eve@example.net"};
    struct queued made = {.table = "outgoing"};
    for (int i = 0; i < 3; i++) {
        struct delivery mail = {
            .kind = "confirmation",
            .address = addresses[i],
            .name = "",
            .data = "{}",
            .message_id = "{outgoing}@example.org",
            .created_at = NOW,
            .subscriber_id = add_person(scratch->store, addresses[i], "", SUBSCRIBER_PENDING)};
        must(outgoing_insert(scratch->store, &mail, &why));
        made.ids[i] = mail.id;
    }
    return made;
}

typedef void (*property)(struct scratch *scratch, const struct queued *queued);

static void for_both(void **state, property holds)
{
    struct scratch *scratch = *state;
    struct queued readers = three_readers(scratch);
    holds(scratch, &readers);
    run_sql(scratch->store, "DELETE FROM delivery; DELETE FROM consent; DELETE FROM subscriber;"
                            "DELETE FROM issue;");
    struct queued mails = three_mails(scratch);
    holds(scratch, &mails);
}

#define both_test(name)                                                                            \
    static void name(void **state)                                                                 \
    {                                                                                              \
        for_both(state, name##_holds);                                                             \
    }

static size_t claim(struct scratch *scratch, const struct queued *queued,
                    const struct delivery_claimer *claimer, int64_t now, size_t limit,
                    struct delivery **rows)
{
    size_t count, skipped;
    must(delivery_claim(scratch->store, &scratch->arena, queued->queue, claimer, now, NULL, limit,
                        rows, &count, &skipped, &why));
    return count;
}

static struct delivery *claim_all(struct scratch *scratch, const struct queued *queued,
                                  const struct delivery_claimer *claimer)
{
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, claimer, NOW, 100, &rows), 3);
    return rows;
}

static int64_t column(struct scratch *scratch, const struct queued *queued, size_t which,
                      const char *name)
{
    char sql[256];
    bool issue = queued->queue.issue_id != 0;
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s = %lld", name, queued->table,
             issue ? "subscriber_id" : "id", (long long)queued->ids[which]);
    return ask(scratch->store, sql);
}

static const char *column_text(struct scratch *scratch, const struct queued *queued, size_t which,
                               const char *name)
{
    char sql[256];
    bool issue = queued->queue.issue_id != 0;
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s = %lld", name, queued->table,
             issue ? "subscriber_id" : "id", (long long)queued->ids[which]);
    return ask_text(scratch->store, sql);
}

#define assert_state(which, name)                                                                  \
    assert_string_equal(column_text(scratch, queued, which, "state"), name)

/* As whoever holds the row; where nobody does, as lane_a. */
static const char *holder(struct scratch *scratch, const struct queued *queued, size_t which)
{
    const char *lane = column_text(scratch, queued, which, "lane");
    return strcmp(lane, "(null)") == 0 ? lane_a.lane : lane;
}

static bool has_pace(const void *context, const char *domain, int64_t id)
{
    (void)id;
    return strcmp(context, domain) == 0;
}

static bool note_as(struct scratch *scratch, const struct queued *queued, size_t which,
                    int64_t generation, const char *lane)
{
    bool held;
    must(delivery_note_dot(scratch->store, queued->queue, queued->ids[which], generation, lane,
                           "relay.example.org:25", &held, &why));
    return held;
}

static bool note(struct scratch *scratch, const struct queued *queued, size_t which,
                 int64_t generation)
{
    return note_as(scratch, queued, which, generation, holder(scratch, queued, which));
}

static bool record_as(struct scratch *scratch, const struct queued *queued, size_t which,
                      int64_t generation, const char *lane, enum delivery_state outcome_state)
{
    bool held;
    const struct delivery_outcome outcome = {.id = queued->ids[which],
                                             .generation = generation,
                                             .lane = lane,
                                             .state = outcome_state,
                                             .next_at = NOW + 300,
                                             .count_attempt = true,
                                             .code = 250,
                                             .enhanced = "2.0.0",
                                             .reply = "2.0.0 queued as 4711",
                                             .relay = "relay.example.org"};
    must(delivery_record(scratch->store, queued->queue, &outcome, NOW + 5, &held, &why));
    return held;
}

static bool record(struct scratch *scratch, const struct queued *queued, size_t which,
                   int64_t generation, enum delivery_state outcome_state)
{
    return record_as(scratch, queued, which, generation, holder(scratch, queued, which),
                     outcome_state);
}

static void recover(struct scratch *scratch, const struct queued *queued, const char *boot,
                    int64_t clock, bool everything, int64_t queued_rows, int64_t doubtful)
{
    int64_t back, in_doubt;
    must(delivery_recover(scratch->store, queued->queue, boot, clock, everything, NOW + 10, &back,
                          &in_doubt, &why));
    assert_int_equal(back, queued_rows);
    assert_int_equal(in_doubt, doubtful);
}

/* --- claims --- */

static void a_claim_gives_rows_once_holds(struct scratch *scratch, const struct queued *queued)
{
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &lane_a, NOW, 2, &rows), 2);
    assert_int_equal(rows[0].id, queued->ids[0]);
    assert_int_equal(rows[1].id, queued->ids[1]);
    assert_int_equal(rows[0].state, DELIVERY_SENDING);
    assert_int_equal(rows[0].generation, 1);
    assert_string_equal(rows[0].address, "ada@example.org");
    assert_string_equal(rows[0].domain, "example.org");
    assert_string_equal(rows[0].topics, "");
    assert_null(rows[0].reply);
    assert_int_equal(claim(scratch, queued, &lane_b, NOW, 2, &rows), 1);
    assert_int_equal(rows[0].id, queued->ids[2]);
    assert_int_equal(claim(scratch, queued, &lane_b, NOW, 2, &rows), 0);
    assert_string_equal(column_text(scratch, queued, 0, "lane"), "host:1:0");
    assert_string_equal(column_text(scratch, queued, 0, "boot_id"), BOOT);
    assert_int_equal(column(scratch, queued, 0, "lease"), CLOCK + LEASE);
    assert_int_equal(column(scratch, queued, 0, "first_at IS NULL"), 1);
}
both_test(a_claim_gives_rows_once)

    static void a_row_is_claimed_when_it_is_due_and_not_before_holds(struct scratch *scratch,
                                                                     const struct queued *queued)
{
    struct delivery *rows = claim_all(scratch, queued, &lane_a);
    for (size_t i = 0; i < 3; i++) {
        assert_true(record(scratch, queued, i, rows[i].generation, DELIVERY_DEFERRED));
    }
    int64_t due;
    must(delivery_next_due(scratch->store, queued->queue, &due, &why));
    assert_int_equal(due, NOW + 300);
    assert_int_equal(claim(scratch, queued, &lane_a, NOW + 299, 9, &rows), 0);
    assert_int_equal(claim(scratch, queued, &lane_a, NOW + 300, 9, &rows), 3);
    assert_int_equal(rows[0].generation, 2);
    assert_int_equal(rows[0].attempts, 1);
    assert_int_equal(rows[0].first_at, NOW + 5);
    must(delivery_next_due(scratch->store, queued->queue, &due, &why));
    assert_int_equal(due, 0);
    bool held;
    const struct delivery_outcome away = {.id = queued->ids[0],
                                          .generation = 2,
                                          .lane = lane_a.lane,
                                          .state = DELIVERY_DEFERRED,
                                          .next_at = NOW + 900};
    must(delivery_record(scratch->store, queued->queue, &away, NOW + 333, &held, &why));
    assert_int_equal(column(scratch, queued, 0, "attempts"), 1);
    assert_int_equal(column(scratch, queued, 0, "first_at"), NOW + 5);
    assert_int_equal(column(scratch, queued, 0, "next_at"), NOW + 900);
    assert_string_equal(column_text(scratch, queued, 0, "code"), "(null)");
}
both_test(a_row_is_claimed_when_it_is_due_and_not_before)

    /* max_age also runs for a row that never came as far as an attempt. */
    static void age_counts_from_the_first_failure_even_without_an_attempt_holds(
        struct scratch *scratch, const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    bool held;
    const struct delivery_outcome away = {.id = queued->ids[0],
                                          .generation = 1,
                                          .lane = lane_a.lane,
                                          .state = DELIVERY_DEFERRED,
                                          .next_at = NOW + 300};
    must(delivery_record(scratch->store, queued->queue, &away, NOW + 7, &held, &why));
    assert_int_equal(column(scratch, queued, 0, "attempts"), 0);
    assert_int_equal(column(scratch, queued, 0, "first_at"), NOW + 7);
}
both_test(age_counts_from_the_first_failure_even_without_an_attempt)

    static void rows_of_a_domain_without_pace_stay_holds(struct scratch *scratch,
                                                         const struct queued *queued)
{
    const struct delivery_sieve sieve = {has_pace, "example.com"};
    struct delivery *rows;
    size_t count, skipped;
    must(delivery_claim(scratch->store, &scratch->arena, queued->queue, &lane_a, NOW, &sieve, 5,
                        &rows, &count, &skipped, &why));
    assert_int_equal(count, 1);
    assert_int_equal(skipped, 0);
    assert_string_equal(rows[0].address, "bob@example.com");
    assert_state(0, "queued");
    assert_state(2, "queued");
}
both_test(rows_of_a_domain_without_pace_stay)

    static void claims_come_by_topics_then_time_then_id(void **state)
{
    struct scratch *scratch = *state;
    static const char *const topics[] = {"Writing", "", "Design", "Design", "", "Writing"};
    struct queued queued = {.table = "delivery"};
    for (int i = 0; i < 6; i++) {
        add_person(scratch->store, arena_format(&scratch->arena, "r%d@example.org", i), topics[i],
                   SUBSCRIBER_CONFIRMED);
    }
    queued.queue.issue_id = start_issue(scratch->store, "2026-W47");
    run_sql(scratch->store, "UPDATE delivery SET next_at = next_at - 50 WHERE subscriber_id = 5");
    run_sql(scratch->store, "UPDATE delivery SET next_at = next_at + 50 WHERE subscriber_id = 3");
    struct delivery *rows;
    static const int64_t expected[] = {5, 2, 4, 1, 6};
    size_t seen = 0;
    for (size_t limit = 1; seen < 5; limit = 3 - limit) {
        size_t count = claim(scratch, &queued, &lane_a, NOW, limit, &rows);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(rows[i].id, expected[seen++]);
        }
    }
    assert_int_equal(claim(scratch, &queued, &lane_a, NOW, 5, &rows), 0);
    int64_t due;
    must(delivery_next_due(scratch->store, queued.queue, &due, &why));
    assert_int_equal(due, NOW + 50);
    assert_int_equal(claim(scratch, &queued, &lane_a, NOW + 50, 5, &rows), 1);
    assert_string_equal(rows[0].topics, "Design");
}

/* What may have become of a person between the start and the claim. */
static const struct {
    const char *sql; /* of person 1 */
    const char *reason;
    bool mail_too; /* a single mail is skipped for it as well */
} changes[] = {
    {"UPDATE subscriber SET status = 'left' WHERE id = 1", "left", false},
    {"UPDATE subscriber SET status = 'bounced' WHERE id = 1", "bounced", false},
    {"UPDATE subscriber SET status = 'complained' WHERE id = 1", "complained", true},
    {"UPDATE subscriber SET status = 'forgotten' WHERE id = 1", "forgotten", true},
    {"UPDATE subscriber SET status = 'pending' WHERE id = 1", "pending", false},
    {"UPDATE subscriber SET paused_until = 4102444800 WHERE id = 1", "paused", false},
    {"UPDATE subscriber SET paused_until = 1 WHERE id = 1", NULL, false},
    {"UPDATE issue SET state = 'cancelled'", "cancelled", false},
};

static void who_is_not_to_be_mailed_is_skipped_with_the_reason(void **state)
{
    struct scratch *scratch = *state;
    struct queued queued = three_readers(scratch);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        must(store_begin(scratch->store, &why));
        run_sql(scratch->store, changes[i].sql);
        struct delivery *rows;
        size_t count, skipped;
        const char *reason;
        bool halted;
        must(delivery_still_wanted(scratch->store, queued.queue, 1, &reason, &halted, &why));
        must(delivery_claim(scratch->store, &scratch->arena, queued.queue, &lane_a, NOW, NULL, 1,
                            &rows, &count, &skipped, &why));
        if (changes[i].reason == NULL) {
            assert_null(reason);
            assert_int_equal(skipped, 0);
            assert_int_equal(rows[0].id, 1);
        } else {
            bool all = strcmp(changes[i].reason, "cancelled") == 0;
            assert_string_equal(reason, changes[i].reason);
            assert_int_equal(skipped, all ? 3 : 1);
            assert_int_equal(count, all ? 0 : 1);
            assert_string_equal(column_text(scratch, &queued, 0, "state"), "skipped");
            assert_string_equal(column_text(scratch, &queued, 0, "reply"), changes[i].reason);
            assert_int_equal(column(scratch, &queued, 0, "done_at"), NOW);
        }
        store_rollback(scratch->store);
    }
}

/* A welcome says "you are on the list"; a reminder asks for a confirmation that is owed. */
static void a_mail_is_kept_back_where_its_words_are_not_true_any_more(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        const char *kind, *status, *reason;
    } rows[] = {
        {"welcome", "confirmed", NULL},
        {"welcome", "left", "left"},
        {"welcome", "bounced", "bounced"},
        {"welcome", "pending", "pending"},
        {"reminder", "pending", NULL},
        {"reminder", "left", "left"},
        {"reminder", "confirmed", "confirmed"},
        {"reminder", "bounced", "bounced"},
        {"invite", "pending", NULL},
        {"invite", "left", "left"},
        {"invite", "confirmed", "confirmed"},
        {"confirm", "confirmed", NULL},
        {"confirm", "left", NULL},
    };
    const struct queued queued = three_mails(scratch);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *reason;
        bool halted;
        char sql[80];
        snprintf(sql, sizeof sql, "UPDATE outgoing SET kind = '%s'", rows[i].kind);
        run_sql(scratch->store, sql);
        snprintf(sql, sizeof sql, "UPDATE subscriber SET status = '%s'", rows[i].status);
        run_sql(scratch->store, sql);
        must(delivery_still_wanted(scratch->store, queued.queue, 1, &reason, &halted, &why));
        if (rows[i].reason == NULL ? reason != NULL
                                   : reason == NULL || strcmp(reason, rows[i].reason) != 0) {
            fail_msg("%s, %s: %s", rows[i].kind, rows[i].status, reason != NULL ? reason : "goes");
        }
    }
}

static void a_single_mail_is_kept_only_from_those_who_complained_or_are_erased(void **state)
{
    struct scratch *scratch = *state;
    struct queued queued = three_mails(scratch);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        must(store_begin(scratch->store, &why));
        run_sql(scratch->store, changes[i].sql);
        struct delivery *rows;
        size_t count, skipped;
        const char *reason;
        bool halted;
        must(delivery_still_wanted(scratch->store, queued.queue, 1, &reason, &halted, &why));
        must(delivery_claim(scratch->store, &scratch->arena, queued.queue, &lane_a, NOW, NULL, 1,
                            &rows, &count, &skipped, &why));
        assert_int_equal(reason != NULL, changes[i].mail_too);
        assert_int_equal(skipped, changes[i].mail_too);
        assert_int_equal(rows[0].id, changes[i].mail_too ? 2 : 1);
        store_rollback(scratch->store);
    }
}

static void a_mail_to_nobody_of_the_list_is_always_wanted(void **state)
{
    struct scratch *scratch = *state;
    struct delivery mail = {.kind = "test",
                            .address = "editor@example.org",
                            .name = "Ed",
                            .data = "{\"a\":1}",
                            .message_id = "m{outgoing}.{outgoing}@example.org",
                            .created_at = NOW};
    must(outgoing_insert(scratch->store, &mail, &why));
    const struct queued queued = {.table = "outgoing", .ids = {mail.id}};
    struct delivery *rows;
    assert_int_equal(claim(scratch, &queued, &lane_a, NOW, 9, &rows), 1);
    assert_string_equal(rows[0].kind, "test");
    assert_string_equal(rows[0].data, "{\"a\":1}");
    assert_string_equal(rows[0].name, "Ed");
    assert_string_equal(rows[0].domain, "example.org");
    assert_string_equal(rows[0].message_id, "m1.1@example.org");
    assert_int_equal(rows[0].created_at, NOW);
    assert_int_equal(rows[0].subscriber_id, 0);
}

static void a_whole_list_that_left_is_skipped_in_one_claim(void **state)
{
    struct scratch *scratch = *state;
    for (int i = 0; i < 50; i++) {
        add_person(scratch->store, arena_format(&scratch->arena, "r%d@example.org", i), "",
                   SUBSCRIBER_CONFIRMED);
    }
    struct queued queued = {.table = "delivery"};
    queued.queue.issue_id = start_issue(scratch->store, "2026-W47");
    run_sql(scratch->store, "UPDATE subscriber SET status = 'left' WHERE id <= 45");
    struct delivery *rows;
    size_t count, skipped;
    must(delivery_claim(scratch->store, &scratch->arena, queued.queue, &lane_a, NOW, NULL, 7, &rows,
                        &count, &skipped, &why));
    assert_int_equal(skipped, 45);
    assert_int_equal(count, 4);
    assert_int_equal(rows[0].id, 46);
}

/* --- notes and outcomes --- */

static void a_note_needs_the_claim_it_was_made_under_holds(struct scratch *scratch,
                                                           const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    assert_false(note(scratch, queued, 0, 0));
    assert_false(note(scratch, queued, 0, 2));
    assert_int_equal(column(scratch, queued, 0, "dot_noted"), 0);
    assert_true(note(scratch, queued, 0, 1));
    assert_int_equal(column(scratch, queued, 0, "dot_noted"), 1);
    assert_int_equal(column(scratch, queued, 1, "dot_noted"), 0);
    assert_true(record(scratch, queued, 0, 1, DELIVERY_SENT));
    assert_false(note(scratch, queued, 0, 1));
}
both_test(a_note_needs_the_claim_it_was_made_under)

    /* What an outcome leaves in the row. */
    static const struct {
    enum delivery_state outcome;
    const char *state;
    int64_t next_at; /* 0: as it was */
    bool final;
    int64_t doubted;
} outcomes[] = {
    {DELIVERY_SENT, "sent", 0, true, 0},
    {DELIVERY_DEFERRED, "deferred", NOW + 300, false, 0},
    {DELIVERY_REFUSED, "refused", 0, true, 0},
    {DELIVERY_GAVE_UP, "gave_up", 0, true, 0},
    {DELIVERY_SKIPPED, "skipped", 0, true, 0},
    {DELIVERY_QUEUED, "queued", NOW + 300, false, 0},
    {DELIVERY_IN_DOUBT, "in_doubt", 0, false, 1},
};

static void an_outcome_ends_the_claim_holds(struct scratch *scratch, const struct queued *queued)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        must(store_begin(scratch->store, &why));
        claim_all(scratch, queued, &lane_a);
        assert_true(record(scratch, queued, 1, 1, outcomes[i].outcome));
        assert_state(1, outcomes[i].state);
        assert_state(0, "sending");
        assert_int_equal(column(scratch, queued, 1, "next_at"),
                         outcomes[i].next_at == 0 ? NOW : outcomes[i].next_at);
        assert_int_equal(column(scratch, queued, 1, "done_at IS NOT NULL"), outcomes[i].final);
        assert_int_equal(column(scratch, queued, 1, "doubted"), outcomes[i].doubted);
        assert_int_equal(column(scratch, queued, 1, "attempts"), 1);
        assert_int_equal(column(scratch, queued, 1, "first_at"), NOW + 5);
        assert_int_equal(column(scratch, queued, 1, "code"), 250);
        assert_string_equal(column_text(scratch, queued, 1, "enhanced"), "2.0.0");
        assert_string_equal(column_text(scratch, queued, 1, "reply"), "2.0.0 queued as 4711");
        assert_string_equal(column_text(scratch, queued, 1, "relay"), "relay.example.org");
        assert_string_equal(column_text(scratch, queued, 1, "lane"), "(null)");
        assert_string_equal(column_text(scratch, queued, 1, "boot_id"), "(null)");
        assert_string_equal(column_text(scratch, queued, 1, "lease"), "(null)");
        assert_false(record(scratch, queued, 1, 1, DELIVERY_REFUSED));
        assert_state(1, outcomes[i].state);
        store_rollback(scratch->store);
    }
}
both_test(an_outcome_ends_the_claim)

    static void a_row_given_back_unsent_keeps_what_it_knew_holds(struct scratch *scratch,
                                                                 const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    assert_true(record(scratch, queued, 0, 1, DELIVERY_DEFERRED));
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &lane_a, NOW + 300, 1, &rows), 1);
    bool held;
    const struct delivery_outcome unsent = {.id = queued->ids[0],
                                            .generation = 2,
                                            .lane = lane_a.lane,
                                            .state = DELIVERY_QUEUED,
                                            .next_at = NOW + 300};
    must(delivery_record(scratch->store, queued->queue, &unsent, NOW + 301, &held, &why));
    assert_true(held);
    assert_state(0, "queued");
    assert_int_equal(column(scratch, queued, 0, "attempts"), 1);
    assert_int_equal(column(scratch, queued, 0, "first_at"), NOW + 5);
    assert_string_equal(column_text(scratch, queued, 0, "reply"), "2.0.0 queued as 4711");
    assert_int_equal(column(scratch, queued, 0, "code"), 250);
    assert_string_equal(column_text(scratch, queued, 0, "enhanced"), "2.0.0");
    const struct delivery_outcome never = {.id = queued->ids[1],
                                           .generation = 1,
                                           .lane = lane_a.lane,
                                           .state = DELIVERY_QUEUED,
                                           .next_at = NOW};
    must(delivery_record(scratch->store, queued->queue, &never, NOW + 301, &held, &why));
    assert_int_equal(column(scratch, queued, 1, "attempts"), 0);
    assert_int_equal(column(scratch, queued, 1, "first_at IS NULL"), 1);
}
both_test(a_row_given_back_unsent_keeps_what_it_knew)

    /* A process that was stopped for an hour: its row was recovered and is somebody else's. */
    static void a_lost_claim_can_neither_note_nor_record_holds(struct scratch *scratch,
                                                               const struct queued *queued)
{
    static const enum delivery_state futile[] = {DELIVERY_DEFERRED, DELIVERY_REFUSED,
                                                 DELIVERY_GAVE_UP,  DELIVERY_SKIPPED,
                                                 DELIVERY_QUEUED,   DELIVERY_IN_DOUBT};
    claim_all(scratch, queued, &lane_a);
    recover(scratch, queued, BOOT, CLOCK + LEASE, false, 3, 0);
    assert_false(note(scratch, queued, 0, 1));
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &lane_b, NOW + 10, 9, &rows), 3);
    assert_false(note(scratch, queued, 0, 1));
    for (size_t i = 0; i < sizeof futile / sizeof *futile; i++) {
        assert_false(record(scratch, queued, 0, 1, futile[i]));
        assert_state(0, "sending");
        assert_string_equal(column_text(scratch, queued, 0, "lane"), "host:2:0");
    }
    assert_true(note(scratch, queued, 0, 2));
    assert_true(record(scratch, queued, 0, 2, DELIVERY_SENT));
}
both_test(a_lost_claim_can_neither_note_nor_record)

    /* The rows of an issue that was freed and begun anew count their claims from 1 again. */
    static void a_claim_of_the_same_number_is_the_claimers_alone_holds(struct scratch *scratch,
                                                                       const struct queued *queued)
{
    claim_all(scratch, queued, &lane_b);
    assert_false(note_as(scratch, queued, 0, 1, lane_a.lane));
    assert_int_equal(column(scratch, queued, 0, "dot_noted"), 0);
    assert_false(record_as(scratch, queued, 0, 1, lane_a.lane, DELIVERY_QUEUED));
    assert_false(record_as(scratch, queued, 0, 1, lane_a.lane, DELIVERY_REFUSED));
    assert_state(0, "sending");
    assert_string_equal(column_text(scratch, queued, 0, "lane"), lane_b.lane);
    assert_false(record_as(scratch, queued, 0, 1, lane_a.lane, DELIVERY_SENT));
    assert_state(0, "sent");
    assert_true(note_as(scratch, queued, 1, 1, lane_b.lane));
    assert_true(record_as(scratch, queued, 1, 1, lane_b.lane, DELIVERY_REFUSED));
}
both_test(a_claim_of_the_same_number_is_the_claimers_alone)

    static void what_a_server_took_is_sent_whoever_holds_the_row_holds(struct scratch *scratch,
                                                                       const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    assert_true(note(scratch, queued, 0, 1));
    recover(scratch, queued, BOOT, CLOCK + LEASE, false, 2, 1);
    assert_state(0, "in_doubt");
    assert_false(record(scratch, queued, 0, 1, DELIVERY_SENT));
    assert_state(0, "sent");
    assert_int_equal(column(scratch, queued, 0, "done_at"), NOW + 5);
    assert_int_equal(column(scratch, queued, 0, "doubted"), 1);
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &lane_b, NOW + 10, 9, &rows), 2);
    /* The other lane had claimed row 1 anew: its note fails, no second copy leaves. */
    assert_false(record(scratch, queued, 1, 1, DELIVERY_SENT));
    assert_state(1, "sent");
    assert_false(note(scratch, queued, 1, 2));
    assert_false(record(scratch, queued, 1, 2, DELIVERY_DEFERRED));
    assert_state(1, "sent");
    assert_string_equal(column_text(scratch, queued, 1, "lane"), "(null)");
    /* Told twice, it is counted once. */
    assert_false(record(scratch, queued, 1, 1, DELIVERY_SENT));
    assert_int_equal(column(scratch, queued, 1, "attempts"), 1);
}
both_test(what_a_server_took_is_sent_whoever_holds_the_row)

    static void a_row_that_is_gone_is_held_by_nobody_holds(struct scratch *scratch,
                                                           const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    char sql[64];
    snprintf(sql, sizeof sql, "DELETE FROM %s", queued->table);
    run_sql(scratch->store, sql);
    const char *reason;
    bool halted;
    must(delivery_still_wanted(scratch->store, queued->queue, queued->ids[0], &reason, &halted,
                               &why));
    assert_string_equal(reason, "cancelled");
    assert_false(note(scratch, queued, 0, 1));
    assert_false(record(scratch, queued, 0, 1, DELIVERY_SENT));
}
both_test(a_row_that_is_gone_is_held_by_nobody)

    /* --- recovery --- */

    static void a_living_claim_is_left_alone_holds(struct scratch *scratch,
                                                   const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    note(scratch, queued, 0, 1);
    recover(scratch, queued, BOOT, CLOCK + LEASE - 1, false, 0, 0);
    assert_state(0, "sending");
    assert_state(1, "sending");
}
both_test(a_living_claim_is_left_alone)

    static void a_renewed_claim_lives_longer_holds(struct scratch *scratch,
                                                   const struct queued *queued)
{
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &lane_a, NOW, 2, &rows), 2);
    assert_int_equal(claim(scratch, queued, &lane_b, NOW, 2, &rows), 1);
    must(delivery_renew(scratch->store, queued->queue, lane_a.lane, CLOCK + 2 * LEASE, &why));
    recover(scratch, queued, BOOT, CLOCK + LEASE, false, 1, 0);
    assert_state(0, "sending");
    assert_state(1, "sending");
    assert_state(2, "queued");
    assert_true(note(scratch, queued, 0, 1));
}
both_test(a_renewed_claim_lives_longer)

    static void a_dead_claim_is_queued_before_its_dot_and_in_doubt_after_holds(
        struct scratch *scratch, const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    assert_true(note(scratch, queued, 1, 1));
    recover(scratch, queued, BOOT, CLOCK + LEASE, false, 2, 1);
    assert_state(0, "queued");
    assert_state(1, "in_doubt");
    assert_state(2, "queued");
    assert_int_equal(column(scratch, queued, 0, "next_at"), NOW + 10);
    assert_int_equal(column(scratch, queued, 0, "doubted"), 0);
    assert_int_equal(column(scratch, queued, 1, "doubted"), 1);
    assert_string_equal(column_text(scratch, queued, 1, "lane"), "(null)");
    recover(scratch, queued, BOOT, CLOCK + LEASE, false, 0, 0);
}
both_test(a_dead_claim_is_queued_before_its_dot_and_in_doubt_after)

    /* A 4xx to the final dot leaves the note of that attempt in the row: it says nothing about the
     * next one. */
    static void a_claim_starts_without_the_note_of_the_attempt_before_holds(
        struct scratch *scratch, const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    assert_true(note(scratch, queued, 0, 1));
    assert_true(record(scratch, queued, 0, 1, DELIVERY_DEFERRED));
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &lane_a, NOW + 300, 1, &rows), 1);
    assert_int_equal(rows[0].id, queued->ids[0]);
    assert_false(rows[0].dot_noted);
    recover(scratch, queued, BOOT, CLOCK, true, 3, 0);
    assert_state(0, "queued");
}
both_test(a_claim_starts_without_the_note_of_the_attempt_before)

    /* The power may have taken the note with it. */
    static void a_claim_of_another_boot_is_in_doubt_holds(struct scratch *scratch,
                                                          const struct queued *queued)
{
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &elsewhere, NOW, 2, &rows), 2);
    assert_int_equal(claim(scratch, queued, &lane_a, NOW, 2, &rows), 1);
    recover(scratch, queued, BOOT, CLOCK, false, 0, 2);
    assert_state(0, "in_doubt");
    assert_state(1, "in_doubt");
    assert_state(2, "sending");
}
both_test(a_claim_of_another_boot_is_in_doubt)

    static void who_knows_to_be_alone_recovers_at_once_holds(struct scratch *scratch,
                                                             const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    assert_true(note(scratch, queued, 2, 1));
    recover(scratch, queued, BOOT, CLOCK, true, 2, 1);
    assert_state(0, "queued");
    assert_state(2, "in_doubt");
}
both_test(who_knows_to_be_alone_recovers_at_once)

    /* --- settling --- */

    static void what_is_in_doubt_or_gave_up_can_be_tried_again_holds(struct scratch *scratch,
                                                                     const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    assert_true(note(scratch, queued, 0, 1));
    record(scratch, queued, 0, 1, DELIVERY_IN_DOUBT);
    record(scratch, queued, 1, 1, DELIVERY_GAVE_UP);
    record(scratch, queued, 2, 1, DELIVERY_REFUSED);
    int64_t count;
    must(delivery_requeue(scratch->store, queued->queue, DELIVERY_IN_DOUBT, &any, NOW + 60, &count,
                          &why));
    assert_int_equal(count, 1);
    assert_state(0, "queued");
    assert_state(1, "gave_up");
    assert_int_equal(column(scratch, queued, 0, "next_at"), NOW + 60);
    assert_int_equal(column(scratch, queued, 0, "first_at"), NOW + 5);
    assert_int_equal(column(scratch, queued, 0, "attempts"), 1);
    assert_int_equal(column(scratch, queued, 0, "doubted"), 1);
    assert_int_equal(column(scratch, queued, 0, "dot_noted"), 0);
    must(delivery_requeue(scratch->store, queued->queue, DELIVERY_GAVE_UP, &any, NOW + 60, &count,
                          &why));
    assert_int_equal(count, 1);
    assert_state(1, "queued");
    assert_state(2, "refused");
    assert_int_equal(column(scratch, queued, 1, "first_at IS NULL"), 1);
    assert_int_equal(column(scratch, queued, 1, "attempts"), 0); /* or it waits six hours anew */
    assert_int_equal(column(scratch, queued, 1, "done_at IS NULL"), 1);
    struct delivery *rows;
    assert_int_equal(claim(scratch, queued, &lane_a, NOW + 60, 9, &rows), 2);
    assert_int_equal(rows[0].generation, 2);
}
both_test(what_is_in_doubt_or_gave_up_can_be_tried_again)

    static void each_further_doubt_waits_longer_and_an_old_one_gives_up_holds(
        struct scratch *scratch, const struct queued *queued)
{
    const struct delivery_patience patience = {.first = 300, .longest = 3600, .max_age = DAY};
    static const int64_t waits[] = {0, 600, 1200, 2400, 3600, 3600};
    struct delivery *rows;
    int64_t count, at = NOW;
    for (int i = 0; i < 6; i++) {
        assert_int_equal(claim(scratch, queued, &lane_a, at, 9, &rows), i == 0 ? 3 : 1);
        assert_true(note(scratch, queued, 0, i + 1));
        assert_true(record(scratch, queued, 0, i + 1, DELIVERY_IN_DOUBT));
        must(delivery_resend(scratch->store, queued->queue, at, &patience, &count, &why));
        assert_int_equal(count, 1);
        assert_state(0, "queued");
        assert_int_equal(column(scratch, queued, 0, "next_at"), at + waits[i]);
        assert_int_equal(column(scratch, queued, 0, "dot_noted"), 0);
        at += waits[i];
    }
    record(scratch, queued, 1, 1, DELIVERY_IN_DOUBT);
    must(delivery_resend(scratch->store, queued->queue, NOW + 5 + DAY, &patience, &count, &why));
    assert_int_equal(count, 0);
    assert_state(1, "gave_up");
    assert_int_equal(column(scratch, queued, 1, "done_at"), NOW + 5 + DAY);
}
both_test(each_further_doubt_waits_longer_and_an_old_one_gives_up)

    /* What a server has answered to may be more than it says: such an issue is not built anew. */
    static void trying_again_does_not_free_an_issue(void **state)
{
    struct scratch *scratch = *state;
    struct queued queued = three_readers(scratch);
    claim_all(scratch, &queued, &lane_a);
    for (size_t i = 0; i < 3; i++) {
        record(scratch, &queued, i, 1, DELIVERY_GAVE_UP);
    }
    int64_t count;
    enum issue_cancelled outcome;
    must(delivery_requeue(scratch->store, queued.queue, DELIVERY_GAVE_UP, &any, NOW, &count, &why));
    assert_int_equal(count, 3);
    must(issue_cancel(scratch->store, queued.queue.issue_id, NOW, &outcome, &why));
    assert_int_equal(outcome, ISSUE_CANCEL_STOPPED);
}

static void trying_again_opens_an_issue_that_was_sent(void **state)
{
    struct scratch *scratch = *state;
    struct queued queued = three_readers(scratch);
    claim_all(scratch, &queued, &lane_a);
    record(scratch, &queued, 0, 1, DELIVERY_SENT);
    record(scratch, &queued, 1, 1, DELIVERY_GAVE_UP);
    record(scratch, &queued, 2, 1, DELIVERY_SENT);
    bool finished;
    must(issue_finish(scratch->store, queued.queue.issue_id, NOW, &finished, &why));
    assert_true(finished);
    int64_t count;
    must(
        delivery_requeue(scratch->store, queued.queue, DELIVERY_IN_DOUBT, &any, NOW, &count, &why));
    assert_int_equal(count, 0);
    assert_string_equal(ask_text(scratch->store, "SELECT state FROM issue"), "sent");
    must(delivery_requeue(scratch->store, queued.queue, DELIVERY_GAVE_UP, &any, NOW, &count, &why));
    assert_int_equal(count, 1);
    assert_string_equal(ask_text(scratch->store, "SELECT state FROM issue"), "sending");
    assert_string_equal(ask_text(scratch->store, "SELECT finished_at FROM issue"), "(null)");
}

static void readers_of_a_cancelled_issue_are_not_tried_again(void **state)
{
    struct scratch *scratch = *state;
    struct queued queued = three_readers(scratch);
    const struct delivery_claimer living = {.lane = "host:4:0",
                                            .boot_id = clock_boot_id(),
                                            .lease_until = clock_boottime_ms() + 600000};
    claim_all(scratch, &queued, &living);
    record(scratch, &queued, 0, 1, DELIVERY_SENT);
    enum issue_cancelled outcome;
    must(issue_cancel(scratch->store, queued.queue.issue_id, NOW, &outcome, &why));
    assert_int_equal(outcome, ISSUE_CANCEL_STOPPED);
    /* A claim that ends otherwise than sent does not wait any more. */
    assert_true(record(scratch, &queued, 1, 1, DELIVERY_DEFERRED));
    assert_string_equal(column_text(scratch, &queued, 1, "state"), "skipped");
    assert_string_equal(column_text(scratch, &queued, 1, "reply"), "cancelled");
    assert_int_equal(column(scratch, &queued, 1, "done_at"), NOW + 5);
    recover(scratch, &queued, clock_boot_id(), CLOCK, true, 1, 0);
    assert_string_equal(column_text(scratch, &queued, 2, "state"), "skipped");
    int64_t count;
    must_fail(
        delivery_requeue(scratch->store, queued.queue, DELIVERY_GAVE_UP, &any, NOW, &count, &why),
        FAILURE_USAGE, "cancelled");
}

/* --- the relay is away --- */

static int64_t defer_all(struct scratch *scratch, const struct queued *queued, int64_t now,
                         struct delivery_deferral deferral)
{
    int64_t deferred;
    must(delivery_defer_due(scratch->store, queued->queue, now, &deferral, &deferred, &why));
    return deferred;
}

static int64_t wake(struct scratch *scratch, const struct queued *queued)
{
    int64_t woken;
    must(delivery_wake(scratch->store, queued->queue, NOW + 20, &woken, &why));
    return woken;
}

static void what_is_due_waits_for_the_relay_holds(struct scratch *scratch,
                                                  const struct queued *queued)
{
    struct delivery *rows;
    struct delivery_deferral away = {
        NULL, false, true, NOW + 300, 3 * DAY, "refused", "relay.example.org"};
    assert_int_equal(claim(scratch, queued, &lane_a, NOW, 1, &rows), 1);
    assert_int_equal(defer_all(scratch, queued, NOW, away), 2);
    assert_state(0, "sending");
    assert_state(1, "deferred");
    assert_int_equal(column(scratch, queued, 1, "next_at"), NOW + 300);
    assert_int_equal(column(scratch, queued, 1, "first_at"), NOW);
    assert_int_equal(column(scratch, queued, 1, "attempts"), 0);
    away.next_at = NOW + 900;
    assert_int_equal(defer_all(scratch, queued, NOW + 299, away), 0);
    assert_true(record(scratch, queued, 0, 1, DELIVERY_DEFERRED));
    assert_int_equal(wake(scratch, queued), 2);
    assert_int_equal(column(scratch, queued, 0, "next_at"), NOW + 300);
    assert_int_equal(column(scratch, queued, 2, "next_at"), NOW + 20);
    assert_int_equal(wake(scratch, queued), 0);
    assert_int_equal(claim(scratch, queued, &lane_a, NOW + 20, 9, &rows), 2);
}
both_test(what_is_due_waits_for_the_relay)

    static void a_row_that_the_server_put_off_waits_its_time_holds(struct scratch *scratch,
                                                                   const struct queued *queued)
{
    struct delivery *rows;
    const struct delivery_deferral away = {
        NULL, false, true, NOW + 1, 3 * DAY, "refused", "relay.example.org"};
    const struct delivery_deferral unsigned_yet = {
        NULL, false, false, NOW + 300, 3 * DAY, "relay away: in words alone", ""};
    assert_int_equal(defer_all(scratch, queued, NOW, away), 3);
    assert_int_equal(claim(scratch, queued, &lane_a, NOW + 1, 1, &rows), 1);
    assert_true(record(scratch, queued, 0, 1, DELIVERY_DEFERRED));
    assert_int_equal(column(scratch, queued, 0, "away"), 0);
    assert_int_equal(column(scratch, queued, 1, "away"), 1);
    assert_int_equal(defer_all(scratch, queued, NOW + 1, unsigned_yet), 2);
    assert_int_equal(wake(scratch, queued), 0);
}
both_test(a_row_that_the_server_put_off_waits_its_time)

    static void who_waited_too_long_for_the_relay_gives_up_holds(struct scratch *scratch,
                                                                 const struct queued *queued)
{
    struct delivery_deferral away = {NULL, false, true, NOW + 300, 1000, "away", "relay"};
    assert_int_equal(defer_all(scratch, queued, NOW, away), 3);
    away.next_at = NOW + 1000;
    assert_int_equal(defer_all(scratch, queued, NOW + 999, away), 3);
    away.next_at = NOW + 2000;
    assert_int_equal(defer_all(scratch, queued, NOW + 1000, away), 0);
    assert_state(0, "gave_up");
    assert_int_equal(column(scratch, queued, 0, "done_at"), NOW + 1000);
}
both_test(who_waited_too_long_for_the_relay_gives_up)

    static void one_row_is_found_by_its_id_holds(struct scratch *scratch,
                                                 const struct queued *queued)
{
    struct delivery *row;
    must(delivery_find(scratch->store, &scratch->arena, queued->queue, queued->ids[1], &row, &why));
    assert_string_equal(row->address, "bob@example.com");
    assert_int_equal(row->state, DELIVERY_QUEUED);
    must(delivery_find(scratch->store, &scratch->arena, queued->queue, 4711, &row, &why));
    assert_null(row);
}
both_test(one_row_is_found_by_its_id)

    static void counts_add_up_holds(struct scratch *scratch, const struct queued *queued)
{
    claim_all(scratch, queued, &lane_a);
    record(scratch, queued, 0, 1, DELIVERY_SENT);
    record(scratch, queued, 1, 1, DELIVERY_IN_DOUBT);
    int64_t counts[DELIVERY_STATES];
    must(delivery_counts(scratch->store, queued->queue, counts, &why));
    for (int i = 0; i < DELIVERY_STATES; i++) {
        bool one = i == DELIVERY_SENT || i == DELIVERY_IN_DOUBT || i == DELIVERY_SENDING;
        assert_int_equal(counts[i], one);
    }
    must(delivery_counts(scratch->store, (struct delivery_queue){999}, counts, &why));
    assert_int_equal(counts[DELIVERY_SENT], 0);
}
both_test(counts_add_up)

    struct walked {
    struct scratch *scratch;
    int64_t ids[8];
    size_t count;
    bool stop;
};

static bool walk(void *context, const struct delivery *row, struct failure *why)
{
    struct walked *walked = context;
    walked->ids[walked->count++] = row->id;
    return !walked->stop || (fail)(why, FAILURE_IO, "enough");
}

static void a_walk_visits_the_rows_of_a_state_in_order_holds(struct scratch *scratch,
                                                             const struct queued *queued)
{
    for (int i = 0; i < DELIVERY_STATES; i++) {
        enum delivery_state wanted = (enum delivery_state)i;
        must(store_begin(scratch->store, &why));
        char sql[128];
        snprintf(sql, sizeof sql, "UPDATE %s SET state = '%s' WHERE address <> 'bob@example.com'",
                 queued->table, delivery_state_name(wanted));
        run_sql(scratch->store, sql);
        snprintf(sql, sizeof sql, "UPDATE %s SET state = '%s' WHERE address = 'bob@example.com'",
                 queued->table, i == 0 ? "sent" : "queued");
        run_sql(scratch->store, sql);
        struct walked walked = {.scratch = scratch};
        must(delivery_each(scratch->store, queued->queue, &wanted, walk, &walked, &why));
        assert_int_equal(walked.count, 2);
        assert_int_equal(walked.ids[0], queued->ids[0]);
        assert_int_equal(walked.ids[1], queued->ids[2]);
        store_rollback(scratch->store);
    }
    struct walked all = {.scratch = scratch};
    must(delivery_each(scratch->store, queued->queue, NULL, walk, &all, &why));
    assert_int_equal(all.count, 3);
    struct walked stopped = {.scratch = scratch, .stop = true};
    must_fail(delivery_each(scratch->store, queued->queue, NULL, walk, &stopped, &why), FAILURE_IO,
              "enough");
    assert_int_equal(stopped.count, 1);
}
both_test(a_walk_visits_the_rows_of_a_state_in_order)

    static void the_names_of_states_lead_there_and_back(void **state)
{
    (void)state;
    enum delivery_state found;
    for (int i = 0; i < DELIVERY_STATES; i++) {
        assert_true(delivery_state_find(delivery_state_name((enum delivery_state)i), &found));
        assert_int_equal(found, i);
    }
    assert_false(delivery_state_find("lost", &found));
}

/* --- more than one process --- */

/* A lane that sends in a process of its own and is killed at a moment of chance. */
static void send_until_killed(const char *path, struct delivery_queue queue, int number)
{
    struct failure why = {0};
    struct store *store;
    struct arena arena = {0};
    char name[32];
    snprintf(name, sizeof name, "host:%d:0", number);
    const struct delivery_claimer claimer = {
        .lane = name, .boot_id = BOOT, .lease_until = CLOCK + LEASE};
    bool ok = store_open(path, STORE_QUICK, &store, &why);
    for (size_t count = 1; ok && count > 0;) {
        struct delivery *rows;
        size_t skipped;
        arena_reset(&arena);
        ok = delivery_claim(store, &arena, queue, &claimer, NOW, NULL, 5, &rows, &count, &skipped,
                            &why);
        for (size_t i = 0; ok && i < count; i++) {
            bool held;
            const struct delivery_outcome sent = {.id = rows[i].id,
                                                  .generation = rows[i].generation,
                                                  .lane = name,
                                                  .state = DELIVERY_SENT,
                                                  .count_attempt = true};
            ok = delivery_note_dot(store, queue, rows[i].id, rows[i].generation, name, "", &held,
                                   &why) &&
                 delivery_record(store, queue, &sent, NOW, &held, &why);
        }
    }
    _exit(ok ? 0 : 1);
}

static void after_any_kill_every_row_is_owed_in_doubt_or_sent_once(void **state)
{
    struct scratch *scratch = *state;
    for (int i = 0; i < 200; i++) {
        add_person(scratch->store, arena_format(&scratch->arena, "r%d@example.org", i), "",
                   SUBSCRIBER_CONFIRMED);
    }
    struct queued queued = {.table = "delivery"};
    queued.queue.issue_id = start_issue(scratch->store, "2026-W47");
    int64_t doubtful = 0;
    for (int round = 0; round < 25; round++) {
        pid_t child = fork();
        if (child == 0) {
            send_until_killed(scratch->path, queued.queue, round);
        }
        usleep((useconds_t)(2000 + round * 400));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        int64_t back, in_doubt, counts[DELIVERY_STATES];
        must(delivery_recover(scratch->store, queued.queue, BOOT, CLOCK, true, NOW, &back,
                              &in_doubt, &why));
        assert_true(in_doubt <= 1);
        assert_true(back <= 5);
        doubtful += in_doubt;
        must(delivery_counts(scratch->store, queued.queue, counts, &why));
        assert_int_equal(counts[DELIVERY_SENDING], 0);
        assert_int_equal(counts[DELIVERY_IN_DOUBT], doubtful);
        assert_int_equal(counts[DELIVERY_QUEUED] + counts[DELIVERY_SENT] + doubtful, 200);
    }
    must(store_check(scratch->store, &why));
}

static void lanes_of_several_processes_never_share_a_row(void **state)
{
    struct scratch *scratch = *state;
    for (int i = 0; i < 400; i++) {
        add_person(scratch->store, arena_format(&scratch->arena, "r%d@example.org", i), "",
                   SUBSCRIBER_CONFIRMED);
    }
    struct queued queued = {.table = "delivery"};
    queued.queue.issue_id = start_issue(scratch->store, "2026-W47");
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            send_until_killed(scratch->path, queued.queue, i);
        }
    }
    for (int i = 0; i < 4; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM delivery WHERE state = 'sent' AND "
                                         "generation = 1 AND attempts = 1"),
                     400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_claim_gives_rows_once),
        store_test(a_row_is_claimed_when_it_is_due_and_not_before),
        store_test(age_counts_from_the_first_failure_even_without_an_attempt),
        store_test(rows_of_a_domain_without_pace_stay),
        store_test(claims_come_by_topics_then_time_then_id),
        store_test(who_is_not_to_be_mailed_is_skipped_with_the_reason),
        store_test(a_mail_is_kept_back_where_its_words_are_not_true_any_more),
        store_test(a_single_mail_is_kept_only_from_those_who_complained_or_are_erased),
        store_test(a_mail_to_nobody_of_the_list_is_always_wanted),
        store_test(a_whole_list_that_left_is_skipped_in_one_claim),
        store_test(a_note_needs_the_claim_it_was_made_under),
        store_test(an_outcome_ends_the_claim),
        store_test(a_row_given_back_unsent_keeps_what_it_knew),
        store_test(a_lost_claim_can_neither_note_nor_record),
        store_test(what_a_server_took_is_sent_whoever_holds_the_row),
        store_test(a_row_that_is_gone_is_held_by_nobody),
        store_test(a_living_claim_is_left_alone),
        store_test(a_renewed_claim_lives_longer),
        store_test(a_dead_claim_is_queued_before_its_dot_and_in_doubt_after),
        store_test(a_claim_starts_without_the_note_of_the_attempt_before),
        store_test(a_claim_of_another_boot_is_in_doubt),
        store_test(who_knows_to_be_alone_recovers_at_once),
        store_test(a_claim_of_the_same_number_is_the_claimers_alone),
        store_test(what_is_in_doubt_or_gave_up_can_be_tried_again),
        store_test(each_further_doubt_waits_longer_and_an_old_one_gives_up),
        store_test(trying_again_does_not_free_an_issue),
        store_test(trying_again_opens_an_issue_that_was_sent),
        store_test(readers_of_a_cancelled_issue_are_not_tried_again),
        store_test(what_is_due_waits_for_the_relay),
        store_test(a_row_that_the_server_put_off_waits_its_time),
        store_test(who_waited_too_long_for_the_relay_gives_up),
        store_test(one_row_is_found_by_its_id),
        store_test(counts_add_up),
        store_test(a_walk_visits_the_rows_of_a_state_in_order),
        cmocka_unit_test(the_names_of_states_lead_there_and_back),
        store_test(after_any_kill_every_row_is_owed_in_doubt_or_sent_once),
        store_test(lanes_of_several_processes_never_share_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
