#include "store/run.h"

#include <unistd.h>

#include "base/clock.h"
#include "store/private.h"

bool run_begin(struct store *store, const char *verb, int64_t now, int64_t *id, struct failure *why)
{
    SQL(begin_sql, "INSERT INTO run (verb, started_at, pid, boot_id) VALUES (?1, ?2, ?3, ?4)");
    return query_insert(
        store, begin_sql,
        BIND_LIST(BIND_TEXT(verb), BIND_INT(now), BIND_INT(getpid()), BIND_TEXT(clock_boot_id())),
        id, why);
}

bool run_end(struct store *store, int64_t id, int64_t now, int exit_code, const char *summary,
             struct failure *why)
{
    SQL(end_sql, "UPDATE run SET finished_at = ?2, exit_code = ?3, summary = ?4 WHERE id = ?1");
    return query_run(store, end_sql,
                     BIND_LIST(BIND_INT(id), BIND_INT(now), BIND_INT(exit_code),
                               BIND_TEXT(summary == NULL ? "" : summary)),
                     NULL, why);
}

bool run_latest(struct store *store, struct arena *arena, size_t failures, size_t limit,
                struct run **runs, size_t *count, struct failure *why)
{
    SQL(latest_sql,
        "SELECT id, verb, started_at, finished_at, pid, coalesce(exit_code, -1), boot_id, summary "
        "FROM run WHERE id IN (SELECT max(id) FROM run GROUP BY verb) OR id IN (SELECT id FROM run "
        "WHERE exit_code <> 0 ORDER BY id DESC LIMIT ?1) ORDER BY id DESC LIMIT ?2");
    struct query *query;
    bool row = true;
    *count = 0;
    *runs = arena_array(arena, limit, sizeof **runs);
    bool ok =
        query_open(store, latest_sql,
                   BIND_LIST(BIND_INT((int64_t)failures), BIND_INT((int64_t)limit)), &query, why);
    while (ok && *count < limit && (ok = query_next(query, &row, why)) && row) {
        (*runs)[(*count)++] = (struct run){
            .id = query_int(query, 0),
            .verb = query_copy(query, 1, arena),
            .started_at = query_int(query, 2),
            .finished_at = query_int(query, 3),
            .pid = query_int(query, 4),
            .exit_code = query_int(query, 5),
            .boot_id = query_copy(query, 6, arena),
            .summary = query_copy(query, 7, arena),
        };
    }
    query_close(query);
    return ok;
}
