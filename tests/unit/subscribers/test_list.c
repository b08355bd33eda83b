/* The list: who comes in, who never comes back, and what a file makes of it. */
#include "subscribers/list.h"

#include "store/growth.h"

#include "../store/scratch.h"

static const struct token_keys keys = {
    .keys = {{.number = 1, .key = "0123456789abcdef0123456789abcde"}},
    .count = 1,
    .suppression = "fedcba9876543210fedcba987654321"};

static enum list_added add(struct scratch *scratch, const char *address,
                           enum subscriber_status status)
{
    struct list_person person = {.address = address, .name = "Ann", .status = status};
    enum list_added outcome;
    must(list_add(scratch->store, &keys, &person, "said yes", "command", NOW, &outcome, &why));
    return outcome;
}

static struct subscriber *find(struct scratch *scratch, const char *key)
{
    struct subscriber *found;
    must(subscriber_find(scratch->store, &scratch->arena, key, &found, &why));
    return found;
}

static void somebody_new_comes_in_with_proof_of_consent(void **state)
{
    struct scratch *scratch = *state;
    struct list_person person = {.address = "Ann@Example.ORG",
                                 .name = "Ann \xE2\x98\x83",
                                 .topics = "Design\nWriting",
                                 .status = SUBSCRIBER_CONFIRMED};
    enum list_added outcome;
    must(list_add(scratch->store, &keys, &person, "said yes", "command", NOW, &outcome, &why));
    assert_int_equal(outcome, LIST_ADDED);
    struct subscriber *found = find(scratch, "ann@example.org");
    assert_string_equal(found->address, "Ann@example.org");
    assert_string_equal(found->name, "Ann \xE2\x98\x83");
    assert_string_equal(found->topics, "Design\nWriting");
    assert_int_equal(found->status, SUBSCRIBER_CONFIRMED);
    assert_int_equal(found->confirmed_at, NOW);
    assert_string_equal(ask_text(scratch->store, "SELECT kind || '|' || wording || '|' || form "
                                                 "FROM consent"),
                        "added|said yes|command");
}

static void a_name_is_folded_and_does_not_turn_what_stands_behind_it(void **state)
{
    struct scratch *scratch = *state;
    struct list_person person = {.address = "ann@example.org",
                                 .name = "\xE2\x80\xAE"
                                         "Ann\xE2\x81\xA6  \xD7\xA9\xE2\x81\xA9 ",
                                 .status = SUBSCRIBER_PENDING};
    enum list_added outcome;
    must(list_add(scratch->store, &keys, &person, "x", "command", NOW, &outcome, &why));
    assert_string_equal(find(scratch, "ann@example.org")->name, "Ann \xD7\xA9");
}

static void somebody_on_the_list_stays_as_they_are(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(add(scratch, "ann@example.org", SUBSCRIBER_CONFIRMED), LIST_ADDED);
    assert_int_equal(add(scratch, "ANN@EXAMPLE.org", SUBSCRIBER_CONFIRMED), LIST_ALREADY);
    assert_int_equal(add(scratch, "ann@example.org", SUBSCRIBER_PENDING), LIST_ALREADY);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_CONFIRMED);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent"), 1);
}

static void somebody_who_waits_for_confirmation_can_be_confirmed(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(add(scratch, "ann@example.org", SUBSCRIBER_PENDING), LIST_ADDED);
    assert_int_equal(add(scratch, "ann@example.org", SUBSCRIBER_CONFIRMED), LIST_UPDATED);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_CONFIRMED);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent"), 2);
}

static void a_command_renews_name_and_topics_of_who_is_there(void **state)
{
    struct scratch *scratch = *state;
    struct list_person person = {.address = "ann@example.org",
                                 .name = "Anna",
                                 .topics = "Design",
                                 .status = SUBSCRIBER_PENDING,
                                 .renew = true};
    enum list_added outcome;
    add(scratch, "ann@example.org", SUBSCRIBER_CONFIRMED);
    must(list_add(scratch->store, &keys, &person, "x", "command", NOW, &outcome, &why));
    assert_int_equal(outcome, LIST_UPDATED);
    assert_string_equal(find(scratch, "ann@example.org")->name, "Anna");
    assert_string_equal(find(scratch, "ann@example.org")->topics, "Design");
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_CONFIRMED);
    person.name = person.topics = NULL;
    must(list_add(scratch->store, &keys, &person, "x", "command", NOW, &outcome, &why));
    assert_int_equal(outcome, LIST_ALREADY);
    assert_string_equal(find(scratch, "ann@example.org")->topics, "Design");
    assert_string_equal(
        ask_text(scratch->store, "SELECT group_concat(kind || wording) FROM consent"),
        "addedsaid yes,changed");
}

