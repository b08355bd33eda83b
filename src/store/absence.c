#include "store/absence.h"

#include "store/private.h"

enum { ABSENCES_MAX = 50 };

bool absence_list(struct store *store, struct arena *arena, struct absence **absences,
                  size_t *count, struct failure *why)
{
    SQL(list_sql, "SELECT relay, since, why FROM relay_absence ORDER BY relay LIMIT ?1");
    struct query *query;
    bool row = true;
    *count = 0;
    *absences = arena_array(arena, ABSENCES_MAX, sizeof **absences);
    bool ok = query_open(store, list_sql, BIND_LIST(BIND_INT(ABSENCES_MAX)), &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        (*absences)[(*count)++] = (struct absence){.relay = query_copy(query, 0, arena),
                                                   .since = query_int(query, 1),
                                                   .why = query_copy(query, 2, arena)};
    }
    query_close(query);
    return ok;
}

bool absence_begin(struct store *store, const char *relay, int64_t now, const char *text,
                   struct failure *why)
{
    SQL(begin_sql, "INSERT INTO relay_absence (relay, since, why) VALUES (?1, ?2, ?3) "
                   "ON CONFLICT (relay) DO UPDATE SET why = ?3");
    return query_run(store, begin_sql, BIND_LIST(BIND_TEXT(relay), BIND_INT(now), BIND_TEXT(text)),
                     NULL, why);
}

bool absence_end(struct store *store, const char *relay, struct failure *why)
{
    SQL(end_sql, "DELETE FROM relay_absence WHERE relay = ?1");
    return query_run(store, end_sql, BIND_LIST(BIND_TEXT(relay)), NULL, why);
}
