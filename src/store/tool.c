#include "store/identity.h"
#include "store/private.h"
#include "store/tool_merge.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static enum verdict verdict_of(const char *name)
{
    if (name == NULL) {
        return VERDICT_UNKNOWN;
    }
    return strcmp(name, "ship") == 0 ? VERDICT_SHIP : VERDICT_SKIP;
}

static struct bind bind_percent(int percent)
{
    return percent == PERCENT_NONE ? BIND_NULL : BIND_INT(percent);
}

static int query_percent(struct query *query, int column)
{
    return query_text(query, column) == NULL ? PERCENT_NONE : (int)query_int(query, column);
}

static bool count_reviews(struct store *store, int64_t tool_id, size_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM review WHERE tool_id = ?1");
    int64_t number;
    bool ok = query_number(store, count_sql, BIND_LIST(BIND_INT(tool_id)), &number, why);
    *count = (size_t)number;
    return ok;
}

static bool load_reviews(struct store *store, struct arena *arena, struct tool *tool,
                         struct failure *why)
{
    SQL(reviews_sql, "SELECT reviewer, verdict, quote FROM review WHERE tool_id = ?1 "
                     "ORDER BY position");
    size_t room;
    struct query *query = NULL;
    if (!count_reviews(store, tool->id, &room, why) ||
        !query_open(store, reviews_sql, BIND_LIST(BIND_INT(tool->id)), &query, why)) {
        return false;
    }
    tool->reviews = arena_array(arena, room, sizeof *tool->reviews);
    tool->review_count = 0;
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row && tool->review_count < room) {
        tool->reviews[tool->review_count++] = (struct review){
            .reviewer = query_copy(query, 0, arena),
            .verdict = verdict_of(query_text(query, 1)),
            .quote = query_copy(query, 2, arena),
        };
    }
    query_close(query);
    return ok;
}

static void read_tool(struct query *query, struct arena *arena, struct tool *tool)
{
    *tool = (struct tool){
        .id = query_int(query, 0),
        .slug = query_copy(query, 1, arena),
        .name = query_copy(query, 2, arena),
        .category = query_copy(query, 3, arena),
        .tagline = query_copy(query, 4, arena),
        .description = query_copy(query, 5, arena),
        .price = query_copy(query, 6, arena),
        .price_note = query_copy(query, 7, arena),
        .panel_ship = query_percent(query, 8),
        .community_ship = query_percent(query, 9),
        .url = query_copy(query, 10, arena),
        .own_slug = query_int(query, 11) == 1,
        .panel_size = (int)query_int(query, 12),
        .community_votes = (int)query_int(query, 13),
        .short_name = query_copy(query, 14, arena),
    };
}

#define TOOL_COLUMNS                                                                               \
    "SELECT id, slug, name, category, tagline, description, price, price_note, panel_ship, "       \
    "community_ship, url, own_slug, panel_size, community_votes, short_name, told_at, told_by "    \
    "FROM tool "

