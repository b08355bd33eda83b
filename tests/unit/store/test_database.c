#include "store/absence.h"
#include "store/comparison_life.h"
#include "store/issue_word.h"
#include "store/move.h"
#include "store/prediction.h"
#include "store/warmth.h"

#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

static void write_file(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void a_new_database_has_the_schema_and_our_mark(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(ask(scratch->store, "PRAGMA application_id"), STORE_APPLICATION_ID);
    assert_int_equal(ask(scratch->store, "PRAGMA user_version"), STORE_VERSION);
    assert_string_equal(ask_text(scratch->store, "PRAGMA journal_mode"), "wal");
    assert_int_equal(ask(scratch->store, "PRAGMA foreign_keys"), 1);
    assert_int_equal(ask(scratch->store, "PRAGMA synchronous"), 2);
    assert_int_equal(ask(scratch->store, "PRAGMA temp_store"), 1);
    assert_int_equal(ask(scratch->store, "PRAGMA cache_size"), -STORE_CACHE_KIB);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM delivery"), 0);
    must(store_check(scratch->store, &why));
}

static void a_new_database_is_not_for_strangers_eyes(void **state)
{
    struct scratch *scratch = *state;
    struct stat found;
    assert_int_equal(stat(scratch->path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

/* Only root can give a file away. */
static void what_root_makes_belongs_to_the_owner_of_the_folder(void **state)
{
    struct scratch *scratch = *state;
    if (geteuid() != 0) {
        print_message("    skipped: needs root\n");
        return;
    }
    assert_int_equal(chown(scratch->folder, 65534, 65534), 0);
    must(store_open(scratch->path, STORE_CREATE, &scratch->store, &why));
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[128];
        struct stat found;
        snprintf(path, sizeof path, "%s%s", scratch->path, endings[i]);
        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(found.st_uid, 65534);
    }
}

static void creating_never_overwrites(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;
    write_file(scratch->path, "precious", 8);
    must_fail(store_open(scratch->path, STORE_CREATE, &store, &why), FAILURE_CANNOT_CREATE,
              "is there already");
    struct stat found;
    assert_int_equal(stat(scratch->path, &found), 0);
    assert_int_equal(found.st_size, 8);
}

static void creating_follows_no_link_that_leads_nowhere(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;
    assert_int_equal(symlink("/nonexistent/target.db", scratch->path), 0);
    must_fail(store_open(scratch->path, STORE_CREATE, &store, &why), FAILURE_CANNOT_CREATE,
              "is there already");
}

static void creating_in_a_folder_that_is_not_there_says_so(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;
    char path[160];
    snprintf(path, sizeof path, "%s/absent/weekly.db", scratch->folder);
    must_fail(store_open(path, STORE_CREATE, &store, &why), FAILURE_CANNOT_CREATE, "absent");
}

static int count_files(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "ls -A %s", folder);
    FILE *list = popen(command, "r");
    assert_non_null(list);
    int lines = 0;
    for (int c; (c = fgetc(list)) != EOF;) {
        lines += c == '\n';
    }
    pclose(list);
    return lines;
}

static void creating_leaves_nothing_beside_the_database(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;
    must(store_open(scratch->path, STORE_CREATE, &store, &why));
    store_close(store);
    assert_int_equal(count_files(scratch->folder), 1);
}

/* Killed at any moment, the name stands for a whole database or for nothing. */
static void a_creation_that_is_killed_leaves_a_whole_database_or_none(void **state)
{
    struct scratch *scratch = *state;
    for (int pause = 0; pause < 40; pause++) {
        char path[160];
        snprintf(path, sizeof path, "%s/killed-%d.db", scratch->folder, pause);
        pid_t child = fork();
        if (child == 0) {
            struct failure why = {0};
            struct store *store;
            bool ignored = store_open(path, STORE_CREATE, &store, &why);
            (void)ignored;
            _exit(0);
        }
        usleep((useconds_t)pause * 700);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        struct stat found;
        if (stat(path, &found) == 0) {
            struct store *store;
            must(store_open(path, STORE_DURABLE, &store, &why));
            must(store_check(store, &why));
            store_close(store);
        }
    }
}

static void an_absent_database_names_the_verb_that_makes_one(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;
    must_fail(store_open(scratch->path, STORE_DURABLE, &store, &why), FAILURE_NO_INPUT,
              "verdicts init");
    assert_null(store);
    must_fail(store_open("", STORE_DURABLE, &store, &why), FAILURE_NO_INPUT, "verdicts init");
    must_fail(store_open(":memory:", STORE_DURABLE, &store, &why), FAILURE_NO_INPUT, ":memory:");
    assert_int_equal(count_files(scratch->folder), 0);
}

/* What may stand where the database should be. */
static void a_file_that_is_no_database_of_ours_is_refused(void **state)
{
    struct scratch *scratch = *state;
    static const char page[8192] = "<!doctype html> this is not a database, and long enough";
    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        const char *word;
    } rows[] = {
        {"an empty file", "", 0, "application id is 0"},
        {"a short text", "hello\n", 6, "is not a database"},
        {"a long text", page, sizeof page, "is not a database"},
        {"a header alone", "SQLite format 3\0", 16, "is not a database"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int mode = STORE_DURABLE; mode <= STORE_READ_ONLY; mode++) {
            struct store *store;
            write_file(scratch->path, rows[i].bytes, rows[i].len);
            must_fail(store_open(scratch->path, mode, &store, &why), FAILURE_DATA, rows[i].word);
            struct stat found;
            assert_int_equal(stat(scratch->path, &found), 0);
            assert_int_equal(found.st_size, rows[i].len);
        }
    }
}

static void a_folder_or_a_fifo_is_refused_and_nothing_hangs(void **state)
{
    struct scratch *scratch = *state;
    struct store *store;
    must_fail(store_open(scratch->folder, STORE_DURABLE, &store, &why), FAILURE_DATA, "a folder");
    assert_int_equal(mkfifo(scratch->path, 0600), 0);
    must_fail(store_open(scratch->path, STORE_READ_ONLY, &store, &why), FAILURE_DATA,
              "no regular file");
    char below[160];
    snprintf(below, sizeof below, "%s/x.db", scratch->path);
    must_fail(store_open(below, STORE_DURABLE, &store, &why), FAILURE_NO_INPUT, "no database");
}

static void a_database_of_another_program_is_refused_and_stays_as_it_was(void **state)
{
    struct scratch *scratch = *state;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(scratch->path, &db), SQLITE_OK);
    sqlite3_exec(db, "CREATE TABLE note (text); PRAGMA application_id = 77;", NULL, NULL, NULL);
    sqlite3_close(db);
    struct store *store;
    must_fail(store_open(scratch->path, STORE_DURABLE, &store, &why), FAILURE_DATA,
              "application id is 77");
    sqlite3_open(scratch->path, &db);
    sqlite3_stmt *statement;
    sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &statement, NULL);
    sqlite3_step(statement);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "delete");
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static void a_truncated_database_is_called_damaged(void **state)
{
    struct scratch *scratch = *state;
    store_close(scratch->store);
    scratch->store = NULL;
    assert_int_equal(truncate(scratch->path, 8192), 0);
    struct store *store;
    must_fail(store_open(scratch->path, STORE_DURABLE, &store, &why), FAILURE_DATA, "damaged");
}

