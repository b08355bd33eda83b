#include "scratch.h"
#include "store/growth.h"

static const struct consent by_form = {.kind = "confirmed",
                                       .wording = "wording 3",
                                       .form = "signup",
                                       .at = NOW,
                                       .origin = "192.0.2.0/24"};

static struct subscriber *find(struct scratch *scratch, const char *key)
{
    struct subscriber *found;
    must(subscriber_find(scratch->store, &scratch->arena, key, &found, &why));
    return found;
}

static void a_person_is_kept_with_everything_given(void **state)
{
    struct scratch *scratch = *state;
    struct subscriber person = {.address = "Ada.L@example.org",
                                .address_key = "ada.l@example.org",
                                .name = "Ada \xc2\xb7 \xe2\x98\x83",
                                .status = SUBSCRIBER_CONFIRMED,
                                .topics = "Design\nWriting",
                                .paused_until = NOW + DAY};
    must(subscriber_insert(scratch->store, &person, &by_form, &why));
    struct subscriber *found = find(scratch, "ada.l@example.org");
    assert_non_null(found);
    assert_int_equal(found->id, person.id);
    assert_string_equal(found->address, "Ada.L@example.org");
    assert_string_equal(found->domain, "example.org");
    assert_string_equal(found->name, person.name);
    assert_string_equal(found->topics, "Design\nWriting");
    assert_int_equal(found->status, SUBSCRIBER_CONFIRMED);
    assert_int_equal(found->created_at, NOW);
    assert_int_equal(found->confirmed_at, NOW);
    assert_int_equal(found->left_at, 0);
    assert_int_equal(found->paused_until, NOW + DAY);
    assert_null(found->left_reason);
    struct subscriber *by_id;
    must(subscriber_find_id(scratch->store, &scratch->arena, person.id, &by_id, &why));
    assert_string_equal(by_id->address_key, "ada.l@example.org");
    assert_null(find(scratch, "nobody@example.org"));
    must(subscriber_find_id(scratch->store, &scratch->arena, 4711, &by_id, &why));
    assert_null(by_id);
}

static void an_address_is_on_the_list_once(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_PENDING);
    struct subscriber again = {.address = "ADA@example.org",
                               .address_key = "ada@example.org",
                               .name = "",
                               .topics = "",
                               .status = SUBSCRIBER_PENDING};
    must_fail(subscriber_insert(scratch->store, &again, &by_form, &why), FAILURE_DATA,
              "on the list already");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent"), 1);
}

/* From each status to each: which times and reasons follow. */
static const struct {
    enum subscriber_status from, to;
    int64_t confirmed_at, left_at; /* 0: NULL */
    bool reason;                   /* left_reason is the new one */
} moves[] = {
    {SUBSCRIBER_PENDING, SUBSCRIBER_CONFIRMED, NOW, 0, false},
    {SUBSCRIBER_PENDING, SUBSCRIBER_PENDING, 0, 0, false},
    {SUBSCRIBER_CONFIRMED, SUBSCRIBER_CONFIRMED, NOW - 30 * DAY, 0, false},
    {SUBSCRIBER_CONFIRMED, SUBSCRIBER_LEFT, NOW - 30 * DAY, NOW, true},
    {SUBSCRIBER_CONFIRMED, SUBSCRIBER_BOUNCED, NOW - 30 * DAY, NOW, true},
    {SUBSCRIBER_CONFIRMED, SUBSCRIBER_COMPLAINED, NOW - 30 * DAY, NOW, true},
    {SUBSCRIBER_LEFT, SUBSCRIBER_LEFT, 0, NOW - 30 * DAY, false},
    {SUBSCRIBER_LEFT, SUBSCRIBER_PENDING, 0, NOW - 30 * DAY, false},
    {SUBSCRIBER_LEFT, SUBSCRIBER_CONFIRMED, NOW, 0, false},
    {SUBSCRIBER_BOUNCED, SUBSCRIBER_CONFIRMED, NOW, 0, false},
    {SUBSCRIBER_LEFT, SUBSCRIBER_COMPLAINED, 0, NOW, true},
};

