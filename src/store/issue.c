#include "store/issue.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "store/private.h"

static const char *const state_names[] = {"draft", "approved", "sending", "sent", "cancelled"};

enum { STATES = sizeof state_names / sizeof *state_names };

const char *issue_state_name(enum issue_state state)
{
    assert((size_t)state < STATES);
    return state_names[state];
}

enum issue_state issue_state_of(const char *name)
{
    int found = store_find_name(state_names, STATES, name);
    assert(found >= 0); /* the schema allows no other */
    return (enum issue_state)found;
}

#define ISSUE_FIELDS                                                                               \
    "SELECT i.id, i.iso_week, i.number, i.window_start, i.window_end, i.state, i.subject, "        \
    "i.preheader, i.date, i.sender, i.built_at, i.announced_at, i.approved_at, i.started_at, "     \
    "i.finished_at, i.edited, i.paused_at, i.derivation, "                                         \
    "(SELECT count(*) FROM issue_item t WHERE t.issue_id = i.id) FROM issue i "

static void read_issue(struct query *query, struct arena *arena, struct issue *issue)
{
    *issue = (struct issue){
        .id = query_int(query, 0),
        .iso_week = query_copy(query, 1, arena),
        .number = query_int(query, 2),
        .window_start = query_int(query, 3),
        .window_end = query_int(query, 4),
        .state = issue_state_of(query_text(query, 5)),
        .subject = query_copy(query, 6, arena),
        .preheader = query_copy(query, 7, arena),
        .date = query_int(query, 8),
        .sender = query_copy(query, 9, arena),
        .built_at = query_int(query, 10),
        .announced_at = query_int(query, 11),
        .approved_at = query_int(query, 12),
        .started_at = query_int(query, 13),
        .finished_at = query_int(query, 14),
        .edited = query_int(query, 15) != 0,
        .paused_at = query_int(query, 16),
        .derivation = query_copy(query, 17, arena),
        .item_count = query_int(query, 18),
    };
}

static bool find_where(struct store *store, struct arena *arena, const char *sql, struct bind bind,
                       struct issue **issue, struct failure *why)
{
    struct query *query;
    bool row = false;
    *issue = NULL;
    bool ok = query_open(store, sql, BIND_LIST(bind), &query, why) && query_next(query, &row, why);
    if (row) {
        *issue = arena_alloc(arena, sizeof **issue);
        read_issue(query, arena, *issue);
    }
    query_close(query);
    return ok;
}

bool issue_find_week(struct store *store, struct arena *arena, const char *iso_week,
                     struct issue **issue, struct failure *why)
{
    SQL(week_sql, ISSUE_FIELDS "WHERE i.iso_week = ?1");
    return find_where(store, arena, week_sql, BIND_TEXT(iso_week), issue, why);
}

bool issue_find_number(struct store *store, struct arena *arena, int64_t number,
                       struct issue **issue, struct failure *why)
{
    SQL(number_sql, ISSUE_FIELDS "WHERE i.number = ?1");
    return find_where(store, arena, number_sql, BIND_INT(number), issue, why);
}

bool issue_get(struct store *store, struct arena *arena, int64_t id, struct issue **issue,
               struct failure *why)
{
    SQL(id_sql, ISSUE_FIELDS "WHERE i.id = ?1");
    if (!find_where(store, arena, id_sql, BIND_INT(id), issue, why)) {
        return false;
    }
    return *issue != NULL ||
           fail(why, FAILURE_TRY_AGAIN,
                "the issue is gone: it was cancelled meanwhile; see `verdicts issue list`");
}

bool issue_find_state(struct store *store, struct arena *arena, enum issue_state state,
                      struct issue **issue, struct failure *why)
{
    SQL(state_sql, ISSUE_FIELDS "WHERE i.state = ?1 ORDER BY i.iso_week LIMIT 1");
    return find_where(store, arena, state_sql, BIND_TEXT(issue_state_name(state)), issue, why);
}

