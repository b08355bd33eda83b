#include "store/identity.h"
#include "store/private.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* A percentage is PERCENT_NONE where there is none, a number 0. */
enum plain { PLAIN_TEXT, PLAIN_PERCENT, PLAIN_NUMBER };

/* The facts of a tool, but for its slug and its reviews, by their kind. */
static const struct {
    const char *name;
    size_t offset;
    enum plain plain;
} plain_facts[FACT_COUNT] = {
    [FACT_NAME] = {"name", offsetof(struct tool, name), PLAIN_TEXT},
    [FACT_CATEGORY] = {"category", offsetof(struct tool, category), PLAIN_TEXT},
    [FACT_TAGLINE] = {"tagline", offsetof(struct tool, tagline), PLAIN_TEXT},
    [FACT_DESCRIPTION] = {"description", offsetof(struct tool, description), PLAIN_TEXT},
    [FACT_PRICE] = {"price", offsetof(struct tool, price), PLAIN_TEXT},
    [FACT_PRICE_NOTE] = {"price_note", offsetof(struct tool, price_note), PLAIN_TEXT},
    [FACT_URL] = {"url", offsetof(struct tool, url), PLAIN_TEXT},
    [FACT_PANEL_SHIP] = {"panel_ship", offsetof(struct tool, panel_ship), PLAIN_PERCENT},
    [FACT_COMMUNITY_SHIP] = {"community_ship", offsetof(struct tool, community_ship),
                             PLAIN_PERCENT},
    [FACT_PANEL_SIZE] = {"panel_size", offsetof(struct tool, panel_size), PLAIN_NUMBER},
    [FACT_COMMUNITY_VOTES] = {"community_votes", offsetof(struct tool, community_votes),
                              PLAIN_NUMBER},
    [FACT_SHORT_NAME] = {"short_name", offsetof(struct tool, short_name), PLAIN_TEXT},
};

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

/* Who told a fact last: a comparison, and its date. `at` 0: nobody has. */
struct fact_origin {
    int64_t at, by;
};

