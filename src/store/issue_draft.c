/* Writes a draft: its items, its variants, and an editor's arrangement. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "store/issue.h"
#include "store/private.h"

static const char *derivation_of(const struct issue *issue)
{
    return issue->derivation != NULL ? issue->derivation : "";
}

/* Fills number, date and edited of a draft that is rebuilt. */
static bool update_draft(struct store *store, struct issue *issue, struct failure *why)
{
    SQL(update_sql,
        "UPDATE issue SET window_start = ?2, window_end = ?3, subject = ?4, preheader = ?5, "
        "built_at = ?6, derivation = ?8, date = iif(window_end = ?3, date, ?7) WHERE id = ?1 AND "
        "state = 'draft' "
        "RETURNING number, date, edited");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, update_sql,
                         BIND_LIST(BIND_INT(issue->id), BIND_INT(issue->window_start),
                                   BIND_INT(issue->window_end), BIND_TEXT(issue->subject),
                                   BIND_TEXT(issue->preheader), BIND_INT(issue->built_at),
                                   BIND_INT(issue->date), BIND_TEXT(derivation_of(issue))),
                         &query, why) &&
              query_next(query, &row, why);
    if (row) {
        issue->number = query_int(query, 0);
        issue->date = query_int(query, 1);
        issue->edited = query_int(query, 2) != 0;
    }
    query_close(query);
    return ok && (row || fail(why, FAILURE_TRY_AGAIN,
                              "the issue of %s is no draft any more; its items stand as they are",
                              issue->iso_week));
}

static bool insert_draft(struct store *store, struct issue *issue, struct failure *why)
{
    SQL(insert_sql,
        "INSERT INTO issue (id, number, iso_week, window_start, window_end, state, subject, "
        "preheader, date, built_at, edited, derivation) SELECT next, next, ?1, ?2, ?3, 'draft', "
        "?4, ?5, ?6, ?7, ?8, ?9 FROM (SELECT coalesce(max(number), 0) + 1 AS next FROM issue) "
        "RETURNING id, number");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, insert_sql,
                         BIND_LIST(BIND_TEXT(issue->iso_week), BIND_INT(issue->window_start),
                                   BIND_INT(issue->window_end), BIND_TEXT(issue->subject),
                                   BIND_TEXT(issue->preheader), BIND_INT(issue->date),
                                   BIND_INT(issue->built_at), BIND_INT(issue->edited),
                                   BIND_TEXT(derivation_of(issue))),
                         &query, why) &&
              query_next(query, &row, why);
    if (row) {
        issue->id = query_int(query, 0);
        issue->number = query_int(query, 1);
    } else if (store_is_duplicate(store)) {
        fail(why, FAILURE_TRY_AGAIN, "there is an issue of %s already; see `verdicts issue list`",
             issue->iso_week);
    }
    query_close(query);
    return ok;
}

static bool insert_item(struct store *store, int64_t issue_id, const struct issue_item *item,
                        struct failure *why)
{
    SQL(item_sql, "INSERT INTO issue_item (issue_id, comparison_id, position, story, reason, "
                  "snapshot) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    if (query_run(store, item_sql,
                  BIND_LIST(BIND_INT(issue_id), BIND_INT(item->comparison_id),
                            BIND_INT(item->position), BIND_INT(item->story),
                            BIND_TEXT(item->reason), BIND_TEXT(item->snapshot)),
                  NULL, why)) {
        return true;
    }
    return store_is_duplicate(store)
               ? fail(why, FAILURE_TRY_AGAIN,
                      "comparison %" PRId64 " stands in an issue already, or twice in this one; "
                      "build the issue again",
                      item->comparison_id)
               : false;
}

static bool replace_items(struct store *store, int64_t issue_id, const struct issue_item *items,
                          size_t count, struct failure *why)
{
    SQL(clear_sql, "DELETE FROM issue_item WHERE issue_id = ?1");
    bool ok = query_run(store, clear_sql, BIND_LIST(BIND_INT(issue_id)), NULL, why);
    for (size_t i = 0; ok && i < count; i++) {
        ok = insert_item(store, issue_id, &items[i], why);
    }
    return ok;
}

bool issue_add_variant(struct store *store, int64_t issue_id, const struct issue_variant *variant,
                       struct failure *why)
{
    SQL(variant_sql, "INSERT INTO issue_variant (issue_id, topics, body, html, text, html_sha256, "
                     "text_sha256, subject) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
                     "ON CONFLICT DO NOTHING");
    return query_run(store, variant_sql,
                     BIND_LIST(BIND_INT(issue_id), BIND_TEXT(variant->topics),
                               BIND_BLOB(variant->body, variant->body_len),
                               BIND_BLOB(variant->html, variant->html_len),
                               BIND_BLOB(variant->text, variant->text_len),
                               BIND_TEXT(variant->html_sha256), BIND_TEXT(variant->text_sha256),
                               BIND_TEXT(variant->subject != NULL ? variant->subject : "")),
                     NULL, why);
}

