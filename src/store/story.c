#include "store/story.h"

#include <string.h>

#include "store/private.h"

static void read_event(struct query *query, struct arena *arena, struct story_event *event)
{
    *event = (struct story_event){
        .at = query_int(query, 0),
        .what = query_copy(query, 1, arena),
        .name = query_copy(query, 2, arena),
        .state = query_copy(query, 3, arena),
        .detail = query_copy(query, 4, arena),
        .origin = query_copy(query, 5, arena),
        .address = query_copy(query, 6, arena),
    };
}

bool story_read(struct store *store, struct arena *arena, int64_t subscriber_id,
                struct story_event **events, size_t *count, struct failure *why)
{
    SQL(story_sql,
        "SELECT at, 'consent', kind, form, wording, origin, '' FROM consent "
        "WHERE subscriber_id = ?1 UNION ALL "
        "SELECT coalesce(d.done_at, d.next_at), 'issue', i.iso_week, d.state, "
        "coalesce(d.reply, ''), '', d.address FROM delivery d JOIN issue i ON i.id = d.issue_id "
        "WHERE d.subscriber_id = ?1 UNION ALL "
        "SELECT coalesce(done_at, created_at), 'mail', kind, state, coalesce(reply, ''), '', "
        "address FROM outgoing WHERE subscriber_id = ?1 UNION ALL "
        "SELECT b.at, 'bounce', b.class, CASE WHEN b.held = 1 THEN 'held' "
        "WHEN b.scored IN (1, 3) THEN 'counted' WHEN b.scored = 2 THEN 'not counted' "
        "ELSE 'waits' END, b.reason || coalesce(' (' || coalesce(b.enhanced, b.code) || ')', ''), "
        "coalesce((SELECT i.iso_week FROM issue i WHERE i.id = b.issue_id), ''), '' "
        "FROM bounce_event b WHERE b.subscriber_id = ?1 UNION ALL "
        "SELECT asked_at, 'address', 'asked', '', '', '', address FROM address_change "
        "WHERE subscriber_id = ?1 ORDER BY 1, 2");
    struct query *query;
    bool row = false;
    size_t room = 0;
    *events = NULL;
    *count = 0;
    bool ok = query_open(store, story_sql, BIND_LIST(BIND_INT(subscriber_id)), &query, why) &&
              query_next(query, &row, why);
    while (ok && row) {
        *events = arena_more(arena, *events, *count, &room, sizeof **events);
        read_event(query, arena, &(*events)[(*count)++]);
        ok = query_next(query, &row, why);
    }
    query_close(query);
    return ok;
}