static void damage_inside_is_found_by_the_check(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    run_sql(scratch->store, "PRAGMA foreign_keys = OFF; "
                            "INSERT INTO consent (subscriber_id, kind, wording, form, at, origin) "
                            "VALUES (4711, 'asked', '', '', 1, '');");
    must_fail(store_check(scratch->store, &why), FAILURE_DATA, "consent");
    run_sql(scratch->store, "DELETE FROM consent WHERE subscriber_id = 4711;"
                            "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema "
                            "WHERE name = 'subscriber_status';");
    store_close(scratch->store);
    must(store_open(scratch->path, STORE_DURABLE, &scratch->store, &why));
    must_fail(store_check(scratch->store, &why), FAILURE_DATA, "damaged");
}

static void set_version(struct scratch *scratch, int64_t version)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %lld", (long long)version);
    run_sql(scratch->store, sql);
    store_close(scratch->store);
    scratch->store = NULL;
}

static void a_database_of_a_newer_program_names_both_versions(void **state)
{
    struct scratch *scratch = *state;
    set_version(scratch, 41);
    for (int mode = STORE_DURABLE; mode <= STORE_READ_ONLY; mode++) {
        struct store *store;
        must_fail(store_open(scratch->path, mode, &store, &why), FAILURE_DATA, "version 41");
        must_fail(store_open(scratch->path, mode, &store, &why), FAILURE_DATA,
                  arena_format(&scratch->arena, "version %d", STORE_VERSION));
    }
}

static void a_database_without_version_is_refused(void **state)
{
    struct scratch *scratch = *state;
    set_version(scratch, 0);
    struct store *store;
    must_fail(store_open(scratch->path, STORE_DURABLE, &store, &why), FAILURE_DATA, "no version");
}

static void only_a_durable_connection_may_migrate(void **state)
{
    (void)state;
    static const struct {
        enum store_mode mode;
        int64_t version, target;
        bool accepted, migrate;
    } rows[] = {
        {STORE_DURABLE, 3, 3, true, false},   {STORE_DURABLE, 2, 3, true, true},
        {STORE_QUICK, 3, 3, true, false},     {STORE_QUICK, 2, 3, false, false},
        {STORE_READ_ONLY, 3, 3, true, false}, {STORE_READ_ONLY, 2, 3, false, false},
        {STORE_COPY, 3, 3, true, false},      {STORE_COPY, 2, 3, true, false},
        {STORE_COPY, 4, 3, false, false},     {STORE_COPY, 0, 3, false, false},
        {STORE_DURABLE, 4, 3, false, false},  {STORE_DURABLE, 0, 3, false, false},
        {STORE_DURABLE, -5, 3, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct failure why = {0};
        bool migrate;
        bool accepted = store_accept_version("x.db", rows[i].mode, rows[i].version, rows[i].target,
                                             &migrate, &why);
        assert_int_equal(accepted, rows[i].accepted);
        if (accepted) {
            assert_int_equal(migrate, rows[i].migrate);
        } else {
            assert_int_equal(why.kind, FAILURE_DATA);
        }
    }
}

static const struct migration fake_steps[] = {
    {2, "ALTER TABLE tool ADD COLUMN mood TEXT; UPDATE tool SET mood = 'fine';"},
    {3, "CREATE TABLE extra (id INTEGER PRIMARY KEY, tool_id INTEGER REFERENCES tool (id)) STRICT;"
        "INSERT INTO extra SELECT id, id FROM tool;"},
    {4, "INSERT INTO extra VALUES (99, 4711);"},
    {5, "CREATE TABLE broken (;"},
    {0, NULL},
};

static void a_migration_goes_through_every_version_with_the_data(void **state)
{
    struct scratch *scratch = *state;
    run_sql(scratch->store, "PRAGMA user_version = 1");
    add_comparison(scratch, "ada", "bob", NOW);
    must(store_migrate(scratch->store, fake_steps, 3, &why));
    assert_int_equal(ask(scratch->store, "PRAGMA user_version"), 3);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM tool WHERE mood = 'fine'"), 2);
    assert_int_equal(ask(scratch->store, "PRAGMA foreign_keys"), 1);
    must(store_migrate(scratch->store, fake_steps, 3, &why));
    must(store_check(scratch->store, &why));
}

static void a_migration_that_fails_changes_nothing(void **state)
{
    struct scratch *scratch = *state;
    run_sql(scratch->store, "PRAGMA user_version = 1");
    add_comparison(scratch, "ada", "bob", NOW);
    must_fail(store_migrate(scratch->store, fake_steps, 4, &why), FAILURE_DATA, "version 4");
    assert_int_equal(ask(scratch->store, "PRAGMA user_version"), 1);
    must_fail(store_migrate(scratch->store, fake_steps, 5, &why), FAILURE_INTERNAL, "version 5");
    must_fail(store_migrate(scratch->store, fake_steps + 1, 3, &why), FAILURE_INTERNAL,
              "no migration to version 2");
    assert_int_equal(ask(scratch->store, "PRAGMA user_version"), 1);
    assert_int_equal(ask(scratch->store, "PRAGMA foreign_keys"), 1);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"),
                     0);
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
}

/* As root every file can be written: the child becomes nobody. The kind of its failure is its exit
 * code; the word must be in the text. */
static int open_as_nobody(const char *path, enum store_mode mode, const char *word)
{
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            _exit(99);
        }
        struct failure why = {0};
        struct store *store;
        bool opened = store_open(path, mode, &store, &why);
        if (!opened && strstr(why.text, word) == NULL) {
            fprintf(stderr, "%s\n", why.text);
        }
        _exit(opened ? 0 : strstr(why.text, word) == NULL ? 98 : (int)why.kind);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Modes of file and folder, and what is said. They are the owner's as well: who is not root stays
 * the owner. */
static const struct {
    mode_t file, folder;
    enum store_mode mode;
    const char *word;
} closed[] = {
    {0444, 0777, STORE_DURABLE, "read-only"},
    {0444, 0777, STORE_QUICK, "read-only"},
    {0444, 0555, STORE_DURABLE, "its folder"},
    {0666, 0555, STORE_DURABLE, "its folder"},
    {0000, 0555, STORE_READ_ONLY, "cannot be opened"},
    {0666, 0000, STORE_READ_ONLY, "Permission denied"},
};

static void reopen(struct scratch *scratch)
{
    store_close(scratch->store);
    must(store_open(scratch->path, STORE_DURABLE, &scratch->store, &why));
    assert_int_equal(ask(scratch->store, "PRAGMA user_version"), STORE_VERSION);
}

/* As a program of version 18 left it. */
static void make_version_18(struct scratch *scratch)
{
    run_sql(scratch->store, "DROP TABLE issue_word; PRAGMA user_version = 18");
}

/* As a program of version 17 left it. */
static void make_version_17(struct scratch *scratch)
{
    make_version_18(scratch);
    run_sql(scratch->store, "DROP TABLE issue_prediction; PRAGMA user_version = 17");
}

/* As a program of version 16 left it. */
static void make_version_16(struct scratch *scratch)
{
    make_version_17(scratch);
    run_sql(scratch->store,
            "ALTER TABLE issue_variant DROP COLUMN subject; PRAGMA user_version = 16");
}

/* As a program of version 15 left it. */
static void make_version_15(struct scratch *scratch)
{
    make_version_16(scratch);
    run_sql(scratch->store, "DROP TABLE issue_move; PRAGMA user_version = 15");
}

/* As a program of version 14 left it. */
static void make_version_14(struct scratch *scratch)
{
    make_version_15(scratch);
    run_sql(scratch->store, "ALTER TABLE issue DROP COLUMN derivation; PRAGMA user_version = 14");
}

