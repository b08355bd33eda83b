/*
 * What each source last stated about a comparison, field by field, as short hashes.
 *
 * Two sources that disagree would otherwise take turns: each import of either one would restore
 * what it has always stated. So a source's statement is new only if it differs from its own last
 * one.
 */
#include "store/said.h"

#include <string.h>

#include "base/hash.h"
#include "store/private.h"

/* The fields of a comparison in this order, then those of its left and of its right tool. */
enum { WORD_DATE, WORD_TITLE, WORD_QUESTION, WORD_URL, WORD_TOOLS };

/* One more hash follows if the source says whether the comparison is withdrawn. */
enum { WORD_DIGITS = 12, WORDS = WORD_TOOLS + 2 * FACT_COUNT, WORDS_LEN = WORDS * WORD_DIGITS };

/* NULL: the source leaves the field out. */
static void add_word(struct buf *said, const char *word)
{
    char hash[HASH_HEX] = "-";
    if (word != NULL) {
        hash_sha256_hex(word, strlen(word), hash);
    }
    buf_addf(said, "%-*.*s", WORD_DIGITS, WORD_DIGITS, hash);
}

static const char *number_word(struct arena *arena, int number)
{
    return arena_format(arena, "%d", number);
}

static const char *reviews_word(struct arena *arena, const struct tool *tool)
{
    const char *word = "";
    for (size_t i = 0; i < tool->review_count; i++) {
        const struct review *review = &tool->reviews[i];
        word = arena_format(arena, "%s%s\n%d\n%s\n", word,
                            review->reviewer == NULL ? "" : review->reviewer, (int)review->verdict,
                            review->quote);
    }
    return word;
}

static void add_tool(struct buf *said, struct arena *arena, const struct tool *tool)
{
    const char *const words[FACT_COUNT] = {
        [FACT_NAME] = tool->name,
        [FACT_SLUG] = tool->own_slug ? tool->slug : "",
        [FACT_CATEGORY] = tool->category,
        [FACT_TAGLINE] = tool->tagline,
        [FACT_DESCRIPTION] = tool->description,
        [FACT_PRICE] = tool->price,
        [FACT_PRICE_NOTE] = tool->price_note,
        [FACT_URL] = tool->url == NULL ? "" : tool->url,
        [FACT_PANEL_SHIP] = number_word(arena, tool->panel_ship),
        [FACT_COMMUNITY_SHIP] = number_word(arena, tool->community_ship),
        [FACT_REVIEWS] = reviews_word(arena, tool),
        [FACT_PANEL_SIZE] = number_word(arena, tool->panel_size),
        [FACT_COMMUNITY_VOTES] = number_word(arena, tool->community_votes),
        [FACT_SHORT_NAME] = tool->short_name == NULL ? "" : tool->short_name,
    };
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        add_word(said, (tool->silent & 1u << fact) != 0 ? NULL : words[fact]);
    }
}

const char *said_words(struct arena *arena, const struct comparison *comparison)
{
    struct buf said;
    unsigned silent = comparison->silent;
    buf_init(&said, WORDS_LEN + WORD_DIGITS);
    add_word(&said, comparison->undated
                        ? NULL
                        : arena_format(arena, "%lld", (long long)comparison->published_at));
    add_word(&said, (silent & SILENT_TITLE) != 0 ? NULL : comparison->title);
    add_word(&said, (silent & SILENT_QUESTION) != 0 ? NULL : comparison->question);
    add_word(&said, (silent & SILENT_URL) != 0 ? NULL
                    : comparison->url != NULL  ? comparison->url
                                               : "");
    add_tool(&said, arena, &comparison->left);
    add_tool(&said, arena, &comparison->right);
    if (comparison->withdrawn != WITHDRAWN_UNSAID) {
        add_word(&said, comparison->withdrawn == WITHDRAWN_YES ? "withdrawn" : "not withdrawn");
    }
    const char *words = arena_copy(arena, said.data);
    buf_free(&said);
    return words;
}