static void times_follow_from_the_status(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        char address[64];
        snprintf(address, sizeof address, "p%zu@example.org", i);
        int64_t id = add_person(scratch->store, address, "", moves[i].from);
        run_sql(scratch->store, "UPDATE subscriber SET bounce_score = 2.5, hard_bounces = 1");
        const struct subscriber_change change = {
            .status = moves[i].to, .paused_until = -1, .left_reason = "by a link"};
        must(subscriber_update(scratch->store, id, &change, &by_form, &why));
        struct subscriber *found = find(scratch, address);
        assert_int_equal(found->status, moves[i].to);
        assert_int_equal(found->confirmed_at, moves[i].confirmed_at);
        assert_int_equal(found->left_at, moves[i].left_at);
        if (moves[i].reason) {
            assert_string_equal(found->left_reason, "by a link");
        } else {
            assert_null(found->left_reason);
        }
        bool anew = moves[i].to == SUBSCRIBER_CONFIRMED && moves[i].from != SUBSCRIBER_CONFIRMED;
        assert_true(found->bounce_score == (anew ? 0 : 2.5));
        assert_int_equal(found->hard_bounces, anew ? 0 : 1);
    }
}

static void a_change_touches_what_it_names(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ada@example.org", "Design", SUBSCRIBER_CONFIRMED);
    const struct subscriber_change choose = {.status = SUBSCRIBER_CONFIRMED,
                                             .name = "Ada",
                                             .topics = "Writing",
                                             .paused_until = NOW + DAY};
    must(subscriber_update(scratch->store, id, &choose, &by_form, &why));
    const struct subscriber_change nothing = {.status = SUBSCRIBER_CONFIRMED, .paused_until = -1};
    must(subscriber_update(scratch->store, id, &nothing, NULL, &why));
    struct subscriber *found = find(scratch, "ada@example.org");
    assert_string_equal(found->name, "Ada");
    assert_string_equal(found->topics, "Writing");
    assert_int_equal(found->paused_until, NOW + DAY);
    const struct subscriber_change resume = {
        .status = SUBSCRIBER_CONFIRMED, .name = "", .topics = "", .paused_until = 0};
    must(subscriber_update(scratch->store, id, &resume, &by_form, &why));
    found = find(scratch, "ada@example.org");
    assert_string_equal(found->name, "");
    assert_string_equal(found->topics, "");
    assert_int_equal(found->paused_until, 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent"), 3);
    must_fail(subscriber_update(scratch->store, 4711, &nothing, &by_form, &why), FAILURE_DATA,
              "4711");
}

static void the_ledger_of_consent_only_grows(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_PENDING);
    const struct subscriber_change confirm = {.status = SUBSCRIBER_CONFIRMED, .paused_until = -1};
    must(subscriber_update(scratch->store, id, &confirm, &by_form, &why));
    struct consent *entries;
    size_t count;
    must(consent_list(scratch->store, &scratch->arena, id, &entries, &count, &why));
    assert_int_equal(count, 2);
    assert_string_equal(entries[0].kind, "added");
    assert_string_equal(entries[1].kind, "confirmed");
    assert_string_equal(entries[1].wording, "wording 3");
    assert_string_equal(entries[1].form, "signup");
    assert_string_equal(entries[1].origin, "192.0.2.0/24");
    assert_int_equal(entries[1].at, NOW);
    must(consent_list(scratch->store, &scratch->arena, 4711, &entries, &count, &why));
    assert_int_equal(count, 0);
}

/* Everything the file holds, as text, searched for a word. */
static int64_t mentions(struct scratch *scratch, const char *word)
{
    static const char *const columns[][2] = {
        {"subscriber", "address || address_key || domain || name || coalesce(left_reason, '')"},
        {"consent", "wording || form || origin"},
        {"delivery", "address || domain || name || coalesce(reply, '') || message_id"},
        {"outgoing", "address || domain || name || data || coalesce(reply, '') || message_id"},
        {"bounce_event", "domain || reason"},
    };
    int64_t found = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s LIKE '%%%s%%'", columns[i][0],
                 columns[i][1], word);
        found += ask(scratch->store, sql);
    }
    return found;
}