/* As a program of version 13 left it: what a source said of a tool had eleven words. */
static void make_version_13(struct scratch *scratch)
{
    make_version_14(scratch);
    run_sql(scratch->store,
            "ALTER TABLE tool DROP COLUMN panel_size; ALTER TABLE tool DROP COLUMN short_name;"
            "ALTER TABLE tool DROP COLUMN community_votes; DELETE FROM tool_word WHERE fact > 10;"
            "UPDATE import_brought SET said = substr(said, 1, 180) || substr(said, 217, 132) || "
            "substr(said, 385) WHERE length(said) > 312; PRAGMA user_version = 13");
}

/* As a program of version 12 left it. */
static void make_version_12(struct scratch *scratch)
{
    make_version_13(scratch);
    run_sql(scratch->store, "DROP TABLE relay_day; PRAGMA user_version = 12");
}

/* As a program of version 11 left it. */
static void make_version_11(struct scratch *scratch)
{
    make_version_12(scratch);
    run_sql(scratch->store, "DROP TABLE relay_absence; PRAGMA user_version = 11");
}

/* As a program of version 10 left it. */
static void make_version_10(struct scratch *scratch)
{
    make_version_11(scratch);
    run_sql(scratch->store,
            "DROP TABLE tool_likeness; DROP INDEX comparison_url; PRAGMA user_version = 10");
}

/* As a program of version 9 left it: what version 10 brought, taken back. */
static void make_version_9(struct scratch *scratch)
{
    make_version_10(scratch);
    run_sql(scratch->store, "DROP INDEX import_brought_comparison;"
                            "ALTER TABLE import_brought DROP COLUMN said;"
                            "ALTER TABLE import_brought DROP COLUMN outdone;"
                            "ALTER TABLE comparison DROP COLUMN source_id;"
                            "PRAGMA user_version = 9");
}

/* As a program of version 8 left it. */
static void make_version_8(struct scratch *scratch)
{
    make_version_9(scratch);
    run_sql(scratch->store, "DROP TABLE hold; ALTER TABLE issue DROP COLUMN paused_at;"
                            "ALTER TABLE issue DROP COLUMN pause_told; PRAGMA user_version = 8");
}

/* As a program of version 7 left it: what version 8 brought, taken back. */
static void make_version_7(struct scratch *scratch)
{
    make_version_8(scratch);
    run_sql(scratch->store, "DROP TABLE relay_rest; ALTER TABLE issue DROP COLUMN said; "
                            "ALTER TABLE delivery DROP COLUMN rests; "
                            "ALTER TABLE outgoing DROP COLUMN rests; PRAGMA user_version = 7");
}

/* As a program of version 6 left it: what version 7 brought, taken back. */
static void make_version_6(struct scratch *scratch)
{
    make_version_7(scratch);
    run_sql(scratch->store, "ALTER TABLE subscriber DROP COLUMN import_id;"
                            "ALTER TABLE consent DROP COLUMN import_id;"
                            "DROP TABLE import_file; DROP TABLE import;"
                            "PRAGMA user_version = 6");
}

/* As a program of version 4 left it: what versions 5 and 6 brought, taken back. */
static void make_version_4(struct scratch *scratch)
{
    make_version_6(scratch);
    run_sql(scratch->store,
            "DROP TABLE tool_word; DROP TABLE tool_alias; DROP TABLE comparison_alias;"
            "DROP INDEX tool_name; DROP INDEX comparison_pair; DROP INDEX comparison_title;"
            "CREATE INDEX comparison_left ON comparison (left_tool);"
            "ALTER TABLE tool DROP COLUMN own_slug; ALTER TABLE tool DROP COLUMN name_key;"
            "ALTER TABLE tool DROP COLUMN told_by; ALTER TABLE comparison DROP COLUMN own_slug;"
            "DROP INDEX bounce_event_review; ALTER TABLE delivery DROP COLUMN fault;"
            "ALTER TABLE outgoing DROP COLUMN fault; PRAGMA user_version = 4");
}