bool issue_find_newest_sent(struct store *store, struct arena *arena, struct issue_newest *newest,
                            struct failure *why)
{
    SQL(newest_sql, "SELECT iso_week, subject, date FROM issue WHERE state IN ('sent', 'sending') "
                    "ORDER BY iso_week DESC LIMIT 1");
    struct query *query;
    bool row = false;
    *newest = (struct issue_newest){0};
    bool ok =
        query_open(store, newest_sql, BIND_NOTHING, &query, why) && query_next(query, &row, why);
    if (row) {
        newest->iso_week = query_copy(query, 0, arena);
        newest->subject = query_copy(query, 1, arena);
        newest->date = query_int(query, 2);
    }
    query_close(query);
    return ok;
}

static bool read_list(struct query *query, struct arena *arena, size_t room, struct issue *issues,
                      size_t *count, struct failure *why)
{
    bool row;
    bool ok;
    while ((ok = query_next(query, &row, why)) && row && *count < room) {
        read_issue(query, arena, &issues[(*count)++]);
    }
    return ok;
}

static bool load_list(struct store *store, struct arena *arena, struct issue **issues,
                      size_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM issue");
    SQL(list_sql, ISSUE_FIELDS "ORDER BY i.iso_week DESC");
    int64_t room;
    struct query *query = NULL;
    if (!query_number(store, count_sql, BIND_NOTHING, &room, why) ||
        !query_open(store, list_sql, BIND_NOTHING, &query, why)) {
        return false;
    }
    *issues = arena_array(arena, (size_t)room, sizeof **issues);
    bool ok = read_list(query, arena, (size_t)room, *issues, count, why);
    query_close(query);
    return ok;
}

bool issue_list(struct store *store, struct arena *arena, struct issue **issues, size_t *count,
                struct failure *why)
{
    *count = 0;
    bool ok = store_begin_reading(store, why) && load_list(store, arena, issues, count, why);
    return store_end(store, ok, why);
}

bool issue_approve(struct store *store, int64_t issue_id, const char *sender, int64_t date,
                   int64_t now, bool *changed, struct failure *why)
{
    SQL(approve_sql, "UPDATE issue SET state = 'approved', sender = ?2, date = ?3, "
                     "approved_at = ?4 WHERE id = ?1 AND state = 'draft'");
    int64_t changes;
    assert(sender != NULL);
    bool ok =
        query_run(store, approve_sql,
                  BIND_LIST(BIND_INT(issue_id), BIND_TEXT(sender), BIND_INT(date), BIND_INT(now)),
                  &changes, why);
    *changed = changes == 1;
    return ok;
}

bool issue_set_sender(struct store *store, const struct issue *issue, const char *sender,
                      bool *same, struct failure *why)
{
    SQL(sender_sql, "UPDATE issue SET sender = ?2 WHERE id = ?1 AND (sender = ?2 OR (sender = ?3 "
                    "AND state = ?4)) AND state IN ('approved', 'sending', 'sent')");
    int64_t changes;
    assert(sender != NULL && issue->sender != NULL);
    bool ok = query_run(store, sender_sql,
                        BIND_LIST(BIND_INT(issue->id), BIND_TEXT(sender), BIND_TEXT(issue->sender),
                                  BIND_TEXT(issue_state_name(issue->state))),
                        &changes, why);
    *same = changes == 1;
    return ok;
}

bool issue_set_announced(struct store *store, int64_t issue_id, int64_t now, struct failure *why)
{
    SQL(announce_sql, "UPDATE issue SET announced_at = ?2 WHERE id = ?1");
    return query_run(store, announce_sql, BIND_LIST(BIND_INT(issue_id), BIND_INT(now)), NULL, why);
}

/* Walks the list in order of id, which is the order of the ledger's key: the index by status would
 * require a sort. People who have nothing to receive are skipped from the start, with the reason;
 * the variant of a choice of topics that matches nothing is empty. */
static bool add_deliveries(struct store *store, int64_t issue_id, const char *format, int64_t now,
                           int64_t *readers, struct failure *why)
{
    SQL(add_sql,
        "INSERT INTO delivery (issue_id, subscriber_id, state, address, domain, name, topics, "
        "next_at, message_id, reply, done_at) SELECT ?1, id, iif(why IS NULL, 'queued', "
        "'skipped'), "
        "address, domain, name, topics, ?3, replace(replace(?2, '{issue}', ?1), "
        "'{subscriber}', id), why, "
        "iif(why IS NULL, NULL, ?3) FROM (SELECT *, CASE WHEN paused_until > ?3 THEN 'paused' "
        "WHEN topics IN (SELECT topics FROM issue_variant WHERE issue_id = ?1 "
        "AND length(body) = 0) THEN 'no matching topic' END AS why "
        "FROM subscriber NOT INDEXED WHERE status = 'confirmed' AND " IMPORT_ENDED ") ORDER BY id");
    return query_run(store, add_sql,
                     BIND_LIST(BIND_INT(issue_id), BIND_TEXT(format), BIND_INT(now)), readers, why);
}

