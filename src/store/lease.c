#include "store/private.h"
#include "store/run.h"

/* Free, run out, of another boot, or already ours: then it is (again) ours. */
static bool take(struct store *store, const struct bind *binds, bool *taken, struct failure *why)
{
    SQL(take_sql, "INSERT INTO lease (name, holder, boot_id, until) VALUES (?1, ?2, ?3, ?5) "
                  "ON CONFLICT (name) DO UPDATE SET holder = ?2, boot_id = ?3, until = ?5 "
                  "WHERE holder = ?2 OR boot_id <> ?3 OR until <= ?4");
    int64_t changes;
    bool ok = query_run(store, take_sql, binds, &changes, why);
    *taken = ok && changes == 1;
    return ok;
}

static bool find_holder(struct store *store, struct arena *arena, const char *name,
                        const char **holder, struct failure *why)
{
    SQL(holder_sql, "SELECT holder FROM lease WHERE name = ?1");
    struct query *query;
    bool row = false;
    bool ok = query_open(store, holder_sql, BIND_LIST(BIND_TEXT(name)), &query, why) &&
              query_next(query, &row, why);
    *holder = row ? query_copy(query, 0, arena) : NULL;
    query_close(query);
    return ok;
}

bool lease_take(struct store *store, struct arena *arena, const char *name, const char *holder,
                const char *boot_id, int64_t boottime_ms, int64_t until_ms, bool *taken,
                const char **other, struct failure *why)
{
    *taken = false;
    *other = NULL;
    bool ok = store_begin(store, why) &&
              take(store,
                   BIND_LIST(BIND_TEXT(name), BIND_TEXT(holder), BIND_TEXT(boot_id),
                             BIND_INT(boottime_ms), BIND_INT(until_ms)),
                   taken, why) &&
              (*taken || find_holder(store, arena, name, other, why));
    ok = store_end(store, ok, why);
    *taken = ok && *taken;
    return ok;
}

bool lease_release(struct store *store, const char *name, const char *holder, struct failure *why)
{
    SQL(release_sql, "DELETE FROM lease WHERE name = ?1 AND holder = ?2");
    return query_run(store, release_sql, BIND_LIST(BIND_TEXT(name), BIND_TEXT(holder)), NULL, why);
}
