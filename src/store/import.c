#include "store/import.h"

#include "store/private.h"

static bool begin(struct store *store, const char *verb, const char *fingerprint,
                  const char *const *names, size_t count, int64_t now, int64_t *id,
                  struct failure *why)
{
    SQL(begin_sql, "INSERT INTO import (verb, fingerprint, started_at) VALUES (?1, ?2, ?3)");
    SQL(file_sql, "INSERT INTO import_file (import_id, position, name) VALUES (?1, ?2, ?3)");
    bool ok =
        query_insert(store, begin_sql,
                     BIND_LIST(BIND_TEXT(verb), BIND_TEXT(fingerprint), BIND_INT(now)), id, why);
    for (size_t i = 0; ok && i < count; i++) {
        ok = query_run(store, file_sql,
                       BIND_LIST(BIND_INT(*id), BIND_INT((int64_t)i), BIND_TEXT(names[i])), NULL,
                       why);
    }
    return ok;
}

bool import_begin(struct store *store, const char *verb, const char *fingerprint,
                  const char *const *names, size_t count, int64_t now, int64_t *id,
                  struct failure *why)
{
    bool ok =
        store_begin(store, why) && begin(store, verb, fingerprint, names, count, now, id, why);
    return store_end(store, ok, why);
}

bool import_note(struct store *store, int64_t id, size_t file, const struct import_counts *counts,
                 struct failure *why)
{
    SQL(note_sql,
        "UPDATE import_file SET lines = ?3, added = ?4, already = ?5, left_before = ?6, "
        "taken_off = ?7, suppressed = ?8, bad = ?9 WHERE import_id = ?1 AND position = ?2");
    return query_run(store, note_sql,
                     BIND_LIST(BIND_INT(id), BIND_INT((int64_t)file), BIND_INT(counts->lines),
                               BIND_INT(counts->added), BIND_INT(counts->already),
                               BIND_INT(counts->left_before), BIND_INT(counts->taken_off),
                               BIND_INT(counts->suppressed), BIND_INT(counts->bad)),
                     NULL, why);
}

static void read_counts(struct query *query, int first, struct import_counts *counts)
{
    *counts = (struct import_counts){.lines = query_int(query, first),
                                     .added = query_int(query, first + 1),
                                     .already = query_int(query, first + 2),
                                     .left_before = query_int(query, first + 3),
                                     .taken_off = query_int(query, first + 4),
                                     .suppressed = query_int(query, first + 5),
                                     .bad = query_int(query, first + 6)};
}

bool import_noted(struct store *store, int64_t id, size_t file, struct import_counts *counts,
                  struct failure *why)
{
    SQL(noted_sql, "SELECT lines, added, already, left_before, taken_off, suppressed, bad "
                   "FROM import_file WHERE import_id = ?1 AND position = ?2");
    struct query *query;
    bool row = false;
    *counts = (struct import_counts){0};
    bool ok = query_open(store, noted_sql, BIND_LIST(BIND_INT(id), BIND_INT((int64_t)file)), &query,
                         why) &&
              query_next(query, &row, why);
    if (row) {
        read_counts(query, 0, counts);
    }
    query_close(query);
    return ok;
}

bool import_finish(struct store *store, int64_t id, int64_t now, struct failure *why)
{
    SQL(finish_sql, "UPDATE import SET finished_at = ?2 WHERE id = ?1");
    return query_run(store, finish_sql, BIND_LIST(BIND_INT(id), BIND_INT(now)), NULL, why);
}

#define IMPORT_FIELDS                                                                              \
    "SELECT i.id, i.verb, i.fingerprint, i.started_at, i.finished_at, i.undone_at, "               \
    "(SELECT name FROM import_file f WHERE f.import_id = i.id AND f.position = 0), count(*), "     \
    "sum(f.lines), sum(f.added), sum(f.already), sum(f.left_before), sum(f.taken_off), "           \
    "sum(f.suppressed), sum(f.bad) FROM import i JOIN import_file f ON f.import_id = i.id "

static void read_run(struct query *query, struct arena *arena, struct import_run *run)
{
    *run = (struct import_run){.id = query_int(query, 0),
                               .verb = query_copy(query, 1, arena),
                               .fingerprint = query_copy(query, 2, arena),
                               .started_at = query_int(query, 3),
                               .finished_at = query_int(query, 4),
                               .undone_at = query_int(query, 5),
                               .name = query_copy(query, 6, arena),
                               .files = query_int(query, 7)};
    read_counts(query, 8, &run->counts);
}

bool import_find(struct store *store, struct arena *arena, int64_t id, struct import_run **run,
                 struct failure *why)
{
    SQL(find_sql, IMPORT_FIELDS "WHERE i.id = ?1 GROUP BY i.id");
    struct query *query;
    bool row = false;
    *run = NULL;
    bool ok = query_open(store, find_sql, BIND_LIST(BIND_INT(id)), &query, why) &&
              query_next(query, &row, why);
    if (row) {
        *run = arena_alloc(arena, sizeof **run);
        read_run(query, arena, *run);
    }
    query_close(query);
    return ok;
}

bool import_count_unfinished(struct store *store, int64_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM import WHERE finished_at IS NULL");
    return query_number(store, count_sql, BIND_NOTHING, count, why);
}

bool import_tell(struct store *store, int64_t id, bool *first, struct failure *why)
{
    SQL(tell_sql, "UPDATE import SET told = 1 WHERE id = ?1 AND told = 0");
    int64_t changes;
    bool ok = query_run(store, tell_sql, BIND_LIST(BIND_INT(id)), &changes, why);
    *first = ok && changes == 1;
    return ok;
}

