#include "store/move.h"

#include "store/private.h"

static bool read_tools(struct query *query, struct arena *arena, struct told_tool **tools,
                       size_t *count, struct failure *why)
{
    size_t room = 0;
    bool row;
    bool ok;
    *tools = NULL;
    *count = 0;
    while ((ok = query_next(query, &row, why)) && row) {
        *tools = arena_more(arena, *tools, *count, &room, sizeof **tools);
        (*tools)[(*count)++] = (struct told_tool){
            .slug = query_copy(query, 0, arena),
            .number = query_int(query, 1),
            .week = query_copy(query, 2, arena),
            .at = query_int(query, 3),
            .was = query_copy(query, 4, arena),
            .now = query_copy(query, 5, arena),
        };
    }
    return ok;
}

/* Issues before the week that readers have or will receive. A damaged snapshot says nothing, and
 * must not stop the issues to come. */
#define TOLD_BEFORE                                                                                \
    "FROM issue i JOIN issue_item t ON t.issue_id = i.id WHERE i.iso_week < ?1 AND "               \
    "(i.state = 'approved' OR i.state = 'sending' OR i.state = 'sent') AND "                       \
    "json_valid(t.snapshot) "

bool move_told(struct store *store, struct arena *arena, const char *week, struct told_tool **tools,
               size_t *count, struct failure *why)
{
    /* With max(), SQLite takes the other columns from the row that has the maximum. */
    SQL(told_sql,
        "SELECT slug, number, iso_week, max(at), tool, NULL FROM ("
        "SELECT json_extract(t.snapshot, '$.left.slug') AS slug, i.number, i.iso_week, "
        "i.window_end AS at, json_extract(t.snapshot, '$.left') AS tool " TOLD_BEFORE
        "UNION ALL SELECT json_extract(t.snapshot, '$.right.slug'), i.number, i.iso_week, "
        "i.window_end, json_extract(t.snapshot, '$.right') " TOLD_BEFORE
        "UNION ALL SELECT m.slug, i.number, i.iso_week, i.window_end, m.snapshot "
        "FROM issue i JOIN issue_move m ON m.issue_id = i.id WHERE i.iso_week < ?1 AND "
        "(i.state = 'approved' OR i.state = 'sending' OR i.state = 'sent')) "
        "GROUP BY slug ORDER BY slug");
    struct query *query;
    bool ok = query_open(store, told_sql, BIND_LIST(BIND_TEXT(week)), &query, why) &&
              read_tools(query, arena, tools, count, why);
    query_close(query);
    return ok;
}

/* Whether tool t has a comparison that is withdrawn, or one that is not. */
#define TOLD_OF(withdrawn)                                                                         \
    "EXISTS (SELECT 1 FROM comparison c WHERE c.left_tool = t.id AND c.withdrawn_at " withdrawn    \
    ") OR EXISTS (SELECT 1 FROM comparison c WHERE c.right_tool = t.id AND "                       \
    "c.withdrawn_at " withdrawn ")"

bool move_tool(struct store *store, struct arena *arena, const char *slug, struct tool *tool,
               bool *found, struct failure *why)
{
    SQL(find_sql, "SELECT id FROM tool t WHERE slug = ?1 AND (" TOLD_OF("IS NULL") ")");
    int64_t id = 0;
    bool ok = query_number(store, find_sql, BIND_LIST(BIND_TEXT(slug)), &id, why);
    *found = ok && id != 0;
    return ok && (!*found || tool_load(store, arena, id, tool, why));
}

bool move_list(struct store *store, struct arena *arena, int64_t issue_id, struct told_tool **moves,
               size_t *count, struct failure *why)
{
    SQL(list_sql, "SELECT slug, told_number, told_week, told_at, was, snapshot FROM issue_move "
                  "WHERE issue_id = ?1 ORDER BY position");
    struct query *query;
    bool ok = query_open(store, list_sql, BIND_LIST(BIND_INT(issue_id)), &query, why) &&
              read_tools(query, arena, moves, count, why);
    query_close(query);
    return ok;
}

bool move_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                       const char ***slugs, size_t *count, struct failure *why)
{
    SQL(withdrawn_sql,
        "SELECT m.slug FROM issue_move m JOIN tool t ON t.slug = m.slug WHERE m.issue_id = ?1 AND "
        "(" TOLD_OF("IS NOT NULL") ") AND NOT (" TOLD_OF("IS NULL") ") ORDER BY m.position");
    return query_texts(store, arena, withdrawn_sql, BIND_LIST(BIND_INT(issue_id)), slugs, count,
                       why);
}

bool move_replace(struct store *store, int64_t issue_id, const struct told_tool *moves,
                  size_t count, struct failure *why)
{
    SQL(clear_sql, "DELETE FROM issue_move WHERE issue_id = ?1");
    SQL(add_sql,
        "INSERT INTO issue_move (issue_id, position, slug, told_number, told_week, told_at, "
        "was, snapshot) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    bool ok = store_begin(store, why) &&
              query_run(store, clear_sql, BIND_LIST(BIND_INT(issue_id)), NULL, why);
    for (size_t i = 0; ok && i < count; i++) {
        ok = query_run(store, add_sql,
                       BIND_LIST(BIND_INT(issue_id), BIND_INT((int64_t)i + 1),
                                 BIND_TEXT(moves[i].slug), BIND_INT(moves[i].number),
                                 BIND_TEXT(moves[i].week), BIND_INT(moves[i].at),
                                 BIND_TEXT(moves[i].was), BIND_TEXT(moves[i].now)),
                       NULL, why);
    }
    return store_end(store, ok, why);
}
