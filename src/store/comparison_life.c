#include "store/comparison_life.h"

#include <assert.h>

#include "store/private.h"

static const char *const withdrawer_names[] = {"editor", "source", "absent"};

enum { WITHDRAWERS = sizeof withdrawer_names / sizeof *withdrawer_names };

const char *comparison_withdrawer_name(enum withdrawer by)
{
    return by == WITHDRAWER_NONE ? NULL : withdrawer_names[by - WITHDRAWER_EDITOR];
}

enum withdrawer comparison_withdrawer(const char *name)
{
    if (name == NULL) {
        return WITHDRAWER_NONE;
    }
    int found = store_find_name(withdrawer_names, WITHDRAWERS, name);
    assert(found >= 0); /* the schema allows no other */
    return (enum withdrawer)(WITHDRAWER_EDITOR + found);
}

#define STATE_FIELDS                                                                               \
    "SELECT c.id, c.slug, c.title, l.name, r.name, c.published_at, c.updated_at, c.revision, "     \
    "c.withdrawn_at, c.left_out_at, c.held_at, c.withdrawn_by, i.id, i.number, i.state "           \
    "FROM comparison c JOIN tool l ON l.id = c.left_tool JOIN tool r ON r.id = c.right_tool "      \
    "LEFT JOIN issue_item t ON t.comparison_id = c.id LEFT JOIN issue i ON i.id = t.issue_id "

/* Texts are in the arena, or, if it is NULL, valid until the next step. */
static void read_state(struct query *query, struct arena *arena, struct comparison_state *state)
{
    *state = (struct comparison_state){
        .id = query_int(query, 0),
        .slug = query_keep(query, 1, arena),
        .title = query_keep(query, 2, arena),
        .left = query_keep(query, 3, arena),
        .right = query_keep(query, 4, arena),
        .published_at = query_int(query, 5),
        .updated_at = query_int(query, 6),
        .revision = query_int(query, 7),
        .withdrawn_at = query_int(query, 8),
        .left_out_at = query_int(query, 9),
        .held_at = query_int(query, 10),
        .withdrawn_by = comparison_withdrawer(query_text(query, 11)),
        .issue_id = query_int(query, 12),
        .issue_number = query_int(query, 13),
    };
    if (state->issue_id != 0) {
        state->issue_state = issue_state_of(query_text(query, 14));
    }
}

bool comparison_each(struct store *store, const struct comparison_filter *filter,
                     comparison_visit visit, void *context, struct failure *why)
{
    SQL(each_sql, STATE_FIELDS
        "WHERE c.published_at >= ?1 AND (?2 = 0 OR c.left_tool = ?2 OR c.right_tool = ?2) "
        "AND (?3 = 0 OR i.number = ?3) AND (?4 = 0 OR c.withdrawn_at IS NOT NULL) "
        "AND (?5 = 0 OR i.started_at IS NULL) ORDER BY c.published_at DESC, c.id DESC");
    struct query *query;
    struct comparison_state state;
    bool row = false;
    bool ok = query_open(store, each_sql,
                         BIND_LIST(BIND_INT(filter->since), BIND_INT(filter->tool_id),
                                   BIND_INT(filter->in_issue), BIND_INT(filter->withdrawn),
                                   BIND_INT(filter->never_sent)),
                         &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        read_state(query, NULL, &state);
        ok = visit(context, &state, why);
    }
    query_close(query);
    return ok;
}