static int64_t lay_traces(struct scratch *scratch)
{
    struct subscriber person = {.address = "wanda@wanda.example.org",
                                .address_key = "wanda@wanda.example.org",
                                .name = "Wanda",
                                .status = SUBSCRIBER_CONFIRMED,
                                .topics = "Design",
                                .left_reason = "wanda said so"};
    const struct consent consent = {.kind = "imported",
                                    .wording = "as stated by the editor",
                                    .form = "import wanda.csv",
                                    .at = NOW,
                                    .origin = "192.0.2.0/24 wanda"};
    must(subscriber_insert(scratch->store, &person, &consent, &why));
    start_issue(scratch->store, "2026-W47");
    struct delivery mail = {.kind = "welcome",
                            .subscriber_id = person.id,
                            .address = person.address,
                            .name = "Wanda",
                            .data = "{\"name\":\"Wanda\"}",
                            .message_id = "{outgoing}@example.org",
                            .created_at = NOW};
    must(outgoing_insert(scratch->store, &mail, &why));
    mail.kind = "test";
    mail.subscriber_id = 0;
    must(outgoing_insert(scratch->store, &mail, &why));
    run_sql(scratch->store,
            "UPDATE outgoing SET reply = '550 wanda unknown', state = 'refused' WHERE id = 1;"
            "INSERT INTO bounce_event (message_hash, subscriber_id, issue_id, class, domain, "
            "reason, at) VALUES ('h', 1, 1, 'hard', 'wanda.example.org', 'wanda unknown', 1);");
    return person.id;
}

static void a_forgotten_person_leaves_no_trace_but_the_counts(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = lay_traces(scratch);
    int64_t other = add_person(scratch->store, "bob@example.com", "", SUBSCRIBER_CONFIRMED);
    assert_true(mentions(scratch, "wanda") >= 6);
    must(subscriber_forget(scratch->store, id, NOW + 5, &why));
    assert_int_equal(mentions(scratch, "wanda"), 0);
    assert_int_equal(mentions(scratch, "192.0.2.0"), 0);
    assert_string_equal(ask_text(scratch->store, "SELECT address_key FROM subscriber WHERE id = 1"),
                        "forgotten:1");
    assert_string_equal(ask_text(scratch->store, "SELECT status FROM subscriber WHERE id = 1"),
                        "forgotten");
    assert_string_equal(ask_text(scratch->store, "SELECT state FROM delivery"), "skipped");
    assert_string_equal(ask_text(scratch->store, "SELECT state FROM outgoing WHERE id = 1"),
                        "refused");
    assert_string_equal(ask_text(scratch->store, "SELECT state FROM outgoing WHERE id = 2"),
                        "skipped");
    assert_string_equal(ask_text(scratch->store,
                                 "SELECT kind FROM consent WHERE subscriber_id = 1 AND at > 1 "
                                 "ORDER BY id DESC"),
                        "forgotten");
    struct subscriber *left;
    must(subscriber_find_id(scratch->store, &scratch->arena, other, &left, &why));
    assert_string_equal(left->address, "bob@example.com");
    must_fail(subscriber_forget(scratch->store, id, NOW, &why), FAILURE_DATA, "not on the list");
    must_fail(subscriber_forget(scratch->store, 4711, NOW, &why), FAILURE_DATA, "not on the list");
    const struct subscriber_change change = {.status = SUBSCRIBER_CONFIRMED, .paused_until = -1};
    must_fail(subscriber_update(scratch->store, id, &change, &by_form, &why), FAILURE_DATA,
              "was erased");
}

/* secure_delete: what is gone from the rows is gone from the file. */
static void a_forgotten_address_is_not_left_in_the_file(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = lay_traces(scratch);
    must(subscriber_forget(scratch->store, id, NOW + 5, &why));
    store_close(scratch->store);
    scratch->store = NULL;
    FILE *file = fopen(scratch->path, "rb");
    assert_non_null(file);
    static char bytes[4 * 1024 * 1024];
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(len > 4096 && len < sizeof bytes);
    assert_null(memmem(bytes, len, "wanda", 5));
    assert_null(memmem(bytes, len, "Wanda", 5));
}

