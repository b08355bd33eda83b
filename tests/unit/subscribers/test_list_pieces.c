/* An import in pieces: broken off, continued, undone; and nobody hears of it before its end. */
#include "subscribers/list.h"

#include "../store/scratch.h"

static const struct token_keys keys = {
    .keys = {{.number = 1, .key = "0123456789abcdef0123456789abcde"}},
    .count = 1,
    .suppression = "fedcba9876543210fedcba987654321"};

static const struct list_import_options confirmed = {.status = SUBSCRIBER_CONFIRMED,
                                                     .wording = "their form of 2025"};

enum { PEOPLE = 1200, LAST = 800 };

/* Dies behind a row, as by kill -9; each row takes a moment, so that there are pieces. */
static void die_later(void *context, int64_t line, const char *address, const char *outcome,
                      const char *reason)
{
    (void)context;
    (void)address;
    (void)outcome;
    (void)reason;
    usleep(300);
    if (line == LAST) {
        _exit(9);
    }
}

static bool import_text(struct store *store, const char *csv,
                        const struct list_import_options *options, list_import_report report,
                        struct list_import_counts *counts, struct failure *why)
{
    FILE *in = fmemopen((char *)(uintptr_t)csv, strlen(csv), "r");
    assert_non_null(in);
    bool good =
        list_import(store, &keys, in, "people.csv", options, NOW, report, NULL, counts, why);
    fclose(in);
    return good;
}

/* Everybody twice, and every seventh the second time as somebody who left. */
static const char *many(struct scratch *scratch)
{
    struct buf csv;
    buf_init(&csv, 1024 * 1024);
    buf_add_text(&csv, "email,status\n");
    for (int i = 0; i < PEOPLE; i++) {
        bool left = i >= PEOPLE / 2 && i % 7 == 0;
        buf_addf(&csv, "p%d@example.org,%s\n", i % (PEOPLE / 2), left ? "unsubscribed" : "active");
    }
    const char *copy = arena_copy(&scratch->arena, csv.data);
    buf_free(&csv);
    return copy;
}

static void break_off(struct scratch *scratch, const char *csv)
{
    store_close(scratch->store);
    pid_t child = fork();
    if (child == 0) {
        struct failure why = {0};
        struct list_import_counts counts;
        struct store *store;
        bool good = store_open(scratch->path, STORE_DURABLE, &store, &why) &&
                    import_text(store, csv, &confirmed, die_later, &counts, &why);
        _exit(good ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 9);
    must(store_open(scratch->path, STORE_DURABLE, &scratch->store, &why));
}

static const char everybody[] =
    "SELECT count(*) || ' ' || total(status = 'confirmed') || ' ' || total(status = 'left') || ' ' "
    "|| total(id * 3 + (status = 'left')) FROM (SELECT row_number() OVER (ORDER BY address_key) AS "
    "id, status FROM subscriber)";

static void an_import_that_broke_off_mails_nobody_and_goes_on(void **state)
{
    struct scratch *scratch = *state;
    const char *csv = many(scratch);
    struct list_import_counts counts, again;
    int64_t readers;
    const char *whole;
    must(import_text(scratch->store, csv, &confirmed, NULL, &counts, &why));
    whole = arena_copy(&scratch->arena, ask_text(scratch->store, everybody));
    run_sql(scratch->store, "DELETE FROM consent; DELETE FROM subscriber; DELETE FROM import_file; "
                            "DELETE FROM import");
    break_off(scratch, csv);
    assert_true(ask(scratch->store, "SELECT count(*) FROM subscriber WHERE status = 'confirmed'") >
                0);
    must(subscriber_eligible(scratch->store, &readers, &why));
    assert_int_equal(readers, 0);
    start_issue(scratch->store, "2026-W02");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM delivery"), 0);
    /* Leaving counts at once. */
    bool found;
    must(list_remove(scratch->store, "p1@example.org", "command", NOW, &found, &why));
    assert_true(found);
    must(import_text(scratch->store, csv, &confirmed, NULL, &again, &why));
    assert_true(again.resumed > 0 && again.resumed < LAST);
    assert_int_equal(again.lines, counts.lines);
    assert_int_equal(again.lines, again.added + again.already + again.left_before +
                                      again.taken_off + again.suppressed + again.bad);
    must(subscriber_eligible(scratch->store, &readers, &why));
    assert_int_equal(readers, ask(scratch->store, "SELECT count(*) FROM subscriber WHERE status = "
                                                  "'confirmed'"));
    assert_int_equal(ask(scratch->store, "SELECT status = 'left' FROM subscriber WHERE address_key "
                                         "= 'p1@example.org'"),
                     1);
    run_sql(scratch->store, "UPDATE subscriber SET status = 'confirmed' WHERE address_key = "
                            "'p1@example.org'");
    assert_string_equal(ask_text(scratch->store, everybody), whole);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM import WHERE finished_at IS NULL"),
                     0);
}