static bool start(struct store *store, int64_t issue_id, const char *format, int64_t now,
                  bool *started, int64_t *readers, struct failure *why)
{
    SQL(start_sql, "UPDATE issue SET state = 'sending', started_at = ?2 "
                   "WHERE id = ?1 AND state = 'approved'");
    SQL(source_sql, "DELETE FROM issue_variant WHERE issue_id = ?1 AND topics = ?2");
    int64_t changes;
    if (!query_run(store, start_sql, BIND_LIST(BIND_INT(issue_id), BIND_INT(now)), &changes, why)) {
        return false;
    }
    *started = changes == 1;
    return changes == 0 ||
           (query_run(store, source_sql, BIND_LIST(BIND_INT(issue_id), BIND_TEXT(ISSUE_SOURCE)),
                      NULL, why) &&
            add_deliveries(store, issue_id, format, now, readers, why));
}

bool issue_start(struct store *store, int64_t issue_id, const char *message_id_format, int64_t now,
                 bool *started, int64_t *readers, struct failure *why)
{
    *started = false;
    *readers = 0;
    bool ok = store_begin(store, why) &&
              start(store, issue_id, message_id_format, now, started, readers, why);
    ok = store_end(store, ok, why);
    *started = ok && *started;
    return ok;
}

bool issue_finish(struct store *store, int64_t issue_id, int64_t now, bool *finished,
                  struct failure *why)
{
    SQL(finish_sql,
        "UPDATE issue SET state = 'sent', finished_at = ?2 WHERE id = ?1 AND state = 'sending' "
        "AND NOT EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_due WHERE issue_id = ?1 "
        "AND " DELIVERY_DUE ") AND NOT EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_open "
        "WHERE issue_id = ?1 "
        "AND state IN ('sending', 'in_doubt') AND " DELIVERY_OPEN ")");
    int64_t changes;
    bool ok =
        query_run(store, finish_sql, BIND_LIST(BIND_INT(issue_id), BIND_INT(now)), &changes, why);
    *finished = changes == 1;
    return ok;
}

bool issue_started_at(struct store *store, int64_t issue_id, int64_t *started_at,
                      struct failure *why)
{
    SQL(started_sql, "SELECT started_at FROM issue WHERE id = ?1");
    return query_number(store, started_sql, BIND_LIST(BIND_INT(issue_id)), started_at, why);
}

bool issue_say(struct store *store, int64_t issue_id, const char *text, bool *fresh,
               struct failure *why)
{
    SQL(say_sql, "UPDATE issue SET said = ?2 WHERE id = ?1 AND said <> ?2");
    int64_t changes = 0;
    bool ok =
        query_run(store, say_sql, BIND_LIST(BIND_INT(issue_id), BIND_TEXT(text)), &changes, why);
    *fresh = changes > 0;
    return ok;
}

bool issue_tell(struct store *store, int64_t issue_id, enum issue_told told, bool *first,
                struct failure *why)
{
    SQL(tell_sql, "UPDATE issue SET told = ?2 WHERE id = ?1 AND told <> ?2");
    static const char *const names[] = {
        [ISSUE_TOLD_WAITS] = "waits", [ISSUE_TOLD_HELD] = "held", [ISSUE_TOLD_STALE] = "stale"};
    int64_t changes;
    bool ok = query_run(store, tell_sql, BIND_LIST(BIND_INT(issue_id), BIND_TEXT(names[told])),
                        &changes, why);
    *first = ok && changes == 1;
    return ok;
}

/* A row is certainly untouched if it is queued, skipped, or deferred because the relay was
 * unreachable, without an attempt, a doubt, or a server's answer (an answer is kept when a row that
 * gave up starts counting attempts again). */
