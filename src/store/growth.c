#include "store/growth.h"

#include <assert.h>
#include <string.h>

#include "store/private.h"

/* People who had left when an import added them, and have never been on the list since. */
#define BROUGHT_AS_GONE                                                                            \
    "(s.left_at IS NOT NULL AND EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = s.id "     \
    "AND c.kind = 'imported' AND c.at >= s.left_at) AND NOT EXISTS (SELECT 1 FROM consent c "      \
    "WHERE c.subscriber_id = s.id AND c.kind = 'left'))"

static bool read_ledger(struct store *store, struct growth *span, int64_t end, struct failure *why)
{
    /* The + keeps SQLite from walking all consents in the order of their readers, which it would do
     * to avoid sorting those of the days in question. */
    SQL(joined_sql, "SELECT count(DISTINCT +subscriber_id) FROM consent c WHERE at >= ?1 "
                    "AND at < ?2 AND (kind = 'confirmed' OR (kind IN ('imported', 'added') "
                    "AND (SELECT confirmed_at FROM subscriber s WHERE s.id = c.subscriber_id) "
                    "IS NOT NULL AND NOT EXISTS (SELECT 1 FROM consent later "
                    "WHERE later.subscriber_id = c.subscriber_id AND later.kind = 'confirmed')))");
    /* People who never were on the list do not leave it by being removed or erased. */
    SQL(left_sql, "SELECT count(DISTINCT +c.subscriber_id) FROM consent c "
                  "JOIN subscriber s ON s.id = c.subscriber_id AND s.confirmed_at IS NOT NULL "
                  "AND s.status <> 'bounced' AND s.status <> 'complained' "
                  "WHERE at >= ?1 AND at < ?2 AND ((kind = 'left' AND NOT EXISTS (SELECT 1 "
                  "FROM consent later WHERE later.subscriber_id = c.subscriber_id "
                  "AND later.id > c.id AND later.kind = 'undone')) OR (kind = 'forgotten' "
                  "AND (SELECT kind FROM consent before "
                  "WHERE before.subscriber_id = c.subscriber_id AND before.id < c.id "
                  "AND before.kind <> 'asked' AND before.kind <> 'changed' "
                  "ORDER BY before.id DESC LIMIT 1) <> 'left'))");
    const struct bind *binds = BIND_LIST(BIND_INT(span->start), BIND_INT(end));
    return query_number(store, joined_sql, binds, &span->confirmed, why) &&
           query_number(store, left_sql, binds, &span->left, why);
}

/* The period that contains the instant. */
static struct growth *span_of(struct growth *spans, size_t count, int64_t at)
{
    size_t low = 0;
    for (size_t high = count; high - low > 1;) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].start <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &spans[low];
}

/* Counts rows of an instant and an event kind; in C, because SQLite would sort them first. */
static bool count_rows(struct store *store, const char *sql, struct growth *spans, size_t count,
                       int64_t end, struct failure *why)
{
    struct query *query;
    bool row = true;
    bool ok =
        query_open(store, sql, BIND_LIST(BIND_INT(spans[0].start), BIND_INT(end)), &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        struct growth *span = span_of(spans, count, query_int(query, 0));
        const char *what = query_text(query, 1);
        span->joined += strcmp(what, "joined") == 0;
        span->bounced += strcmp(what, "bounced") == 0;
        span->complained += strcmp(what, "complained") == 0;
    }
    query_close(query);
    return ok;
}

bool growth_read(struct store *store, struct growth *spans, size_t count, int64_t end,
                 struct failure *why)
{
    SQL(gone_sql, "SELECT s.left_at, s.status FROM subscriber s "
                  "WHERE (s.status = 'bounced' OR s.status = 'complained') AND s.left_at >= ?1 "
                  "AND s.left_at < ?2 AND s.confirmed_at IS NOT NULL AND NOT " BROUGHT_AS_GONE);
    assert(count > 0);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        spans[i].bounced = spans[i].complained = 0;
        ok = read_ledger(store, &spans[i], i + 1 < count ? spans[i + 1].start : end, why);
    }
    return ok && count_rows(store, gone_sql, spans, count, end, why);
}

bool growth_read_joined(struct store *store, struct growth *spans, size_t count, int64_t end,
                        struct failure *why)
{
    SQL(joined_sql, "SELECT s.created_at, 'joined' FROM subscriber s "
                    "WHERE s.created_at >= ?1 AND s.created_at < ?2 AND NOT " BROUGHT_AS_GONE);
    assert(count > 0);
    for (size_t i = 0; i < count; i++) {
        spans[i].joined = 0;
    }
    return count_rows(store, joined_sql, spans, count, end, why);
}
