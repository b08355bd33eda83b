/* A wish to leave in a file wins, in whatever column, row or order it is told. */
#include "subscribers/list.h"

#include "../store/scratch.h"

static const struct token_keys keys = {
    .keys = {{.number = 1, .key = "0123456789abcdef0123456789abcde"}},
    .count = 1,
    .suppression = "fedcba9876543210fedcba987654321"};

static const struct list_import_options confirmed = {.status = SUBSCRIBER_CONFIRMED,
                                                     .wording = "their form of 2025"};

static bool import_bytes(struct scratch *scratch, const char *csv,
                         const struct list_import_options *options,
                         struct list_import_counts *counts, struct failure *why)
{
    FILE *in = fmemopen((char *)(uintptr_t)csv, strlen(csv), "r");
    assert_non_null(in);
    bool good =
        list_import(scratch->store, &keys, in, "people.csv", options, NOW, NULL, NULL, counts, why);
    fclose(in);
    return good;
}

/* "ann confirmed, bob left": everybody, by the name in the address. */
static const char *list(struct scratch *scratch)
{
    return ask_text(
        scratch->store,
        "SELECT group_concat(substr(address_key, 1, instr(address_key, '@') - 1) || ' ' "
        "|| status, ', ') FROM (SELECT * FROM subscriber ORDER BY address_key)");
}

static const struct {
    const char *name, *csv, *list;
} files[] = {
    {"two rows", "email,status\nann@example.org,subscribed\nANN@example.org,unsubscribed\n",
     "ann left"},
    {"the other way", "email,status\nann@example.org,unsubscribed\nann@example.org,subscribed\n",
     "ann left"},
    {"left and bounced", "email,status\nann@example.org,cleaned\nann@example.org,unsubscribed\n",
     "ann left"},
    {"bounced and left", "email,status\nann@example.org,unsubscribed\nann@example.org,cleaned\n",
     "ann left"},
    {"a complaint last", "email,status\nann@example.org,unsubscribed\nann@example.org,spam\n",
     "ann complained"},
    {"two columns",
     "email,Status,Status\na@example.org,active,unsubscribed\nb@example.org,unsubscribed,active\n",
     "a left, b left"},
    {"a status of something else",
     "email,Status,Status\na@example.org,gold,active\nb@example.org,silver,"
     "unsubscribed\n",
     "a confirmed, b left"},
    {"no is no wish",
     "email,opt_out,blacklisted,email_disabled\na@example.org,no,0,false\nb@example.org,yes,0,"
     "false\nc@example.org,no,1,false\nd@example.org,no,0,true\n",
     "a confirmed, b left, c left, d left"},
    {"days",
     "email,UNSUB_TIME,CLEAN_TIME,deleted_at\na@example.org,,,\nb@example.org,2024-01-01 "
     "00:00:00,,\n"
     "c@example.org,,2024-01-01,\nd@example.org,,,2024-06-01T00:00:00.000Z\ne@example.org,0000-00-"
     "00 00:00:00,,\n",
     "a confirmed, b left, c bounced, d left, e confirmed"},
    {"types",
     "email,type\na@example.org,regular\nb@example.org,unsubscribed\nc@example.org,unactivated\n",
     "a confirmed, b left, c pending"},
    {"types of people", "email,type\na@example.org,customer\nb@example.org,press\n",
     "a confirmed, b confirmed"},
    {"a type that may be of the list", "email,type\na@example.org,regular\nb@example.org,removed\n",
     NULL},
    {"a type of the list",
     "email,type\na@example.org,removed\nb@example.org,unsubscribed\nc@example.org,paused\n",
     "a left, b left, c confirmed"},
    {"a state that may be of the list",
     "email,state\na@example.org,active\nb@example.org,cancelled\n", NULL},
    {"a state of a country", "email,state\na@example.org,OR\nb@example.org,Baja California\n",
     "a confirmed, b confirmed"},
    {"a header without blanks", "email,EMAILBLACKLISTED\na@example.org,no\nb@example.org,yes\n",
     "a confirmed, b left"},
    {"a wish beside an unknown status",
     "email,status,opt_out\na@example.org,undecided,yes\na@example.org,active,no\n", "a left"},
    {"German statuses",
     "email,status\na@example.org,aktiv\nb@example.org,unbest\xC3\xA4tigt\nc@example.org,gebounct\n"
     "d@example.org,unerw\xC3\xBCnscht\n",
     "a confirmed, b pending, c bounced, d complained"},
    {"a postal address beside a column nobody knows",
     "E-mail_address,address\nann@example.org,1 Main Street\n", NULL},
    {"subscribed or not",
     "email,subscribed_to_emails\na@example.org,true\nb@example.org,false\nc@example.org,\n",
     "a confirmed, b left, c pending"},
    {"when they subscribed", "email,subscribed\na@example.org,2024-01-01\nb@example.org,\n",
     "a confirmed, b confirmed"},
    {"what they subscribed to", "email,subscribed\na@example.org,weekly\n", "a confirmed"},
    {"confirmed or not", "email,confirmed\na@example.org,1\nb@example.org,0\n",
     "a confirmed, b pending"},
    {"a reason",
     "email,UNSUB_REASON\na@example.org,\nb@example.org,NORMAL (No longer interested)\n"
     "c@example.org,Active elsewhere\n",
     "a confirmed, b left, c left"},
    {"money", "email,active_subscription\na@example.org,false\n", "a confirmed"},
    {"a link to leave", "email,unsubscribe_url\na@example.org,https://example.org/leave\n",
     "a confirmed"},
    {"empty columns nobody knows", "email,left or right\na@example.org,\n", "a confirmed"},
    {"the name beside the address", "contact\nAnn <ann@example.org>\n", NULL},
    {"addresses alone", "ann@example.org\n<bob@example.org>\n", "ann confirmed, bob confirmed"},
    {"an exact email", "address,mail,email\nMain Street 1,x@example.org,ann@example.org\n",
     "ann confirmed"},
    {"most hold an @", "mail,address\nby post,bob@example.org\nann@example.org,cy@example.org\n",
     "bob confirmed, cy confirmed"},
    {"an empty email", "email,address\n,ann@example.org\n", "ann confirmed"},
    {"no mail goes there",
     "email\nann@example.test\nbob@"
     "printer.local\ncy@example.org\n",
     "cy confirmed"},
};

