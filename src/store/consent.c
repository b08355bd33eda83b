/* Reads the ledger of consent, and suppressed addresses. */
#include <string.h>

#include "store/private.h"
#include "store/subscriber.h"

static bool load_entries(struct store *store, struct arena *arena, const struct bind *binds,
                         struct consent **entries, size_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM consent WHERE subscriber_id = ?1");
    SQL(list_sql, "SELECT kind, wording, form, origin, at FROM consent WHERE subscriber_id = ?1 "
                  "ORDER BY at, id");
    int64_t room;
    struct query *query = NULL;
    if (!query_number(store, count_sql, binds, &room, why) ||
        !query_open(store, list_sql, binds, &query, why)) {
        return false;
    }
    *entries = arena_array(arena, (size_t)room, sizeof **entries);
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row && *count < (size_t)room) {
        (*entries)[(*count)++] = (struct consent){
            .kind = query_copy(query, 0, arena),
            .wording = query_copy(query, 1, arena),
            .form = query_copy(query, 2, arena),
            .origin = query_copy(query, 3, arena),
            .at = query_int(query, 4),
        };
    }
    query_close(query);
    return ok;
}

bool consent_list(struct store *store, struct arena *arena, int64_t subscriber_id,
                  struct consent **entries, size_t *count, struct failure *why)
{
    *count = 0;
    bool ok = store_begin_reading(store, why) &&
              load_entries(store, arena, BIND_LIST(BIND_INT(subscriber_id)), entries, count, why);
    return store_end(store, ok, why);
}

bool suppression_add(struct store *store, const char *hash, const char *reason, int64_t now,
                     struct failure *why)
{
    SQL(add_sql, "INSERT INTO suppression (address_hash, reason, at) VALUES (?1, ?2, ?3) "
                 "ON CONFLICT (address_hash) DO UPDATE SET reason = ?2, at = ?3 "
                 "WHERE ?2 = 'forgotten' AND reason <> ?2");
    return query_run(store, add_sql, BIND_LIST(BIND_TEXT(hash), BIND_TEXT(reason), BIND_INT(now)),
                     NULL, why);
}

bool suppression_remove(struct store *store, const char *hash, struct failure *why)
{
    SQL(remove_sql, "DELETE FROM suppression WHERE address_hash = ?1");
    return query_run(store, remove_sql, BIND_LIST(BIND_TEXT(hash)), NULL, why);
}

bool suppression_is_liftable(const char *reason)
{
    return reason != NULL && (strcmp(reason, "erased") == 0 || strcmp(reason, "complained") == 0);
}

bool suppression_each(struct store *store, suppression_visit each, void *context,
                      struct failure *why)
{
    SQL(each_sql, "SELECT address_hash, reason, at FROM suppression ORDER BY address_hash");
    struct query *query;
    bool row = true;
    bool ok = query_open(store, each_sql, BIND_NOTHING, &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        ok = each(context, query_text(query, 0), query_text(query, 1), query_int(query, 2), why);
    }
    query_close(query);
    return ok;
}

bool suppression_find(struct store *store, struct arena *arena, const char *hash,
                      const char **reason, struct failure *why)
{
    SQL(find_sql, "SELECT reason FROM suppression WHERE address_hash = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, find_sql, BIND_LIST(BIND_TEXT(hash)), &query, why) &&
              query_next(query, &row, why);
    *reason = row ? query_copy(query, 0, arena) : NULL;
    query_close(query);
    return ok;
}
