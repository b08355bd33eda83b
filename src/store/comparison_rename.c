/* Renames comparisons and tools; the old slugs and names still lead to them. */
#include "store/alike.h"
#include "store/comparison_life.h"
#include "store/identity.h"
#include "store/private.h"

bool comparison_tool(struct store *store, struct arena *arena, const char *name, int64_t *id,
                     struct failure *why)
{
    SQL(slug_sql, "SELECT id FROM tool WHERE slug = ?1");
    const struct tool wanted = {.name = name, .slug = model_slug(arena, name)};
    bool former;
    return identity_tool(store, arena, &wanted, id, &former, why) &&
           (*id != 0 || query_number(store, slug_sql, BIND_LIST(BIND_TEXT(name)), id, why));
}

/* Whether the name differs from the present one, and is free. */
static bool check_name(struct store *store, const char *same_sql, const char *same,
                       const char *taken_sql, const char *taken, int64_t id,
                       enum comparison_renamed *outcome, struct failure *why)
{
    int64_t has, others;
    if (!query_number(store, same_sql, BIND_LIST(BIND_INT(id), BIND_TEXT(same)), &has, why) ||
        !query_number(store, taken_sql, BIND_LIST(BIND_INT(id), BIND_TEXT(taken)), &others, why)) {
        return false;
    }
    *outcome = has != 0      ? COMPARISON_SAME_NAME
               : others != 0 ? COMPARISON_NAME_TAKEN
                             : COMPARISON_RENAMED;
    return true;
}

/* A slug that the comparison had before becomes its own again. */
static bool rename_slug(struct store *store, int64_t id, const char *slug,
                        enum comparison_renamed *outcome, struct failure *why)
{
    SQL(same_sql, "SELECT EXISTS (SELECT 1 FROM comparison WHERE id = ?1 AND slug = ?2)");
    SQL(taken_sql,
        "SELECT EXISTS (SELECT 1 FROM comparison WHERE slug = ?2 AND id <> ?1) OR EXISTS "
        "(SELECT 1 FROM comparison_alias WHERE slug = ?2 AND comparison_id <> ?1)");
    SQL(own_sql, "DELETE FROM comparison_alias WHERE comparison_id = ?1 AND slug = ?2");
    SQL(keep_sql, "INSERT INTO comparison_alias (slug, comparison_id) SELECT slug, id FROM "
                  "comparison WHERE id = ?1");
    SQL(move_sql, "UPDATE comparison SET slug = ?2 WHERE id = ?1");
    const struct bind *binds = BIND_LIST(BIND_INT(id), BIND_TEXT(slug));
    if (!check_name(store, same_sql, slug, taken_sql, slug, id, outcome, why)) {
        return false;
    }
    return *outcome != COMPARISON_RENAMED ||
           (query_run(store, own_sql, binds, NULL, why) &&
            query_run(store, keep_sql, BIND_LIST(BIND_INT(id)), NULL, why) &&
            query_run(store, move_sql, binds, NULL, why));
}

bool comparison_rename(struct store *store, int64_t id, const char *slug,
                       enum comparison_renamed *outcome, struct failure *why)
{
    bool ok = store_begin(store, why) && rename_slug(store, id, slug, outcome, why);
    return store_end(store, ok, why);
}

/* Titles that consist of nothing but the two names are changed too. */
static bool move_tool(struct store *store, struct arena *arena, int64_t id, const char *name,
                      const char *key, struct failure *why)
{
    struct tool tool;
    SQL(left_sql, "UPDATE comparison SET title = ?2 || ' vs ' || r.name FROM tool l, tool r "
                  "WHERE left_tool = ?1 AND l.id = left_tool AND r.id = right_tool "
                  "AND title = l.name || ' vs ' || r.name");
    SQL(right_sql, "UPDATE comparison SET title = l.name || ' vs ' || ?2 FROM tool l, tool r "
                   "WHERE right_tool = ?1 AND l.id = left_tool AND r.id = right_tool "
                   "AND title = l.name || ' vs ' || r.name");
    SQL(move_sql, "UPDATE tool SET name = ?2, name_key = ?3 WHERE id = ?1");
    const struct bind *titles = BIND_LIST(BIND_INT(id), BIND_TEXT(name));
    const struct bind *names = BIND_LIST(BIND_INT(id), BIND_TEXT(name), BIND_TEXT(key));
    return query_run(store, left_sql, titles, NULL, why) &&
           query_run(store, right_sql, titles, NULL, why) &&
           query_run(store, move_sql, names, NULL, why) &&
           tool_load(store, arena, id, &tool, why) && alike_note(store, arena, &tool, why);
}

/* If only the case of letters changes, the key stays the same, and there is no old name to keep. */
static bool rename_tool(struct store *store, struct arena *arena, int64_t id, const char *name,
                        enum comparison_renamed *outcome, struct failure *why)
{
    SQL(same_sql, "SELECT EXISTS (SELECT 1 FROM tool WHERE id = ?1 AND name = ?2)");
    SQL(taken_sql, "SELECT EXISTS (SELECT 1 FROM tool WHERE name_key = ?2 AND id <> ?1) OR EXISTS "
                   "(SELECT 1 FROM tool_alias WHERE name_key = ?2 AND tool_id <> ?1)");
    SQL(own_sql, "DELETE FROM tool_alias WHERE tool_id = ?1 AND name_key = ?2");
    SQL(keep_sql, "INSERT INTO tool_alias (name_key, name, tool_id) SELECT name_key, name, id FROM "
                  "tool WHERE id = ?1 AND name_key <> ?2");
    const char *key = model_name_key(arena, name);
    const struct bind *binds = BIND_LIST(BIND_INT(id), BIND_TEXT(key));
    if (!check_name(store, same_sql, name, taken_sql, key, id, outcome, why)) {
        return false;
    }
    return *outcome != COMPARISON_RENAMED || (query_run(store, own_sql, binds, NULL, why) &&
                                              query_run(store, keep_sql, binds, NULL, why) &&
                                              move_tool(store, arena, id, name, key, why));
}

bool comparison_rename_tool(struct store *store, struct arena *arena, int64_t id, const char *name,
                            enum comparison_renamed *outcome, struct failure *why)
{
    bool ok = store_begin(store, why) && rename_tool(store, arena, id, name, outcome, why);
    return store_end(store, ok, why);
}
