#include "store/prediction.h"

#include "store/private.h"

/* Whether readers have the issue or will receive it. */
#define IS_TOLD(issue)                                                                             \
    "(" issue ".state = 'approved' OR " issue ".state = 'sending' OR " issue ".state = 'sent')"

static struct prediction read_prediction(struct query *query, struct arena *arena)
{
    return (struct prediction){
        .comparison_id = query_int(query, 0),
        .slug = query_copy(query, 1, arena),
        .url = query_copy(query, 2, arena),
        .tool = query_copy(query, 3, arena),
        .category = query_copy(query, 4, arena),
        .reviewer = query_copy(query, 5, arena),
        .sentence = query_copy(query, 6, arena),
        .said_at = query_int(query, 7),
        .due = (int)query_int(query, 8),
        .told_number = query_int(query, 9),
        .told_week = query_copy(query, 10, arena),
        .told_at = query_int(query, 11),
    };
}

static bool read_list(struct query *query, struct arena *arena, struct prediction **list,
                      size_t *count, struct failure *why)
{
    size_t room = 0;
    bool row;
    bool ok;
    *list = NULL;
    *count = 0;
    while ((ok = query_next(query, &row, why)) && row) {
        *list = arena_more(arena, *list, *count, &room, sizeof **list);
        (*list)[(*count)++] = read_prediction(query, arena);
    }
    return ok;
}

bool prediction_due(struct store *store, struct arena *arena, const char *week, int month,
                    size_t limit, struct prediction **list, size_t *count, struct failure *why)
{
    SQL(due_sql,
        "SELECT p.comparison_id, c.slug, c.url, p.tool, p.category, p.reviewer, p.sentence, "
        "p.said_at, p.due, i.number, i.iso_week, i.window_end "
        "FROM issue_prediction p JOIN issue i ON i.id = p.issue_id "
        "JOIN comparison c ON c.id = p.comparison_id "
        "WHERE p.told_number = 0 AND p.due <= ?2 AND i.iso_week < ?1 AND " IS_TOLD(
            "i") " AND "
                 "c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM issue_prediction q "
                 "JOIN issue j ON j.id = q.issue_id WHERE q.sentence = p.sentence AND "
                 "q.told_number = i.number AND j.iso_week <> ?1 AND " IS_TOLD(
                     "j") ") "
                          "ORDER BY p.issue_id, p.position LIMIT ?3");
    struct query *query;
    bool ok = query_open(store, due_sql,
                         BIND_LIST(BIND_TEXT(week), BIND_INT(month), BIND_INT((int64_t)limit)),
                         &query, why) &&
              read_list(query, arena, list, count, why);
    query_close(query);
    return ok;
}

bool prediction_is_on_record(struct store *store, const char *week, const char *sentence,
                             bool *found, struct failure *why)
{
    SQL(found_sql, "SELECT EXISTS (SELECT 1 FROM issue_prediction p JOIN issue i ON "
                   "i.id = p.issue_id WHERE p.sentence = ?2 AND p.told_number = 0 AND "
                   "i.iso_week < ?1 AND " IS_TOLD("i") ")");
    int64_t number = 0;
    bool ok = query_number(store, found_sql, BIND_LIST(BIND_TEXT(week), BIND_TEXT(sentence)),
                           &number, why);
    *found = number != 0;
    return ok;
}

bool prediction_list(struct store *store, struct arena *arena, int64_t issue_id,
                     struct prediction **list, size_t *count, struct failure *why)
{
    SQL(list_sql, "SELECT comparison_id, slug, url, tool, category, reviewer, sentence, said_at, "
                  "due, told_number, told_week, told_at FROM issue_prediction "
                  "WHERE issue_id = ?1 ORDER BY position");
    struct query *query;
    bool ok = query_open(store, list_sql, BIND_LIST(BIND_INT(issue_id)), &query, why) &&
              read_list(query, arena, list, count, why);
    query_close(query);
    return ok;
}

bool prediction_replace(struct store *store, int64_t issue_id, const struct prediction *list,
                        size_t count, struct failure *why)
{
    SQL(clear_sql, "DELETE FROM issue_prediction WHERE issue_id = ?1");
    SQL(add_sql,
        "INSERT INTO issue_prediction (issue_id, position, comparison_id, slug, url, tool, "
        "category, reviewer, sentence, said_at, due, told_number, told_week, told_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
    bool ok = store_begin(store, why) &&
              query_run(store, clear_sql, BIND_LIST(BIND_INT(issue_id)), NULL, why);
    for (size_t i = 0; ok && i < count; i++) {
        const struct prediction *one = &list[i];
        ok = query_run(
            store, add_sql,
            BIND_LIST(BIND_INT(issue_id), BIND_INT((int64_t)i + 1), BIND_INT(one->comparison_id),
                      BIND_TEXT(one->slug), BIND_TEXT(one->url), BIND_TEXT(one->tool),
                      BIND_TEXT(one->category), BIND_TEXT(one->reviewer), BIND_TEXT(one->sentence),
                      BIND_INT(one->said_at), BIND_INT(one->due), BIND_INT(one->told_number),
                      BIND_TEXT(one->told_week), BIND_INT(one->told_at)),
            NULL, why);
    }
    return store_end(store, ok, why);
}

bool prediction_withdrawn_of(struct store *store, struct arena *arena, int64_t issue_id,
                             const char **slug, struct failure *why)
{
    SQL(withdrawn_sql, "SELECT c.slug FROM issue_prediction p JOIN comparison c ON "
                       "c.id = p.comparison_id WHERE p.issue_id = ?1 AND p.told_number > 0 AND "
                       "c.withdrawn_at IS NOT NULL ORDER BY p.position");
    const char **slugs;
    size_t count;
    bool ok = query_texts(store, arena, withdrawn_sql, BIND_LIST(BIND_INT(issue_id)), &slugs,
                          &count, why);
    *slug = ok && count > 0 ? slugs[0] : NULL;
    return ok;
}
