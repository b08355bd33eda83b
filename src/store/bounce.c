#include "store/bounce.h"

#include <string.h>

#include "store/private.h"

/* What the events of a group have in common, besides the domain. */
#define GROUP_KEY "coalesce(enhanced, CAST(code AS TEXT), reason)"
#define PENDING   "scored = 0 AND held = 0"
#define COLUMNS                                                                                    \
    "id, message_hash, subscriber_id, issue_id, class, domain, code, enhanced, reason, at, scored"

bool bounce_add(struct store *store, const struct bounce_event *event, bool *added,
                struct failure *why)
{
    SQL(add_sql,
        "INSERT INTO bounce_event (message_hash, subscriber_id, issue_id, class, domain, "
        "code, enhanced, reason, at, scored) "
        "VALUES (?1, ?2, (SELECT id FROM issue WHERE id = ?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
        "ON CONFLICT (message_hash) DO NOTHING");
    int64_t changes = 0;
    bool ok = query_run(store, add_sql,
                        BIND_LIST(BIND_TEXT(event->message_hash), BIND_SOME(event->subscriber_id),
                                  BIND_SOME(event->issue_id), BIND_TEXT(event->class),
                                  BIND_TEXT(event->domain), BIND_SOME(event->code),
                                  BIND_TEXT(event->enhanced), BIND_TEXT(event->reason),
                                  BIND_INT(event->at), BIND_INT(event->mark)),
                        &changes, why);
    *added = changes > 0;
    return ok;
}

bool bounce_known(struct store *store, const char *message_hash, bool *known, struct failure *why)
{
    SQL(known_sql, "SELECT count(*) FROM bounce_event WHERE message_hash = ?1");
    int64_t count = 0;
    bool ok = query_number(store, known_sql, BIND_LIST(BIND_TEXT(message_hash)), &count, why);
    *known = count > 0;
    return ok;
}

static bool read_groups(struct store *store, struct arena *arena, const char *sql,
                        const struct bind *binds, struct bounce_group **groups, size_t *count,
                        struct failure *why)
{
    struct query *query;
    bool row = false;
    size_t size = 16;
    *groups = arena_array(arena, size, sizeof **groups);
    *count = 0;
    bool ok = query_open(store, sql, binds, &query, why) && query_next(query, &row, why);
    while (ok && row) {
        if (*count == size) {
            struct bounce_group *more = arena_array(arena, size * 2, sizeof *more);
            memcpy(more, *groups, size * sizeof *more);
            *groups = more;
            size *= 2;
        }
        (*groups)[(*count)++] = (struct bounce_group){.domain = query_copy(query, 0, arena),
                                                      .key = query_copy(query, 1, arena),
                                                      .people = query_int(query, 2),
                                                      .readers = query_int(query, 3),
                                                      .held = query_int(query, 4)};
        ok = query_next(query, &row, why);
    }
    query_close(query);
    return ok;
}

/* The confirmed readers of a domain, by the partial index. */
#define READERS                                                                                    \
    "(SELECT count(*) FROM subscriber s WHERE s.domain = e.domain AND s.status = 'confirmed')"

bool bounce_groups(struct store *store, struct arena *arena, int64_t limit,
                   struct bounce_group **groups, size_t *count, struct failure *why)
{
    SQL(groups_sql, "SELECT domain, " GROUP_KEY " AS key, count(DISTINCT subscriber_id), " READERS
                    ", 0 FROM bounce_event e WHERE " PENDING " GROUP BY domain, key LIMIT ?1");
    return read_groups(store, arena, groups_sql, BIND_LIST(BIND_INT(limit)), groups, count, why);
}

bool bounce_held_groups(struct store *store, struct arena *arena, struct bounce_group **groups,
                        size_t *count, struct failure *why)
{
    SQL(held_sql, "SELECT domain, " GROUP_KEY " AS key, count(DISTINCT subscriber_id), " READERS
                  ", count(*) FROM bounce_event e WHERE held = 1 GROUP BY domain, key");
    return read_groups(store, arena, held_sql, BIND_NOTHING, groups, count, why);
}