static void whoever_left_in_a_file_does_not_come_in(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct list_import_counts counts;
        struct failure why = {0};
        bool good = import_bytes(scratch, files[i].csv, &confirmed, &counts, &why);
        if (good != (files[i].list != NULL)) {
            fail_msg("%s: %s", files[i].name, why.text);
        }
        if (good && strcmp(list(scratch), files[i].list) != 0) {
            fail_msg("%s: %s", files[i].name, list(scratch));
        }
        assert_true(!good || counts.lines == counts.added + counts.already + counts.left_before +
                                                 counts.taken_off + counts.suppressed + counts.bad);
        run_sql(scratch->store,
                "DELETE FROM consent; DELETE FROM subscriber; DELETE FROM suppression");
    }
}

static void a_file_of_people_who_are_gone_takes_them_off(void **state)
{
    static const enum subscriber_status gone[] = {SUBSCRIBER_LEFT, SUBSCRIBER_BOUNCED,
                                                  SUBSCRIBER_COMPLAINED};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < 3; i++) {
        struct list_import_options options = {.status = gone[i]};
        struct list_import_counts counts;
        char wanted[100];
        add_person(scratch->store, "on@example.org", "", SUBSCRIBER_CONFIRMED);
        add_person(scratch->store, "waits@example.org", "", SUBSCRIBER_PENDING);
        must(import_bytes(scratch, "on@example.org\nwaits@example.org\nnew@example.org\n", &options,
                          &counts, &why));
        assert_int_equal(counts.taken_off, 2);
        assert_int_equal(counts.left_before, 1);
        const char *name = subscriber_status_name(gone[i]);
        snprintf(wanted, sizeof wanted, "new %s, on %s, waits %s", name, name, name);
        assert_string_equal(list(scratch), wanted);
        assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"),
                         gone[i] == SUBSCRIBER_COMPLAINED ? 3 : 0);
        /* The same again changes nothing, nor does a file that says that they are there. */
        must(import_bytes(scratch, "on@example.org\n", &options, &counts, &why));
        assert_int_equal(counts.taken_off, 0);
        must(import_bytes(scratch, "email\non@example.org\nnew@example.org\n", &confirmed, &counts,
                          &why));
        assert_int_equal(counts.added, 0);
        assert_string_equal(list(scratch), wanted);
        run_sql(scratch->store,
                "DELETE FROM consent; DELETE FROM subscriber; DELETE FROM suppression");
    }
}

static void a_column_can_be_named_or_passed_over(void **state)
{
    static const char csv[] =
        "email,left or right,gone\na@example.org,l,\nb@example.org,,moved away\n"
        "c@example.org,,no\n";
    static const char *const ignored[] = {"Left or right"};
    struct scratch *scratch = *state;
    struct list_import_options options = confirmed;
    struct list_import_counts counts;
    must_fail(import_bytes(scratch, csv, &options, &counts, &why), FAILURE_DATA, "--ignore-column");
    options.ignored = ignored;
    options.ignored_count = 1;
    options.map = "left=gone";
    must(import_bytes(scratch, csv, &options, &counts, &why));
    assert_string_equal(list(scratch), "a confirmed, b left, c confirmed");
    options.map = "left=left or right";
    options.ignored_count = 0;
    must(import_bytes(scratch, csv, &options, &counts, &why));
    assert_string_equal(list(scratch), "a left, b left, c confirmed");
    options.ignored_count = 1;
    options.map = NULL;
    static const char *const absent[] = {"gonne"};
    options.ignored = absent;
    must_fail(import_bytes(scratch, csv, &options, &counts, &why), FAILURE_DATA,
              "no column has the header \"gonne\"");
}

static void a_line_break_in_a_name_becomes_a_blank_and_parts_topics(void **state)
{
    struct scratch *scratch = *state;
    struct list_import_counts counts;
    must(import_bytes(
        scratch,
        "email,name,topics\r\nann@example.org,\"Ann\r\nSmith\",\"Design\r\nWriting\"\r\n"
        "Bob Lee <bob@example.org>,,\r\n",
        &confirmed, &counts, &why));
    assert_string_equal(ask_text(scratch->store, "SELECT group_concat(name || '|' || topics, ', ') "
                                                 "FROM subscriber"),
                        "Ann Smith|Design\nWriting, Bob Lee|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(whoever_left_in_a_file_does_not_come_in),
        store_test(a_file_of_people_who_are_gone_takes_them_off),
        store_test(a_column_can_be_named_or_passed_over),
        store_test(a_line_break_in_a_name_becomes_a_blank_and_parts_topics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
