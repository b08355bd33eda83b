/*
 * A comparison comes in: who it is, what of it is believed, and what its source says of its date
 * and its withdrawal.
 */
#include <string.h>

#include "store/comparison_life.h"
#include "store/identity.h"
#include "store/private.h"

/* What comes in, and what is stored of it. */
struct saving {
    struct store *store;
    struct arena *arena;
    struct comparison *comparison;
    struct comparison stored; /* id 0: new */
    bool left_former, right_former;
    int64_t now;
    struct comparison_outcome *outcome;
};

static int64_t source_date(const struct comparison *comparison)
{
    return comparison->undated ? 0 : comparison->published_at;
}

static bool write_comparison(const struct saving *saving, struct failure *why)
{
    SQL(upsert_sql,
        "INSERT INTO comparison (slug, title, question, url, left_tool, right_tool, published_at, "
        "content_hash, revision, updated_at, own_slug, id, source_date) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
        "ON CONFLICT (id) DO UPDATE SET slug = ?1, title = ?2, question = ?3, url = ?4, "
        "left_tool = ?5, right_tool = ?6, content_hash = ?8, revision = ?9, updated_at = ?10, "
        "own_slug = iif(?11, 1, own_slug) RETURNING id");
    struct comparison *comparison = saving->comparison;
    return query_number(saving->store, upsert_sql,
                        BIND_LIST(BIND_TEXT(comparison->slug), BIND_TEXT(comparison->title),
                                  BIND_TEXT(comparison->question), BIND_TEXT(comparison->url),
                                  BIND_INT(comparison->left.id), BIND_INT(comparison->right.id),
                                  BIND_INT(saving->outcome->published_at),
                                  BIND_TEXT(comparison->content_hash),
                                  BIND_INT(saving->outcome->revision), BIND_INT(saving->now),
                                  BIND_INT(comparison->own_slug), BIND_INT(comparison->id),
                                  BIND_SOME(source_date(comparison))),
                        &comparison->id, why);
}

static bool save_tools(const struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    return tool_save(saving->store, saving->arena, &comparison->left, saving->left_former,
                     comparison, saving->outcome, why) &&
           tool_save(saving->store, saving->arena, &comparison->right, saving->right_former,
                     comparison, saving->outcome, why);
}

/* What the source leaves out keeps what is known. */
static void keep_known(struct comparison *comparison, const struct comparison *stored)
{
    if ((comparison->silent & SILENT_TITLE) != 0) {
        comparison->title = stored->title;
    }
    if ((comparison->silent & SILENT_QUESTION) != 0) {
        comparison->question = stored->question;
    }
    if ((comparison->silent & SILENT_URL) != 0) {
        comparison->url = stored->url;
    }
}

/* The id of a comparison to come: its tools are written before it, and name it. */
static bool next_id(struct store *store, int64_t *id, struct failure *why)
{
    SQL(next_sql, "SELECT coalesce(max(id), 0) + 1 FROM comparison");
    return query_number(store, next_sql, BIND_NOTHING, id, why);
}

static bool save_content(const struct saving *saving, struct failure *why)
{
    return save_tools(saving, why) && write_comparison(saving, why);
}

/* Which tools and which comparison these are. Under a former slug of its own the comparison keeps
 * the one that it has now, and so it does where its slug is not its own. */
static bool identify(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    struct store *store = saving->store;
    int64_t id;
    if (!identity_tool(store, saving->arena, &comparison->left, &comparison->left.id,
                       &saving->left_former, why) ||
        !identity_tool(store, saving->arena, &comparison->right, &comparison->right.id,
                       &saving->right_former, why)) {
        return false;
    }
    if (comparison->left.id != 0 && comparison->left.id == comparison->right.id) {
        return fail(why, FAILURE_DATA,
                    "\"%.100s\" and \"%.100s\" are one tool; a comparison is of two",
                    comparison->left.name, comparison->right.name);
    }
    if (!identity_comparison(store, saving->arena, comparison, &id, why)) {
        return false;
    }
    if (id == 0) {
        return comparison->own_slug ||
               identity_comparison_slug(store, saving->arena, comparison, why);
    }
    if (!comparison_load_bare(store, saving->arena, id, &saving->stored, why)) {
        return false;
    }
    comparison->slug = saving->stored.slug;
    return true;
}

/* The same words, of the same tools, under a slug whose owner is known. */
static bool is_unchanged(const struct saving *saving)
{
    const struct comparison *comparison = saving->comparison;
    const struct comparison *stored = &saving->stored;
    return strcmp(stored->content_hash, comparison->content_hash) == 0 &&
           comparison->left.id == stored->left.id && comparison->right.id == stored->right.id &&
           (!comparison->own_slug || stored->own_slug);
}

static bool same_content(const struct comparison *left, const struct comparison *right)
{
    const char *one = left->url == NULL ? "" : left->url;
    const char *other = right->url == NULL ? "" : right->url;
    return strcmp(left->title, right->title) == 0 && strcmp(left->question, right->question) == 0 &&
           strcmp(one, other) == 0;
}

