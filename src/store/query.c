#include "store/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct query {
    struct store *store;
    const char *sql; /* the key: compared by address */
    sqlite3_stmt *statement;
    bool busy;
    struct query *next;
};

struct error_row {
    int code;
    enum failure_kind kind;
    const char *text;
};

static const struct error_row error_rows[] = {
    {SQLITE_BUSY, FAILURE_TRY_AGAIN, "another process is writing to it; try again later"},
    {SQLITE_LOCKED, FAILURE_TRY_AGAIN, "another process is writing to it; try again later"},
    {SQLITE_READONLY, FAILURE_PERMISSION,
     "cannot be written; check owner and mode of the file and of its folder"},
    {SQLITE_PERM, FAILURE_PERMISSION, "access denied; check owner and mode of the file"},
    {SQLITE_AUTH, FAILURE_PERMISSION, "access denied; check owner and mode of the file"},
    {SQLITE_NOTADB, FAILURE_DATA, "is not a database; check the setting \"database\""},
    {SQLITE_CORRUPT, FAILURE_DATA, "the database is damaged; put a backup in its place"},
    {SQLITE_FULL, FAILURE_IO,
     "the disk is full; nothing of this step was saved; make room and run the command again"},
    {SQLITE_IOERR, FAILURE_IO, "reading or writing failed; check the disk"},
};

/* SQLite opens the file, its -wal and its -shm; the system's errno tells what is wrong. */
static bool fail_to_open(struct store *store, struct failure *why)
{
    int number = sqlite3_system_errno(store->db);
    if (number == EMFILE || number == ENFILE) {
        return fail(why, FAILURE_SYSTEM, "%s: cannot be opened: %s", store->path, strerror(number));
    }
    return fail(why, FAILURE_PERMISSION,
                "%s: cannot be opened%s%s; this user needs to read and write the file and its "
                "folder",
                store->path, number == 0 ? "" : ": ", number == 0 ? "" : strerror(number));
}

/* SQLite reports a full disk as an I/O error if the WAL's shared memory finds no room. */
static int error_code(struct store *store)
{
    int code = sqlite3_errcode(store->db) & 0xff;
    bool no_room = code == SQLITE_IOERR && sqlite3_system_errno(store->db) == ENOSPC;
    return no_room ? SQLITE_FULL : code;
}

bool store_fail(struct store *store, struct failure *why)
{
    int code = error_code(store);
    if (code == SQLITE_NOMEM) {
        memory_exhausted();
    }
    if (code == SQLITE_CANTOPEN) {
        return fail_to_open(store, why);
    }
    for (size_t i = 0; i < sizeof error_rows / sizeof *error_rows; i++) {
        if (error_rows[i].code == code) {
            int number = code == SQLITE_IOERR ? sqlite3_system_errno(store->db) : 0;
            return fail(why, error_rows[i].kind, "%s: %s%s%s", store->path, error_rows[i].text,
                        number == 0 ? "" : ": ", number == 0 ? "" : strerror(number));
        }
    }
    return fail(why, FAILURE_INTERNAL, "%s: SQLite says \"%s\" (%d)", store->path,
                sqlite3_errmsg(store->db), sqlite3_extended_errcode(store->db));
}

bool store_is_duplicate(struct store *store)
{
    int code = sqlite3_extended_errcode(store->db);
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY;
}

struct bind bind_text(const char *text)
{
    return (struct bind){
        .kind = BIND_KIND_BYTES, .bytes = text, .len = text == NULL ? 0 : strlen(text)};
}

struct bind bind_some(int64_t value)
{
    return (struct bind){.kind = value == 0 ? BIND_KIND_NULL : BIND_KIND_INT, .number = value};
}

static struct query **slot_of(struct store *store, const char *sql)
{
    return &store->statements[((uintptr_t)sql >> 4) % STORE_STATEMENT_SLOTS];
}

static struct query *find_idle(struct store *store, const char *sql)
{
    for (struct query *query = *slot_of(store, sql); query != NULL; query = query->next) {
        if (query->sql == sql && !query->busy) {
            return query;
        }
    }
    return NULL;
}

static bool prepare(struct store *store, const char *sql, struct query **query, struct failure *why)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) {
        return store_fail(store, why);
    }
    *query = memory_resize(NULL, sizeof **query);
    **query = (struct query){
        .store = store, .sql = sql, .statement = statement, .next = *slot_of(store, sql)};
    *slot_of(store, sql) = *query;
    return true;
}

static int bind_one(sqlite3_stmt *statement, int index, const struct bind *bind)
{
    switch (bind->kind) {
    case BIND_KIND_INT:
        return sqlite3_bind_int64(statement, index, bind->number);
    case BIND_KIND_REAL:
        return sqlite3_bind_double(statement, index, bind->real);
    case BIND_KIND_BYTES:
        return bind->blob
                   ? sqlite3_bind_blob64(statement, index, bind->bytes, bind->len, SQLITE_STATIC)
                   : sqlite3_bind_text64(statement, index, bind->bytes, bind->len, SQLITE_STATIC,
                                         SQLITE_UTF8);
    default:
        return sqlite3_bind_null(statement, index);
    }
}