/* As a program of version 3 left it: what version 4 brought, taken back. */
static void make_version_3(struct scratch *scratch)
{
    make_version_4(scratch);
    run_sql(scratch->store,
            "ALTER TABLE comparison DROP COLUMN source_date;"
            "ALTER TABLE comparison DROP COLUMN editor_dated;"
            "ALTER TABLE comparison DROP COLUMN withdrawn_by;"
            "ALTER TABLE comparison DROP COLUMN withdrawn_at;"
            "ALTER TABLE comparison DROP COLUMN left_out_at;"
            "DROP TABLE import_brought; DROP TABLE import_source;"
            "CREATE TABLE issue_left_out (issue_id INTEGER NOT NULL REFERENCES issue (id) "
            "ON DELETE CASCADE, comparison_id INTEGER NOT NULL REFERENCES comparison (id), "
            "PRIMARY KEY (issue_id, comparison_id)) STRICT, WITHOUT ROWID;"
            "PRAGMA user_version = 3");
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

/* A database as a program of version 1 or 2 made it, with `rows` in it; opened by this one. */
static void open_old(struct scratch *scratch, int version, const char *rows)
{
    char mark[160];
    char *schema = read_text(SOURCE_ROOT "/tests/unit/store/version_2.sql");
    sqlite3 *db;
    snprintf(mark, sizeof mark, "%s; PRAGMA application_id = %d; PRAGMA user_version = %d",
             version == 1 ? "DROP TABLE epoch" : "SELECT 1", STORE_APPLICATION_ID, version);
    assert_int_equal(sqlite3_open(scratch->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, schema, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, mark, NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_exec(db, rows, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s", sqlite3_errmsg(db));
    }
    sqlite3_close(db);
    free(schema);
    must(store_open(scratch->path, STORE_DURABLE, &scratch->store, &why));
}

/* All columns of all tables, and all indexes with theirs. */
static const char *ask_shape(struct store *store)
{
    static char text[32768];
    static const char sql[] =
        "SELECT group_concat(line, '; ') FROM (SELECT m.name || '.' || c.name || ' ' || c.type || "
        "c.\"notnull\" || coalesce(c.dflt_value, '') || c.pk AS line FROM sqlite_schema m, "
        "pragma_table_info(m.name) c WHERE m.type = 'table' UNION ALL SELECT m.tbl_name || '.' || "
        "m.name || ' ' || coalesce(c.name, '') FROM sqlite_schema m, pragma_index_info(m.name) c "
        "WHERE m.type = 'index' ORDER BY line)";
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int len = snprintf(text, sizeof text, "%s", (const char *)sqlite3_column_text(statement, 0));
    assert_true(len > 0 && (size_t)len < sizeof text);
    sqlite3_finalize(statement);
    return text;
}

static const char away_rows[] =
    "INSERT INTO lease VALUES ('weekly', 'a', 'b', 1);"
    "INSERT INTO outgoing (kind, state, address, domain, name, data, created_at, next_at, "
    "message_id, code, reply) VALUES "
    "('test', 'deferred', 'a@example.org', 'example.org', '', '{}', 1, 1, 'x', NULL, "
    "'relay away: no route'), "
    "('test', 'deferred', 'b@example.org', 'example.org', '', '{}', 1, 1, 'x', 450, "
    "'relay away: says the server'), "
    "('test', 'gave_up', 'c@example.org', 'example.org', '', '{}', 1, 1, 'x', NULL, "
    "'relay away: for ever')";

static void what_version_2_said_in_words_stands_in_columns(void **state)
{
    struct scratch *scratch = *state;
    open_old(scratch, 2, away_rows);
    assert_string_equal(
        ask_text(scratch->store, "SELECT group_concat(address) FROM outgoing WHERE away = 1"),
        "a@example.org");
    must(store_check(scratch->store, &why));
}

/* Scores of refused copies are to be judged anew; those of mails that came back are not. */
static void scores_of_refusals_are_marked_for_review(void **state)
{
    struct scratch *scratch = *state;
    make_version_4(scratch);
    run_sql(scratch->store,
            "INSERT INTO subscriber (id, address, address_key, domain, name, status, created_at) "
            "VALUES (1, 'a@example.org', 'a@example.org', 'example.org', '', 'confirmed', 0), "
            "(2, 'b@example.org', 'b@example.org', 'example.org', '', 'confirmed', 0); "
            "INSERT INTO issue (id, iso_week, number, window_start, window_end, state, subject, "
            "preheader, date, built_at) VALUES (1, '2026-W47', 1, 0, 1, 'draft', '', '', 0, 0); "
            "INSERT INTO delivery (issue_id, subscriber_id, state, address, domain, name, topics, "
            "next_at, code, message_id) VALUES "
            "(1, 1, 'refused', 'a@example.org', 'example.org', '', '', 0, 550, 'x'), "
            "(1, 2, 'sent', 'b@example.org', 'example.org', '', '', 0, 250, 'y'); "
            "INSERT INTO bounce_event (message_hash, subscriber_id, issue_id, class, domain, "
            "reason, at, scored) VALUES ('1', 1, 1, 'hard', 'example.org', '', 0, 1), "
            "('2', 2, 1, 'hard', 'example.org', '', 0, 1), "
            "('3', 1, 1, 'hard', 'example.org', '', 0, 2)");
    store_close(scratch->store);
    must(store_open(scratch->path, STORE_DURABLE, &scratch->store, &why));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM bounce_event WHERE scored = 3"), 1);
    assert_int_equal(ask(scratch->store, "SELECT id FROM bounce_event WHERE scored = 3"), 1);
}

static void an_old_database_becomes_as_a_new_one(void **state)
{
    struct scratch *scratch = *state;
    struct scratch fresh = *scratch;
    snprintf(fresh.path, sizeof fresh.path, "%s/new.db", scratch->folder);
    must(store_open(fresh.path, STORE_CREATE, &fresh.store, &why));
    char *wanted = sqlite3_mprintf("%s", ask_shape(fresh.store));
    store_close(fresh.store);
    for (int version = 1; version <= 2; version++) {
        snprintf(scratch->path, sizeof scratch->path, "%s/%d.db", scratch->folder, version);
        open_old(scratch, version, "");
        assert_int_equal(ask(scratch->store, "PRAGMA user_version"), STORE_VERSION);
        assert_string_equal(ask_shape(scratch->store), wanted);
        assert_int_equal(ask(scratch->store, "SELECT count(*) FROM epoch WHERE count = 0 "
                                             "AND length(newsletter) = 32 AND machine = ''"),
                         1);
        must(store_check(scratch->store, &why));
        store_close(scratch->store);
    }
    scratch->store = NULL;
    sqlite3_free(wanted);
}

#define OLD_TOOL(id, slug, name)                                                                   \
    "INSERT INTO tool VALUES (" id ", '" slug "', '" name "', 'Tools', '', '', '', '', 50, NULL, " \
    "NULL, 1);"
#define OLD_COMPARISON(id, slug, title, left, right)                                               \
    "INSERT INTO comparison VALUES (" id ", '" slug "', '" title "', '', NULL, " left ", " right   \
    ", 1, 'old', 1, 1, NULL);"

/* Version 2 took "C++ Pilot" and "C# Pilot" for one tool, and "Vidi vs Rusty" and "Vidi+ vs Rusty"
 * for one comparison. */
static const char merged_rows[] =
    OLD_TOOL("1", "c-pilot", "C# Pilot") OLD_TOOL("2", "rusty", "Rusty")
        OLD_TOOL("3", "gopher", "Gopher") OLD_TOOL("4", "mine", "Granite")
            OLD_COMPARISON("1", "c-pilot-vs-rusty", "C++ Pilot vs Rusty", "1", "2")
                OLD_COMPARISON("2", "c-pilot-vs-gopher", "C# Pilot vs Gopher", "1", "3")
                    OLD_COMPARISON("3", "own", "Granite vs Gopher", "4", "3");

/* What comes in again after the migration, and which row it is. */
static const struct {
    const char *left, *right;
    bool own;         /* with the slug of its row */
    const char *slug; /* of the row that it becomes, or keeps */
    int64_t id;       /* 0: a new one */
} again[] = {
    {"C++ Pilot", "Rusty", false, "c-pilot-vs-rusty", 1},
    {"C# Pilot", "Gopher", false, "c-pilot-vs-gopher", 2},
    {"C# Pilot", "Gopher", true, "c-pilot-vs-gopher", 2},
    {"Granite", "Gopher", true, "own", 3},
    {"Granite", "Gopher", false, "own", 3},
    {"GRANITE", "gopher", false, "own", 3},
    {"C Pilot", "Rusty", false, "c-pilot-vs-rusty-2", 0},
    {"Rusty", "C# Pilot", false, "rusty-vs-c-sharp-pilot", 0},
};

static void what_version_2_stored_is_known_again_and_keeps_its_links(void **state)
{
    struct scratch *scratch = *state;
    open_old(scratch, 2, merged_rows);
    for (size_t i = 0; i < sizeof again / sizeof *again; i++) {
        must(store_begin(scratch->store, &why));
        struct comparison made =
            sample_comparison(&scratch->arena, again[i].left, again[i].right, NOW, "new");
        made.own_slug = again[i].own;
        made.slug = made.own_slug ? again[i].slug : model_slug(&scratch->arena, made.title);
        made.left.slug = model_slug(&scratch->arena, made.left.name);
        made.right.slug = model_slug(&scratch->arena, made.right.name);
        struct comparison_outcome outcome;
        must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
        if (strcmp(made.slug, again[i].slug) != 0 ||
            (again[i].id != 0 ? made.id != again[i].id : outcome.saved != COMPARISON_NEW)) {
            fail_msg("row %zu: %s, %lld", i, made.slug, (long long)made.id);
        }
        store_rollback(scratch->store);
    }
    assert_int_equal(ask(scratch->store, "SELECT own_slug FROM comparison WHERE id = 3"), 1);
    assert_int_equal(ask(scratch->store, "SELECT own_slug FROM tool WHERE id = 1"), 2);
}

/* A page that was stored with a tool merged away by version 2 gets its own tool when it comes in.
 */
static void a_tool_that_version_2_merged_away_comes_back(void **state)
{
    struct scratch *scratch = *state;
    open_old(scratch, 2, merged_rows);
    struct comparison made = sample_comparison(&scratch->arena, "C++ Pilot", "Rusty", NOW, "old");
    made.slug = "c-plus-plus-pilot-vs-rusty";
    made.left.panel_ship = 80;
    struct comparison_outcome outcome;
    must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    assert_int_equal(outcome.saved, COMPARISON_CHANGED);
    assert_string_equal(ask_text(scratch->store, "SELECT name FROM tool JOIN comparison c "
                                                 "ON tool.id = left_tool WHERE c.id = 1"),
                        "C++ Pilot");
    assert_string_equal(ask_text(scratch->store, "SELECT name FROM tool WHERE id = 1"), "C# Pilot");
}

/* A title that names no tools may be that of a series. */
static void a_title_of_version_2_takes_no_comparison_of_other_tools(void **state)
{
    struct scratch *scratch = *state;
    struct comparison_outcome outcome;
    open_old(scratch, 2,
             OLD_TOOL("1", "granite", "Granite") OLD_TOOL("2", "gopher", "Gopher")
                 OLD_COMPARISON("1", "pick-of-the-week", "Pick of the week", "1", "2"));
    struct comparison made = sample_comparison(&scratch->arena, "Quartz", "Basalt", NOW, "new");
    made.title = "Pick of the week";
    made.slug = "pick-of-the-week";
    must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    assert_int_equal(outcome.saved, COMPARISON_NEW);
    assert_string_equal(made.slug, "pick-of-the-week-2");
    struct comparison same = sample_comparison(&scratch->arena, "Granite", "Marble", NOW, "other");
    same.title = "Pick of the week";
    same.slug = "pick-of-the-week";
    must(comparison_save(scratch->store, &scratch->arena, &same, NOW, &outcome, &why));
    assert_int_equal(same.id, 1);
}

/* Version 3 let what an editor had left out come back with the next draft. */
static void what_was_left_out_in_version_3_stays_out_unless_it_was_taken_since(void **state)
{
    struct scratch *scratch = *state;
    int64_t out = add_comparison(scratch, "left", "out", NOW);
    int64_t back = add_comparison(scratch, "came", "back", NOW);
    add_comparison(scratch, "never", "seen", NOW);
    int64_t first = add_draft(scratch->store, "2026-W46");
    struct issue later = sample_issue("2026-W47");
    const struct issue_item item = {
        .comparison_id = back, .position = 1, .story = 1, .reason = "", .snapshot = "{}"};
    must(issue_save_draft(scratch->store, &later, &item, 1, NULL, 0, &why));
    make_version_3(scratch);
    run_sql(scratch->store,
            arena_format(&scratch->arena, "INSERT INTO issue_left_out VALUES (%d, %d), (%d, %d)",
                         (int)first, (int)out, (int)first, (int)back));
    reopen(scratch);
    assert_int_equal(ask(scratch->store, "SELECT group_concat(id) FROM comparison "
                                         "WHERE left_out_at IS NOT NULL"),
                     out);
    assert_int_equal(ask(scratch->store, "SELECT max(left_out_at) FROM comparison"), NOW);
}

/* The tools of a database of version 10 are found by what looks like them, as new ones are. */
static void the_tools_of_version_10_have_look_alikes(void **state)
{
    struct scratch *scratch = *state;
    struct review reviews[] = {{.quote = "It files faster than I can."}, {.quote = "Good."}};
    struct comparison made = sample_comparison(&scratch->arena, "Claude", "4B++", NOW, "x");
    struct comparison_outcome outcome;
    made.left.reviews = reviews;
    made.left.review_count = 2;
    must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    const char *keys = arena_copy(
        &scratch->arena,
        ask_text(scratch->store, "SELECT group_concat(key || ' ' || tool_id) FROM tool_likeness"));
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM tool_likeness"), 5);
    make_version_10(scratch);
    reopen(scratch);
    assert_string_equal(
        ask_text(scratch->store, "SELECT group_concat(key || ' ' || tool_id) FROM tool_likeness"),
        keys);
    must(store_check(scratch->store, &why));
}

static void a_file_of_version_11_gets_a_place_for_relays_that_are_away(void **state)
{
    struct scratch *scratch = *state;
    struct absence *absences;
    size_t count;
    make_version_11(scratch);
    reopen(scratch);
    must(absence_begin(scratch->store, "main", NOW, "out of reach", &why));
    must(absence_begin(scratch->store, "main", NOW + 9, "refuses our login", &why));
    must(absence_list(scratch->store, &scratch->arena, &absences, &count, &why));
    assert_int_equal(count, 1);
    assert_int_equal(absences[0].since, NOW);
    assert_string_equal(absences[0].why, "refuses our login");
    must(absence_end(scratch->store, "main", &why));
    must(absence_list(scratch->store, &scratch->arena, &absences, &count, &why));
    assert_int_equal(count, 0);
    must(store_check(scratch->store, &why));
}

/* A source that says again what it said to the old program says nothing new, and nobody has told
 * the number of readers yet, so that the first who does contradicts nobody. */
static void what_sources_said_in_version_13_is_still_what_they_said(void **state)
{
    struct scratch *scratch = *state;
    struct comparison made = sample_comparison(&scratch->arena, "a", "b", NOW, "1");
    struct comparison_outcome outcome;
    made.left.silent = made.right.silent =
        1u << FACT_PANEL_SIZE | 1u << FACT_COMMUNITY_VOTES | 1u << FACT_SHORT_NAME;
    made.withdrawn = WITHDRAWN_NO;
    must(comparison_source(scratch->store, "site", true, &made.source_id, &why));
    must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    const char *said =
        arena_copy(&scratch->arena, ask_text(scratch->store, "SELECT said FROM import_brought"));
    make_version_13(scratch);
    assert_int_equal(ask(scratch->store, "SELECT length(said) FROM import_brought"), 27 * 12);
    reopen(scratch);
    assert_string_equal(ask_text(scratch->store, "SELECT said FROM import_brought"), said);
    struct comparison other = sample_comparison(&scratch->arena, "a", "c", NOW + 1, "2");
    other.left.panel_size = 4;
    must(comparison_save(scratch->store, &scratch->arena, &other, NOW, &outcome, &why));
    assert_int_equal(outcome.conflict_count, 0);
    assert_int_equal(ask(scratch->store, "SELECT panel_size FROM tool WHERE name = 'a'"), 4);
    must(store_check(scratch->store, &why));
}

static void an_issue_of_version_15_has_moved_nothing(void **state)
{
    struct scratch *scratch = *state;
    const struct told_tool move = {
        .slug = "a", .number = 1, .week = "2026-W45", .at = 7, .was = "{}", .now = "{\"x\":1}"};
    struct told_tool *found;
    size_t count;
    int64_t id = add_draft(scratch->store, "2026-W46");
    make_version_15(scratch);
    reopen(scratch);
    must(move_list(scratch->store, &scratch->arena, id, &found, &count, &why));
    assert_int_equal(count, 0);
    must(move_replace(scratch->store, id, &move, 1, &why));
    must(move_told(scratch->store, &scratch->arena, "2026-W47", &found, &count, &why));
    assert_int_equal(count, 0); /* a draft has told nobody */
    run_sql(scratch->store, "UPDATE issue SET state = 'sent', sender = '{}'");
    must(move_told(scratch->store, &scratch->arena, "2026-W47", &found, &count, &why));
    assert_int_equal(count, 1);
    assert_string_equal(found[0].was, "{\"x\":1}");
    must(move_told(scratch->store, &scratch->arena, "2026-W46", &found, &count, &why));
    assert_int_equal(count, 0);
}

static void copies_of_version_16_have_the_subject_of_their_issue(void **state)
{
    struct scratch *scratch = *state;
    struct issue_variant made = {.topics = "A", .body = "", .html = "", .text = ""}, *found;
    int64_t id = add_draft(scratch->store, "2026-W46");
    must(issue_add_variant(scratch->store, id, &made, &why));
    make_version_16(scratch);
    reopen(scratch);
    must(issue_find_variant(scratch->store, &scratch->arena, id, "A", &found, &why));
    assert_string_equal(found->subject, "");
    made.topics = "B";
    made.subject = "Of my own";
    must(issue_add_variant(scratch->store, id, &made, &why));
    must(issue_find_variant(scratch->store, &scratch->arena, id, "B", &found, &why));
    assert_string_equal(found->subject, "Of my own");
}

static void an_issue_of_version_17_has_nothing_on_record(void **state)
{
    struct scratch *scratch = *state;
    int64_t comparison = add_comparison(scratch, "a", "b", NOW);
    const struct prediction made = {.comparison_id = comparison,
                                    .slug = "a-vs-b",
                                    .tool = "a",
                                    .category = "",
                                    .sentence = "It will be gone by 2028.",
                                    .said_at = NOW,
                                    .due = 2028 * 12,
                                    .told_week = ""};
    struct prediction *found;
    size_t count;
    bool known;
    int64_t id = add_draft(scratch->store, "2026-W46");
    make_version_17(scratch);
    reopen(scratch);
    must(prediction_list(scratch->store, &scratch->arena, id, &found, &count, &why));
    assert_int_equal(count, 0);
    must(prediction_replace(scratch->store, id, &made, 1, &why));
    must(prediction_is_on_record(scratch->store, "2026-W47", made.sentence, &known, &why));
    assert_false(known); /* a draft has told nobody */
    run_sql(scratch->store, "UPDATE issue SET state = 'sent', sender = '{}'");
    must(prediction_is_on_record(scratch->store, "2026-W47", made.sentence, &known, &why));
    assert_true(known);
    must(prediction_list(scratch->store, &scratch->arena, id, &found, &count, &why));
    assert_int_equal(count, 1);
    assert_null(found[0].reviewer);
    assert_int_equal(found[0].due, made.due);
    must(store_check(scratch->store, &why));
}

/* An issue of `week` that asks about what issue 1 put on record. */
static int64_t ask_about(struct scratch *scratch, const char *week, const struct prediction *one)
{
    struct issue issue = sample_issue(week);
    struct prediction asked = *one;
    asked.told_number = 1;
    must(issue_save_draft(scratch->store, &issue, NULL, 0, NULL, 0, &why));
    must(prediction_replace(scratch->store, issue.id, &asked, 1, &why));
    return issue.id;
}

static size_t due_in(struct scratch *scratch, const char *week, int month, size_t limit)
{
    struct prediction *found;
    size_t count;
    must(prediction_due(scratch->store, &scratch->arena, week, month, limit, &found, &count, &why));
    return count;
}

static void what_is_on_record_is_due_until_an_issue_has_asked(void **state)
{
    struct scratch *scratch = *state;
    int64_t comparison = add_comparison(scratch, "a", "b", NOW);
    struct prediction made[] = {{.sentence = "It will be gone by 2028.", .due = 2028 * 12},
                                {.sentence = "It will be sold by 2027.", .due = 2027 * 12}};
    for (size_t i = 0; i < 2; i++) {
        made[i].comparison_id = comparison;
        made[i].slug = made[i].tool = "a";
        made[i].category = made[i].told_week = "";
    }
    int64_t first = add_draft(scratch->store, "2026-W46");
    must(prediction_replace(scratch->store, first, made, 2, &why));
    assert_int_equal(due_in(scratch, "2028-W02", 2028 * 12, 9), 0); /* a draft */
    run_sql(scratch->store, "UPDATE issue SET state = 'approved', sender = '{}'");
    assert_int_equal(due_in(scratch, "2028-W02", 2028 * 12, 9), 2);
    assert_int_equal(due_in(scratch, "2028-W02", 2028 * 12, 1), 1);
    assert_int_equal(due_in(scratch, "2027-W50", 2028 * 12 - 1, 9), 1);
    assert_int_equal(due_in(scratch, "2026-W46", 2028 * 12, 9), 0); /* the issue itself */
    int64_t second = ask_about(scratch, "2028-W02", &made[0]);
    assert_int_equal(due_in(scratch, "2028-W03", 2028 * 12, 9), 2); /* only a draft asks */
    run_sql(scratch->store, "UPDATE issue SET state = 'sent', sender = '{}'");
    assert_int_equal(due_in(scratch, "2028-W03", 2028 * 12, 9), 1);
    assert_int_equal(due_in(scratch, "2028-W02", 2028 * 12, 9), 2); /* its own asking aside */
    const char *slug;
    must(prediction_withdrawn_of(scratch->store, &scratch->arena, second, &slug, &why));
    assert_null(slug);
    run_sql(scratch->store, "UPDATE comparison SET withdrawn_at = 1");
    must(prediction_withdrawn_of(scratch->store, &scratch->arena, second, &slug, &why));
    assert_string_equal(slug, "a-vs-b");
    assert_int_equal(due_in(scratch, "2028-W03", 2028 * 12, 9), 0);
}

static void an_editor_writes_for_the_drafts_of_version_18(void **state)
{
    struct scratch *scratch = *state;
    struct issue_word *words;
    size_t count;
    const struct issue_word subject = {.kind = ISSUE_WORD_SUBJECT, .about = "", .text = "Mine"};
    int64_t id = add_draft(scratch->store, "2026-W46");
    make_version_18(scratch);
    reopen(scratch);
    must(issue_word_list(scratch->store, &scratch->arena, id, &words, &count, &why));
    assert_int_equal(count, 0);
    must(issue_word_set(scratch->store, id, &subject, &why));
    must(issue_word_list(scratch->store, &scratch->arena, id, &words, &count, &why));
    assert_int_equal(count, 1);
    assert_string_equal(words[0].text, "Mine");
}

static void issues_of_version_14_say_nothing_of_where_their_words_come_from(void **state)
{
    struct scratch *scratch = *state;
    struct issue *found;
    int64_t id = add_draft(scratch->store, "2026-W46");
    make_version_14(scratch);
    reopen(scratch);
    must(issue_get(scratch->store, &scratch->arena, id, &found, &why));
    assert_string_equal(found->derivation, "");
    found->derivation = "[]";
    must(issue_save_draft(scratch->store, found, NULL, 0, NULL, 0, &why));
    must(issue_get(scratch->store, &scratch->arena, id, &found, &why));
    assert_string_equal(found->derivation, "[]");
}

static void a_file_of_version_12_gets_a_place_for_the_days_of_a_warm_up(void **state)
{
    struct scratch *scratch = *state;
    int64_t before, sent;
    bool taken;
    make_version_12(scratch);
    reopen(scratch);
    for (int i = 0; i < 3; i++) {
        must(warmth_take(scratch->store, "main", 20000, 2, &taken, &why));
        assert_int_equal(taken, i < 2);
    }
    must(warmth_return(scratch->store, "main", 20000, &why));
    must(warmth_read(scratch->store, "main", 20000, &before, &sent, &why));
    assert_int_equal(before, 0);
    assert_int_equal(sent, 1);
    must(warmth_read(scratch->store, "main", 20003, &before, &sent, &why));
    assert_int_equal(before, 1);
    assert_int_equal(sent, 0);
    must(warmth_return(scratch->store, "main", 20000, &why));
    must(warmth_read(scratch->store, "main", 20003, &before, &sent, &why));
    assert_int_equal(before, 0); /* all came back: no sending day */
    must(store_check(scratch->store, &why));
}

static void what_the_user_may_not_open_is_a_matter_of_permission(void **state)
{
    struct scratch *scratch = *state;
    store_close(scratch->store);
    scratch->store = NULL;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        char beside[128];
        snprintf(beside, sizeof beside, "%s-shm", scratch->path);
        unlink(beside);
        snprintf(beside, sizeof beside, "%s-wal", scratch->path);
        unlink(beside);
        assert_int_equal(chmod(scratch->path, closed[i].file), 0);
        assert_int_equal(chmod(scratch->folder, closed[i].folder), 0);
        int code = open_as_nobody(scratch->path, closed[i].mode, closed[i].word);
        chmod(scratch->folder, 0755);
        if (code != FAILURE_PERMISSION) {
            fail_msg("file %03o, folder %03o: %d", closed[i].file, closed[i].folder, code);
        }
    }
}

static void a_read_only_connection_reads_and_never_writes(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    struct store *reader;
    must(store_open(scratch->path, STORE_READ_ONLY, &reader, &why));
    int64_t counts[SUBSCRIBER_FORGOTTEN + 1];
    must(store_begin(reader, &why));
    must(subscriber_counts(reader, counts, &why));
    must(store_commit(reader, &why));
    assert_int_equal(counts[SUBSCRIBER_CONFIRMED], 1);
    must_fail(suppression_add(reader, "hash", "test", NOW, &why), FAILURE_PERMISSION,
              "cannot be written");
    store_close(reader);
}

static void a_stretch_of_work_may_go_without_waiting_for_the_disk(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(ask(scratch->store, "PRAGMA synchronous"), 2);
    must(store_set_durable(scratch->store, false, &why));
    assert_int_equal(ask(scratch->store, "PRAGMA synchronous"), 1);
    must(store_set_durable(scratch->store, true, &why));
    assert_int_equal(ask(scratch->store, "PRAGMA synchronous"), 2);
}

static void the_quick_connection_differs_only_in_its_flush(void **state)
{
    struct scratch *scratch = *state;
    struct store *quick;
    must(store_open(scratch->path, STORE_QUICK, &quick, &why));
    assert_int_equal(ask(quick, "PRAGMA synchronous"), 1);
    assert_int_equal(ask(quick, "PRAGMA foreign_keys"), 1);
    must(suppression_add(quick, "hash", "test", NOW, &why));
    store_close(quick);
    assert_int_equal(ask(scratch->store, "SELECT count(*) FROM suppression"), 1);
}

static void network_file_systems_are_told_by_their_number(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        long type;
        bool network;
    } rows[] = {
        {"nfs", 0x6969, true},        {"smb", 0x517B, true},
        {"cifs", 0xFF534D42, true},   {"cifs, sign extended", (long)(int)0xFF534D42, true},
        {"smb2", 0xFE534D42, true},   {"coda", 0x73757245, true},
        {"afs", 0x5346414F, true},    {"ext4", 0xEF53, false},
        {"tmpfs", 0x01021994, false}, {"overlay", 0x794C7630, false},
        {"9p", 0x01021997, false},    {"fuse", 0x65735546, false},
        {"btrfs", 0x9123683E, false}, {"xfs", 0x58465342, false},
        {"zfs", 0x2FC12FC1, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((store_network_filesystem(rows[i].type) != NULL) != rows[i].network) {
            fail_msg("%s", rows[i].name);
        }
    }
}

static void add_suppression(struct store *store, const char *hash)
{
    must(suppression_add(store, hash, "test", NOW, &why));
}

static int64_t suppressions(struct store *store)
{
    return ask(store, "SELECT count(*) FROM suppression");
}

static void transactions_nest_and_the_outermost_commits(void **state)
{
    struct scratch *scratch = *state;
    struct store *other;
    must(store_open(scratch->path, STORE_READ_ONLY, &other, &why));
    must(store_begin(scratch->store, &why));
    must(store_begin(scratch->store, &why));
    add_suppression(scratch->store, "a");
    must(store_commit(scratch->store, &why));
    assert_int_equal(suppressions(other), 0);
    add_suppression(scratch->store, "b");
    must(store_commit(scratch->store, &why));
    assert_int_equal(suppressions(other), 2);
    store_close(other);
}

static void after_an_inner_rollback_the_outer_commit_fails(void **state)
{
    struct scratch *scratch = *state;
    must(store_begin(scratch->store, &why));
    add_suppression(scratch->store, "a");
    must(store_begin(scratch->store, &why));
    store_rollback(scratch->store);
    add_suppression(scratch->store, "b");
    must_fail(store_commit(scratch->store, &why), FAILURE_INTERNAL, "nothing of it was saved");
    assert_int_equal(suppressions(scratch->store), 0);
    store_rollback(scratch->store);
    must(store_begin(scratch->store, &why));
    add_suppression(scratch->store, "c");
    must(store_commit(scratch->store, &why));
    assert_int_equal(suppressions(scratch->store), 1);
}

static void a_rollback_without_a_transaction_is_harmless(void **state)
{
    struct scratch *scratch = *state;
    store_rollback(scratch->store);
    add_suppression(scratch->store, "a");
    store_rollback(scratch->store);
    assert_int_equal(suppressions(scratch->store), 1);
}

/* After an error for which SQLite itself rolls the transaction back (here by force) the rest of it
 * must not be saved piece by piece. */
static void a_transaction_rolled_back_by_sqlite_saves_nothing_more(void **state)
{
    struct scratch *scratch = *state;
    must(store_begin(scratch->store, &why));
    add_suppression(scratch->store, "a");
    sqlite3_exec(scratch->store->db, "ROLLBACK", NULL, NULL, NULL);
    must_fail(suppression_add(scratch->store, "b", "test", NOW, &why), FAILURE_IO, "rolled back");
    must_fail(store_commit(scratch->store, &why), FAILURE_INTERNAL, "nothing of it");
    assert_int_equal(suppressions(scratch->store), 0);
}

static void a_full_database_saves_nothing_and_goes_on_afterwards(void **state)
{
    struct scratch *scratch = *state;
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d",
             (int)ask(scratch->store, "PRAGMA page_count"));
    run_sql(scratch->store, sql);
    struct failure full = {0};
    bool ok = store_begin(scratch->store, &full);
    for (int i = 0; ok && i < 100; i++) {
        char hash[3000];
        memset(hash, 'h', sizeof hash);
        snprintf(hash, 12, "%011d", i);
        hash[11] = 'h';
        hash[sizeof hash - 1] = 0;
        ok = suppression_add(scratch->store, hash, "test", NOW, &full);
    }
    assert_false(store_end(scratch->store, ok, &full));
    assert_int_equal(full.kind, FAILURE_IO);
    assert_non_null(strstr(full.text, "disk is full"));
    assert_int_equal(suppressions(scratch->store), 0);
    run_sql(scratch->store, "PRAGMA max_page_count = 100000");
    add_suppression(scratch->store, "a");
    must(store_check(scratch->store, &why));
}

static void who_meets_a_lock_waits_and_then_is_told_to_try_again(void **state)
{
    struct scratch *scratch = *state;
    struct store *other;
    must(store_open(scratch->path, STORE_QUICK, &other, &why));
    store_set_patience(other, 50, 50);
    must(store_begin(scratch->store, &why));
    must_fail(store_begin(other, &why), FAILURE_TRY_AGAIN, "another process");
    must_fail(suppression_add(other, "a", "test", NOW, &why), FAILURE_TRY_AGAIN, "another process");
    assert_int_equal(suppressions(other), 0);
    must(store_commit(scratch->store, &why));
    add_suppression(other, "a");
    store_close(other);
}

/* Or a queue of a hundred would be told after a hundred times the wait. */
static void who_comes_after_a_wait_in_vain_waits_less_until_the_lock_was_had(void **state)
{
    struct scratch *scratch = *state;
    struct store *other;
    must(store_open(scratch->path, STORE_DURABLE, &other, &why));
    store_set_patience(other, 30, 10);
    must(store_begin(scratch->store, &why));
    assert_int_equal(other->busy_ms, 30);
    must_fail(store_begin(other, &why), FAILURE_TRY_AGAIN, "another process");
    assert_int_equal(other->busy_ms, 10);
    must(store_begin_reading(other, &why)); /* finds no lock in its way, and had none */
    must(store_commit(other, &why));
    assert_int_equal(other->busy_ms, 10);
    must_fail(store_begin(other, &why), FAILURE_TRY_AGAIN, "another process");
    must(store_commit(scratch->store, &why));
    must(store_begin(other, &why));
    assert_int_equal(other->busy_ms, 30);
    must(store_commit(other, &why));
    store_close(other);
}

static void a_backup_is_whole_private_and_opens(void **state)
{
    struct scratch *scratch = *state;
    char path[160];
    snprintf(path, sizeof path, "%s/copy.db", scratch->folder);
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    must(store_backup(scratch->store, path, &why));
    must_fail(store_backup(scratch->store, path, &why), FAILURE_CANNOT_CREATE, "is there already");
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    struct store *copy;
    must(store_open(path, STORE_DURABLE, &copy, &why));
    assert_int_equal(ask(copy, "SELECT count(*) FROM subscriber"), 1);
    assert_string_equal(ask_text(copy, "PRAGMA journal_mode"), "wal");
    must(store_check(copy, &why));
    store_close(copy);
}

/* In place of the C library's: what a file system answers that has no links. 0: it has them. */
static int link_problem;

int link(const char *from, const char *to)
{
    if (link_problem == 0 || access(to, F_OK) == 0) {
        return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
    }
    errno = link_problem;
    return -1;
}

/* A memory stick's FAT says EPERM, FUSE without links ENOSYS. */
static void a_backup_goes_where_files_have_one_name_only(void **state)
{
    static const int problems[] = {EPERM, ENOSYS, EOPNOTSUPP};
    struct scratch *scratch = *state;
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
        char path[160];
        struct store *copy;
        snprintf(path, sizeof path, "%s/copy%zu.db", scratch->folder, i);
        link_problem = problems[i];
        must(store_backup(scratch->store, path, &why));
        link_problem = 0;
        must_fail(store_backup(scratch->store, path, &why), FAILURE_CANNOT_CREATE,
                  "is there already");
        must(store_open(path, STORE_COPY, &copy, &why));
        must(store_check(copy, &why));
        store_close(copy);
    }
}

