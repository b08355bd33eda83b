#include "store/identity.h"

#include <string.h>

#include "store/private.h"

/* own_slug in the tables; 2 occurs in databases that were migrated. */
enum { SLUG_MADE = 0, SLUG_OWN = 1, SLUG_UNKNOWN = 2 };

/* The statements of one table. */
struct slug_table {
    const char *taken_sql; /* whether ?1 is the slug of a row other than ?2 */
    const char *move_sql;  /* gives row ?1 the slug ?2 */
    const char *last_sql;  /* the highest id */
};

static const struct slug_table *tool_slugs(void)
{
    SQL(taken_sql, "SELECT EXISTS (SELECT 1 FROM tool WHERE slug = ?1 AND id != ?2)");
    SQL(move_sql, "UPDATE tool SET slug = ?2 WHERE id = ?1");
    SQL(last_sql, "SELECT max(id) FROM tool");
    static const struct slug_table table = {taken_sql, move_sql, last_sql};
    return &table;
}

static const struct slug_table *comparison_slugs(void)
{
    SQL(taken_sql, "SELECT EXISTS (SELECT 1 FROM comparison WHERE slug = ?1 AND id != ?2) OR "
                   "EXISTS (SELECT 1 FROM comparison_alias WHERE slug = ?1)");
    SQL(move_sql, "UPDATE comparison SET slug = ?2 WHERE id = ?1");
    SQL(last_sql, "SELECT max(id) FROM comparison");
    static const struct slug_table table = {taken_sql, move_sql, last_sql};
    return &table;
}

enum { SLUG_TRIES = 20 };

/* `slug`, or, if a row other than `id` has it, the first free one of slug-2, slug-3 …; if many have
 * it, the number is the next row's id, so that a hundred thousand collisions are no problem. */
static bool free_slug(struct store *store, struct arena *arena, const struct slug_table *table,
                      const char *slug, int64_t id, const char **found, struct failure *why)
{
    int64_t number = 1;
    int64_t taken;
    *found = slug;
    for (int tries = 1;; tries++) {
        if (!query_number(store, table->taken_sql, BIND_LIST(BIND_TEXT(*found), BIND_INT(id)),
                          &taken, why) ||
            (tries == SLUG_TRIES &&
             !query_number(store, table->last_sql, BIND_NOTHING, &number, why))) {
            return false;
        }
        if (taken == 0) {
            return true;
        }
        *found = model_slug_number(arena, slug, ++number);
    }
}

bool identity_tool_slug(struct store *store, struct arena *arena, struct tool *tool,
                        struct failure *why)
{
    return free_slug(store, arena, tool_slugs(), tool->slug, 0, &tool->slug, why);
}

bool identity_comparison_slug(struct store *store, struct arena *arena,
                              struct comparison *comparison, struct failure *why)
{
    return free_slug(store, arena, comparison_slugs(), comparison->slug, 0, &comparison->slug, why);
}

/* The row `id` gives up its generated slug to one whose source gives that slug. */
static bool make_way(struct store *store, struct arena *arena, const struct slug_table *table,
                     const char *slug, int64_t id, struct failure *why)
{
    const char *other;
    return free_slug(store, arena, table, model_slug_number(arena, slug, 2), id, &other, why) &&
           query_run(store, table->move_sql, BIND_LIST(BIND_INT(id), BIND_TEXT(other)), NULL, why);
}

static bool tool_by_slug(struct store *store, struct arena *arena, const struct tool *tool,
                         const char *key, int64_t *id, struct failure *why)
{
    SQL(slug_sql, "SELECT id, own_slug, name_key FROM tool WHERE slug = ?1");
    SQL(made_sql, "SELECT id FROM tool WHERE name_key = ?1 AND own_slug = 0");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, slug_sql, BIND_LIST(BIND_TEXT(tool->slug)), &query, why) &&
              query_next(query, &row, why);
    int64_t found = row ? query_int(query, 0) : 0;
    bool same = row && (query_int(query, 1) != SLUG_MADE || strcmp(query_text(query, 2), key) == 0);
    query_close(query);
    if (!ok || same) {
        *id = found;
        return ok;
    }
    return (found == 0 || make_way(store, arena, tool_slugs(), tool->slug, found, why)) &&
           query_number(store, made_sql, BIND_LIST(BIND_TEXT(key)), id, why);
}

/* Rows that match something without a slug of its own, and which of them it is. */
struct fitting {
    int64_t made;   /* the one with a generated slug */
    int64_t only;   /* the last match */
    int64_t like;   /* the one whose slug is the slug of its text */
    int64_t titled; /* the one with the same title */
    size_t count;
};

/* The one with a generated slug, which something without a slug of its own must be; else the only
 * one; else the one whose slug the text would give; else the one with the same title. 0: several
 * fit, and nothing tells which. */
static int64_t choose(const struct fitting *fitting)
{
    if (fitting->made != 0 || fitting->count <= 1) {
        return fitting->made != 0 ? fitting->made : fitting->only;
    }
    return fitting->like != 0 ? fitting->like : fitting->titled;
}

/* Reads a query for id, own_slug, slug, and a title if `title` is given. */
static bool read_fitting(struct query *query, const char *slug, const char *title,
                         struct fitting *fitting, struct failure *why)
{
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row) {
        fitting->only = query_int(query, 0);
        fitting->made = query_int(query, 1) == SLUG_MADE ? fitting->only : fitting->made;
        fitting->like = strcmp(query_text(query, 2), slug) == 0 ? fitting->only : fitting->like;
        if (title != NULL && strcmp(query_text(query, 3), title) == 0) {
            fitting->titled = fitting->only;
        }
        fitting->count++;
    }
    return ok;
}