static void nobody_who_left_is_brought_back(void **state)
{
    static const enum subscriber_status gone[] = {SUBSCRIBER_LEFT, SUBSCRIBER_BOUNCED,
                                                  SUBSCRIBER_COMPLAINED};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < 3; i++) {
        char address[40];
        snprintf(address, sizeof address, "ann%zu@example.org", i);
        add_person(scratch->store, address, "", gone[i]);
        assert_int_equal(add(scratch, address, SUBSCRIBER_CONFIRMED), LIST_LEFT_BEFORE);
        assert_int_equal(find(scratch, address)->status, gone[i]);
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM consent"), 3);
}

static void nobody_who_left_is_brought_back_while_asking_anew(void **state)
{
    struct scratch *scratch = *state;
    int64_t id = add_person(scratch->store, "ann@example.org", "", SUBSCRIBER_LEFT);
    struct subscriber_change change = {.status = SUBSCRIBER_PENDING, .paused_until = -1};
    must(subscriber_update(scratch->store, id, &change, NULL, &why));
    assert_int_equal(add(scratch, "ann@example.org", SUBSCRIBER_CONFIRMED), LIST_LEFT_BEFORE);
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_PENDING);
}

static void who_was_forgotten_is_known_by_hash_alone_and_never_added(void **state)
{
    struct scratch *scratch = *state;
    bool found;
    add(scratch, "ann@example.org", SUBSCRIBER_CONFIRMED);
    must(list_forget(scratch->store, &keys, "ann@example.org", NOW, &found, &why));
    assert_true(found);
    assert_null(find(scratch, "ann@example.org"));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber WHERE address LIKE "
                                         "'%ann%' OR name LIKE '%Ann%'"),
                     0);
    assert_int_equal(add(scratch, "Ann@example.org", SUBSCRIBER_CONFIRMED), LIST_SUPPRESSED);
    must(list_forget(scratch->store, &keys, "bob@example.org", NOW, &found, &why));
    assert_false(found);
    assert_int_equal(add(scratch, "bob@example.org", SUBSCRIBER_PENDING), LIST_SUPPRESSED);
    must(list_forget(scratch->store, &keys, "ann@example.org", NOW, &found, &why));
    assert_false(found);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"), 2);
}

static void who_is_removed_has_left(void **state)
{
    struct scratch *scratch = *state;
    bool found;
    add(scratch, "ann@example.org", SUBSCRIBER_CONFIRMED);
    must(list_remove(scratch->store, "ann@example.org", "command", NOW + 5, &found, &why));
    assert_true(found);
    struct subscriber *person = find(scratch, "ann@example.org");
    assert_int_equal(person->status, SUBSCRIBER_LEFT);
    assert_int_equal(person->left_at, NOW + 5);
    assert_string_equal(ask_text(scratch->store, "SELECT kind || form FROM consent "
                                                 "ORDER BY id DESC"),
                        "leftcommand");
    must(list_remove(scratch->store, "ann@example.org", "command", NOW + 9, &found, &why));
    assert_true(found);
    assert_int_equal(find(scratch, "ann@example.org")->left_at, NOW + 5);
    must(list_remove(scratch->store, "nobody@example.org", "command", NOW, &found, &why));
    assert_false(found);
}