bool import_unfinished(struct store *store, struct arena *arena, struct import_run **runs,
                       size_t *count, struct failure *why)
{
    SQL(unfinished_sql, IMPORT_FIELDS "WHERE i.finished_at IS NULL GROUP BY i.id ORDER BY i.id");
    struct query *query = NULL;
    int64_t room;
    bool row;
    *count = 0;
    *runs = NULL;
    bool ok = import_count_unfinished(store, &room, why);
    if (!ok || room == 0) {
        return ok;
    }
    *runs = arena_array(arena, (size_t)room, sizeof **runs);
    ok = query_open(store, unfinished_sql, BIND_NOTHING, &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row && *count < (size_t)room) {
        read_run(query, arena, &(*runs)[(*count)++]);
    }
    query_close(query);
    return ok;
}

bool import_touch(struct store *store, int64_t id, int64_t subscriber_id, struct failure *why)
{
    SQL(touch_sql, "UPDATE subscriber SET import_id = ?1 WHERE id = ?2");
    return query_run(store, touch_sql, BIND_LIST(BIND_INT(id), BIND_INT(subscriber_id)), NULL, why);
}

/* --- undoing --- */

/* ?1 the import, ?2 and ?3 the range of ids (after, up to). People who have not been heard from
 * still have the import's id. */
#define UNDONE_PEOPLE                                                                              \
    "s.id > ?2 AND s.id <= ?3 AND s.import_id = ?1 AND (s.status = 'pending' OR s.status = "       \
    "'confirmed')"

/* Added by this import, and no row refers to them that must be kept. */
#define UNDONE_UNBOUND                                                                             \
    "NOT EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = s.id AND c.import_id IS NOT ?1) " \
    "AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.subscriber_id = s.id) "                      \
    "AND NOT EXISTS (SELECT 1 FROM bounce_event b WHERE b.subscriber_id = s.id) "                  \
    "AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.subscriber_id = s.id)"

#define UNDONE_IDS "(SELECT s.id FROM subscriber s WHERE " UNDONE_PEOPLE " AND " UNDONE_UNBOUND ")"

static bool undo_range(struct store *store, const struct bind *binds, struct import_undone *undone,
                       struct failure *why)
{
    SQL(consent_sql, "DELETE FROM consent WHERE subscriber_id IN " UNDONE_IDS);
    SQL(change_sql, "DELETE FROM address_change WHERE subscriber_id IN " UNDONE_IDS);
    SQL(person_sql, "DELETE FROM subscriber AS s WHERE " UNDONE_PEOPLE " AND " UNDONE_UNBOUND);
    SQL(pending_sql, "UPDATE subscriber AS s SET status = 'pending', confirmed_at = NULL, "
                     "import_id = NULL WHERE " UNDONE_PEOPLE);
    int64_t removed, pending;
    /* People who have a consent entry of another import or of their own are kept with all their
     * entries. Of the others the entries go first, because they refer to the person. */
    if (!query_run(store, change_sql, binds, NULL, why) ||
        !query_run(store, consent_sql, binds, NULL, why) ||
        !query_run(store, person_sql, binds, &removed, why) ||
        !query_run(store, pending_sql, binds, &pending, why)) {
        return false;
    }
    undone->removed += removed;
    undone->pending += pending;
    return true;
}

static bool undo_piece(struct store *store, int64_t id, int64_t limit, int64_t *after,
                       struct import_undone *undone, struct failure *why)
{
    SQL(last_sql, "SELECT max(id) FROM (SELECT id FROM subscriber WHERE id > ?1 ORDER BY id "
                  "LIMIT ?2)");
    int64_t last;
    bool ok =
        query_number(store, last_sql, BIND_LIST(BIND_INT(*after), BIND_INT(limit)), &last, why) &&
        undo_range(store, BIND_LIST(BIND_INT(id), BIND_INT(*after), BIND_INT(last)), undone, why);
    *after = last;
    return ok;
}

bool import_undo_piece(struct store *store, int64_t id, int64_t limit, int64_t *after,
                       struct import_undone *undone, struct failure *why)
{
    bool ok = store_begin(store, why) && undo_piece(store, id, limit, after, undone, why);
    return store_end(store, ok, why);
}

bool import_undo_end(struct store *store, int64_t id, int64_t now, struct failure *why)
{
    SQL(end_sql, "UPDATE import SET undone_at = coalesce(undone_at, ?2), "
                 "finished_at = coalesce(finished_at, ?2) WHERE id = ?1");
    return query_run(store, end_sql, BIND_LIST(BIND_INT(id), BIND_INT(now)), NULL, why);
}

/* --- a rehearsal --- */

bool import_seen_begin(struct store *store, struct failure *why)
{
    return store_execute(store,
                         "CREATE TEMP TABLE IF NOT EXISTS import_seen (address_key TEXT PRIMARY "
                         "KEY, status INTEGER NOT NULL) STRICT, WITHOUT ROWID; "
                         "DELETE FROM temp.import_seen",
                         why);
}

bool import_seen_find(struct store *store, const char *address_key, int *status,
                      struct failure *why)
{
    SQL(seen_sql, "SELECT status + 1 FROM temp.import_seen WHERE address_key = ?1");
    int64_t number;
    bool ok = query_number(store, seen_sql, BIND_LIST(BIND_TEXT(address_key)), &number, why);
    *status = (int)number - 1;
    return ok;
}

bool import_seen_note(struct store *store, const char *address_key, int status, struct failure *why)
{
    SQL(see_sql, "INSERT OR REPLACE INTO temp.import_seen (address_key, status) VALUES (?1, ?2)");
    return query_run(store, see_sql, BIND_LIST(BIND_TEXT(address_key), BIND_INT(status)), NULL,
                     why);
}

bool import_seen_end(struct store *store, struct failure *why)
{
    return store_execute(store, "DELETE FROM temp.import_seen", why);
}
