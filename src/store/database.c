#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "store/epoch.h"
#include "store/leave_spool.h"
#include "store/private.h"
#include "store/staging_file.h"

extern const char embedded_schema[];

#define LOCAL_DATABASE "set \"database\" to a path on a local disk"
#define LOCAL_BACKUP   "name a file on a local disk, and copy that when it is written"

static bool check_file(const char *path, struct failure *why)
{
    struct stat found;
    if (stat(path, &found) != 0) {
        bool absent = errno == ENOENT || errno == ENOTDIR;
        return absent
                   ? fail(why, FAILURE_NO_INPUT,
                          "%s: there is no database: put it back or correct the setting "
                          "\"database\"; `verdicts init DIR` makes an empty one, to be moved here",
                          path)
                   : fail_errno(why, FAILURE_PERMISSION, "%s: cannot be opened", path);
    }
    if (!S_ISREG(found.st_mode)) {
        return fail(why, FAILURE_DATA, "%s: is %s, not a database; check the setting \"database\"",
                    path, S_ISDIR(found.st_mode) ? "a folder" : "no regular file");
    }
    return staging_file_check_filesystem(path, LOCAL_DATABASE, why);
}

void store_set_patience(struct store *store, int first_ms, int then_ms)
{
    store->first_ms = first_ms;
    store->then_ms = then_ms;
    store_wait_up_to(store, first_ms);
}

/* Without SQLITE_OPEN_CREATE: a file that vanished must not be replaced by an empty one. NOMUTEX: a
 * connection belongs to one thread at a time. */
static bool connect_file(struct store *store, struct failure *why)
{
    int flags = SQLITE_OPEN_NOMUTEX |
                (store->mode == STORE_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK) {
        if (store->db == NULL) {
            memory_exhausted();
        }
        return store_fail(store, why);
    }
    sqlite3_extended_result_codes(store->db, 1);
    store_wait_patiently(store);
    store_set_patience(store, STORE_BUSY_MS, STORE_BUSY_MS);
    return true;
}

/* Checks that the file is ours and of a version that we know. Nothing is written before. */
static bool identify(struct store *store, enum store_mode mode, bool *migrate, struct failure *why)
{
    SQL(application_id, "PRAGMA application_id");
    SQL(user_version, "PRAGMA user_version");
    int64_t id, version;
    if (!query_number(store, application_id, BIND_NOTHING, &id, why) ||
        !query_number(store, user_version, BIND_NOTHING, &version, why)) {
        return false;
    }
    if (id != STORE_APPLICATION_ID) {
        return fail(why, FAILURE_DATA,
                    "%s: is not a database of verdicts (its application id is %" PRId64
                    "); check the setting \"database\"",
                    store->path, id);
    }
    return store_accept_version(store->path, mode, version, STORE_VERSION, migrate, why);
}

static bool check_writable(struct store *store, struct failure *why)
{
    return store->mode == STORE_READ_ONLY || sqlite3_db_readonly(store->db, "main") == 0 ||
           fail(why, FAILURE_PERMISSION,
                "%s: is read-only for this user; check owner and mode of the file", store->path);
}

/* Everything that keeps memory constant or commits safe. Temporary tables and sorts use files; the
 * WAL is truncated after a large transaction; deleted content is overwritten, so that the address
 * of a person who was erased does not stay in the file. */
static bool configure(struct store *store, struct failure *why)
{
    char text[512];
    snprintf(text, sizeof text,
             "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = FILE;"
             "PRAGMA cache_size = -%d; PRAGMA mmap_size = 0; PRAGMA synchronous = %s;",
             STORE_CACHE_KIB, store->mode == STORE_QUICK ? "NORMAL" : "FULL");
    if (!store_execute(store, text, why)) {
        return false;
    }
    /* A backup or a foreign file may be in another journal mode. */
    return store->mode == STORE_READ_ONLY ||
           store_execute(store,
                         "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 16777216;"
                         "PRAGMA secure_delete = ON;",
                         why);
}

static bool prepare_connection(struct store *store, enum store_mode mode, struct failure *why)
{
    bool migrate = false;
    if (!connect_file(store, why) || !identify(store, mode, &migrate, why) ||
        !check_writable(store, why) || !configure(store, why)) {
        return false;
    }
    return !migrate || store_migrate(store, store_migrations, STORE_VERSION, why);
}

static struct store *store_new(const char *path, enum store_mode mode)
{
    struct store *store = memory_resize(NULL, sizeof *store);
    *store = (struct store){.mode = mode};
    store->path = memory_resize(NULL, strlen(path) + 1);
    memcpy(store->path, path, strlen(path) + 1);
    return store;
}

/* The application id and the version are written in the schema's transaction. */
static bool write_schema(struct store *store, struct failure *why)
{
    char mark[128];
    snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             STORE_APPLICATION_ID, STORE_VERSION);
    bool ok = store_begin(store, why) && store_execute(store, embedded_schema, why) &&
              store_execute(store, mark, why);
    return store_end(store, ok, why) && store_execute(store, "PRAGMA journal_mode = WAL", why);
}