static void a_reply_that_comes_after_the_erasure_is_not_kept(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = lay_traces(scratch);
    const struct delivery_queue queue = {1};
    const struct delivery_claimer claimer = {.lane = "x", .boot_id = "b", .lease_until = 1};
    struct delivery *rows;
    size_t count, skipped;
    must(delivery_claim(scratch->store, &scratch->arena, queue, &claimer, NOW, NULL, 1, &rows,
                        &count, &skipped, &why));
    assert_int_equal(count, 1);
    must(subscriber_forget(scratch->store, id, NOW + 5, &why));
    const char *reason;
    bool halted;
    must(delivery_still_wanted(scratch->store, queue, id, &reason, &halted, &why));
    assert_string_equal(reason, "forgotten");
    const struct delivery_outcome sent = {.id = id,
                                          .generation = 1,
                                          .lane = claimer.lane,
                                          .state = DELIVERY_SENT,
                                          .code = 250,
                                          .reply = "ok wanda@wanda.example.org"};
    bool held;
    must(delivery_record(scratch->store, queue, &sent, NOW, &held, &why));
    assert_true(held);
    assert_int_equal(mentions(scratch, "wanda"), 0);
    assert_string_equal(ask_text(scratch->store, "SELECT state FROM delivery"), "sent");
}

static void who_was_forgotten_can_join_again_as_somebody_new(void **state)
{
    struct scratch *scratch = *state;
    int64_t first = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    must(subscriber_forget(scratch->store, first, NOW, &why));
    int64_t second = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_PENDING);
    assert_int_not_equal(first, second);
    must(subscriber_forget(scratch->store, second, NOW, &why));
    assert_null(find(scratch, "ada@example.org"));
}

struct walked {
    char order[64];
    size_t count;
    size_t stop_at;
};

static bool walk(void *context, const struct subscriber *person, struct failure *why)
{
    struct walked *walked = context;
    size_t len = strlen(walked->order);
    snprintf(walked->order + len, sizeof walked->order - len, "%c", person->address[0]);
    return ++walked->count != walked->stop_at || (fail)(why, FAILURE_IO, "enough");
}

static void a_walk_is_in_order_of_id_and_stops_when_told(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "zoe@example.org", "Writing", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "bob@example.org", "", SUBSCRIBER_LEFT);
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    struct walked all = {.count = 0};
    must(subscriber_each(scratch->store, NULL, walk, &all, &why));
    assert_string_equal(all.order, "zba");
    enum subscriber_status confirmed = SUBSCRIBER_CONFIRMED;
    struct walked some = {.count = 0};
    must(subscriber_each(scratch->store, &confirmed, walk, &some, &why));
    assert_string_equal(some.order, "za");
    struct walked stopped = {.stop_at = 2};
    must_fail(subscriber_each(scratch->store, NULL, walk, &stopped, &why), FAILURE_IO, "enough");
    assert_string_equal(stopped.order, "zb");
    int64_t counts[SUBSCRIBER_FORGOTTEN + 1];
    must(subscriber_counts(scratch->store, counts, &why));
    assert_int_equal(counts[SUBSCRIBER_CONFIRMED], 2);
    assert_int_equal(counts[SUBSCRIBER_LEFT], 1);
    assert_int_equal(counts[SUBSCRIBER_PENDING], 0);
}

static void choices_of_topics_are_those_of_confirmed_people_once_each(void **state)
{
    struct scratch *scratch = *state;
    static const char *const topics[] = {"Writing", "", "Design\nWriting", "Writing", "Design"};
    for (int i = 0; i < 5; i++) {
        add_person(scratch->store, arena_format(&scratch->arena, "r%d@example.org", i), topics[i],
                   SUBSCRIBER_CONFIRMED);
    }
    add_person(scratch->store, "left@example.org", "Cooking", SUBSCRIBER_LEFT);
    const char **choices;
    size_t count;
    must(subscriber_topic_choices(scratch->store, &scratch->arena, &choices, &count, &why));
    assert_int_equal(count, 3);
    assert_string_equal(choices[0], "Design");
    assert_string_equal(choices[1], "Design\nWriting");
    assert_string_equal(choices[2], "Writing");
}