bool bounce_storms(struct store *store, struct arena *arena, int64_t people, int64_t percent,
                   int64_t since, struct bounce_group **groups, size_t *count, struct failure *why)
{
    SQL(storms_sql,
        "WITH e AS (SELECT domain, " GROUP_KEY " AS key, subscriber_id, held, 1 AS pending "
        "FROM bounce_event WHERE " PENDING " UNION ALL SELECT domain, " GROUP_KEY
        ", subscriber_id, held, 0 FROM bounce_event WHERE held = 1 AND at >= ?3 "
        "UNION ALL SELECT domain, " GROUP_KEY ", subscriber_id, 0, 0 FROM bounce_event "
        "WHERE scored = 1 AND at >= ?3) "
        "SELECT domain, key, count(DISTINCT subscriber_id) AS people, " READERS
        " AS readers, total(held) AS held_back FROM e GROUP BY domain, key "
        "HAVING people > ?1 AND people * 100 > ?2 * readers AND total(pending) > 0");
    return read_groups(store, arena, storms_sql,
                       BIND_LIST(BIND_INT(people), BIND_INT(percent), BIND_INT(since)), groups,
                       count, why);
}

bool bounce_hold(struct store *store, const char *domain, int64_t *count, struct failure *why)
{
    SQL(hold_sql, "UPDATE bounce_event SET held = 1 WHERE " PENDING " AND domain = ?1");
    return query_run(store, hold_sql, BIND_LIST(BIND_TEXT(domain)), count, why);
}

static bool read_events(struct store *store, struct arena *arena, const char *sql,
                        const struct bind *binds, int64_t limit, struct bounce_event **events,
                        size_t *count, struct failure *why)
{
    struct query *query;
    bool row = false;
    *events = arena_array(arena, (size_t)limit, sizeof **events);
    *count = 0;
    bool ok = query_open(store, sql, binds, &query, why) && query_next(query, &row, why);
    while (ok && row && *count < (size_t)limit) {
        (*events)[(*count)++] =
            (struct bounce_event){.id = query_int(query, 0),
                                  .message_hash = query_copy(query, 1, arena),
                                  .subscriber_id = query_int(query, 2),
                                  .issue_id = query_int(query, 3),
                                  .class = query_copy(query, 4, arena),
                                  .domain = query_copy(query, 5, arena),
                                  .code = query_int(query, 6),
                                  .enhanced = query_copy(query, 7, arena),
                                  .reason = query_copy(query, 8, arena),
                                  .at = query_int(query, 9),
                                  .mark = (enum bounce_mark)query_int(query, 10)};
        ok = query_next(query, &row, why);
    }
    query_close(query);
    return ok;
}

bool bounce_pending(struct store *store, struct arena *arena, const char *domain, const char *key,
                    int64_t limit, struct bounce_event **events, size_t *count, struct failure *why)
{
    SQL(pending_sql, "SELECT " COLUMNS " FROM bounce_event WHERE " PENDING
                     " AND domain = ?1 AND " GROUP_KEY " = ?2 ORDER BY at, id LIMIT ?3");
    return read_events(store, arena, pending_sql,
                       BIND_LIST(BIND_TEXT(domain), BIND_TEXT(key), BIND_INT(limit)), limit, events,
                       count, why);
}

bool bounce_held(struct store *store, struct arena *arena, const char *domain, int64_t limit,
                 struct bounce_event **events, size_t *count, struct failure *why)
{
    SQL(held_sql, "SELECT " COLUMNS " FROM bounce_event WHERE held = 1 AND domain = ?1 "
                  "ORDER BY at, id LIMIT ?2");
    return read_events(store, arena, held_sql, BIND_LIST(BIND_TEXT(domain), BIND_INT(limit)), limit,
                       events, count, why);
}

bool bounce_review(struct store *store, struct arena *arena, int64_t limit,
                   struct bounce_event **events, size_t *count, struct failure *why)
{
    SQL(review_sql, "SELECT " COLUMNS " FROM bounce_event WHERE scored = 3 ORDER BY id LIMIT ?1");
    return read_events(store, arena, review_sql, BIND_LIST(BIND_INT(limit)), limit, events, count,
                       why);
}