static bool create_file(const char *path, struct failure *why)
{
    struct arena arena = {0};
    const char *staging = NULL;
    bool ok = staging_file_create(&arena, path, LOCAL_DATABASE, &staging, why);
    if (ok) {
        struct store *store = store_new(staging, STORE_CREATE);
        ok = connect_file(store, why) && write_schema(store, why);
        store_close(store);
        ok = ok && staging_file_publish(staging, path, why);
        staging_file_drop(staging);
    }
    arena_free(&arena);
    return ok;
}

bool store_open(const char *path, enum store_mode mode, struct store **store, struct failure *why)
{
    *store = NULL;
    if (mode == STORE_CREATE && !create_file(path, why)) {
        return false;
    }
    if (!check_file(path, why)) {
        return false;
    }
    struct store *opened = store_new(path, mode == STORE_COPY ? STORE_READ_ONLY : mode);
    if (!prepare_connection(opened, mode, why)) {
        store_close(opened);
        return false;
    }
    opened->before_writing = mode == STORE_DURABLE ? leave_spool_take : NULL;
    *store = opened;
    return true;
}

void store_close(struct store *store)
{
    if (store != NULL) {
        store_drop_statements(store);
        sqlite3_close(store->db);
        free(store->path);
        free(store);
    }
}

bool store_set_durable(struct store *store, bool durable, struct failure *why)
{
    /* Inside a transaction SQLite would ignore it silently. */
    assert(store->depth == 0 && store->mode != STORE_READ_ONLY);
    /* Then only checkpoints wait for the disk, and most of their pages are soon written again: so
     * they are eight times rarer than SQLite's default, for 32 MB of log. */
    return store_execute(store,
                         durable ? "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000"
                                 : "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000",
                         why);
}

void store_rest(struct store *store)
{
    sqlite3_db_release_memory(store->db);
}

/* SQLite puts its files beside the file that a link resolves to. */
bool store_prepare_confined(struct store *store, struct arena *arena,
                            const char *files[STORE_FILES], struct failure *why)
{
    const char *path = sqlite3_db_filename(store->db, "main");
    files[0] = path;
    files[1] = arena_format(arena, "%s-wal", path);
    files[2] = arena_format(arena, "%s-shm", path);
    files[3] = file_beside(arena, store->path, "leaves");
    return store_execute(store, "PRAGMA temp_store = MEMORY", why) && leave_spool_make(store, why);
}

/* AUTOINCREMENT's counters are in the file, and are restored with it. A table that never had a row
 * has no counter. */
bool store_leave_gap(struct store *store, struct failure *why)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "INSERT INTO sqlite_sequence (name, seq) SELECT column1, 0 FROM (VALUES "
             "('subscriber'), ('outgoing')) WHERE column1 NOT IN (SELECT name FROM "
             "sqlite_sequence); UPDATE sqlite_sequence SET seq = seq + %d WHERE name IN "
             "('subscriber', 'outgoing')",
             EPOCH_GAP);
    return store_execute(store, sql, why);
}

/* In the copy, which nobody uses yet; the original is unchanged. */
static bool leave_gap_in(const char *path, struct failure *why)
{
    struct store *copy = store_new(path, STORE_QUICK);
    bool ok = connect_file(copy, why) && store_begin(copy, why);
    ok = ok && store_end(copy, store_leave_gap(copy, why), why);
    store_close(copy);
    return ok;
}

bool store_backup(struct store *store, const char *path, struct failure *why)
{
    SQL(vacuum_into, "VACUUM INTO ?1");
    assert(store->depth == 0);
    struct arena arena = {0};
    const char *staging = NULL;
    bool ok = staging_file_create(&arena, path, LOCAL_BACKUP, &staging, why);
    if (ok) {
        ok = query_run(store, vacuum_into, BIND_LIST(BIND_TEXT(staging)), NULL, why) &&
             leave_gap_in(staging, why) && staging_file_publish(staging, path, why);
        staging_file_drop(staging);
    }
    arena_free(&arena);
    return ok || fail_context(why, "backup");
}

static bool first_finding(struct store *store, const char *sql, const char *good,
                          struct failure *why)
{
    struct query *query;
    bool row = false;
    bool ok = query_open(store, sql, BIND_NOTHING, &query, why) && query_next(query, &row, why);
    if (row && (good == NULL || strcmp(query_text(query, 0), good) != 0)) {
        ok = fail(why, FAILURE_DATA, "%s: damaged: %s; put a backup in its place", store->path,
                  query_text(query, 0));
    }
    query_close(query);
    return ok;
}

bool store_check(struct store *store, struct failure *why)
{
    SQL(integrity, "PRAGMA integrity_check(1)");
    SQL(references,
        "SELECT 'a row of ' || \"table\" || coalesce(' (' || rowid || ')', '') || ' refers to a "
        "missing row of ' || parent FROM pragma_foreign_key_check");
    return first_finding(store, integrity, "ok", why) &&
           first_finding(store, references, NULL, why);
}
