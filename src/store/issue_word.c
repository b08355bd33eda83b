#include "store/issue_word.h"

#include <string.h>

#include "store/private.h"

static const char *const kind_names[ISSUE_WORD_KINDS] = {
    [ISSUE_WORD_SUBJECT] = "subject",
    [ISSUE_WORD_PREHEADER] = "preheader",
    [ISSUE_WORD_HEADLINE] = "headline",
    [ISSUE_WORD_NOTE] = "note",
    [ISSUE_WORD_STORY_NOTE] = "story note",
    [ISSUE_WORD_QUOTE_FOR] = "quote for",
    [ISSUE_WORD_QUOTE_AGAINST] = "quote against",
};

const char *issue_word_kind_name(enum issue_word_kind kind)
{
    return kind_names[kind];
}

static bool load(struct store *store, struct arena *arena, int64_t issue_id,
                 struct issue_word **words, size_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM issue_word WHERE issue_id = ?1");
    SQL(list_sql, "SELECT kind, about, text, at FROM issue_word WHERE issue_id = ?1 "
                  "ORDER BY kind, about");
    int64_t room;
    struct query *query = NULL;
    const struct bind *binds = BIND_LIST(BIND_INT(issue_id));
    if (!query_number(store, count_sql, binds, &room, why) ||
        !query_open(store, list_sql, binds, &query, why)) {
        return false;
    }
    *words = arena_array(arena, (size_t)room, sizeof **words);
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row && *count < (size_t)room) {
        (*words)[(*count)++] = (struct issue_word){
            .kind = (enum issue_word_kind)query_int(query, 0),
            .about = query_copy(query, 1, arena),
            .text = query_copy(query, 2, arena),
            .at = query_int(query, 3),
        };
    }
    query_close(query);
    return ok;
}

bool issue_word_list(struct store *store, struct arena *arena, int64_t issue_id,
                     struct issue_word **words, size_t *count, struct failure *why)
{
    *count = 0;
    bool ok = store_begin_reading(store, why) && load(store, arena, issue_id, words, count, why);
    return store_end(store, ok, why);
}

static bool fail_no_draft(struct failure *why)
{
    return fail(why, FAILURE_USAGE,
                "only the words of a draft can be changed; this issue is approved or gone");
}

bool issue_word_set(struct store *store, int64_t issue_id, const struct issue_word *word,
                    struct failure *why)
{
    SQL(set_sql, "INSERT INTO issue_word (issue_id, kind, about, text, at) "
                 "SELECT id, ?2, ?3, ?4, ?5 FROM issue WHERE id = ?1 AND state = 'draft' "
                 "ON CONFLICT (issue_id, kind, about) DO UPDATE SET text = ?4, at = ?5");
    int64_t changes;
    if (!query_run(store, set_sql,
                   BIND_LIST(BIND_INT(issue_id), BIND_INT(word->kind), BIND_TEXT(word->about),
                             BIND_TEXT(word->text), BIND_INT(word->at)),
                   &changes, why)) {
        return false;
    }
    return changes == 1 || fail_no_draft(why);
}

bool issue_word_clear(struct store *store, int64_t issue_id, enum issue_word_kind kind,
                      const char *about, bool *there, struct failure *why)
{
    SQL(draft_sql, "SELECT count(*) FROM issue WHERE id = ?1 AND state = 'draft'");
    SQL(clear_sql, "DELETE FROM issue_word WHERE issue_id = ?1 AND kind = ?2 AND about = ?3");
    int64_t draft = 0, changes = 0;
    bool ok =
        store_begin(store, why) &&
        query_number(store, draft_sql, BIND_LIST(BIND_INT(issue_id)), &draft, why) &&
        (draft == 1 || fail_no_draft(why)) &&
        query_run(store, clear_sql, BIND_LIST(BIND_INT(issue_id), BIND_INT(kind), BIND_TEXT(about)),
                  &changes, why);
    *there = changes > 0;
    return store_end(store, ok, why);
}