/* Bounces that came by mail came after the sending, and are kept. */
bool bounce_recall(struct store *store, int64_t issue_id, int64_t *count, struct failure *why)
{
    SQL(recall_sql,
        "UPDATE bounce_event SET scored = 3 WHERE issue_id = ?1 AND scored = 1 AND EXISTS "
        "(SELECT 1 FROM delivery d WHERE d.issue_id = ?1 AND "
        "d.subscriber_id = bounce_event.subscriber_id AND d.state = 'sent' AND "
        "d.done_at >= bounce_event.at)");
    return query_run(store, recall_sql, BIND_LIST(BIND_INT(issue_id)), count, why);
}

bool bounce_settle(struct store *store, int64_t id, enum bounce_mark mark, struct failure *why)
{
    SQL(settle_sql, "UPDATE bounce_event SET scored = ?2, held = 0 WHERE id = ?1");
    return query_run(store, settle_sql, BIND_LIST(BIND_INT(id), BIND_INT(mark)), NULL, why);
}

bool bounce_counted(struct store *store, int64_t subscriber_id, int64_t from, int64_t to,
                    int64_t issue_id, const char **class, struct failure *why)
{
    SQL(counted_sql,
        "SELECT count(*) FROM bounce_event WHERE subscriber_id = ?1 AND scored = 1 "
        "AND class = ?4 AND (at >= ?2 AND at < ?3 OR issue_id = ?5 AND at >= ?2 - 432000)");
    static const char *const classes[] = {"hard", "soft"};
    *class = NULL;
    for (size_t i = 0; i < 2 && *class == NULL; i++) {
        int64_t count;
        if (!query_number(store, counted_sql,
                          BIND_LIST(BIND_INT(subscriber_id), BIND_INT(from), BIND_INT(to),
                                    BIND_TEXT(classes[i]), BIND_SOME(issue_id)),
                          &count, why)) {
            return false;
        }
        *class = count > 0 ? classes[i] : NULL;
    }
    return true;
}

bool bounce_save_score(struct store *store, int64_t subscriber_id, double score,
                       int64_t hard_bounces, int64_t last_at, struct failure *why)
{
    SQL(score_sql, "UPDATE subscriber SET bounce_score = ?2, hard_bounces = ?3, "
                   "last_bounce_at = ?4 WHERE id = ?1");
    return query_run(store, score_sql,
                     BIND_LIST(BIND_INT(subscriber_id), BIND_REAL(score), BIND_INT(hard_bounces),
                               BIND_INT(last_at)),
                     NULL, why);
}

bool bounce_counts(struct store *store, struct arena *arena, int64_t since,
                   struct bounce_count **counts, size_t *count, struct failure *why)
{
    SQL(counts_sql, "SELECT domain, class, reason, count(*) AS events, total(held) "
                    "FROM bounce_event WHERE at >= ?1 GROUP BY +domain, class, reason "
                    "ORDER BY events DESC, domain, class, reason LIMIT 1000");
    struct query *query;
    bool row = false;
    *counts = arena_array(arena, 1000, sizeof **counts);
    *count = 0;
    bool ok = query_open(store, counts_sql, BIND_LIST(BIND_INT(since)), &query, why) &&
              query_next(query, &row, why);
    while (ok && row) {
        (*counts)[(*count)++] = (struct bounce_count){.domain = query_copy(query, 0, arena),
                                                      .class = query_copy(query, 1, arena),
                                                      .reason = query_copy(query, 2, arena),
                                                      .events = query_int(query, 3),
                                                      .held = query_int(query, 4)};
        ok = query_next(query, &row, why);
    }
    query_close(query);
    return ok;
}

bool bounce_unknown(struct store *store, int64_t since, int64_t *count, struct failure *why)
{
    SQL(unknown_sql, "SELECT count(*) FROM bounce_event WHERE class = 'unknown' AND at >= ?1");
    return query_number(store, unknown_sql, BIND_LIST(BIND_INT(since)), count, why);
}

bool bounce_reports(struct store *store, const char *reason, int64_t since, int64_t *count,
                    struct failure *why)
{
    SQL(reports_sql, "SELECT count(*) FROM bounce_event "
                     "WHERE class = 'report' AND reason = ?1 AND at >= ?2");
    return query_number(store, reports_sql, BIND_LIST(BIND_TEXT(reason), BIND_INT(since)), count,
                        why);
}