static bool load_told(struct store *store, struct arena *arena, int64_t id, struct tool *tool,
                      struct tool_origin *told, struct failure *why)
{
    SQL(get_sql, TOOL_COLUMNS "WHERE id = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, get_sql, BIND_LIST(BIND_INT(id)), &query, why) &&
              query_next(query, &row, why);
    assert(!ok || row); /* a foreign key leads here */
    if (ok) {
        read_tool(query, arena, tool);
        *told = (struct tool_origin){.at = query_int(query, 15), .by = query_int(query, 16)};
    }
    query_close(query);
    return ok && load_reviews(store, arena, tool, why);
}

bool tool_load(struct store *store, struct arena *arena, int64_t id, struct tool *tool,
               struct failure *why)
{
    struct tool_origin told;
    if (!load_told(store, arena, id, tool, &told, why)) {
        return false;
    }
    model_derive_panel(tool);
    return true;
}

static bool replace_reviews(struct store *store, const struct tool *tool, struct failure *why)
{
    SQL(clear_sql, "DELETE FROM review WHERE tool_id = ?1");
    SQL(add_sql, "INSERT INTO review (tool_id, position, reviewer, verdict, quote) "
                 "VALUES (?1, ?2, ?3, ?4, ?5)");
    bool ok = query_run(store, clear_sql, BIND_LIST(BIND_INT(tool->id)), NULL, why);
    for (size_t i = 0; ok && i < tool->review_count; i++) {
        const struct review *review = &tool->reviews[i];
        ok = query_run(
            store, add_sql,
            BIND_LIST(BIND_INT(tool->id), BIND_INT((int64_t)i + 1), BIND_TEXT(review->reviewer),
                      BIND_TEXT(tool_verdict_name(review->verdict)), BIND_TEXT(review->quote)),
            NULL, why);
    }
    return ok;
}

/* Who stated each fact last: the comparison in the tool's row, unless tool_word names another. */
static bool load_words(struct store *store, int64_t tool_id, const struct tool_origin *told,
                       struct tool_origin words[FACT_COUNT], struct failure *why)
{
    SQL(words_sql, "SELECT fact, told_at, told_by FROM tool_word WHERE tool_id = ?1");
    struct query *query;
    bool row;
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        words[fact] = *told;
    }
    bool ok = query_open(store, words_sql, BIND_LIST(BIND_INT(tool_id)), &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        int64_t fact = query_int(query, 0);
        assert(fact >= 0 && fact < FACT_COUNT);
        words[fact] = (struct tool_origin){.at = query_int(query, 1), .by = query_int(query, 2)};
    }
    query_close(query);
    return ok;
}

static bool write_words(struct store *store, int64_t tool_id, const struct tool_origin *told,
                        const struct tool_origin words[FACT_COUNT], struct failure *why)
{
    SQL(clear_sql, "DELETE FROM tool_word WHERE tool_id = ?1");
    SQL(add_sql, "INSERT INTO tool_word (tool_id, fact, told_at, told_by) VALUES (?1, ?2, ?3, ?4)");
    bool ok = query_run(store, clear_sql, BIND_LIST(BIND_INT(tool_id)), NULL, why);
    for (enum fact fact = FACT_NAME; ok && fact < FACT_COUNT; fact++) {
        if (fact != FACT_SLUG && !tool_same_origin(&words[fact], told)) {
            ok = query_run(store, add_sql,
                           BIND_LIST(BIND_INT(tool_id), BIND_INT(fact), BIND_INT(words[fact].at),
                                     BIND_INT(words[fact].by)),
                           NULL, why);
        }
    }
    return ok;
}

/* The parameters of both statements below. */
#define TOOL_BINDS(arena, tool, told)                                                              \
    BIND_LIST(BIND_TEXT((tool)->slug), BIND_TEXT((tool)->name), BIND_TEXT((tool)->category),       \
              BIND_TEXT((tool)->tagline), BIND_TEXT((tool)->description),                          \
              BIND_TEXT((tool)->price), BIND_TEXT((tool)->price_note),                             \
              bind_percent((tool)->panel_ship), bind_percent((tool)->community_ship),              \
              BIND_TEXT((tool)->url), BIND_INT((told)->at), BIND_INT((told)->by),                  \
              BIND_TEXT(model_name_key(arena, (tool)->name)), BIND_INT((tool)->own_slug),          \
              BIND_INT((tool)->id), BIND_SOME((tool)->panel_size),                                 \
              BIND_SOME((tool)->community_votes), BIND_TEXT((tool)->short_name))

static bool insert_tool(struct store *store, struct arena *arena, struct tool *tool,
                        const struct tool_origin *told, struct failure *why)
{
    SQL(insert_sql,
        "INSERT INTO tool (slug, name, category, tagline, description, price, price_note, "
        "panel_ship, community_ship, url, told_at, told_by, name_key, own_slug, id, "
        "panel_size, community_votes, short_name) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, nullif(?15, 0), "
        "?16, ?17, ?18) "
        "RETURNING id");
    struct tool_origin words[FACT_COUNT];
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        words[fact] = (tool->silent & 1u << fact) != 0 ? (struct tool_origin){0} : *told;
    }
    return (tool->own_slug || identity_tool_slug(store, arena, tool, why)) &&
           query_number(store, insert_sql, TOOL_BINDS(arena, tool, told), &tool->id, why) &&
           (tool->silent == 0 || write_words(store, tool->id, told, words, why)) &&
           replace_reviews(store, tool, why);
}