static void a_suppressed_address_keeps_its_first_reason_but_for_an_operators(void **state)
{
    struct scratch *scratch = *state;
    const char *reason;
    must(suppression_find(scratch->store, &scratch->arena, "hash", &reason, &why));
    assert_null(reason);
    must(suppression_add(scratch->store, "hash", "complained", NOW, &why));
    must(suppression_add(scratch->store, "hash", "erased", NOW + 1, &why));
    must(suppression_find(scratch->store, &scratch->arena, "hash", &reason, &why));
    assert_string_equal(reason, "complained");
    assert_int_equal(ask(scratch->store, "SELECT at FROM suppression"), NOW);
    must(suppression_add(scratch->store, "hash", "forgotten", NOW + 2, &why));
    must(suppression_add(scratch->store, "hash", "complained", NOW + 3, &why));
    must(suppression_find(scratch->store, &scratch->arena, "hash", &reason, &why));
    assert_string_equal(reason, "forgotten");
    assert_int_equal(ask(scratch->store, "SELECT at FROM suppression"), NOW + 2);
}

static void the_names_of_statuses_lead_there_and_back(void **state)
{
    (void)state;
    enum subscriber_status found;
    for (int i = 0; i <= SUBSCRIBER_FORGOTTEN; i++) {
        assert_true(
            subscriber_status_find(subscriber_status_name((enum subscriber_status)i), &found));
        assert_int_equal(found, i);
    }
    assert_false(subscriber_status_find("gone", &found));
}

/* Quotes, marks of SQL and of templates, and what looks like a parameter stay plain text. */
static void hostile_texts_come_back_as_they_went_in(void **state)
{
    struct scratch *scratch = *state;
    static const char *const texts[] = {
        "'; DROP TABLE subscriber; --",
        "?1 :a @b $c",
        "\"\"''\\\\",
        "{{reader.name}}",
        "a\r\nb\tc",
        "\xf0\x9f\x98\x80 \xd8\xa7\xd9\x84\xd8\xb9",
        "%s%n%d",
        "",
        " ",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct subscriber person = {.address = arena_format(&scratch->arena, "t%zu@example.org", i),
                                    .address_key =
                                        arena_format(&scratch->arena, "t%zu@example.org", i),
                                    .name = texts[i],
                                    .topics = texts[i],
                                    .status = SUBSCRIBER_CONFIRMED};
        struct consent consent = by_form;
        consent.wording = texts[i];
        must(subscriber_insert(scratch->store, &person, &consent, &why));
        struct subscriber *found = find(scratch, person.address_key);
        assert_string_equal(found->name, texts[i]);
        assert_string_equal(found->topics, texts[i]);
    }
}

/* A person with a ledger of this alone: kinds in their order, '<' before one of long ago. */
static void add_history(struct scratch *scratch, const char *address, bool confirmed,
                        const char *const *kinds)
{
    int64_t id = add_person(scratch->store, address, "", SUBSCRIBER_PENDING);
    run_sql(scratch->store, arena_format(&scratch->arena,
                                         "DELETE FROM consent WHERE subscriber_id = %lld; "
                                         "UPDATE subscriber SET confirmed_at = %s WHERE id = %lld",
                                         (long long)id, confirmed ? "1" : "NULL", (long long)id));
    for (size_t i = 0; kinds[i] != NULL; i++) {
        bool before = kinds[i][0] == '<';
        run_sql(scratch->store,
                arena_format(&scratch->arena,
                             "INSERT INTO consent (subscriber_id, kind, wording, form, at, origin) "
                             "VALUES (%lld, '%s', '', '', %lld, '')",
                             (long long)id, kinds[i] + before,
                             (long long)(before ? NOW - 40 * DAY : NOW)));
    }
}