/* After some errors (a full disk) SQLite has rolled back by itself: the rest of the transaction
 * must not be committed statement by statement then. */
static bool transaction_lost(struct store *store, struct failure *why)
{
    if (store->depth == 0 || sqlite3_get_autocommit(store->db) == 0) {
        return false;
    }
    store->broken = true;
    fail(why, FAILURE_IO, "%s: the transaction was rolled back after an earlier error",
         store->path);
    return true;
}

bool query_open(struct store *store, const char *sql, const struct bind *binds,
                struct query **query, struct failure *why)
{
    *query = NULL;
    if (transaction_lost(store, why)) {
        return false;
    }
    struct query *found = find_idle(store, sql);
    if (found == NULL && !prepare(store, sql, &found, why)) {
        return false;
    }
    for (int i = 0; binds[i].kind != BIND_KIND_END; i++) {
        if (bind_one(found->statement, i + 1, &binds[i]) != SQLITE_OK) {
            return store_fail(store, why);
        }
    }
    found->busy = true;
    store->executed++;
    *query = found;
    return true;
}

bool query_next(struct query *query, bool *row, struct failure *why)
{
    int code = sqlite3_step(query->statement);
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE || store_fail(query->store, why);
}

void query_close(struct query *query)
{
    if (query != NULL) {
        sqlite3_reset(query->statement);
        sqlite3_clear_bindings(query->statement);
        query->busy = false;
    }
}

int64_t query_int(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double query_real(struct query *query, int column)
{
    return sqlite3_column_double(query->statement, column);
}

const char *query_text(struct query *query, int column)
{
    int type = sqlite3_column_type(query->statement, column);
    if (type == SQLITE_NULL) {
        return NULL;
    }
    const char *text = type == SQLITE_BLOB
                           ? sqlite3_column_blob(query->statement, column)
                           : (const char *)sqlite3_column_text(query->statement, column);
    if (text == NULL && type != SQLITE_BLOB) {
        memory_exhausted();
    }
    return text == NULL ? "" : text;
}

size_t query_size(struct query *query, int column)
{
    return (size_t)sqlite3_column_bytes(query->statement, column);
}

const char *query_copy(struct query *query, int column, struct arena *arena)
{
    const char *text = query_text(query, column);
    return text == NULL ? NULL : arena_copy_bytes(arena, text, query_size(query, column));
}

const char *query_keep(struct query *query, int column, struct arena *arena)
{
    return arena == NULL ? query_text(query, column) : query_copy(query, column, arena);
}

bool query_run(struct store *store, const char *sql, const struct bind *binds, int64_t *changes,
               struct failure *why)
{
    struct query *query;
    if (!query_open(store, sql, binds, &query, why)) {
        return false;
    }
    bool row = true;
    bool ok = true;
    while (ok && row) {
        ok = query_next(query, &row, why);
    }
    if (changes != NULL) {
        *changes = ok ? sqlite3_changes64(store->db) : 0;
    }
    query_close(query);
    return ok;
}

bool query_number(struct store *store, const char *sql, const struct bind *binds, int64_t *number,
                  struct failure *why)
{
    struct query *query;
    bool row = false;
    *number = 0;
    bool ok = query_open(store, sql, binds, &query, why) && query_next(query, &row, why);
    if (row) {
        *number = query_int(query, 0);
    }
    query_close(query);
    return ok;
}

bool query_insert(struct store *store, const char *sql, const struct bind *binds, int64_t *id,
                  struct failure *why)
{
    bool ok = query_run(store, sql, binds, NULL, why);
    *id = ok ? sqlite3_last_insert_rowid(store->db) : 0;
    return ok;
}

bool query_texts(struct store *store, struct arena *arena, const char *sql,
                 const struct bind *binds, const char ***texts, size_t *count, struct failure *why)
{
    struct query *query;
    size_t room = 0;
    bool row = true;
    *texts = NULL;
    *count = 0;
    bool ok = query_open(store, sql, binds, &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        *texts = arena_more(arena, *texts, *count, &room, sizeof **texts);
        (*texts)[(*count)++] = query_copy(query, 0, arena);
    }
    query_close(query);
    return ok;
}

bool store_execute(struct store *store, const char *sql, struct failure *why)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(store, why);
}

int64_t store_executed(const struct store *store)
{
    return store->executed;
}

void store_drop_statements(struct store *store)
{
    for (size_t i = 0; i < STORE_STATEMENT_SLOTS; i++) {
        while (store->statements[i] != NULL) {
            struct query *query = store->statements[i];
            store->statements[i] = query->next;
            sqlite3_finalize(query->statement);
            free(query);
        }
    }
}

void store_each_statement(struct store *store, void (*each)(void *context, const char *sql),
                          void *context)
{
    for (size_t i = 0; i < STORE_STATEMENT_SLOTS; i++) {
        for (struct query *query = store->statements[i]; query != NULL; query = query->next) {
            each(context, query->sql);
        }
    }
}

int store_find_name(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}
