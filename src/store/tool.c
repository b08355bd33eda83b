#include "store/private.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* The facts of a tool that are texts, and those that are percentages. */
static const struct {
    const char *name;
    size_t offset;
} text_facts[] =
    {
        {"name", offsetof(struct tool, name)},
        {"category", offsetof(struct tool, category)},
        {"tagline", offsetof(struct tool, tagline)},
        {"description", offsetof(struct tool, description)},
        {"price", offsetof(struct tool, price)},
        {"price_note", offsetof(struct tool, price_note)},
},
  percent_facts[] = {
      {"panel_ship", offsetof(struct tool, panel_ship)},
      {"community_ship", offsetof(struct tool, community_ship)},
};

static const char *text_fact(const struct tool *tool, size_t offset)
{
    return *(const char *const *)((const char *)tool + offset);
}

static int percent_fact(const struct tool *tool, size_t offset)
{
    return *(const int *)((const char *)tool + offset);
}

/* Order is that of enum verdict; UNKNOWN is NULL. */
static const char *const verdict_names[] = {NULL, "ship", "skip"};

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
    };
}

#define TOOL_COLUMNS                                                                               \
    "SELECT id, slug, name, category, tagline, description, price, price_note, panel_ship, "       \
    "community_ship, url, told_at FROM tool "

/* tool->id is 0 where there is none. */
static bool load_where(struct store *store, struct arena *arena, const char *sql,
                       const struct bind *binds, struct tool *tool, int64_t *told_at,
                       struct failure *why)
{
    struct query *query;
    bool row = false;
    *tool = (struct tool){0};
    bool ok = query_open(store, sql, binds, &query, why) && query_next(query, &row, why);
    if (row) {
        read_tool(query, arena, tool);
        *told_at = query_int(query, 11);
    }
    query_close(query);
    return ok && (!row || load_reviews(store, arena, tool, why));
}

bool tool_load(struct store *store, struct arena *arena, int64_t id, struct tool *tool,
               struct failure *why)
{
    SQL(get_sql, TOOL_COLUMNS "WHERE id = ?1");
    int64_t told_at;
    bool ok = load_where(store, arena, get_sql, BIND_LIST(BIND_INT(id)), tool, &told_at, why);
    assert(!ok || tool->id == id); /* a foreign key leads here */
    return ok;
}

static void add_conflict(struct comparison_outcome *outcome, const struct tool *tool,
                         const char *field, const char *kept, const char *dropped)
{
    size_t room = sizeof outcome->conflicts / sizeof *outcome->conflicts;
    assert(outcome->conflict_count < room);
    outcome->conflicts[outcome->conflict_count++] = (struct tool_conflict){
        .tool = tool->name, .field = field, .kept = kept, .dropped = dropped};
}

static const char *percent_text(struct arena *arena, int percent)
{
    return percent == PERCENT_NONE ? "none" : arena_format(arena, "%d%%", percent);
}

static void compare_facts(struct arena *arena, const struct tool *kept, const struct tool *dropped,
                          struct comparison_outcome *outcome)
{
    for (size_t i = 0; i < sizeof text_facts / sizeof *text_facts; i++) {
        const char *left = text_fact(kept, text_facts[i].offset);
        const char *right = text_fact(dropped, text_facts[i].offset);
        if (strcmp(left, right) != 0) {
            add_conflict(outcome, kept, text_facts[i].name, left, right);
        }
    }
    for (size_t i = 0; i < sizeof percent_facts / sizeof *percent_facts; i++) {
        int left = percent_fact(kept, percent_facts[i].offset);
        int right = percent_fact(dropped, percent_facts[i].offset);
        if (left != right) {
            add_conflict(outcome, kept, percent_facts[i].name, percent_text(arena, left),
                         percent_text(arena, right));
        }
    }
}

static bool texts_differ(const char *left, const char *right)
{
    return left != NULL && right != NULL && strcmp(left, right) != 0;
}

/* A page cannot carry a tool's address, a reviewer's name or verdict: leaving them out says
 * nothing against them. They differ only where both are known. */
static bool reviews_agree(const struct review *left, const struct review *right)
{
    bool verdicts = left->verdict == VERDICT_UNKNOWN || right->verdict == VERDICT_UNKNOWN ||
                    left->verdict == right->verdict;
    return verdicts && strcmp(left->quote, right->quote) == 0 &&
           !texts_differ(left->reviewer, right->reviewer);
}

static const char *review_text(struct arena *arena, const struct review *review)
{
    const char *verdict = verdict_names[review->verdict];
    return arena_format(arena, "%s%s%s%s\"%s\"", review->reviewer == NULL ? "" : review->reviewer,
                        review->reviewer == NULL ? "" : " ", verdict == NULL ? "" : verdict,
                        verdict == NULL ? "" : " ", review->quote);
}

/* True where the two tell the same reviews; else one conflict: of their number, or of the first
 * review that differs. */
static bool compare_reviews(struct arena *arena, const struct tool *kept,
                            const struct tool *dropped, struct comparison_outcome *outcome)
{
    if (kept->review_count != dropped->review_count) {
        add_conflict(outcome, kept, "reviews", arena_format(arena, "%zu", kept->review_count),
                     arena_format(arena, "%zu", dropped->review_count));
        return false;
    }
    for (size_t i = 0; i < kept->review_count; i++) {
        if (!reviews_agree(&kept->reviews[i], &dropped->reviews[i])) {
            add_conflict(outcome, kept, "reviews", review_text(arena, &kept->reviews[i]),
                         review_text(arena, &dropped->reviews[i]));
            return false;
        }
    }
    return true;
}

