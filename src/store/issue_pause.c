/* The pause of one issue, which is not sent until it is resumed. Senders check it as they check a
 * hold (store/hold.h). */
#include "store/issue.h"
#include "store/private.h"

bool issue_pause(struct store *store, int64_t issue_id, int64_t now, bool *changed,
                 struct failure *why)
{
    SQL(pause_sql, "UPDATE issue SET paused_at = ?2, pause_told = 0 WHERE id = ?1 AND "
                   "paused_at IS NULL AND state IN ('draft', 'approved', 'sending')");
    int64_t changes;
    bool ok =
        query_run(store, pause_sql, BIND_LIST(BIND_INT(issue_id), BIND_INT(now)), &changes, why);
    *changed = ok && changes == 1;
    return ok;
}

/* Rows that were tried before and still wait must not age during the pause. */
static bool resume(struct store *store, int64_t issue_id, int64_t now, int64_t *changes,
                   struct failure *why)
{
    SQL(rows_sql, "UPDATE delivery INDEXED BY delivery_open SET first_at = first_at + max(0, ?2 - "
                  "max(first_at, "
                  "coalesce((SELECT paused_at FROM issue WHERE id = ?1), ?2))) WHERE "
                  "issue_id = ?1 AND state IN ('deferred', 'in_doubt') AND " DELIVERY_OPEN);
    SQL(resume_sql,
        "UPDATE issue SET paused_at = NULL WHERE id = ?1 AND paused_at IS NOT NULL AND ?2 > 0");
    const struct bind *binds = BIND_LIST(BIND_INT(issue_id), BIND_INT(now));
    return query_run(store, rows_sql, binds, NULL, why) &&
           query_run(store, resume_sql, binds, changes, why);
}

bool issue_resume(struct store *store, int64_t issue_id, int64_t now, bool *changed,
                  struct failure *why)
{
    int64_t changes = 0;
    bool ok = store_begin(store, why) && resume(store, issue_id, now, &changes, why);
    ok = store_end(store, ok, why);
    *changed = ok && changes == 1;
    return ok;
}

bool issue_tell_pause(struct store *store, int64_t issue_id, bool *first, struct failure *why)
{
    SQL(tell_sql, "UPDATE issue SET pause_told = 1 WHERE id = ?1 AND pause_told = 0");
    int64_t changes;
    bool ok = query_run(store, tell_sql, BIND_LIST(BIND_INT(issue_id)), &changes, why);
    *first = ok && changes == 1;
    return ok;
}