static bool find_dates(struct store *store, int64_t id, int64_t *said, bool *by_editor,
                       struct failure *why)
{
    SQL(dates_sql, "SELECT source_date, editor_dated FROM comparison WHERE id = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, dates_sql, BIND_LIST(BIND_INT(id)), &query, why) &&
              query_next(query, &row, why);
    *said = row ? query_int(query, 0) : 0;
    *by_editor = row && query_int(query, 1) != 0;
    query_close(query);
    return ok;
}

/* A date that the source says anew, or that was said while the comparison was told and does not
 * hold because of that. */
static bool follow_date(struct store *store, const struct comparison *stored, int64_t date,
                        struct comparison_outcome *outcome, struct failure *why)
{
    SQL(said_sql, "UPDATE comparison SET source_date = ?2, editor_dated = 0 WHERE id = ?1");
    int64_t said;
    bool by_editor, told;
    if (!find_dates(store, stored->id, &said, &by_editor, why)) {
        return false;
    }
    bool anew = date != (said != 0 ? said : stored->published_at);
    if (!anew && (by_editor || date == stored->published_at)) {
        return true;
    }
    if (!comparison_is_told(store, stored->id, &told, why)) {
        return false;
    }
    outcome->ignored_date = told && anew && date != stored->published_at ? date : 0;
    if (!told && date != stored->published_at) {
        outcome->moved_from = stored->published_at;
        outcome->published_at = date;
    }
    return (!anew || query_run(store, said_sql, BIND_LIST(BIND_INT(stored->id), BIND_INT(date)),
                               NULL, why)) &&
           (outcome->moved_from == 0 || comparison_move(store, stored->id, date, why));
}

/* A word of the source, or its coming again, takes back what the source has done, not what an
 * editor has. */
static bool follow_withdrawal(struct store *store, const struct comparison *comparison, int64_t now,
                              struct comparison_outcome *outcome, struct failure *why)
{
    SQL(restore_sql, "UPDATE comparison SET withdrawn_at = NULL, withdrawn_by = NULL "
                     "WHERE id = ?1 AND (withdrawn_by = 'absent' OR "
                     "(withdrawn_by = 'source' AND ?2))");
    int64_t restored = 0;
    bool withdrawn = false;
    bool ok =
        comparison->withdrawn == WITHDRAWN_YES
            ? comparison_withdraw(store, comparison->id, WITHDRAWER_SOURCE, now, &withdrawn, why)
            : query_run(store, restore_sql,
                        BIND_LIST(BIND_INT(comparison->id),
                                  BIND_INT(comparison->withdrawn == WITHDRAWN_NO)),
                        &restored, why);
    outcome->turn = withdrawn      ? COMPARISON_WITHDRAWN
                    : restored > 0 ? COMPARISON_RESTORED
                                   : COMPARISON_STAYS;
    return ok;
}

static bool save_new(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    struct comparison_outcome *outcome = saving->outcome;
    outcome->saved = COMPARISON_NEW;
    outcome->revision = 1;
    outcome->published_at = comparison->published_at == 0 ? saving->now : comparison->published_at;
    return next_id(saving->store, &comparison->id, why) && save_content(saving, why);
}

/* A full import of the same words may still take away what another had left. */
static bool save_again(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    const struct comparison *stored = &saving->stored;
    struct comparison_outcome *outcome = saving->outcome;
    bool unchanged = is_unchanged(saving);
    int64_t date = source_date(comparison);
    outcome->published_at = stored->published_at;
    outcome->saved = COMPARISON_UNCHANGED;
    outcome->revision = stored->revision;
    comparison->id = stored->id;
    if (date != 0 && !follow_date(saving->store, stored, date, outcome, why)) {
        return false;
    }
    if (unchanged && !comparison->full) {
        return true;
    }
    if (!save_tools(saving, why)) {
        return false;
    }
    keep_known(comparison, stored);
    if (unchanged && !outcome->facts_changed && same_content(comparison, stored)) {
        return true;
    }
    outcome->saved = COMPARISON_CHANGED;
    outcome->revision++;
    return write_comparison(saving, why);
}

static bool save(struct saving *saving, struct failure *why)
{
    struct comparison *comparison = saving->comparison;
    if (comparison->full) {
        comparison->silent = comparison->left.silent = comparison->right.silent = 0;
    }
    return identify(saving, why) &&
           (saving->stored.id == 0 ? save_new(saving, why) : save_again(saving, why)) &&
           follow_withdrawal(saving->store, comparison, saving->now, saving->outcome, why);
}

bool comparison_save(struct store *store, struct arena *arena, struct comparison *comparison,
                     int64_t now, struct comparison_outcome *outcome, struct failure *why)
{
    *outcome = (struct comparison_outcome){0};
    struct saving saving = {
        .store = store, .arena = arena, .comparison = comparison, .now = now, .outcome = outcome};
    bool ok = store_begin(store, why) && save(&saving, why);
    return store_end(store, ok, why);
}