/* A generated slug is kept: names may change, addresses should not. */
static bool update_tool(struct store *store, struct arena *arena, const struct tool *tool,
                        const struct tool_origin *told, struct failure *why)
{
    SQL(update_sql,
        "UPDATE tool SET slug = iif(?14, ?1, slug), own_slug = iif(?14, 1, own_slug), name = ?2, "
        "category = ?3, tagline = ?4, description = ?5, price = ?6, price_note = ?7, "
        "panel_ship = ?8, community_ship = ?9, url = ?10, told_at = ?11, told_by = ?12, "
        "name_key = ?13, panel_size = ?16, community_votes = ?17, short_name = ?18 WHERE id = ?15");
    return query_run(store, update_sql, TOOL_BINDS(arena, tool, told), NULL, why) &&
           replace_reviews(store, tool, why);
}

/* A tool that many pages share is imported with the same facts each time; then only its date is
 * written. */
static bool write_time(struct store *store, const struct tool *tool, const struct tool_origin *told,
                       struct failure *why)
{
    SQL(time_sql, "UPDATE tool SET told_at = ?2, told_by = ?3 WHERE id = ?1");
    return query_run(store, time_sql,
                     BIND_LIST(BIND_INT(tool->id), BIND_INT(told->at), BIND_INT(told->by)), NULL,
                     why);
}

/* The row names the comparison that stated the facts last; facts that others stated are in
 * tool_word. */
static bool save_merged(struct store *store, struct tool_merge *merging,
                        const struct tool_origin *stored, bool adopts, struct failure *why)
{
    bool newest = tool_believes(stored, &merging->now, merging->teller->outdated);
    const struct tool_origin *told = newest ? &merging->now : stored;
    bool ok = true;
    if (merging->changed || adopts) {
        merging->merged.slug = merging->tool->slug;
        merging->merged.own_slug = merging->tool->own_slug;
        merging->outcome->facts_changed = true;
        ok = update_tool(store, merging->arena, &merging->merged, told, why);
    } else if (!tool_same_origin(told, stored)) {
        ok = write_time(store, &merging->merged, told, why);
    }
    return ok && write_words(store, merging->merged.id, told, merging->words, why);
}

static bool load_merging(struct store *store, struct tool_merge *merging,
                         struct tool_origin *stored, struct failure *why)
{
    int64_t id = merging->tool->id;
    return load_told(store, merging->arena, id, &merging->merged, stored, why) &&
           load_words(store, id, stored, merging->words, why);
}

bool tool_save(struct store *store, struct arena *arena, struct tool *tool, bool former,
               const struct teller *teller, struct comparison_outcome *outcome, struct failure *why)
{
    struct tool_merge merging = {
        .arena = arena, .tool = tool, .teller = teller, .outcome = outcome};
    struct tool_origin stored;
    merging.now = (struct tool_origin){.at = teller->at, .by = teller->id};
    if (tool->id == 0) {
        return insert_tool(store, arena, tool, &merging.now, why);
    }
    if (!load_merging(store, &merging, &stored, why)) {
        return false;
    }
    tool->name = former ? merging.merged.name : tool->name;
    bool adopts = tool->own_slug &&
                  !(merging.merged.own_slug && strcmp(tool->slug, merging.merged.slug) == 0);
    tool_merge_facts(&merging);
    return save_merged(store, &merging, &stored, adopts, why);
}

bool tool_contradict(struct store *store, struct arena *arena, const struct tool *tool,
                     int64_t comparison_id, struct comparison_outcome *outcome, struct failure *why)
{
    struct tool_merge merging = {.arena = arena, .tool = tool};
    struct tool_origin stored;
    if (!load_merging(store, &merging, &stored, why)) {
        return false;
    }
    tool_merge_contradict(&merging, comparison_id, outcome);
    return true;
}
