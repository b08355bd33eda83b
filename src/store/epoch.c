#include "store/epoch.h"

#include "base/hash.h"
#include "base/random.h"
#include "store/private.h"

bool epoch_get(struct store *store, struct arena *arena, struct epoch *epoch, struct failure *why)
{
    SQL(get_sql, "SELECT newsletter, machine, inode, count FROM epoch");
    struct query *query;
    bool row = false;
    *epoch = (struct epoch){0};
    bool ok = query_open(store, get_sql, BIND_NOTHING, &query, why) && query_next(query, &row, why);
    if (row) {
        *epoch = (struct epoch){.newsletter = query_copy(query, 0, arena),
                                .machine = query_copy(query, 1, arena),
                                .inode = query_int(query, 2),
                                .count = query_int(query, 3)};
    } else if (ok) {
        ok = fail(why, FAILURE_DATA, "%s: damaged: it has no epoch; put a backup in its place",
                  store->path);
    }
    query_close(query);
    return ok;
}

bool epoch_save(struct store *store, const struct epoch *epoch, struct failure *why)
{
    SQL(save_sql, "UPDATE epoch SET newsletter = ?1, machine = ?2, inode = ?3, count = ?4");
    return query_run(store, save_sql,
                     BIND_LIST(BIND_TEXT(epoch->newsletter), BIND_TEXT(epoch->machine),
                               BIND_INT(epoch->inode), BIND_INT(epoch->count)),
                     NULL, why);
}

bool epoch_take_up(struct store *store, const struct epoch *epoch, struct failure *why)
{
    bool ok =
        store_begin(store, why) && store_leave_gap(store, why) && epoch_save(store, epoch, why);
    return store_end(store, ok, why);
}

bool epoch_raise(struct store *store, struct failure *why)
{
    SQL(raise_sql, "UPDATE epoch SET count = count + 1");
    return query_run(store, raise_sql, BIND_NOTHING, NULL, why);
}

bool epoch_count(struct store *store, int64_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count FROM epoch");
    return query_number(store, count_sql, BIND_NOTHING, count, why);
}

const char *epoch_new_newsletter(struct arena *arena)
{
    unsigned char bytes[16];
    char *hex = arena_alloc(arena, 2 * sizeof bytes + 1);
    random_bytes(bytes, sizeof bytes);
    hash_to_hex(bytes, sizeof bytes, hex);
    return hex;
}

bool epoch_claims_open(struct store *store, int64_t issue_id, bool *open, struct failure *why)
{
    SQL(open_sql, "SELECT 1 FROM delivery INDEXED BY delivery_open WHERE issue_id IN (SELECT id "
                  "FROM issue WHERE id = ?1 "
                  "OR ?1 = 0) AND state = 'sending' AND " DELIVERY_OPEN " LIMIT 1");
    int64_t one;
    bool ok = query_number(store, open_sql, BIND_LIST(BIND_INT(issue_id)), &one, why);
    *open = ok && one == 1;
    return ok;
}