static void only_the_same_import_goes_on(void **state)
{
    struct scratch *scratch = *state;
    const char *csv = many(scratch);
    struct list_import_options options = confirmed;
    struct list_import_counts counts;
    break_off(scratch, csv);
    options.continues = 1;
    must_fail(import_text(scratch->store, "email\na@example.org\n", &options, NULL, &counts, &why),
              FAILURE_DATA, "import 1 is of people.csv, and was begun with other options");
    options.continues = 2;
    must_fail(import_text(scratch->store, csv, &options, NULL, &counts, &why), FAILURE_NO_INPUT,
              "no import 2 waits");
    /* Another one is another. */
    options.continues = 0;
    must(import_text(scratch->store, "email\na@example.org\n", &options, NULL, &counts, &why));
    assert_int_equal(counts.id, 2);
    assert_int_equal(counts.resumed, 0);
    struct import_undone undone;
    must(list_undo(scratch->store, 1, NOW, &undone, &why));
    assert_true(undone.removed > 0);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber WHERE status = "
                                         "'confirmed'"),
                     1);
    options.continues = 1;
    must_fail(import_text(scratch->store, csv, &options, NULL, &counts, &why), FAILURE_NO_INPUT,
              "no import 1 waits");
}

static const char *list(struct scratch *scratch)
{
    return ask_text(
        scratch->store,
        "SELECT group_concat(substr(address_key, 1, instr(address_key, '@') - 1) || ' ' "
        "|| status, ', ') FROM (SELECT * FROM subscriber ORDER BY address_key)");
}

static void act(struct scratch *scratch, const char *address, enum subscriber_status status,
                const char *kind)
{
    struct subscriber *person;
    const struct subscriber_change change = {.status = status, .paused_until = -1};
    const struct consent consent = {
        .kind = kind, .wording = "", .form = "page", .origin = "", .at = NOW};
    must(subscriber_find(scratch->store, &scratch->arena, address, &person, &why));
    must(subscriber_update(scratch->store, person->id, &change, &consent, &why));
}