static void growth_counts_people_and_not_entries(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        const char *address;
        bool confirmed;
        const char *kinds[5];
        int64_t joined, left;
    } rows[] = {
        {"twice@example.org", true, {"imported", "imported"}, 1, 0},
        {"pending-then@example.org", true, {"imported", "confirmed"}, 1, 0},
        {"back@example.org", true, {"confirmed", "left", "confirmed"}, 1, 1},
        {"slip@example.org", true, {"<confirmed", "left", "undone"}, 0, 0},
        {"new-slip@example.org", true, {"confirmed", "left", "undone"}, 1, 0},
        {"erased@example.org", true, {"<confirmed", "left", "forgotten"}, 0, 1},
        {"erased-at-once@example.org", true, {"<confirmed", "changed", "forgotten"}, 0, 1},
        {"left-before@example.org", true, {"<confirmed", "<left", "forgotten"}, 0, 0},
        {"never-on@example.org", false, {"added", "left"}, 0, 0},
        {"never-on-either@example.org", false, {"asked", "forgotten"}, 0, 0},
        {"waits@example.org", false, {"asked"}, 0, 0},
    };
    struct growth now = {.start = NOW - 30 * DAY}, before = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        add_history(scratch, rows[i].address, rows[i].confirmed, rows[i].kinds);
        must(growth_read(scratch->store, &now, 1, NOW + 1, &why));
        if (now.confirmed - before.confirmed != rows[i].joined ||
            now.left - before.left != rows[i].left) {
            fail_msg("%s: %lld joined, %lld left", rows[i].address,
                     (long long)(now.confirmed - before.confirmed),
                     (long long)(now.left - before.left));
        }
        before = now;
    }
}

/* In the week of NOW and the three before it. */
static void growth_stands_in_the_week_in_which_it_happened(void **state)
{
    struct scratch *scratch = *state;
    static const char *const confirmed[] = {"<confirmed", "left", NULL};
    struct growth weeks[4];
    add_history(scratch, "ann@example.org", true, confirmed);
    add_history(scratch, "bob@example.org", true, confirmed);
    add_person(scratch->store, "cy@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "dan@example.org", "", SUBSCRIBER_CONFIRMED);
    /* Bob bounced after he had left; Cy did without a word; Dan came in as gone. */
    run_sql(scratch->store,
            "UPDATE subscriber SET status = 'bounced' WHERE address LIKE 'bob@%' OR address LIKE "
            "'cy@%'; UPDATE subscriber SET status = 'complained' WHERE address LIKE 'dan@%'; "
            "UPDATE subscriber SET created_at = 1795165200 - 14 * 86400, confirmed_at = 1, "
            "left_at = 1795165200 - 7 * 86400; "
            "UPDATE consent SET kind = 'imported', at = 1795165200 WHERE subscriber_id = "
            "(SELECT id FROM subscriber WHERE address LIKE 'dan@%')");
    for (int i = 0; i < 4; i++) {
        weeks[i].start = NOW - (3 - i) * 7 * DAY;
    }
    must(growth_read(scratch->store, weeks, 4, NOW + 1, &why));
    must(growth_read_joined(scratch->store, weeks, 4, NOW + 1, &why));
    assert_int_equal(weeks[1].joined, 3); /* not Dan */
    assert_int_equal(weeks[2].bounced, 2);
    assert_int_equal(weeks[3].left, 1); /* not Bob, who counts once */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(weeks[i].complained, 0);
        assert_int_equal(weeks[i].joined, i == 1 ? 3 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_person_is_kept_with_everything_given),
        store_test(an_address_is_on_the_list_once),
        store_test(times_follow_from_the_status),
        store_test(a_change_touches_what_it_names),
        store_test(the_ledger_of_consent_only_grows),
        store_test(a_forgotten_person_leaves_no_trace_but_the_counts),
        store_test(a_forgotten_address_is_not_left_in_the_file),
        store_test(a_reply_that_comes_after_the_erasure_is_not_kept),
        store_test(who_was_forgotten_can_join_again_as_somebody_new),
        store_test(a_walk_is_in_order_of_id_and_stops_when_told),
        store_test(choices_of_topics_are_those_of_confirmed_people_once_each),
        store_test(a_suppressed_address_keeps_its_first_reason_but_for_an_operators),
        cmocka_unit_test(the_names_of_statuses_lead_there_and_back),
        store_test(hostile_texts_come_back_as_they_went_in),
        store_test(growth_counts_people_and_not_entries),
        store_test(growth_stands_in_the_week_in_which_it_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
