#include "store/comparison.h"

#include <assert.h>
#include <string.h>

#include "store/identity.h"
#include "store/private.h"

/* Tools that a walk over comparisons has loaded, so that a tool that many comparisons share is
 * loaded once. */
struct tool_cache {
    struct arena *arena;
    struct tool *slots; /* open addressing; id 0 is free */
    size_t size, count;
};

static struct tool *cache_slot(struct tool_cache *cache, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * 0x9E3779B97F4A7C15u >> 20) % cache->size;
    while (cache->slots[at].id != 0 && cache->slots[at].id != id) {
        at = (at + 1) % cache->size;
    }
    return &cache->slots[at];
}

static void cache_grow(struct tool_cache *cache)
{
    struct tool_cache grown = {.arena = cache->arena, .size = cache->size * 2 + 64};
    grown.slots = arena_array(cache->arena, grown.size, sizeof *grown.slots);
    for (size_t i = 0; i < cache->size; i++) {
        if (cache->slots[i].id != 0) {
            *cache_slot(&grown, cache->slots[i].id) = cache->slots[i];
            grown.count++;
        }
    }
    *cache = grown;
}

static bool cache_tool(struct tool_cache *cache, struct store *store, struct tool *tool,
                       struct failure *why)
{
    if (cache->count * 2 >= cache->size) {
        cache_grow(cache);
    }
    struct tool *slot = cache_slot(cache, tool->id);
    if (slot->id == 0) {
        if (!tool_load(store, cache->arena, tool->id, slot, why)) {
            return false;
        }
        cache->count++;
    }
    *tool = *slot;
    return true;
}

enum { COMPARISON_COLUMNS = 12 };

#define COMPARISON_FIELDS                                                                          \
    "c.id, c.slug, c.title, c.question, c.url, c.left_tool, c.right_tool, c.published_at, "        \
    "c.content_hash, c.revision, c.updated_at, c.own_slug"

static void copy_hash(char out[65], const char *hash)
{
    size_t len = strlen(hash);
    assert(len < 65);
    memcpy(out, hash, len + 1);
}

static void read_comparison(struct query *query, struct arena *arena, struct comparison *comparison)
{
    *comparison = (struct comparison){
        .id = query_int(query, 0),
        .slug = query_copy(query, 1, arena),
        .title = query_copy(query, 2, arena),
        .question = query_copy(query, 3, arena),
        .url = query_copy(query, 4, arena),
        .left.id = query_int(query, 5),
        .right.id = query_int(query, 6),
        .published_at = query_int(query, 7),
        .revision = query_int(query, 9),
        .updated_at = query_int(query, 10),
        .own_slug = query_int(query, 11) == 1,
    };
    copy_hash(comparison->content_hash, query_text(query, 8));
}

static bool load_tools(struct tool_cache *cache, struct store *store, struct comparison *comparison,
                       struct failure *why)
{
    return cache_tool(cache, store, &comparison->left, why) &&
           cache_tool(cache, store, &comparison->right, why);
}

/* The first row of a statement, without tools; id 0 if there is none. */
static bool load_bare(struct store *store, struct arena *arena, const char *sql,
                      const struct bind *binds, struct comparison *found, struct failure *why)
{
    struct query *query;
    bool row = false;
    *found = (struct comparison){0};
    bool ok = query_open(store, sql, binds, &query, why) && query_next(query, &row, why);
    if (row) {
        read_comparison(query, arena, found);
    }
    query_close(query);
    return ok;
}

bool comparison_load_bare(struct store *store, struct arena *arena, int64_t id,
                          struct comparison *found, struct failure *why)
{
    SQL(get_sql, "SELECT " COMPARISON_FIELDS " FROM comparison c WHERE c.id = ?1");
    return load_bare(store, arena, get_sql, BIND_LIST(BIND_INT(id)), found, why);
}

/* By its slug, or by a slug that it had before it was renamed. */
static bool find_by_slug(struct store *store, struct arena *arena, const char *slug,
                         struct comparison *found, struct failure *why)
{
    SQL(find_sql, "SELECT " COMPARISON_FIELDS " FROM comparison c WHERE c.slug = ?1");
    int64_t id;
    if (!load_bare(store, arena, find_sql, BIND_LIST(BIND_TEXT(slug)), found, why)) {
        return false;
    }
    return found->id != 0 || (identity_former_slug(store, slug, &id, why) &&
                              (id == 0 || comparison_load_bare(store, arena, id, found, why)));
}

bool comparison_find(struct store *store, struct arena *arena, const char *slug,
                     struct comparison **comparison, struct failure *why)
{
    struct tool_cache cache = {.arena = arena};
    struct comparison found = {0};
    bool ok = store_begin_reading(store, why) && find_by_slug(store, arena, slug, &found, why) &&
              (found.id == 0 || load_tools(&cache, store, &found, why));
    *comparison = NULL;
    if (ok && found.id != 0) {
        *comparison = arena_alloc(arena, sizeof **comparison);
        **comparison = found;
    }
    return store_end(store, ok, why);
}

