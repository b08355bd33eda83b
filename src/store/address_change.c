#include "store/address_change.h"

#include "store/private.h"

bool address_change_ask(struct store *store, int64_t subscriber_id,
                        const struct address_change *change, struct failure *why)
{
    SQL(ask_sql, "INSERT INTO address_change (subscriber_id, address, address_key, asked_at) "
                 "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (subscriber_id) DO UPDATE SET "
                 "address = excluded.address, address_key = excluded.address_key, "
                 "asked_at = excluded.asked_at");
    return query_run(store, ask_sql,
                     BIND_LIST(BIND_INT(subscriber_id), BIND_TEXT(change->address),
                               BIND_TEXT(change->address_key), BIND_INT(change->asked_at)),
                     NULL, why);
}

bool address_change_find(struct store *store, struct arena *arena, int64_t subscriber_id,
                         struct address_change **change, struct failure *why)
{
    SQL(find_sql, "SELECT address, address_key, asked_at FROM address_change "
                  "WHERE subscriber_id = ?1");
    struct query *query;
    bool row = false;
    *change = NULL;
    bool ok = query_open(store, find_sql, BIND_LIST(BIND_INT(subscriber_id)), &query, why) &&
              query_next(query, &row, why);
    if (row) {
        *change = arena_alloc(arena, sizeof **change);
        **change = (struct address_change){
            .address = query_copy(query, 0, arena),
            .address_key = query_copy(query, 1, arena),
            .asked_at = query_int(query, 2),
        };
    }
    query_close(query);
    return ok;
}

bool address_change_remove(struct store *store, int64_t subscriber_id, struct failure *why)
{
    SQL(remove_sql, "DELETE FROM address_change WHERE subscriber_id = ?1");
    return query_run(store, remove_sql, BIND_LIST(BIND_INT(subscriber_id)), NULL, why);
}

bool address_change_purge(struct store *store, int64_t before, struct failure *why)
{
    SQL(purge_sql, "DELETE FROM address_change WHERE asked_at < ?1");
    return query_run(store, purge_sql, BIND_LIST(BIND_INT(before)), NULL, why);
}