/* Fills what `tool` leaves open from `other`; *filled tells that there was something. */
static void fill_gaps(struct arena *arena, struct tool *tool, const struct tool *other,
                      bool same_reviews, bool *filled)
{
    *filled = tool->url == NULL && other->url != NULL;
    tool->url = *filled ? other->url : tool->url;
    if (!same_reviews) {
        return;
    }
    struct review *reviews = arena_array(arena, tool->review_count, sizeof *reviews);
    for (size_t i = 0; i < tool->review_count; i++) {
        const struct review *from = &other->reviews[i];
        reviews[i] = tool->reviews[i];
        if (reviews[i].reviewer == NULL && from->reviewer != NULL) {
            reviews[i].reviewer = from->reviewer;
            *filled = true;
        }
        if (reviews[i].verdict == VERDICT_UNKNOWN && from->verdict != VERDICT_UNKNOWN) {
            reviews[i].verdict = from->verdict;
            *filled = true;
        }
    }
    tool->reviews = reviews;
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
                      BIND_TEXT(verdict_names[review->verdict]), BIND_TEXT(review->quote)),
            NULL, why);
    }
    return ok;
}

static bool write_tool(struct store *store, struct tool *tool, int64_t told_at, struct failure *why)
{
    SQL(upsert_sql,
        "INSERT INTO tool (slug, name, category, tagline, description, price, price_note, "
        "panel_ship, community_ship, url, told_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
        "ON CONFLICT (slug) DO UPDATE SET name = ?2, category = ?3, tagline = ?4, "
        "description = ?5, price = ?6, price_note = ?7, panel_ship = ?8, community_ship = ?9, "
        "url = ?10, told_at = ?11 RETURNING id");
    return query_number(store, upsert_sql,
                        BIND_LIST(BIND_TEXT(tool->slug), BIND_TEXT(tool->name),
                                  BIND_TEXT(tool->category), BIND_TEXT(tool->tagline),
                                  BIND_TEXT(tool->description), BIND_TEXT(tool->price),
                                  BIND_TEXT(tool->price_note), bind_percent(tool->panel_ship),
                                  bind_percent(tool->community_ship), BIND_TEXT(tool->url),
                                  BIND_INT(told_at)),
                        &tool->id, why) &&
           replace_reviews(store, tool, why);
}

static bool same_text(const char *left, const char *right)
{
    return (left == NULL) == (right == NULL) && !texts_differ(left, right);
}

static bool same_reviews_exactly(const struct tool *left, const struct tool *right)
{
    if (left->review_count != right->review_count) {
        return false;
    }
    for (size_t i = 0; i < left->review_count; i++) {
        const struct review *a = &left->reviews[i];
        const struct review *b = &right->reviews[i];
        if (a->verdict != b->verdict || !same_text(a->reviewer, b->reviewer) ||
            strcmp(a->quote, b->quote) != 0) {
            return false;
        }
    }
    return true;
}

/* A tool that many pages share comes with the same words each time. */
static bool write_time(struct store *store, const struct tool *tool, int64_t told_at,
                       struct failure *why)
{
    SQL(time_sql, "UPDATE tool SET told_at = ?2 WHERE id = ?1");
    return query_run(store, time_sql, BIND_LIST(BIND_INT(tool->id), BIND_INT(told_at)), NULL, why);
}

/* Two comparisons tell one tool: the newer one's word stands, the older one's fills gaps. */
static bool merge_tool(struct store *store, struct arena *arena, struct tool *tool,
                       const struct tool *stored, int64_t told_at, int64_t stored_at,
                       struct comparison_outcome *outcome, struct failure *why)
{
    bool newer = told_at >= stored_at;
    size_t conflicts = outcome->conflict_count;
    struct tool merged = newer ? *tool : *stored;
    const struct tool *other = newer ? stored : tool;
    compare_facts(arena, &merged, other, outcome);
    if (texts_differ(merged.url, other->url)) {
        add_conflict(outcome, &merged, "url", merged.url, other->url);
    }
    bool same_reviews = compare_reviews(arena, &merged, other, outcome);
    bool filled;
    fill_gaps(arena, &merged, other, same_reviews, &filled);
    if (!newer && !filled) {
        return true;
    }
    if (newer && outcome->conflict_count == conflicts && same_text(merged.url, stored->url) &&
        same_reviews_exactly(&merged, stored)) {
        return told_at == stored_at || write_time(store, &merged, told_at, why);
    }
    return write_tool(store, &merged, newer ? told_at : stored_at, why);
}

bool tool_save(struct store *store, struct arena *arena, struct tool *tool, int64_t told_at,
               struct comparison_outcome *outcome, struct failure *why)
{
    SQL(find_sql, TOOL_COLUMNS "WHERE slug = ?1");
    struct tool stored;
    int64_t stored_at = 0;
    if (!load_where(store, arena, find_sql, BIND_LIST(BIND_TEXT(tool->slug)), &stored, &stored_at,
                    why)) {
        return false;
    }
    tool->id = stored.id;
    return stored.id == 0
               ? write_tool(store, tool, told_at, why)
               : merge_tool(store, arena, tool, &stored, told_at, stored_at, outcome, why);
}