/* A comparison is in reach if it is free, or part of the given issue, or recent enough to be
 * explained. Ids are read first, so that the array is allocated once with the right size. */
#define CANDIDATE_RANGE                                                                            \
    "FROM comparison c LEFT JOIN issue_item t ON t.comparison_id = c.id "                          \
    "LEFT JOIN issue i ON i.id = t.issue_id WHERE c.published_at < ?1 "                            \
    "AND (t.issue_id IS NULL OR t.issue_id = ?3 OR c.published_at >= ?2) "

static bool read_candidates(struct query *query, struct arena *arena, size_t room,
                            struct comparison_candidate *candidates, size_t *count,
                            struct failure *why)
{
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row && *count < room) {
        struct comparison_candidate *candidate = &candidates[(*count)++];
        read_comparison(query, arena, &candidate->comparison);
        candidate->issue_id = query_int(query, COMPARISON_COLUMNS);
        candidate->issue_number = query_int(query, COMPARISON_COLUMNS + 1);
        candidate->issue_week = query_copy(query, COMPARISON_COLUMNS + 2, arena);
        candidate->held_at = query_int(query, COMPARISON_COLUMNS + 3);
        candidate->left_out_at = query_int(query, COMPARISON_COLUMNS + 4);
        candidate->withdrawn_at = query_int(query, COMPARISON_COLUMNS + 5);
        candidate->withdrawn_by = comparison_withdrawer(query_text(query, COMPARISON_COLUMNS + 6));
    }
    return ok;
}

static bool load_candidates(struct store *store, struct arena *arena, const struct bind *binds,
                            struct comparison_candidate **candidates, size_t *count,
                            struct failure *why)
{
    SQL(count_sql, "SELECT count(*) " CANDIDATE_RANGE);
    SQL(candidates_sql,
        "SELECT " COMPARISON_FIELDS ", t.issue_id, i.number, i.iso_week, c.held_at, c.left_out_at, "
        "c.withdrawn_at, c.withdrawn_by " CANDIDATE_RANGE "ORDER BY c.published_at, c.slug");
    int64_t room;
    struct query *query = NULL;
    if (!query_number(store, count_sql, binds, &room, why) ||
        !query_open(store, candidates_sql, binds, &query, why)) {
        return false;
    }
    *candidates = arena_array(arena, (size_t)room, sizeof **candidates);
    bool ok = read_candidates(query, arena, (size_t)room, *candidates, count, why);
    query_close(query);
    struct tool_cache cache = {.arena = arena};
    for (size_t i = 0; ok && i < *count; i++) {
        ok = load_tools(&cache, store, &(*candidates)[i].comparison, why);
    }
    return ok;
}

/* In one transaction, so that counts, rows and tools are consistent. */
bool comparison_candidates(struct store *store, struct arena *arena, int64_t window_end,
                           int64_t reach_from, int64_t issue_id,
                           struct comparison_candidate **candidates, size_t *count,
                           struct failure *why)
{
    *count = 0;
    const struct bind *binds =
        BIND_LIST(BIND_INT(window_end), BIND_INT(reach_from), BIND_INT(issue_id));
    bool ok = store_begin_reading(store, why) &&
              load_candidates(store, arena, binds, candidates, count, why);
    return store_end(store, ok, why);
}

bool comparison_hold(struct store *store, const int64_t *ids, size_t count, int64_t at,
                     struct failure *why)
{
    SQL(hold_sql, "UPDATE comparison SET held_at = ?2 WHERE id = ?1 AND held_at IS NULL");
    bool ok = store_begin(store, why);
    for (size_t i = 0; ok && i < count; i++) {
        ok = query_run(store, hold_sql, BIND_LIST(BIND_INT(ids[i]), BIND_INT(at)), NULL, why);
    }
    return store_end(store, ok, why);
}

bool comparison_categories(struct store *store, struct arena *arena, const char ***categories,
                           size_t *count, struct failure *why)
{
    /* One seek for each category, however many tools there are. */
    SQL(categories_sql,
        "WITH RECURSIVE topic (name) AS (SELECT min(category) FROM tool WHERE category > '' "
        "UNION ALL SELECT (SELECT min(category) FROM tool WHERE category > topic.name) "
        "FROM topic WHERE topic.name IS NOT NULL) "
        "SELECT name FROM topic WHERE name IS NOT NULL");
    return query_texts(store, arena, categories_sql, BIND_NOTHING, categories, count, why);
}

bool comparison_count(struct store *store, int64_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM comparison");
    return query_number(store, count_sql, BIND_NOTHING, count, why);
}