static void a_backup_of_a_database_that_is_read_only_works(void **state)
{
    struct scratch *scratch = *state;
    char path[160];
    snprintf(path, sizeof path, "%s/copy.db", scratch->folder);
    struct store *reader;
    must(store_open(scratch->path, STORE_READ_ONLY, &reader, &why));
    must(store_backup(reader, path, &why));
    store_close(reader);
    must(store_open(path, STORE_COPY, &reader, &why));
    must(store_check(reader, &why));
    must_fail(store_execute(reader, "DELETE FROM tool", &why), FAILURE_PERMISSION, "");
    store_close(reader);
}

static void a_backup_that_fails_leaves_nothing(void **state)
{
    struct scratch *scratch = *state;
    char path[160];
    snprintf(path, sizeof path, "%s/copy.db", scratch->folder);
    store_close(scratch->store);
    scratch->store = NULL;
    FILE *file = fopen(scratch->path, "r+b");
    static const char zeros[4096 * 8];
    fseek(file, 4096 * 3, SEEK_SET);
    assert_int_equal(fwrite(zeros, 1, sizeof zeros, file), sizeof zeros);
    fclose(file);
    must(store_open(scratch->path, STORE_DURABLE, &scratch->store, &why));
    must_fail(store_backup(scratch->store, path, &why), FAILURE_DATA, "damaged");
    store_close(scratch->store);
    scratch->store = NULL;
    assert_int_equal(count_files(scratch->folder), 1);
}