bool comparison_state(struct store *store, struct arena *arena, int64_t id,
                      struct comparison_state *state, struct failure *why)
{
    SQL(state_sql, STATE_FIELDS "WHERE c.id = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, state_sql, BIND_LIST(BIND_INT(id)), &query, why) &&
              query_next(query, &row, why);
    assert(!ok || row); /* comparisons are never deleted */
    if (ok) {
        read_state(query, arena, state);
    }
    query_close(query);
    return ok;
}

static bool withdraw(struct store *store, int64_t id, enum withdrawer by, int64_t now,
                     bool *changed, struct failure *why)
{
    SQL(withdraw_sql, "UPDATE comparison SET withdrawn_at = ?2 WHERE id = ?1 "
                      "AND withdrawn_at IS NULL");
    SQL(by_sql, "UPDATE comparison SET withdrawn_by = ?2 WHERE id = ?1 "
                "AND (withdrawn_by IS NULL OR (?2 = 'editor' AND withdrawn_by <> ?2) "
                "OR (?2 = 'source' AND withdrawn_by = 'absent'))");
    SQL(draft_sql, "DELETE FROM issue_item WHERE comparison_id = ?1 AND (SELECT state FROM issue "
                   "WHERE id = issue_id) = 'draft'");
    int64_t changes;
    const struct bind *named = BIND_LIST(BIND_INT(id), BIND_TEXT(comparison_withdrawer_name(by)));
    bool ok =
        query_run(store, withdraw_sql, BIND_LIST(BIND_INT(id), BIND_INT(now)), &changes, why) &&
        query_run(store, by_sql, named, NULL, why) &&
        query_run(store, draft_sql, BIND_LIST(BIND_INT(id)), NULL, why);
    *changed = ok && changes == 1;
    return ok;
}

bool comparison_withdraw(struct store *store, int64_t id, enum withdrawer by, int64_t now,
                         bool *changed, struct failure *why)
{
    assert(by != WITHDRAWER_NONE);
    *changed = false;
    bool ok = store_begin(store, why) && withdraw(store, id, by, now, changed, why);
    return store_end(store, ok, why);
}

static bool restore(struct store *store, int64_t id, bool *changed, struct failure *why)
{
    /* If a full import removed it, the next one would remove it again. */
    SQL(source_sql, "DELETE FROM import_brought WHERE comparison_id = ?1 AND (SELECT withdrawn_by "
                    "FROM comparison WHERE id = ?1) = 'absent'");
    SQL(restore_sql, "UPDATE comparison SET withdrawn_at = NULL, withdrawn_by = NULL, "
                     "left_out_at = NULL WHERE id = ?1 "
                     "AND (withdrawn_at IS NOT NULL OR left_out_at IS NOT NULL)");
    int64_t changes;
    const struct bind *binds = BIND_LIST(BIND_INT(id));
    bool ok = query_run(store, source_sql, binds, NULL, why) &&
              query_run(store, restore_sql, binds, &changes, why);
    *changed = ok && changes == 1;
    return ok;
}

bool comparison_restore(struct store *store, int64_t id, bool *changed, struct failure *why)
{
    *changed = false;
    bool ok = store_begin(store, why) && restore(store, id, changed, why);
    return store_end(store, ok, why);
}

/* The facts that it was the last to state about its tools get its date too, so that a year that was
 * mistyped does not shut out newer facts. */
bool comparison_move(struct store *store, int64_t id, int64_t to, struct failure *why)
{
    SQL(facts_sql, "UPDATE tool SET told_at = ?2 FROM comparison c WHERE c.id = ?1 "
                   "AND tool.id IN (c.left_tool, c.right_tool) "
                   "AND (tool.told_by = ?1 OR tool.told_at = c.published_at)");
    SQL(words_sql, "UPDATE tool_word SET told_at = ?2 FROM comparison c WHERE c.id = ?1 "
                   "AND tool_id IN (c.left_tool, c.right_tool) AND told_by = ?1");
    SQL(move_sql, "UPDATE comparison SET published_at = ?2 WHERE id = ?1");
    const struct bind *binds = BIND_LIST(BIND_INT(id), BIND_INT(to));
    return query_run(store, facts_sql, binds, NULL, why) &&
           query_run(store, words_sql, binds, NULL, why) &&
           query_run(store, move_sql, binds, NULL, why);
}

bool comparison_is_told(struct store *store, int64_t id, bool *told, struct failure *why)
{
    SQL(told_sql, "SELECT EXISTS (SELECT 1 FROM issue_item t JOIN issue i ON i.id = t.issue_id "
                  "WHERE t.comparison_id = ?1 AND i.state <> 'draft')");
    int64_t found;
    bool ok = query_number(store, told_sql, BIND_LIST(BIND_INT(id)), &found, why);
    *told = found != 0;
    return ok;
}

static bool date(struct store *store, int64_t id, int64_t published_at, bool *changed,
                 struct failure *why)
{
    SQL(mark_sql, "UPDATE comparison SET editor_dated = 1, "
                  "source_date = coalesce(source_date, published_at) WHERE id = ?1");
    bool told;
    if (!comparison_is_told(store, id, &told, why)) {
        return false;
    }
    *changed = !told;
    return told || (query_run(store, mark_sql, BIND_LIST(BIND_INT(id)), NULL, why) &&
                    comparison_move(store, id, published_at, why));
}

bool comparison_date(struct store *store, int64_t id, int64_t published_at, bool *changed,
                     struct failure *why)
{
    *changed = false;
    bool ok = store_begin(store, why) && date(store, id, published_at, changed, why);
    return store_end(store, ok, why);
}

bool comparison_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                             const char ***slugs, size_t *count, struct failure *why)
{
    SQL(withdrawn_sql, "SELECT c.slug FROM issue_item t JOIN comparison c ON c.id = "
                       "t.comparison_id WHERE t.issue_id = ?1 AND c.withdrawn_at IS NOT NULL "
                       "ORDER BY t.position");
    return query_texts(store, arena, withdrawn_sql, BIND_LIST(BIND_INT(issue_id)), slugs, count,
                       why);
}