static bool replace_variants(struct store *store, int64_t issue_id,
                             const struct issue_variant *variants, size_t count,
                             struct failure *why)
{
    SQL(clear_sql, "DELETE FROM issue_variant WHERE issue_id = ?1");
    bool ok = query_run(store, clear_sql, BIND_LIST(BIND_INT(issue_id)), NULL, why);
    for (size_t i = 0; ok && i < count; i++) {
        ok = issue_add_variant(store, issue_id, &variants[i], why);
    }
    return ok;
}

bool issue_save_draft(struct store *store, struct issue *issue, const struct issue_item *items,
                      size_t item_count, const struct issue_variant *variants, size_t variant_count,
                      struct failure *why)
{
    struct issue saved = *issue;
    bool ok =
        store_begin(store, why) &&
        (saved.id == 0 ? insert_draft(store, &saved, why) : update_draft(store, &saved, why)) &&
        replace_items(store, saved.id, items, item_count, why) &&
        replace_variants(store, saved.id, variants, variant_count, why);
    ok = store_end(store, ok, why);
    if (ok) {
        *issue = saved;
        issue->state = ISSUE_DRAFT;
        issue->item_count = (int64_t)item_count;
    }
    return ok;
}

static void copy_digest(char out[65], const char *digest)
{
    size_t len = strlen(digest);
    assert(len < 65);
    memcpy(out, digest, len + 1);
}

static struct issue_variant *read_variant(struct query *query, struct arena *arena)
{
    struct issue_variant *variant = arena_alloc(arena, sizeof *variant);
    variant->topics = query_copy(query, 0, arena);
    variant->body = query_copy(query, 1, arena);
    variant->body_len = query_size(query, 1);
    variant->html = query_copy(query, 2, arena);
    variant->html_len = query_size(query, 2);
    variant->text = query_copy(query, 3, arena);
    variant->text_len = query_size(query, 3);
    copy_digest(variant->html_sha256, query_text(query, 4));
    copy_digest(variant->text_sha256, query_text(query, 5));
    variant->subject = query_copy(query, 6, arena);
    return variant;
}

bool issue_find_variant(struct store *store, struct arena *arena, int64_t issue_id,
                        const char *topics, struct issue_variant **variant, struct failure *why)
{
    SQL(find_sql, "SELECT topics, body, html, text, html_sha256, text_sha256, subject "
                  "FROM issue_variant WHERE issue_id = ?1 AND topics = ?2");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, find_sql, BIND_LIST(BIND_INT(issue_id), BIND_TEXT(topics)), &query,
                         why) &&
              query_next(query, &row, why);
    *variant = row ? read_variant(query, arena) : NULL;
    query_close(query);
    return ok;
}

/* Stored among the variants, under a name that no choice of topics has: those do not begin with the
 * line feed that separates topics. */
bool issue_keep_source(struct store *store, int64_t issue_id, const char *bytes, size_t len,
                       struct failure *why)
{
    const struct issue_variant source = {
        .topics = ISSUE_SOURCE, .body = bytes, .body_len = len, .html = "", .text = ""};
    return issue_add_variant(store, issue_id, &source, why);
}

bool issue_find_source(struct store *store, struct arena *arena, int64_t issue_id,
                       const char **bytes, size_t *len, struct failure *why)
{
    struct issue_variant *source;
    bool ok = issue_find_variant(store, arena, issue_id, ISSUE_SOURCE, &source, why);
    *bytes = ok && source != NULL ? source->body : NULL;
    *len = ok && source != NULL ? source->body_len : 0;
    return ok;
}

static bool load_items(struct store *store, struct arena *arena, int64_t issue_id,
                       struct issue_item **items, size_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM issue_item WHERE issue_id = ?1");
    SQL(items_sql, "SELECT t.comparison_id, c.slug, t.position, t.story, t.reason, t.snapshot "
                   "FROM issue_item t JOIN comparison c ON c.id = t.comparison_id "
                   "WHERE t.issue_id = ?1 ORDER BY t.position");
    int64_t room;
    struct query *query = NULL;
    const struct bind *binds = BIND_LIST(BIND_INT(issue_id));
    if (!query_number(store, count_sql, binds, &room, why) ||
        !query_open(store, items_sql, binds, &query, why)) {
        return false;
    }
    *items = arena_array(arena, (size_t)room, sizeof **items);
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row && *count < (size_t)room) {
        (*items)[(*count)++] = (struct issue_item){
            .comparison_id = query_int(query, 0),
            .slug = query_copy(query, 1, arena),
            .position = query_int(query, 2),
            .story = query_int(query, 3),
            .reason = query_copy(query, 4, arena),
            .snapshot = query_copy(query, 5, arena),
        };
    }
    query_close(query);
    return ok;
}

