#include "scratch.h"

#include "store/address_change.h"

static const struct consent changed = {
    .kind = "changed", .wording = "", .form = "preferences", .origin = "", .at = NOW};

static void a_later_request_for_an_address_replaces_the_earlier_one(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    struct address_change *found;
    must(address_change_find(scratch->store, &scratch->arena, id, &found, &why));
    assert_null(found);
    const struct address_change first = {
        .address = "Ada@example.com", .address_key = "ada@example.com", .asked_at = NOW};
    const struct address_change second = {
        .address = "Ada@example.net", .address_key = "ada@example.net", .asked_at = NOW + 1};
    must(address_change_ask(scratch->store, id, &first, &why));
    must(address_change_ask(scratch->store, id, &second, &why));
    must(address_change_find(scratch->store, &scratch->arena, id, &found, &why));
    assert_string_equal(found->address, "Ada@example.net");
    assert_string_equal(found->address_key, "ada@example.net");
    assert_int_equal(found->asked_at, NOW + 1);
    must(address_change_remove(scratch->store, id, &why));
    must(address_change_find(scratch->store, &scratch->arena, id, &found, &why));
    assert_null(found);
}

static void an_asked_for_address_is_forgotten_with_the_person(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    const struct address_change asked = {
        .address = "new@example.com", .address_key = "new@example.com", .asked_at = NOW};
    must(address_change_ask(scratch->store, id, &asked, &why));
    must(subscriber_forget(scratch->store, id, NOW, &why));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM address_change"), 0);
}

static void a_new_address_takes_the_place_of_the_old_one(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    bool taken;
    must(subscriber_readdress(scratch->store, id, "Ada@example.com", "ada@example.com", &changed,
                              &taken, &why));
    assert_false(taken);
    struct subscriber *found;
    must(subscriber_find(scratch->store, &scratch->arena, "ada@example.com", &found, &why));
    assert_int_equal(found->id, id);
    assert_string_equal(found->address, "Ada@example.com");
    assert_string_equal(found->domain, "example.com");
    assert_int_equal(found->confirmed_at, NOW - 30 * DAY);
    must(subscriber_find(scratch->store, &scratch->arena, "ada@example.org", &found, &why));
    assert_null(found);
    /* Written another way it is still one's own. */
    must(subscriber_readdress(scratch->store, id, "ADA@example.com", "ada@example.com", &changed,
                              &taken, &why));
    assert_false(taken);
    assert_string_equal(ask_text(scratch->store, "SELECT address FROM subscriber"),
                        "ADA@example.com");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent WHERE kind = 'changed'"), 2);
}

static void an_address_of_somebody_else_changes_nothing(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "bob@example.org", "", SUBSCRIBER_LEFT);
    bool taken;
    must(subscriber_readdress(scratch->store, id, "bob@example.org", "bob@example.org", &changed,
                              &taken, &why));
    assert_true(taken);
    assert_string_equal(ask_text(scratch->store, "SELECT address FROM subscriber WHERE id = 1"),
                        "ada@example.org");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent"), 2);
    must(subscriber_forget(scratch->store, id, NOW, &why));
    must_fail(subscriber_readdress(scratch->store, id, "c@example.org", "c@example.org", &changed,
                                   &taken, &why),
              FAILURE_DATA, "was erased");
}

