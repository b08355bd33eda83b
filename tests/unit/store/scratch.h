/*
 * What the tests of store/ share: a folder of their own, an open database in it, people,
 * comparisons and issues to put there, and questions to the file itself in plain SQL.
 */
#ifndef TEST_STORE_SCRATCH_H
#define TEST_STORE_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/comparison.h"
#include "store/delivery.h"
#include "store/issue.h"
#include "store/private.h"
#include "store/store.h"
#include "store/subscriber.h"

#include "../../support/scratch_place.h"

#include <cmocka.h> /* last: it has a macro fail() of its own */

/* Fails the test with the failure's own words. */
#define must(call)                                                                                 \
    do {                                                                                           \
        struct failure why = {0};                                                                  \
        if (!(call)) {                                                                             \
            fail_msg("%s: %s", #call, why.text);                                                   \
        }                                                                                          \
    } while (0)

/* The call must fail, in that kind, with that word in its text. */
#define must_fail(call, wanted, word)                                                              \
    do {                                                                                           \
        struct failure why = {0};                                                                  \
        assert_false(call);                                                                        \
        if (why.kind != (wanted) || strstr(why.text, (word)) == NULL) {                            \
            fail_msg("%s: kind %d, \"%s\"; wanted kind %d with \"%s\"", #call, why.kind, why.text, \
                     (wanted), (word));                                                            \
        }                                                                                          \
        assert_null(strchr(why.text, '\n'));                                                       \
    } while (0)

struct scratch {
    char folder[64];
    char path[96];
    struct store *store;
    struct arena arena;
};

enum { NOW = 1795165200, DAY = 86400 }; /* 2026-11-20T09:00:00Z */

static inline int scratch_folder(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    assert_non_null(scratch);
    snprintf(scratch->folder, sizeof scratch->folder, "%s/verdicts-store-XXXXXX", scratch_place());
    assert_non_null(mkdtemp(scratch->folder));
    snprintf(scratch->path, sizeof scratch->path, "%s/weekly.db", scratch->folder);
    *state = scratch;
    return 0;
}

static inline int scratch_open(void **state)
{
    scratch_folder(state);
    struct scratch *scratch = *state;
    must(store_open(scratch->path, STORE_CREATE, &scratch->store, &why));
    return 0;
}

static inline int scratch_close(void **state)
{
    struct scratch *scratch = *state;
    char command[128];
    store_close(scratch->store);
    arena_free(&scratch->arena);
    snprintf(command, sizeof command, "%s", scratch->folder);
    char *const arguments[] = {(char *)"rm", (char *)"-rf", command, NULL};
    pid_t child = fork();
    if (child == 0) {
        execvp("rm", arguments);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    free(scratch);
    return 0;
}

#define store_test(name)  cmocka_unit_test_setup_teardown(name, scratch_open, scratch_close)
#define folder_test(name) cmocka_unit_test_setup_teardown(name, scratch_folder, scratch_close)

/* A number, asked from the file over the store's own connection. */
static inline int64_t ask(struct store *store, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(store->db));
    }
    int64_t number =
        sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    return number;
}

/* A text, likewise; good until the next call; "(null)" for NULL. */
static inline const char *ask_text(struct store *store, const char *sql)
{
    static char text[4096];
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(store->db));
    }
    const char *found = sqlite3_step(statement) == SQLITE_ROW
                            ? (const char *)sqlite3_column_text(statement, 0)
                            : "(no row)";
    snprintf(text, sizeof text, "%s", found == NULL ? "(null)" : found);
    sqlite3_finalize(statement);
    return text;
}

static inline void run_sql(struct store *store, const char *sql)
{
    must(store_execute(store, sql, &why));
}

/* A confirmed person NAME@example.org, or of the address given. */
static inline int64_t add_person(struct store *store, const char *address, const char *topics,
                                 enum subscriber_status status)
{
    struct subscriber person = {
        .address = address, .address_key = address, .name = "", .topics = topics, .status = status};
    const struct consent consent = {.kind = "added",
                                    .wording = "a test",
                                    .form = "command",
                                    .origin = "",
                                    .at = NOW - 30 * DAY};
    must(subscriber_insert(store, &person, &consent, &why));
    return person.id;
}

static inline struct tool sample_tool(const char *name)
{
    return (struct tool){.slug = name,
                         .name = name,
                         .category = "Developer Tools",
                         .tagline = "",
                         .description = "",
                         .price = "Free",
                         .price_note = "",
                         .panel_ship = 75,
                         .community_ship = PERCENT_NONE};
}

/* "left-vs-right", with `content` for its content hash. */
static inline struct comparison sample_comparison(struct arena *arena, const char *left,
                                                  const char *right, int64_t published_at,
                                                  const char *content)
{
    struct comparison made = {.slug = arena_format(arena, "%s-vs-%s", left, right),
                              .title = arena_format(arena, "%s vs %s", left, right),
                              .question = "which one?",
                              .left = sample_tool(left),
                              .right = sample_tool(right),
                              .published_at = published_at};
    snprintf(made.content_hash, sizeof made.content_hash, "%s", content);
    return made;
}

static inline int64_t add_comparison(struct scratch *scratch, const char *left, const char *right,
                                     int64_t published_at)
{
    struct comparison made = sample_comparison(&scratch->arena, left, right, published_at, "first");
    struct comparison_outcome outcome;
    must(comparison_save(scratch->store, &scratch->arena, &made, NOW, &outcome, &why));
    return made.id;
}

static inline struct issue sample_issue(const char *week)
{
    return (struct issue){.iso_week = week,
                          .window_start = NOW - 7 * DAY,
                          .window_end = NOW,
                          .subject = "Ship or skip",
                          .preheader = "This week",
                          .date = NOW,
                          .built_at = NOW};
}

/* What is named is put in front, what is out is left out. */
static inline void arrange(struct store *store, int64_t issue_id, const int64_t *first,
                           size_t first_count, const int64_t *out, size_t out_count)
{
    const struct arrangement wanted = {
        .first = first, .first_count = first_count, .leave_out = out, .leave_out_count = out_count};
    must(issue_arrange(store, issue_id, &wanted, NOW, &why));
}

static inline int64_t add_draft(struct store *store, const char *week)
{
    struct issue issue = sample_issue(week);
    must(issue_save_draft(store, &issue, NULL, 0, NULL, 0, &why));
    return issue.id;
}

/* An issue whose delivery rows exist: one for each confirmed person. */
static inline int64_t start_issue(struct store *store, const char *week)
{
    int64_t id = add_draft(store, week);
    bool done;
    int64_t readers;
    must(issue_approve(store, id, "{}", NOW, NOW, &done, &why));
    assert_true(done);
    must(issue_start(store, id, "{issue}.{subscriber}@example.org", NOW, &done, &readers, &why));
    assert_true(done);
    return id;
}

#endif