static bool tool_by_name(struct store *store, const struct tool *tool, const char *key, int64_t *id,
                         struct failure *why)
{
    SQL(name_sql, "SELECT id, own_slug, slug FROM tool WHERE name_key = ?1");
    struct query *query;
    struct fitting fitting = {0};
    bool ok = query_open(store, name_sql, BIND_LIST(BIND_TEXT(key)), &query, why) &&
              read_fitting(query, tool->slug, NULL, &fitting, why);
    query_close(query);
    *id = choose(&fitting);
    if (ok && *id == 0 && fitting.count > 1) {
        return fail(why, FAILURE_DATA,
                    "there are %zu tools called \"%.100s\", with slugs of their own; give the "
                    "\"slug\" of the one that is meant",
                    fitting.count, tool->name);
    }
    return ok;
}

bool identity_tool(struct store *store, struct arena *arena, const struct tool *tool, int64_t *id,
                   bool *former, struct failure *why)
{
    SQL(alias_sql, "SELECT tool_id FROM tool_alias WHERE name_key = ?1");
    const char *key = model_name_key(arena, tool->name);
    *former = false;
    *id = 0;
    if (tool->own_slug) {
        int64_t renamed = 0;
        bool found = tool_by_slug(store, arena, tool, key, id, why) &&
                     query_number(store, alias_sql, BIND_LIST(BIND_TEXT(key)), &renamed, why);
        *former = found && *id != 0 && *id == renamed;
        return found;
    }
    if (!tool_by_name(store, tool, key, id, why)) {
        return false;
    }
    if (*id != 0) {
        return true;
    }
    bool ok = query_number(store, alias_sql, BIND_LIST(BIND_TEXT(key)), id, why);
    *former = ok && *id != 0;
    return ok;
}

bool identity_former_slug(struct store *store, const char *slug, int64_t *id, struct failure *why)
{
    SQL(alias_sql, "SELECT comparison_id FROM comparison_alias WHERE slug = ?1");
    return query_number(store, alias_sql, BIND_LIST(BIND_TEXT(slug)), id, why);
}

static bool comparison_by_slug(struct store *store, struct arena *arena,
                               const struct comparison *comparison, int64_t *id,
                               struct failure *why)
{
    SQL(slug_sql, "SELECT id, own_slug, left_tool, right_tool FROM comparison WHERE slug = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, slug_sql, BIND_LIST(BIND_TEXT(comparison->slug)), &query, why) &&
              query_next(query, &row, why);
    int64_t found = row ? query_int(query, 0) : 0;
    bool same =
        row && (query_int(query, 1) != SLUG_MADE || (query_int(query, 2) == comparison->left.id &&
                                                     query_int(query, 3) == comparison->right.id));
    query_close(query);
    if (!ok || same) {
        *id = found;
        return ok;
    }
    return found == 0 ? identity_former_slug(store, comparison->slug, id, why)
                      : make_way(store, arena, comparison_slugs(), comparison->slug, found, why);
}

/* Up to version 2, tools whose names differed only in symbols were one tool, so a comparison may be
 * stored with the wrong tool. Its title tells which one it is, if it names both. Other titles may
 * be those of a series, whose comparisons share at least one tool. */
static bool comparison_by_title(struct store *store, struct arena *arena,
                                const struct comparison *comparison, int64_t *id,
                                struct failure *why)
{
    SQL(title_sql, "SELECT min(id) FROM comparison WHERE title = ?1 AND own_slug = 2 "
                   "AND (?2 OR left_tool = ?3 OR right_tool = ?4)");
    const char *names =
        arena_format(arena, "%s vs %s", comparison->left.name, comparison->right.name);
    return query_number(store, title_sql,
                        BIND_LIST(BIND_TEXT(comparison->title),
                                  BIND_INT(strcmp(comparison->title, names) == 0),
                                  BIND_INT(comparison->left.id), BIND_INT(comparison->right.id)),
                        id, why);
}

static bool comparison_by_pair(struct store *store, const struct comparison *comparison,
                               int64_t *id, struct failure *why)
{
    SQL(pair_sql, "SELECT id, own_slug, slug, title FROM comparison "
                  "WHERE left_tool = ?1 AND right_tool = ?2");
    struct query *query;
    struct fitting fitting = {0};
    bool ok = query_open(store, pair_sql,
                         BIND_LIST(BIND_INT(comparison->left.id), BIND_INT(comparison->right.id)),
                         &query, why) &&
              read_fitting(query, comparison->slug, comparison->title, &fitting, why);
    query_close(query);
    *id = choose(&fitting);
    if (ok && *id == 0 && fitting.count > 1) {
        return fail(why, FAILURE_DATA,
                    "there are %zu comparisons of \"%.60s\" and \"%.60s\", with slugs of their "
                    "own; give the \"slug\" of the one that is meant",
                    fitting.count, comparison->left.name, comparison->right.name);
    }
    return ok;
}

bool identity_comparison(struct store *store, struct arena *arena,
                         const struct comparison *comparison, int64_t *id, struct failure *why)
{
    *id = 0;
    if (comparison->own_slug) {
        return comparison_by_slug(store, arena, comparison, id, why);
    }
    bool known = comparison->left.id != 0 && comparison->right.id != 0;
    return (!known || comparison_by_pair(store, comparison, id, why)) &&
           (*id != 0 || comparison_by_title(store, arena, comparison, id, why));
}