static void an_unacceptable_person_is_refused_and_nothing_is_written(void **state)
{
    struct scratch *scratch = *state;
    char long_name[300];
    memset(long_name, 'x', 256);
    long_name[256] = '\0';
    const struct {
        const char *address, *name, *reason;
    } bad[] = {
        {"ann@localhost", "Ann", "has no dot"},
        {"ann@example.org", "Ann\r\nBcc: b@example.org", "U+000D"},
        {"ann@example.org", "Ann\xC2\x85", "U+0085"},
        {"ann@example.org", "\xFF", "not UTF-8"},
        {"ann@example.org", long_name, "longer than 255"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct list_person person = {.address = bad[i].address, .name = bad[i].name};
        enum list_added outcome;
        must_fail(list_add(scratch->store, &keys, &person, "w", "command", NOW, &outcome, &why),
                  FAILURE_DATA, bad[i].reason);
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber"), 0);
    /* The connection is fit for the next one. */
    assert_int_equal(add(scratch, "ann@example.org", SUBSCRIBER_PENDING), LIST_ADDED);
}

static void topics_are_sorted_and_each_stands_once(void **state)
{
    struct scratch *scratch = *state;
    static const struct {
        const char *text, *topics;
    } rows[] = {
        {"", ""},
        {"Writing", "Writing"},
        {" Writing ,Design,, Writing; Developer Tools ", "Design\nDeveloper Tools\nWriting"},
        {"a\nb", "a\nb"},
        {" , ;", ""},
        {"\"Sales, Marketing\", Design", "Design\nSales, Marketing"},
        {" \"a;b\" ;\"\"\"c\"\"\" ", "\"c\"\na;b"},
        {"the \"best\", \"so\" called", "\"so\" called\nthe \"best\""},
        {"\"open, end", "\"open\nend"},
        {"\"\", a", "\"\"\na"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *topics;
        must(list_topics(&scratch->arena, rows[i].text, &topics, &why));
        assert_string_equal(topics, rows[i].topics);
    }
    const char *topics;
    must_fail(list_topics(&scratch->arena, "a\x01", &topics, &why), FAILURE_DATA, "U+0001");
    must_fail(list_topics(&scratch->arena, "\xFF", &topics, &why), FAILURE_DATA, "UTF-8");
    char many[400] = "";
    for (int i = 0; i <= 50; i++) {
        snprintf(many + strlen(many), 16, "t%d,", i);
    }
    must_fail(list_topics(&scratch->arena, many, &topics, &why), FAILURE_DATA, "50 topics");
}

/* What an import reported: a line each, "3 ann@example.org added reason". */
struct seen {
    char text[4096];
};

static void note(void *context, int64_t line, const char *address, const char *outcome,
                 const char *reason)
{
    struct seen *seen = context;
    size_t len = strlen(seen->text);
    snprintf(seen->text + len, sizeof seen->text - len, "%lld %s %s%s%s\n", (long long)line,
             address, outcome, reason != NULL ? " " : "", reason != NULL ? reason : "");
}

static const struct list_import_options confirmed = {.status = SUBSCRIBER_CONFIRMED,
                                                     .wording = "their form of 2025"};

static bool import_bytes(struct scratch *scratch, const char *csv, size_t len,
                         const struct list_import_options *options, struct seen *seen,
                         struct list_import_counts *counts, struct failure *why)
{
    FILE *in = fmemopen((char *)(uintptr_t)csv, len > 0 ? len : 1, "r");
    assert_non_null(in);
    if (len == 0) {
        fgetc(in);
    }
    seen->text[0] = '\0';
    bool good = list_import(scratch->store, &keys, in, "dir/people.csv", options, NOW, note, seen,
                            counts, why);
    fclose(in);
    return good;
}

static const struct {
    const char *name, *csv, *seen;
} imports[] = {
    {"plain", "email,name\nann@example.org,Ann\nbob@example.org,\n",
     "2 ann@example.org added\n3 bob@example.org added\n"},
    {"byte order mark, semicolons, CRLF",
     "\xEF\xBB\xBF"
     "Name;E-Mail\r\nAnn;ann@example.org\r\n",
     "2 ann@example.org added\n"},
    {"tabs", "mail\tname\nann@example.org\tLee, Ann; PhD\n", "2 ann@example.org added\n"},
    {"Excel's line", "sep=;\r\nemail;name\r\nann@example.org;Ann\r\n", "3 ann@example.org added\n"},
    {"old line ends", "email\rann@example.org\rbob@example.org\r",
     "2 ann@example.org added\n3 bob@example.org added\n"},
    {"no line end at the end", "email\nann@example.org", "2 ann@example.org added\n"},
    {"one column with a comma in quotes", "\"email\",\"Name\"\n\"ann@example.org\",\"Lee, Ann\"\n",
     "2 ann@example.org added\n"},
    {"blank lines and empty rows", "email,name\n\n\r\n,\n \nann@example.org,x\n\n",
     "6 ann@example.org added\n"},
    {"blanks around cells", " email , name \n  ann@example.org , Ann \n",
     "2 ann@example.org added\n"},
    {"columns nobody knows", "id,email,age\n1,ann@example.org,33\n", "2 ann@example.org added\n"},
    {"the first of two address columns", "email,mail\nann@example.org,bob@example.org\n",
     "2 ann@example.org added\n"},
    {"twice in one file", "email\nann@example.org\nANN@example.org\n",
     "2 ann@example.org added\n3 ANN@example.org already\n"},
    {"bad rows between good ones",
     "email,name\nann@localhost,x\nann@example.org,Ann\n,Bob\nbob@example.org,B\x01o\n",
     "2 ann@localhost bad the part after @ has no dot\n3 ann@example.org added\n"
     "4  bad the address is empty\n5 bob@example.org bad a control character (U+0001) stands in "
     "the "
     "name\n"},
    {"a row that is short", "name,email\nAnn\nBob,bob@example.org\n",
     "2 (no address) bad there is no address in this row\n3 bob@example.org added\n"},
    {"a row that is long", "email,name\nann@example.org,Lee,Ann\nbob@example.org,Bob,,\n",
     "2 ann@example.org bad more cells than the header has columns; is a separator inside a cell "
     "without quotation marks?\n3 bob@example.org added\n"},
    {"a line end in a cell", "email,name\nann@example.org,\"A\nB\"\nbob@example.org,Bob\n",
     "2 ann@example.org added\n4 bob@example.org added\n"},
    {"a quote that swallows the next rows",
     "email,name\nann@example.org,Ann\nbob@example.org,\"Bob\ncy@example.org,Cy\n"
     "dan@example.org,\"Dan\"\neve@example.org,Eve\n",
     "2 ann@example.org added\n3 bob@example.org bad a quote opened in line 3 is not closed "
     "properly: lines 3 to 5 are skipped\n6 eve@example.org added\n"},
    {"a quote that swallows an address", "name,email\nBob,\"bob@example.org\nCy,cy@example.org\"\n",
     "2 (no address) bad a quote opened in line 2 is not closed properly: lines 2 to 3 are "
     "skipped\n"},
    {"a quote that nothing closes", "email,name\nann@example.org,Ann\nbob@example.org,\"Bob\n\n",
     "2 ann@example.org added\n3 bob@example.org bad a quote opened in line 3 is not closed "
     "properly: all that follows it is skipped\n"},
    {"a quote behind a cell of several lines",
     "note,email,name\n\"a\nb\",ann@example.org,\"Ann\nx\n",
     "2 ann@example.org bad a quote opened in line 3 is not closed properly: all that follows it "
     "is skipped\n"},
    {"columns in German", "Mail;Vorname;Thema\nann@example.org;Ann;Design\n",
     "2 ann@example.org added\n"},
    {"an address that is a formula", "email\n\"'+1@example.org\"\n", "2 +1@example.org added\n"},
};

static void a_file_is_read_as_spreadsheets_and_people_write_it(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof imports / sizeof imports[0]; i++) {
        struct seen seen;
        struct list_import_counts counts;
        struct failure why = {0};
        if (!import_bytes(scratch, imports[i].csv, strlen(imports[i].csv), &confirmed, &seen,
                          &counts, &why)) {
            fail_msg("%s: %s", imports[i].name, why.text);
        }
        if (strcmp(seen.text, imports[i].seen) != 0) {
            fail_msg("%s:\n%s", imports[i].name, seen.text);
        }
        assert_int_equal(counts.lines, counts.added + counts.already + counts.left_before +
                                           counts.suppressed + counts.bad);
        run_sql(scratch->store, "DELETE FROM consent; DELETE FROM subscriber");
    }
}

static void what_a_row_says_is_kept(void **state)
{
    struct scratch *scratch = *state;
    static const char csv[] = "Vorname,E-Mail,Themen,email\n"
                              "'=SUM(A1),Ann@Example.org,\"Writing, Design\",x@example.org\n";
    struct list_import_options options = confirmed;
    struct seen seen;
    struct list_import_counts counts;
    options.map = "email=e-mail,name=Vorname,topics=Themen";
    must(import_bytes(scratch, csv, sizeof csv - 1, &options, &seen, &counts, &why));
    struct subscriber *ann = find(scratch, "ann@example.org");
    assert_non_null(ann);
    assert_string_equal(ann->name, "=SUM(A1)");
    assert_string_equal(ann->topics, "Design\nWriting");
    assert_int_equal(ann->status, SUBSCRIBER_CONFIRMED);
    assert_string_equal(ask_text(scratch->store, "SELECT kind || '|' || wording || '|' || form "
                                                 "FROM consent"),
                        "imported|their form of 2025|import people.csv");
    assert_null(find(scratch, "x@example.org"));
}

static void a_file_never_brings_back_who_left(void **state)
{
    struct scratch *scratch = *state;
    struct seen seen;
    struct list_import_counts counts;
    bool found;
    add_person(scratch->store, "left@example.org", "", SUBSCRIBER_LEFT);
    add_person(scratch->store, "bounced@example.org", "", SUBSCRIBER_BOUNCED);
    add_person(scratch->store, "here@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "waits@example.org", "", SUBSCRIBER_PENDING);
    must(list_forget(scratch->store, &keys, "gone@example.org", NOW, &found, &why));
    static const char csv[] = "email\nleft@example.org\nBounced@example.org\nhere@example.org\n"
                              "waits@example.org\nGone@example.org\nnew@example.org\nbad\n";
    must(import_bytes(scratch, csv, sizeof csv - 1, &confirmed, &seen, &counts, &why));
    assert_string_equal(seen.text, "2 left@example.org left before\n"
                                   "3 Bounced@example.org left before\n"
                                   "4 here@example.org already\n"
                                   "5 waits@example.org confirmed\n"
                                   "6 Gone@example.org suppressed\n"
                                   "7 new@example.org added\n"
                                   "8 bad bad there is no @ in the address\n");
    assert_int_equal(counts.lines, 7);
    assert_int_equal(counts.added, 2);
    assert_int_equal(counts.already, 1);
    assert_int_equal(counts.left_before, 2);
    assert_int_equal(counts.suppressed, 1);
    assert_int_equal(counts.bad, 1);
    assert_int_equal(find(scratch, "left@example.org")->status, SUBSCRIBER_LEFT);
    assert_int_equal(find(scratch, "waits@example.org")->status, SUBSCRIBER_CONFIRMED);
}

static void a_dry_run_reports_the_same_and_writes_nothing(void **state)
{
    struct scratch *scratch = *state;
    static const char csv[] = "email\nann@example.org\nann@example.org\nbad\n";
    struct list_import_options options = confirmed;
    struct seen dry, wet;
    struct list_import_counts counts;
    options.dry_run = true;
    must(import_bytes(scratch, csv, sizeof csv - 1, &options, &dry, &counts, &why));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber"), 0);
    must(import_bytes(scratch, csv, sizeof csv - 1, &confirmed, &wet, &counts, &why));
    assert_string_equal(dry.text, wet.text);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber"), 1);
}

static void confirmed_people_need_the_wording_of_their_consent(void **state)
{
    struct scratch *scratch = *state;
    static const char csv[] = "email\nann@example.org\n";
    struct list_import_options options = {.status = SUBSCRIBER_CONFIRMED};
    struct seen seen;
    struct list_import_counts counts;
    must_fail(import_bytes(scratch, csv, sizeof csv - 1, &options, &seen, &counts, &why),
              FAILURE_USAGE, "wording");
    options.status = SUBSCRIBER_PENDING;
    must(import_bytes(scratch, csv, sizeof csv - 1, &options, &seen, &counts, &why));
    assert_int_equal(find(scratch, "ann@example.org")->status, SUBSCRIBER_PENDING);
}

static const struct {
    const char *name, *csv, *map, *reason;
} bad_imports[] = {
    {"nothing", "", NULL, "people.csv:1: there is nothing in it"},
    {"only blank lines", "\n\n", NULL, "people.csv:1: there is nothing in it"},
    {"no header", "ann@example.org,Ann\nbob@example.org,Bob\n", NULL,
     "people.csv:1: the first line has to name the columns, and one of them email"},
    {"no such column", "e,n\nann@example.org,Ann\n", "email=e,name=m",
     "people.csv:1: no column has the header \"m\" that the map gives for name"},
    {"a map without address", "e,n\nann@example.org,Ann\n", "name=n",
     "one of them email; --map email=COLUMN"},
    {"a header with an open quote", "\"email,name\nann@example.org,Ann\n", NULL,
     "people.csv:1: a quote opened in line 1 is not closed properly"},
    {"UTF-16 that is none",
     "\xFF\xFE"
     "e\x01"
     "\x01\xDC",
     NULL, "people.csv:1: the byte 0x01 is none of UTF-16"},
    {"half of it is no UTF-8", "email,name\nann@example.org,Ann\nbob@example.org,Andr\xE9\n", NULL,
     "people.csv:3: this is not UTF-8 (the byte 0xE9); it looks like windows-1252: give "
     "--encoding"},
    {"who left is told nobody knows how", "email,left or right\nann@example.org,yes\n", NULL,
     "people.csv:1: the column \"left or right\" may tell who left, and nobody knows what it "
     "means; "
     "--map left=COLUMN"},
    {"an answer that cannot be read", "email,opt_out\nann@example.org,no\nbob@example.org,maybe\n",
     NULL, "people.csv:3: the column \"opt_out\" may tell who left, and \"maybe\" in it cannot be"},
    {"a status by numbers", "email,status\nann@example.org,2\n", NULL, "--ignore-column COLUMN"},
};

static void a_file_that_cannot_be_understood_changes_nothing(void **state)
{
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof bad_imports / sizeof bad_imports[0]; i++) {
        struct list_import_options options = confirmed;
        struct seen seen;
        struct list_import_counts counts;
        options.map = bad_imports[i].map;
        must_fail(import_bytes(scratch, bad_imports[i].csv, strlen(bad_imports[i].csv), &options,
                               &seen, &counts, &why),
                  FAILURE_DATA, bad_imports[i].reason);
        assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber"), 0);
    }
}

static void columns_that_are_not_used_are_named(void **state)
{
    struct scratch *scratch = *state;
    static const char csv[] = "Mail;Alter;Vorname;Notiz;e-mail\nann@example.org;33;Ann;x;\n";
    struct list_import_options options = confirmed;
    struct seen seen;
    struct list_import_counts counts;
    must(import_bytes(scratch, csv, sizeof csv - 1, &options, &seen, &counts, &why));
    assert_string_equal(counts.unused, "\"Alter\", \"Notiz\", \"e-mail\"");
    assert_string_equal(find(scratch, "ann@example.org")->name, "Ann");
    options.map = "name=Notiz";
    must(import_bytes(scratch, csv, sizeof csv - 1, &options, &seen, &counts, &why));
    assert_string_equal(counts.unused, "\"Alter\", \"Vorname\", \"e-mail\"");
}

static const struct {
    const char *map, *reason;
} bad_maps[] = {
    {"foo=Mail", "unknown field foo (known: email, name, topics, status, left,"},
    {"email", "write FIELD=COLUMN"},
    {"email=", "write FIELD=COLUMN"},
    {"=Mail", "write FIELD=COLUMN"},
    {"", "write FIELD=COLUMN"},
    {"email=a,,name=b", "write FIELD=COLUMN"},
    {"email=a,EMAIL=b", "--map gives email twice"},
};

static void a_map_that_cannot_be_meant_is_refused(void **state)
{
    struct scratch *scratch = *state;
    static const char csv[] = "a,b\nann@example.org,Ann\n";
    for (size_t i = 0; i < sizeof bad_maps / sizeof bad_maps[0]; i++) {
        struct list_import_options options = confirmed;
        struct seen seen;
        struct list_import_counts counts;
        options.map = bad_maps[i].map;
        must_fail(import_bytes(scratch, csv, sizeof csv - 1, &options, &seen, &counts, &why),
                  FAILURE_USAGE, bad_maps[i].reason);
    }
}

static void a_quotation_mark_left_open_ends_the_import_whole(void **state)
{
    struct scratch *scratch = *state;
    struct seen seen;
    struct list_import_counts counts;
    size_t len = 200000;
    char *csv = malloc(len);
    assert_non_null(csv);
    int head = snprintf(csv, len, "email,name\nann@example.org,Ann\nbob@example.org,\"Bob\n");
    for (size_t i = (size_t)head; i < len; i++) {
        csv[i] = i % 30 == 0 ? '\n' : 'x';
    }
    must_fail(import_bytes(scratch, csv, len, &confirmed, &seen, &counts, &why), FAILURE_DATA,
              "people.csv:3: this row is longer than 64 KB; is a quotation mark left open?");
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM subscriber"), 0);
    free(csv);
}

static void a_nul_byte_or_a_thousand_columns_do_no_harm(void **state)
{
    struct scratch *scratch = *state;
    struct seen seen;
    struct list_import_counts counts;
    static const char csv[] = "email,name\nann@example.org,A\0B\nb\0b@example.org,\n";
    must(import_bytes(scratch, csv, sizeof csv - 1, &confirmed, &seen, &counts, &why));
    assert_string_equal(seen.text, "2 ann@example.org bad a NUL byte stands in it\n"
                                   "3 b bad a NUL byte stands in it\n");
    char wide[1500];
    int at = snprintf(wide, sizeof wide, "email");
    memset(wide + at, ',', 1000);
    memcpy(wide + at + 1000, "\n", 2);
    must_fail(import_bytes(scratch, wide, strlen(wide), &confirmed, &seen, &counts, &why),
              FAILURE_DATA, "people.csv:1: more than 200 columns");
}

static char *export_text(struct scratch *scratch, enum list_format format,
                         const enum subscriber_status *status)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    must(list_export(scratch->store, format, status, out, &why));
    fclose(out);
    return text;
}

static void add_named(struct scratch *scratch, const char *address, const char *name,
                      const char *topics)
{
    struct list_person person = {
        .address = address, .name = name, .topics = topics, .status = SUBSCRIBER_CONFIRMED};
    enum list_added outcome;
    must(list_add(scratch->store, &keys, &person, "w", "command", NOW, &outcome, &why));
    assert_int_equal(outcome, LIST_ADDED);
}

static void an_export_is_safe_to_open_in_a_spreadsheet(void **state)
{
    struct scratch *scratch = *state;
    add_named(scratch, "ann@example.org", "=HYPERLINK(\"http://x.example\")", "Design\nWriting");
    add_named(scratch, "+bob@example.org", "'-Bob, \"B\"", "");
    char *text = export_text(scratch, LIST_CSV, NULL);
    assert_string_equal(
        text, "email,name,topics,status,created_at,confirmed_at,left_at,left_reason\r\n"
              "\"ann@example.org\",\"'=HYPERLINK(\"\"http://x.example\"\")\",\"Design, Writing\","
              "\"confirmed\",\"2026-11-20T09:00:00Z\",\"2026-11-20T09:00:00Z\",\"\",\"\"\r\n"
              "\"'+bob@example.org\",\"''-Bob, \"\"B\"\"\",\"\",\"confirmed\","
              "\"2026-11-20T09:00:00Z\",\"2026-11-20T09:00:00Z\",\"\",\"\"\r\n");
    free(text);
}

static void what_was_exported_can_be_imported_again(void **state)
{
    struct scratch *scratch = *state;
    static const char *const names[] = {
        "=1+1",       "'=1", "''@x", "'t Hooft", "a;b,c\td\"e",
        "\"quoted\"", "-",   "'",    "",         "\xF0\x9F\xA6\x99"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char address[40];
        /* A tab cannot stand in a name. */
        const char *name = strchr(names[i], '\t') != NULL ? "a;b,c\"e" : names[i];
        snprintf(address, sizeof address, "%cann%zu@example.org", "=+-'x"[i % 5], i);
        add_named(scratch, address, name, i % 2 == 0 ? "Design\nWriting" : "");
    }
    char *before = export_text(scratch, LIST_CSV, NULL);
    run_sql(scratch->store, "DELETE FROM consent; DELETE FROM subscriber");
    struct seen seen;
    struct list_import_counts counts;
    must(import_bytes(scratch, before, strlen(before), &confirmed, &seen, &counts, &why));
    char *after = export_text(scratch, LIST_CSV, NULL);
    assert_string_equal(after, before);
    free(before);
    free(after);
}

/* A list moves to another machine with those who left, or the next import would bring them back. */
static void who_is_gone_in_the_file_comes_in_as_gone(void **state)
{
    struct scratch *scratch = *state;
    static const char file[] = "email,Status\n"
                               "on@example.org,Subscribed\nplain@example.org,\n"
                               "waits@example.org,pending\nleft@example.org,unsubscribed\n"
                               "dead@example.org,bounced\nangry@example.org,complained\n"
                               "odd@example.org,Bavaria\n";
    struct seen seen;
    struct list_import_counts counts;
    must(import_bytes(scratch, file, strlen(file), &confirmed, &seen, &counts, &why));
    assert_int_equal(counts.added, 3);
    assert_int_equal(counts.left_before, 3);
    assert_int_equal(counts.bad, 1);
    assert_string_equal(counts.unused, "");
    static const struct {
        const char *address;
        enum subscriber_status status;
    } rows[] = {
        {"on@example.org", SUBSCRIBER_CONFIRMED},  {"plain@example.org", SUBSCRIBER_CONFIRMED},
        {"waits@example.org", SUBSCRIBER_PENDING}, {"left@example.org", SUBSCRIBER_LEFT},
        {"dead@example.org", SUBSCRIBER_BOUNCED},  {"angry@example.org", SUBSCRIBER_COMPLAINED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(find(scratch, rows[i].address)->status, rows[i].status);
    }
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"), 1);
    struct growth growth = {0};
    must(growth_read(scratch->store, &growth, 1, INT64_MAX, &why));
    assert_int_equal(growth.confirmed, 2); /* who is not on the list is no growth */
    assert_int_equal(growth.left, 0);
    static const char later[] = "email\nleft@example.org\ndead@example.org\nangry@example.org\n";
    must(import_bytes(scratch, later, strlen(later), &confirmed, &seen, &counts, &why));
    assert_int_equal(counts.added, 0);
    assert_int_equal(find(scratch, "left@example.org")->status, SUBSCRIBER_LEFT);
    /* Who left by a later file is taken off; nobody is confirmed by one that says pending. */
    static const char old[] = "email,status\non@example.org,left\nwaits@example.org,pending\n";
    must(import_bytes(scratch, old, strlen(old), &confirmed, &seen, &counts, &why));
    assert_int_equal(counts.taken_off, 1);
    assert_int_equal(find(scratch, "on@example.org")->status, SUBSCRIBER_LEFT);
    assert_string_equal(ask_text(scratch->store, "SELECT kind || '|' || form FROM consent "
                                                 "ORDER BY id DESC LIMIT 1"),
                        "left|import people.csv");
    assert_int_equal(find(scratch, "waits@example.org")->status, SUBSCRIBER_PENDING);
}

static void json_has_every_person_but_the_forgotten(void **state)
{
    struct scratch *scratch = *state;
    bool found;
    char *text = export_text(scratch, LIST_JSON, NULL);
    assert_string_equal(text, "[]\n");
    free(text);
    add_named(scratch, "ann@example.org", "\"Ann\"\\", "Design\nWriting");
    add_named(scratch, "bob@example.org", "", "");
    add_named(scratch, "eve@example.org", "", "");
    must(list_forget(scratch->store, &keys, "eve@example.org", NOW, &found, &why));
    must(list_remove(scratch->store, "bob@example.org", "command", NOW, &found, &why));
    text = export_text(scratch, LIST_JSON, NULL);
    assert_string_equal(
        text,
        "[\n{\"address\":\"ann@example.org\",\"name\":\"\\\"Ann\\\"\\\\\",\"topics\":[\"Design\","
        "\"Writing\"],\"status\":\"confirmed\",\"created_at\":\"2026-11-20T09:00:00Z\","
        "\"confirmed_at\":\"2026-11-20T09:00:00Z\",\"left_at\":null,\"left_reason\":null},\n"
        "{\"address\":\"bob@example.org\",\"name\":\"\",\"topics\":[],\"status\":\"left\","
        "\"created_at\":\"2026-11-20T09:00:00Z\",\"confirmed_at\":\"2026-11-20T09:00:00Z\","
        "\"left_at\":\"2026-11-20T09:00:00Z\",\"left_reason\":\"command\"}\n]\n");
    free(text);
    enum subscriber_status left = SUBSCRIBER_LEFT;
    text = export_text(scratch, LIST_JSON, &left);
    assert_null(strstr(text, "ann@example.org"));
    assert_non_null(strstr(text, "bob@example.org"));
    free(text);
}

static void an_export_to_a_full_disk_is_a_failure(void **state)
{
    struct scratch *scratch = *state;
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    add_named(scratch, "ann@example.org", "", "");
    must_fail(list_export(scratch->store, LIST_CSV, NULL, out, &why), FAILURE_IO,
              "cannot write the list");
    fclose(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(somebody_new_comes_in_with_proof_of_consent),
        store_test(a_name_is_folded_and_does_not_turn_what_stands_behind_it),
        store_test(somebody_on_the_list_stays_as_they_are),
        store_test(somebody_who_waits_for_confirmation_can_be_confirmed),
        store_test(a_command_renews_name_and_topics_of_who_is_there),
        store_test(nobody_who_left_is_brought_back),
        store_test(nobody_who_left_is_brought_back_while_asking_anew),
        store_test(who_was_forgotten_is_known_by_hash_alone_and_never_added),
        store_test(who_is_removed_has_left),
        store_test(an_unacceptable_person_is_refused_and_nothing_is_written),
        store_test(topics_are_sorted_and_each_stands_once),
        store_test(a_file_is_read_as_spreadsheets_and_people_write_it),
        store_test(what_a_row_says_is_kept),
        store_test(a_file_never_brings_back_who_left),
        store_test(a_dry_run_reports_the_same_and_writes_nothing),
        store_test(confirmed_people_need_the_wording_of_their_consent),
        store_test(a_file_that_cannot_be_understood_changes_nothing),
        store_test(columns_that_are_not_used_are_named),
        store_test(a_map_that_cannot_be_meant_is_refused),
        store_test(a_quotation_mark_left_open_ends_the_import_whole),
        store_test(a_nul_byte_or_a_thousand_columns_do_no_harm),
        store_test(an_export_is_safe_to_open_in_a_spreadsheet),
        store_test(what_was_exported_can_be_imported_again),
        store_test(who_is_gone_in_the_file_comes_in_as_gone),
        store_test(json_has_every_person_but_the_forgotten),
        store_test(an_export_to_a_full_disk_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