bool issue_may_have_left(struct store *store, int64_t issue_id, bool *left, struct failure *why)
{
    SQL(left_sql, "SELECT EXISTS (SELECT 1 FROM delivery WHERE issue_id = ?1 AND (dot_noted = 1 "
                  "OR attempts > 0 OR doubted > 0 OR code IS NOT NULL OR (state NOT IN ('queued', "
                  "'skipped') AND NOT "
                  "(state = 'deferred' AND away = 1))))");
    int64_t found;
    bool ok = query_number(store, left_sql, BIND_LIST(BIND_INT(issue_id)), &found, why);
    *left = found != 0;
    return ok;
}

static bool free_issue(struct store *store, int64_t issue_id, struct failure *why)
{
    SQL(bounces_sql, "UPDATE bounce_event SET issue_id = NULL WHERE issue_id = ?1");
    SQL(rows_sql, "DELETE FROM delivery WHERE issue_id = ?1");
    SQL(issue_sql, "DELETE FROM issue WHERE id = ?1");
    const struct bind *binds = BIND_LIST(BIND_INT(issue_id));
    return query_run(store, bounces_sql, binds, NULL, why) &&
           query_run(store, rows_sql, binds, NULL, why) &&
           query_run(store, issue_sql, binds, NULL, why);
}

/* Claimed rows finish: their lanes ask delivery_still_wanted() before they send. An issue that this
 * database has not begun was sent by a lost one: it is marked as started, because its readers'
 * links lead to the archive, which shows issues that were started. */
static bool stop_issue(struct store *store, int64_t issue_id, int64_t now, struct failure *why)
{
    SQL(state_sql, "UPDATE issue SET state = 'cancelled', finished_at = ?2, "
                   "started_at = coalesce(started_at, ?2) WHERE id = ?1");
    SQL(rows_sql, "UPDATE delivery SET state = 'skipped', reply = 'cancelled', done_at = ?2 "
                  "WHERE issue_id = ?1 AND " DELIVERY_DUE);
    const struct bind *binds = BIND_LIST(BIND_INT(issue_id), BIND_INT(now));
    return query_run(store, state_sql, binds, NULL, why) &&
           query_run(store, rows_sql, binds, NULL, why);
}

/* Claims whose lease has expired are settled first: they may prove that nothing was sent. */
static bool settle_claims(struct store *store, int64_t issue_id, int64_t now, struct failure *why)
{
    int64_t queued, in_doubt;
    return delivery_recover(store, (struct delivery_queue){issue_id}, clock_boot_id(),
                            clock_boottime_ms(), false, now, &queued, &in_doubt, why);
}

static bool cancel(struct store *store, int64_t issue_id, int64_t now, bool keep,
                   enum issue_cancelled *outcome, struct failure *why)
{
    SQL(open_sql, "SELECT count(*) FROM issue WHERE id = ?1 "
                  "AND state IN ('draft', 'approved', 'sending')");
    int64_t open;
    bool left;
    if (!query_number(store, open_sql, BIND_LIST(BIND_INT(issue_id)), &open, why)) {
        return false;
    }
    if (open == 0) {
        *outcome = ISSUE_CANCEL_LATE;
        return true;
    }
    if (!settle_claims(store, issue_id, now, why) ||
        !issue_may_have_left(store, issue_id, &left, why)) {
        return false;
    }
    left = left || keep;
    *outcome = left ? ISSUE_CANCEL_STOPPED : ISSUE_CANCEL_FREED;
    return left ? stop_issue(store, issue_id, now, why) : free_issue(store, issue_id, why);
}

bool issue_cancel(struct store *store, int64_t issue_id, int64_t now, enum issue_cancelled *outcome,
                  struct failure *why)
{
    *outcome = ISSUE_CANCEL_LATE;
    bool ok = store_begin(store, why) && cancel(store, issue_id, now, false, outcome, why);
    return store_end(store, ok, why);
}

bool issue_stop(struct store *store, int64_t issue_id, int64_t now, enum issue_cancelled *outcome,
                struct failure *why)
{
    *outcome = ISSUE_CANCEL_LATE;
    bool ok = store_begin(store, why) && cancel(store, issue_id, now, true, outcome, why);
    return store_end(store, ok, why);
}