static bool nest_walk(void *context, const struct subscriber *subscriber, struct failure *why)
{
    struct scratch *scratch = context;
    int64_t counts[SUBSCRIBER_FORGOTTEN + 1];
    struct subscriber *found;
    return subscriber_counts(scratch->store, counts, why) &&
           subscriber_find(scratch->store, &scratch->arena, subscriber->address_key, &found, why);
}

static bool nest_twice(void *context, const struct subscriber *subscriber, struct failure *why)
{
    (void)subscriber;
    return subscriber_each(((struct scratch *)context)->store, NULL, nest_walk, context, why);
}

static void a_walk_inside_a_walk_gets_a_statement_of_its_own(void **state)
{
    struct scratch *scratch = *state;
    add_person(scratch->store, "ada@example.org", "", SUBSCRIBER_CONFIRMED);
    add_person(scratch->store, "bob@example.org", "", SUBSCRIBER_CONFIRMED);
    must(subscriber_each(scratch->store, NULL, nest_twice, scratch, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        store_test(a_new_database_has_the_schema_and_our_mark),
        store_test(a_new_database_is_not_for_strangers_eyes),
        folder_test(what_root_makes_belongs_to_the_owner_of_the_folder),
        folder_test(creating_never_overwrites),
        folder_test(creating_follows_no_link_that_leads_nowhere),
        folder_test(creating_in_a_folder_that_is_not_there_says_so),
        folder_test(creating_leaves_nothing_beside_the_database),
        folder_test(a_creation_that_is_killed_leaves_a_whole_database_or_none),
        folder_test(an_absent_database_names_the_verb_that_makes_one),
        folder_test(a_file_that_is_no_database_of_ours_is_refused),
        folder_test(a_folder_or_a_fifo_is_refused_and_nothing_hangs),
        folder_test(a_database_of_another_program_is_refused_and_stays_as_it_was),
        store_test(a_truncated_database_is_called_damaged),
        store_test(damage_inside_is_found_by_the_check),
        store_test(a_database_of_a_newer_program_names_both_versions),
        store_test(a_database_without_version_is_refused),
        cmocka_unit_test(only_a_durable_connection_may_migrate),
        store_test(a_migration_goes_through_every_version_with_the_data),
        store_test(a_migration_that_fails_changes_nothing),
        store_test(what_was_left_out_in_version_3_stays_out_unless_it_was_taken_since),
        store_test(scores_of_refusals_are_marked_for_review),
        folder_test(what_version_2_said_in_words_stands_in_columns),
        folder_test(an_old_database_becomes_as_a_new_one),
        folder_test(what_version_2_stored_is_known_again_and_keeps_its_links),
        folder_test(a_tool_that_version_2_merged_away_comes_back),
        store_test(the_tools_of_version_10_have_look_alikes),
        folder_test(a_title_of_version_2_takes_no_comparison_of_other_tools),
        store_test(a_file_of_version_11_gets_a_place_for_relays_that_are_away),
        store_test(a_file_of_version_12_gets_a_place_for_the_days_of_a_warm_up),
        store_test(what_sources_said_in_version_13_is_still_what_they_said),
        store_test(an_editor_writes_for_the_drafts_of_version_18),
        store_test(an_issue_of_version_17_has_nothing_on_record),
        store_test(what_is_on_record_is_due_until_an_issue_has_asked),
        store_test(copies_of_version_16_have_the_subject_of_their_issue),
        store_test(an_issue_of_version_15_has_moved_nothing),
        store_test(issues_of_version_14_say_nothing_of_where_their_words_come_from),
        store_test(what_the_user_may_not_open_is_a_matter_of_permission),
        store_test(a_read_only_connection_reads_and_never_writes),
        store_test(a_stretch_of_work_may_go_without_waiting_for_the_disk),
        store_test(the_quick_connection_differs_only_in_its_flush),
        cmocka_unit_test(network_file_systems_are_told_by_their_number),
        store_test(transactions_nest_and_the_outermost_commits),
        store_test(after_an_inner_rollback_the_outer_commit_fails),
        store_test(a_rollback_without_a_transaction_is_harmless),
        store_test(a_transaction_rolled_back_by_sqlite_saves_nothing_more),
        store_test(a_full_database_saves_nothing_and_goes_on_afterwards),
        store_test(who_meets_a_lock_waits_and_then_is_told_to_try_again),
        store_test(who_comes_after_a_wait_in_vain_waits_less_until_the_lock_was_had),
        store_test(a_backup_is_whole_private_and_opens),
        store_test(a_backup_goes_where_files_have_one_name_only),
        store_test(a_backup_of_a_database_that_is_read_only_works),
        store_test(a_backup_that_fails_leaves_nothing),
        store_test(a_walk_inside_a_walk_gets_a_statement_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
