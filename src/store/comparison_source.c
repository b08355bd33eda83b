/* Which source has brought which comparison. */
#include "store/comparison_life.h"
#include "store/private.h"

/* Stored in place of a source's hashes after a full import without the comparison. */
#define SAID_ABSENT "absent"

bool comparison_source(struct store *store, const char *name, bool make, int64_t *source_id,
                       struct failure *why)
{
    SQL(find_sql, "SELECT id FROM import_source WHERE name = ?1");
    SQL(add_sql, "INSERT INTO import_source (name) VALUES (?1)");
    bool ok = store_begin(store, why) &&
              query_number(store, find_sql, BIND_LIST(BIND_TEXT(name)), source_id, why) &&
              (*source_id != 0 || !make ||
               query_insert(store, add_sql, BIND_LIST(BIND_TEXT(name)), source_id, why));
    return store_end(store, ok, why);
}

bool comparison_brought(struct store *store, int64_t source_id, int64_t comparison_id,
                        const char *said, struct failure *why)
{
    SQL(note_sql, "INSERT INTO import_brought (source_id, comparison_id, said) VALUES (?1, ?2, ?3) "
                  "ON CONFLICT (source_id, comparison_id) DO UPDATE SET said = ?3, outdone = 0");
    return query_run(store, note_sql,
                     BIND_LIST(BIND_INT(source_id), BIND_INT(comparison_id), BIND_TEXT(said)), NULL,
                     why);
}

/* Until the source brings it again, its statements no longer count, whoever else brings it. */
bool comparison_absent(struct store *store, int64_t source_id, int64_t comparison_id, int64_t now,
                       bool *changed, struct failure *why)
{
    SQL(absent_sql, "UPDATE import_brought SET said = '" SAID_ABSENT "', outdone = 0 "
                    "WHERE source_id = ?1 AND comparison_id = ?2");
    bool ok = store_begin(store, why) &&
              comparison_withdraw(store, comparison_id, WITHDRAWER_ABSENT, now, changed, why) &&
              query_run(store, absent_sql, BIND_LIST(BIND_INT(source_id), BIND_INT(comparison_id)),
                        NULL, why);
    return store_end(store, ok, why);
}

static bool read_ids(struct query *query, int64_t *ids, size_t room, size_t *count,
                     struct failure *why)
{
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row && *count < room) {
        ids[(*count)++] = query_int(query, 0);
    }
    return ok;
}

#define BROUGHT_RANGE                                                                              \
    "FROM import_brought b JOIN comparison c ON c.id = b.comparison_id "                           \
    "WHERE b.source_id = ?1 AND b.said <> '" SAID_ABSENT "' AND c.withdrawn_at IS NULL "

static bool brought_by(struct store *store, struct arena *arena, int64_t source_id, int64_t **ids,
                       size_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) " BROUGHT_RANGE);
    SQL(ids_sql, "SELECT b.comparison_id " BROUGHT_RANGE "ORDER BY b.comparison_id");
    int64_t room;
    struct query *query = NULL;
    const struct bind *binds = BIND_LIST(BIND_INT(source_id));
    if (!query_number(store, count_sql, binds, &room, why) ||
        !query_open(store, ids_sql, binds, &query, why)) {
        return false;
    }
    *ids = arena_array(arena, (size_t)room, sizeof **ids);
    bool ok = read_ids(query, *ids, (size_t)room, count, why);
    query_close(query);
    return ok;
}

bool comparison_brought_by(struct store *store, struct arena *arena, int64_t source_id,
                           int64_t **ids, size_t *count, struct failure *why)
{
    *count = 0;
    bool ok =
        store_begin_reading(store, why) && brought_by(store, arena, source_id, ids, count, why);
    return store_end(store, ok, why);
}