bool issue_items(struct store *store, struct arena *arena, int64_t issue_id,
                 struct issue_item **items, size_t *count, struct failure *why)
{
    *count = 0;
    bool ok =
        store_begin_reading(store, why) && load_items(store, arena, issue_id, items, count, why);
    return store_end(store, ok, why);
}

static bool mark_edited(struct store *store, int64_t issue_id, struct failure *why)
{
    SQL(edited_sql, "UPDATE issue SET edited = 1 WHERE id = ?1 AND state = 'draft'");
    int64_t changes;
    if (!query_run(store, edited_sql, BIND_LIST(BIND_INT(issue_id)), &changes, why)) {
        return false;
    }
    return changes == 1 || fail(why, FAILURE_USAGE,
                                "only the items of a draft can be arranged; this issue is approved "
                                "or gone");
}

static bool leave_out(struct store *store, int64_t issue_id, const struct arrangement *wanted,
                      int64_t now, struct failure *why)
{
    SQL(out_sql, "UPDATE comparison SET left_out_at = ?2 WHERE id = ?1 AND left_out_at IS NULL");
    SQL(remove_sql, "DELETE FROM issue_item WHERE issue_id = ?1 AND comparison_id = ?2");
    bool ok = true;
    for (size_t i = 0; ok && i < wanted->leave_out_count; i++) {
        int64_t id = wanted->leave_out[i];
        ok = query_run(store, out_sql, BIND_LIST(BIND_INT(id), BIND_INT(now)), NULL, why) &&
             query_run(store, remove_sql, BIND_LIST(BIND_INT(issue_id), BIND_INT(id)), NULL, why);
    }
    return ok;
}

static bool put_back(struct store *store, const int64_t *ids, size_t count, struct failure *why)
{
    SQL(back_sql, "UPDATE comparison SET left_out_at = NULL WHERE id = ?1");
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = query_run(store, back_sql, BIND_LIST(BIND_INT(ids[i])), NULL, why);
    }
    return ok;
}

/* An item that returns after it had been left out has no snapshot until the next build; its row
 * reserves the position until then. */
static bool place_item(struct store *store, int64_t issue_id, int64_t comparison_id,
                       int64_t position, struct failure *why)
{
    SQL(move_sql, "UPDATE issue_item SET position = ?3 WHERE issue_id = ?1 AND comparison_id = ?2");
    int64_t changes;
    if (!query_run(store, move_sql,
                   BIND_LIST(BIND_INT(issue_id), BIND_INT(comparison_id), BIND_INT(position)),
                   &changes, why)) {
        return false;
    }
    const struct issue_item placed = {.comparison_id = comparison_id,
                                      .position = position,
                                      .reason = "put in by an editor",
                                      .snapshot = "{}"};
    return changes == 1 || insert_item(store, issue_id, &placed, why);
}

/* (issue, position) is unique at every moment: positions are first set below zero, then all
 * negated. Items that the editor does not name follow in their old order. */
static bool put_in_order(struct store *store, int64_t issue_id, const int64_t *order, size_t count,
                         struct failure *why)
{
    SQL(rest_sql, "SELECT comparison_id FROM issue_item WHERE issue_id = ?1 AND position > 0 "
                  "ORDER BY position LIMIT 1");
    SQL(turn_sql, "UPDATE issue_item SET position = -position WHERE issue_id = ?1");
    int64_t place = 0;
    int64_t next = 0;
    const struct bind *binds = BIND_LIST(BIND_INT(issue_id));
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = place_item(store, issue_id, order[i], --place, why);
    }
    while (ok && (ok = query_number(store, rest_sql, binds, &next, why)) && next != 0) {
        ok = place_item(store, issue_id, next, --place, why);
    }
    return ok && query_run(store, turn_sql, binds, NULL, why);
}

bool issue_arrange(struct store *store, int64_t issue_id, const struct arrangement *wanted,
                   int64_t now, struct failure *why)
{
    bool ok = store_begin(store, why) && mark_edited(store, issue_id, why) &&
              leave_out(store, issue_id, wanted, now, why) &&
              put_back(store, wanted->first, wanted->first_count, why) &&
              put_back(store, wanted->put_back, wanted->put_back_count, why) &&
              put_in_order(store, issue_id, wanted->first, wanted->first_count, why);
    return store_end(store, ok, why);
}