static bool same_word(const char *said, const char *last, size_t word)
{
    return strncmp(said + word * WORD_DIGITS, last + word * WORD_DIGITS, WORD_DIGITS) == 0;
}

/* `first` is the number of the tool's first hash. If the tool is another one than last time, all of
 * its facts are new. */
static void hush_tool(struct tool *tool, const char *said, const char *last, size_t first)
{
    if (!same_word(said, last, first + FACT_NAME) || !same_word(said, last, first + FACT_SLUG)) {
        return;
    }
    for (enum fact fact = FACT_NAME; fact < FACT_COUNT; fact++) {
        tool->silent |= same_word(said, last, first + fact) ? 1u << fact : 0;
    }
}

void said_hush(struct comparison *comparison, const char *said, const char *last)
{
    static const unsigned bits[WORD_TOOLS] = {
        [WORD_TITLE] = SILENT_TITLE, [WORD_QUESTION] = SILENT_QUESTION, [WORD_URL] = SILENT_URL};
    if (strlen(last) < WORDS_LEN || !same_word(said, last, WORD_DATE)) {
        return;
    }
    for (size_t word = WORD_TITLE; word < WORD_TOOLS; word++) {
        comparison->silent |= same_word(said, last, word) ? bits[word] : 0;
    }
    hush_tool(&comparison->left, said, last, WORD_TOOLS);
    hush_tool(&comparison->right, said, last, WORD_TOOLS + FACT_COUNT);
}

bool said_withdrawal_anew(const char *said, const char *last)
{
    return strlen(said) > WORDS_LEN &&
           (strlen(last) <= WORDS_LEN || !same_word(said, last, WORD_DATE) ||
            !same_word(said, last, WORDS));
}

bool said_withdrawal_elsewhere(struct store *store, int64_t source_id, int64_t comparison_id,
                               int64_t *others, struct failure *why)
{
    SQL(others_sql, "SELECT count(*) FROM import_brought WHERE comparison_id = ?2 "
                    "AND source_id <> ?1 AND length(said) > ?3");
    return query_number(
        store, others_sql,
        BIND_LIST(BIND_INT(source_id), BIND_INT(comparison_id), BIND_INT(WORDS_LEN)), others, why);
}

bool said_load(struct store *store, struct arena *arena, int64_t source_id, int64_t comparison_id,
               struct said *said, struct failure *why)
{
    SQL(said_sql, "SELECT c.source_id, c.source_date, b.said, b.outdone FROM comparison c "
                  "LEFT JOIN import_brought b ON b.comparison_id = c.id AND b.source_id = ?1 "
                  "WHERE c.id = ?2");
    struct query *query;
    bool row = false;
    *said = (struct said){.last = ""};
    bool ok = query_open(store, said_sql, BIND_LIST(BIND_INT(source_id), BIND_INT(comparison_id)),
                         &query, why) &&
              query_next(query, &row, why);
    if (row) {
        const char *last = query_copy(query, 2, arena);
        *said = (struct said){.standing = query_int(query, 0),
                              .standing_date = query_int(query, 1),
                              .last = last == NULL ? "" : last,
                              .outdone = query_int(query, 3) != 0};
    }
    query_close(query);
    return ok;
}

bool said_outdo(struct store *store, int64_t source_id, int64_t comparison_id, bool aloud,
                struct failure *why)
{
    SQL(outdo_sql, "UPDATE import_brought SET outdone = ?3 WHERE comparison_id = ?2 "
                   "AND source_id <> ?1");
    return query_run(store, outdo_sql,
                     BIND_LIST(BIND_INT(source_id), BIND_INT(comparison_id), BIND_INT(!aloud)),
                     NULL, why);
}

bool said_settle(struct store *store, int64_t source_id, int64_t comparison_id, struct failure *why)
{
    SQL(settle_sql, "UPDATE import_brought SET outdone = 0 WHERE source_id = ?1 "
                    "AND comparison_id = ?2");
    return query_run(store, settle_sql, BIND_LIST(BIND_INT(source_id), BIND_INT(comparison_id)),
                     NULL, why);
}