static void an_undone_import_takes_out_whom_nobody_has_heard_from(void **state)
{
    struct scratch *scratch = *state;
    struct list_import_counts counts;
    struct import_undone undone;
    add_person(scratch->store, "before@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "raised@example.org", "", SUBSCRIBER_PENDING);
    add_person(scratch->store, "off@example.org", "", SUBSCRIBER_CONFIRMED);
    must(import_text(scratch->store,
                     "email,status\nbefore@example.org,\nraised@example.org,\n"
                     "off@example.org,unsubscribed\nquiet@example.org,\nheard@example.org,\n"
                     "left@example.org,\ngone@example.org,unsubscribed\nmailed@example.org,\n",
                     &confirmed, NULL, &counts, &why));
    act(scratch, "heard@example.org", SUBSCRIBER_CONFIRMED, "changed");
    act(scratch, "left@example.org", SUBSCRIBER_LEFT, "left");
    start_issue(scratch->store, "2026-W02");
    run_sql(scratch->store, "DELETE FROM delivery WHERE address NOT IN ('mailed@example.org')");
    must(list_undo(scratch->store, counts.id, NOW, &undone, &why));
    assert_int_equal(undone.removed, 1);
    assert_int_equal(undone.pending, 2);
    assert_string_equal(list(scratch), "before confirmed, gone left, heard confirmed, left left, "
                                       "mailed pending, off left, raised pending");
    must(store_check(scratch->store, &why));
    must(list_undo(scratch->store, counts.id, NOW, &undone, &why));
    assert_int_equal(undone.removed + undone.pending, 0);
    must_fail(list_undo(scratch->store, 77, NOW, &undone, &why), FAILURE_NO_INPUT,
              "there is no import 77");
    /* The right file afterwards. */
    must(import_text(scratch->store,
                     "email\nquiet@example.org\nmailed@example.org\nleft@example.org\n"
                     "gone@example.org\n",
                     &confirmed, NULL, &counts, &why));
    assert_int_equal(counts.added, 2);
    assert_int_equal(counts.left_before, 2);
}

/* Anybody may type an address into the form while a list comes in. */
static void who_asks_by_the_form_meanwhile_waits_for_the_end_of_the_import(void **state)
{
    struct scratch *scratch = *state;
    struct list_import_counts counts;
    struct import_undone undone;
    int64_t readers;
    must(import_text(scratch->store, "email\nasked@example.org\nclicked@example.org\n", &confirmed,
                     NULL, &counts, &why));
    run_sql(scratch->store, "UPDATE import SET finished_at = NULL");
    act(scratch, "asked@example.org", SUBSCRIBER_CONFIRMED, "asked");
    act(scratch, "clicked@example.org", SUBSCRIBER_CONFIRMED, "confirmed");
    must(subscriber_eligible(scratch->store, &readers, &why));
    assert_int_equal(readers, 1);
    start_issue(scratch->store, "2026-W02");
    assert_string_equal(ask_text(scratch->store, "SELECT group_concat(address) FROM delivery"),
                        "clicked@example.org");
    must(list_undo(scratch->store, counts.id, NOW, &undone, &why));
    assert_int_equal(undone.pending, 1);
    assert_string_equal(list(scratch), "asked pending, clicked confirmed");
}

/* "Pending" in the file speaks against its own "active", whatever was typed into a form between. */
static void what_is_typed_into_the_form_between_two_rows_changes_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct list_import_counts counts;
    add_person(scratch->store, "a@example.org", "", SUBSCRIBER_PENDING);
    must(import_text(scratch->store, "email,status\na@example.org,pending\n", &confirmed, NULL,
                     &counts, &why));
    act(scratch, "a@example.org", SUBSCRIBER_PENDING, "asked");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber WHERE import_id = 1"), 1);
}

static void of_rows_that_contradict_the_stricter_counts_in_any_order(void **state)
{
    struct scratch *scratch = *state;
    struct list_import_counts counts;
    add_person(scratch->store, "c@example.org", "", SUBSCRIBER_PENDING);
    add_person(scratch->store, "d@example.org", "", SUBSCRIBER_PENDING);
    must(import_text(scratch->store,
                     "email,status\na@example.org,active\na@example.org,pending\n"
                     "b@example.org,pending\nb@example.org,active\n"
                     "c@example.org,active\nc@example.org,pending\n"
                     "d@example.org,pending\nd@example.org,active\n",
                     &confirmed, NULL, &counts, &why));
    assert_string_equal(list(scratch), "a pending, b pending, c pending, d pending");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(an_import_that_broke_off_mails_nobody_and_goes_on),
        store_test(only_the_same_import_goes_on),
        store_test(an_undone_import_takes_out_whom_nobody_has_heard_from),
        store_test(who_asks_by_the_form_meanwhile_waits_for_the_end_of_the_import),
        store_test(what_is_typed_into_the_form_between_two_rows_changes_nothing),
        store_test(of_rows_that_contradict_the_stricter_counts_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