static bool load_told(struct store *store, struct arena *arena, int64_t id, struct tool *tool,
                      struct fact_origin *told, struct failure *why)
{
    SQL(get_sql, TOOL_COLUMNS "WHERE id = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, get_sql, BIND_LIST(BIND_INT(id)), &query, why) &&
              query_next(query, &row, why);
    assert(!ok || row); /* a foreign key leads here */
    if (ok) {
        read_tool(query, arena, tool);
        *told = (struct fact_origin){.at = query_int(query, 15), .by = query_int(query, 16)};
    }
    query_close(query);
    return ok && load_reviews(store, arena, tool, why);
}

bool tool_load(struct store *store, struct arena *arena, int64_t id, struct tool *tool,
               struct failure *why)
{
    struct fact_origin told;
    if (!load_told(store, arena, id, tool, &told, why)) {
        return false;
    }
    model_derive_panel(tool);
    return true;
}

static void add_conflict(struct comparison_outcome *outcome, const struct tool *tool, bool sources,
                         const char *field, const char *kept, const char *dropped)
{
    assert(outcome->conflict_count < COMPARISON_CONFLICTS_MAX);
    outcome->conflicts[outcome->conflict_count++] = (struct tool_conflict){
        .tool = tool->name, .sources = sources, .field = field, .kept = kept, .dropped = dropped};
}

/* A plain fact in words; "none" where there is none. */
static const char *fact_text(struct arena *arena, const struct tool *tool, enum fact fact)
{
    const void *at = (const char *)tool + plain_facts[fact].offset;
    bool percent = plain_facts[fact].plain == PLAIN_PERCENT;
    if (plain_facts[fact].plain != PLAIN_TEXT) {
        int number = *(const int *)at;
        return number == (percent ? PERCENT_NONE : 0)
                   ? "none"
                   : arena_format(arena, "%d%s", number, percent ? "%" : "");
    }
    const char *text = *(const char *const *)at;
    return text == NULL || text[0] == '\0' ? "none" : text;
}

static void copy_fact(struct tool *to, const struct tool *from, enum fact fact)
{
    size_t size = plain_facts[fact].plain != PLAIN_TEXT ? sizeof(int) : sizeof(const char *);
    memcpy((char *)to + plain_facts[fact].offset, (const char *)from + plain_facts[fact].offset,
           size);
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

/* The first thing in which the reviews differ: their number, or a review; false: in nothing. */
static bool reviews_differ(struct arena *arena, const struct tool *is, const struct tool *was,
                           const char **is_text, const char **was_text)
{
    if (is->review_count != was->review_count) {
        *is_text = arena_format(arena, "%zu", is->review_count);
        *was_text = arena_format(arena, "%zu", was->review_count);
        return true;
    }
    for (size_t i = 0; i < is->review_count; i++) {
        if (!reviews_agree(&is->reviews[i], &was->reviews[i])) {
            *is_text = review_text(arena, &is->reviews[i]);
            *was_text = review_text(arena, &was->reviews[i]);
            return true;
        }
    }
    return false;
}

/* The same quotes: names and verdicts that `tool` leaves open come from `other`. */
static bool fill_reviews(struct arena *arena, struct tool *tool, const struct tool *other)
{
    bool filled = false;
    struct review *reviews = arena_array(arena, tool->review_count, sizeof *reviews);
    for (size_t i = 0; i < tool->review_count; i++) {
        const struct review *from = &other->reviews[i];
        reviews[i] = tool->reviews[i];
        if (reviews[i].reviewer == NULL && from->reviewer != NULL) {
            reviews[i].reviewer = from->reviewer;
            filled = true;
        }
        if (reviews[i].verdict == VERDICT_UNKNOWN && from->verdict != VERDICT_UNKNOWN) {
            reviews[i].verdict = from->verdict;
            filled = true;
        }
    }
    tool->reviews = reviews;
    return filled;
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

/* Facts that somebody else told than the tool's row says, where it is not silent. */
static bool load_words(struct store *store, int64_t tool_id, const struct fact_origin *told,
                       struct fact_origin words[FACT_COUNT], struct failure *why)
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
        words[fact] = (struct fact_origin){.at = query_int(query, 1), .by = query_int(query, 2)};
    }
    query_close(query);
    return ok;
}

static bool same_word(const struct fact_origin *left, const struct fact_origin *right)
{
    return left->at == right->at && left->by == right->by;
}

static bool write_words(struct store *store, int64_t tool_id, const struct fact_origin *told,
                        const struct fact_origin words[FACT_COUNT], struct failure *why)
{
    SQL(clear_sql, "DELETE FROM tool_word WHERE tool_id = ?1");
    SQL(add_sql, "INSERT INTO tool_word (tool_id, fact, told_at, told_by) VALUES (?1, ?2, ?3, ?4)");
    bool ok = query_run(store, clear_sql, BIND_LIST(BIND_INT(tool_id)), NULL, why);
    for (enum fact fact = FACT_NAME; ok && fact < FACT_COUNT; fact++) {
        if (fact != FACT_SLUG && !same_word(&words[fact], told)) {
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
                        const struct fact_origin *told, struct failure *why)
{
    SQL(insert_sql,
        "INSERT INTO tool (slug, name, category, tagline, description, price, price_note, "
        "panel_ship, community_ship, url, told_at, told_by, name_key, own_slug, id, "
        "panel_size, community_votes, short_name) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, nullif(?15, 0), "
        "?16, ?17, ?18) "
        "RETURNING id");
    struct fact_origin words[FACT_COUNT];
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        words[fact] = (tool->silent & 1u << fact) != 0 ? (struct fact_origin){0} : *told;
    }
    return (tool->own_slug || identity_tool_slug(store, arena, tool, why)) &&
           query_number(store, insert_sql, TOOL_BINDS(arena, tool, told), &tool->id, why) &&
           (tool->silent == 0 || write_words(store, tool->id, told, words, why)) &&
           replace_reviews(store, tool, why);
}

/* A slug that was made here stays: names may change, addresses need not. */
static bool update_tool(struct store *store, struct arena *arena, const struct tool *tool,
                        const struct fact_origin *told, struct failure *why)
{
    SQL(update_sql,
        "UPDATE tool SET slug = iif(?14, ?1, slug), own_slug = iif(?14, 1, own_slug), name = ?2, "
        "category = ?3, tagline = ?4, description = ?5, price = ?6, price_note = ?7, "
        "panel_ship = ?8, community_ship = ?9, url = ?10, told_at = ?11, told_by = ?12, "
        "name_key = ?13, panel_size = ?16, community_votes = ?17, short_name = ?18 WHERE id = ?15");
    return query_run(store, update_sql, TOOL_BINDS(arena, tool, told), NULL, why) &&
           replace_reviews(store, tool, why);
}

/* A tool that many pages share comes with the same words each time. */
static bool write_time(struct store *store, const struct tool *tool, const struct fact_origin *told,
                       struct failure *why)
{
    SQL(time_sql, "UPDATE tool SET told_at = ?2, told_by = ?3 WHERE id = ?1");
    return query_run(store, time_sql,
                     BIND_LIST(BIND_INT(tool->id), BIND_INT(told->at), BIND_INT(told->by)), NULL,
                     why);
}

static bool same_text(const char *left, const char *right)
{
    return (left == NULL) == (right == NULL) && !texts_differ(left, right);
}

static bool same_reviews_exactly(const struct tool *left, const struct tool *right)
{
    for (size_t i = 0; i < left->review_count; i++) {
        const struct review *a = &left->reviews[i];
        const struct review *b = &right->reviews[i];
        if (a->verdict != b->verdict || !same_text(a->reviewer, b->reviewer) ||
            strcmp(a->quote, b->quote) != 0) {
            return false;
        }
    }
    return left->review_count == right->review_count;
}

/* A stored tool, and a comparison that tells of it. */
struct merging {
    struct arena *arena;
    const struct tool *tool; /* as it comes in */
    struct fact_origin now;
    struct tool merged; /* at first as it is stored */
    struct fact_origin words[FACT_COUNT];
    const struct teller *teller;
    bool changed; /* something to write */
    struct comparison_outcome *outcome;
};

/* The newer comparison is believed, and each may correct itself by the source that stands. */
static bool is_believed(const struct merging *merging, enum fact fact)
{
    const struct fact_origin *word = &merging->words[fact];
    return (merging->tool->silent & 1u << fact) == 0 &&
           (merging->now.at >= word->at ||
            (merging->now.by == word->by && !merging->teller->outdated));
}

/* Worth a word where another comparison or source had said something else; what nobody had told,
 * and what a comparison corrects itself, is news and no contradiction. */
static void note_change(struct merging *merging, enum fact fact, const char *name, const char *is,
                        const char *was)
{
    const struct fact_origin *word = &merging->words[fact];
    merging->changed = true;
    bool other = word->by != merging->now.by;
    if (word->at != 0 && (other || merging->teller->aloud)) {
        add_conflict(merging->outcome, merging->tool, !other, name, is, was);
    }
}

static void merge_fact(struct merging *merging, enum fact fact)
{
    if (plain_facts[fact].name == NULL || !is_believed(merging, fact)) {
        return;
    }
    const char *is = fact_text(merging->arena, merging->tool, fact);
    const char *was = fact_text(merging->arena, &merging->merged, fact);
    if (strcmp(is, was) != 0) {
        note_change(merging, fact, plain_facts[fact].name, is, was);
    }
    copy_fact(&merging->merged, merging->tool, fact);
    merging->words[fact] = merging->now;
}

/* A page cannot carry a reviewer's name or verdict: of the same quotes the fuller word stands. */
static void merge_reviews(struct merging *merging)
{
    struct tool *merged = &merging->merged;
    const char *is, *was;
    if ((merging->tool->silent & 1u << FACT_REVIEWS) != 0) {
        return;
    }
    bool believed = is_believed(merging, FACT_REVIEWS);
    if (!reviews_differ(merging->arena, merging->tool, merged, &is, &was)) {
        struct tool told = believed ? *merging->tool : *merged;
        bool filled = fill_reviews(merging->arena, &told, believed ? merged : merging->tool);
        merging->changed = merging->changed || filled || !same_reviews_exactly(&told, merged);
        merged->reviews = told.reviews;
    } else if (believed) {
        note_change(merging, FACT_REVIEWS, "reviews", is, was);
        merged->reviews = merging->tool->reviews;
        merged->review_count = merging->tool->review_count;
    }
    if (believed) {
        merging->words[FACT_REVIEWS] = merging->now;
    }
}

/* A number belongs to the share that it came with: who tells another share without one takes it
 * away. */
static void forget_number(struct merging *merging, enum fact fact, bool moved, int *number)
{
    if (moved && *number != 0 && (merging->tool->silent & 1u << fact) != 0) {
        *number = 0;
        merging->changed = true;
    }
}

static void merge_facts(struct merging *merging)
{
    struct tool *merged = &merging->merged;
    int panel = merged->panel_ship;
    int community = merged->community_ship;
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        merge_fact(merging, fact);
    }
    forget_number(merging, FACT_PANEL_SIZE, merged->panel_ship != panel, &merged->panel_size);
    forget_number(merging, FACT_COMMUNITY_VOTES, merged->community_ship != community,
                  &merged->community_votes);
    merge_reviews(merging);
}

/* The row says who told last; facts that others told are in tool_word. */
static bool save_merged(struct store *store, struct merging *merging,
                        const struct fact_origin *stored, bool adopts, struct failure *why)
{
    bool newest = merging->now.at >= stored->at ||
                  (merging->now.by == stored->by && !merging->teller->outdated);
    const struct fact_origin *told = newest ? &merging->now : stored;
    bool ok = true;
    if (merging->changed || adopts) {
        merging->merged.slug = merging->tool->slug;
        merging->merged.own_slug = merging->tool->own_slug;
        merging->outcome->facts_changed = true;
        ok = update_tool(store, merging->arena, &merging->merged, told, why);
    } else if (!same_word(told, stored)) {
        ok = write_time(store, &merging->merged, told, why);
    }
    return ok && write_words(store, merging->merged.id, told, merging->words, why);
}

static bool load_merging(struct store *store, struct merging *merging, struct fact_origin *stored,
                         struct failure *why)
{
    int64_t id = merging->tool->id;
    return load_told(store, merging->arena, id, &merging->merged, stored, why) &&
           load_words(store, id, stored, merging->words, why);
}

bool tool_save(struct store *store, struct arena *arena, struct tool *tool, bool former,
               const struct teller *teller, struct comparison_outcome *outcome, struct failure *why)
{
    struct merging merging = {.arena = arena, .tool = tool, .teller = teller, .outcome = outcome};
    struct fact_origin stored;
    merging.now = (struct fact_origin){.at = teller->at, .by = teller->id};
    if (tool->id == 0) {
        return insert_tool(store, arena, tool, &merging.now, why);
    }
    if (!load_merging(store, &merging, &stored, why)) {
        return false;
    }
    tool->name = former ? merging.merged.name : tool->name;
    bool adopts = tool->own_slug &&
                  !(merging.merged.own_slug && strcmp(tool->slug, merging.merged.slug) == 0);
    merge_facts(&merging);
    return save_merged(store, &merging, &stored, adopts, why);
}

bool tool_contradict(struct store *store, struct arena *arena, const struct tool *tool,
                     int64_t comparison_id, struct comparison_outcome *outcome, struct failure *why)
{
    struct merging merging = {.arena = arena, .tool = tool};
    struct fact_origin stored;
    const char *is, *was;
    if (!load_merging(store, &merging, &stored, why)) {
        return false;
    }
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        bool differs = false;
        if ((tool->silent & 1u << fact) != 0 || merging.words[fact].by != comparison_id) {
            continue;
        }
        if (fact == FACT_REVIEWS) {
            differs = reviews_differ(arena, &merging.merged, tool, &is, &was);
        } else if (plain_facts[fact].name != NULL) {
            is = fact_text(arena, &merging.merged, fact);
            was = fact_text(arena, tool, fact);
            differs = strcmp(is, was) != 0;
        }
        if (differs) {
            const char *name = plain_facts[fact].name;
            add_conflict(outcome, tool, true, name == NULL ? "reviews" : name, is, was);
        }
    }
    return true;
}