/* People created 30 days before NOW, and what keeps them. */
static const struct {
    const char *name;
    enum subscriber_status status;
    const char *sql; /* with the id in place of %d; NULL: nothing */
    bool purged;
} people[] = {
    {"asked and never came", SUBSCRIBER_PENDING, NULL, true},
    {"confirmed", SUBSCRIBER_CONFIRMED, NULL, false},
    {"left", SUBSCRIBER_LEFT, NULL, false},
    {"left once and asked again", SUBSCRIBER_PENDING,
     "UPDATE subscriber SET left_at = 1 WHERE id = %d", false},
    {"asked just now", SUBSCRIBER_PENDING,
     "UPDATE subscriber SET created_at = 1795165200 WHERE id = %d", false},
    {"has a mail", SUBSCRIBER_PENDING,
     "INSERT INTO outgoing (kind, subscriber_id, state, address, domain, name, data, created_at, "
     "next_at, message_id) VALUES ('confirmation', %d, 'sent', '', '', '', '', 1, 1, '')",
     true},
    {"has a mail on the wire", SUBSCRIBER_PENDING,
     "INSERT INTO outgoing (kind, subscriber_id, state, address, domain, name, data, created_at, "
     "next_at, message_id) VALUES ('confirmation', %d, 'sending', '', '', '', '', 1, 1, '')",
     false},
    {"has a link that still works", SUBSCRIBER_PENDING,
     "INSERT INTO outgoing (kind, subscriber_id, state, address, domain, name, data, created_at, "
     "next_at, message_id) VALUES ('confirm', %d, 'sent', '', '', '', '', 1795165200, 1, '')",
     false},
    {"has bounced", SUBSCRIBER_PENDING,
     "INSERT INTO bounce_event (message_hash, subscriber_id, class, domain, reason, at) "
     "VALUES ('h', %d, 'hard', '', '', 1)",
     false},
    {"was added by command", SUBSCRIBER_PENDING,
     "INSERT INTO consent (subscriber_id, kind, wording, form, at, origin) "
     "VALUES (%d, 'added', '', 'command', 1, '')",
     false},
    {"was imported", SUBSCRIBER_PENDING,
     "INSERT INTO consent (subscriber_id, kind, wording, form, at, origin) "
     "VALUES (%d, 'imported', '', 'import people.csv', 1, '')",
     false},
    {"asks for another address", SUBSCRIBER_PENDING,
     "INSERT INTO address_change VALUES (%d, 'x@example.org', 'x@example.org', 1)", true},
};

enum { PEOPLE = sizeof people / sizeof *people };

static void requests_that_nobody_confirmed_are_let_go(void **state)
{
    struct scratch *scratch = *state;
    int64_t ids[PEOPLE];
    int64_t expected = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        char text[512];
        snprintf(text, sizeof text, "p%zu@example.org", i);
        ids[i] = add_person(scratch->store, text, i % 2 == 0 ? "Design" : "", people[i].status);
        snprintf(text, sizeof text, "UPDATE subscriber SET created_at = %d WHERE id = %d",
                 NOW - 30 * DAY, (int)ids[i]);
        run_sql(scratch->store, text);
        snprintf(text, sizeof text, "UPDATE consent SET kind = 'asked' WHERE subscriber_id = %d",
                 (int)ids[i]);
        run_sql(scratch->store, text);
        const char *sql = people[i].sql;
        const char *hole = sql == NULL ? NULL : strstr(sql, "%d");
        if (hole != NULL) {
            snprintf(text, sizeof text, "%.*s%d%s", (int)(hole - sql), sql, (int)ids[i], hole + 2);
            run_sql(scratch->store, text);
        }
        expected += people[i].purged;
    }
    int64_t count, total = 0;
    do {
        must(subscriber_purge_pending(scratch->store, NOW - DAY, NOW - 3 * DAY, 2, &count, &why));
        assert_true(count <= 2);
        total += count;
    } while (count > 0);
    assert_int_equal(total, expected);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct subscriber *found;
        must(subscriber_find_id(scratch->store, &scratch->arena, ids[i], &found, &why));
        if ((found == NULL) != people[i].purged) {
            fail_msg("%s", people[i].name);
        }
    }
    must(store_check(scratch->store, &why));
}

static void mails_of_a_kind_are_counted_since_a_time(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_PENDING);
    for (int i = 0; i < 4; i++) {
        struct delivery mail = {.kind = i == 3 ? "welcome" : "confirmation",
                                .subscriber_id = id,
                                .address = "ada@example.org",
                                .name = "",
                                .data = "{}",
                                .message_id = "x",
                                .created_at = NOW + i};
        must(outgoing_insert(scratch->store, &mail, &why));
    }
    int64_t count;
    must(outgoing_count(scratch->store, id, "confirmation", NOW + 1, &count, &why));
    assert_int_equal(count, 2);
    must(outgoing_count(scratch->store, id + 1, "confirmation", 0, &count, &why));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_later_request_for_an_address_replaces_the_earlier_one),
        store_test(an_asked_for_address_is_forgotten_with_the_person),
        store_test(a_new_address_takes_the_place_of_the_old_one),
        store_test(an_address_of_somebody_else_changes_nothing),
        store_test(requests_that_nobody_confirmed_are_let_go),
        store_test(mails_of_a_kind_are_counted_since_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
