/* Changes of a person beyond the status: a new address, and removing pending people. */
#include "store/private.h"
#include "store/subscriber.h"

static bool set_address(struct store *store, const struct bind *binds, struct failure *why)
{
    SQL(address_sql, "UPDATE subscriber SET address = ?2, address_key = ?3, domain = ?4, "
                     "bounce_score = 0, hard_bounces = 0, last_bounce_at = NULL "
                     "WHERE id = ?1 AND status <> 'forgotten'");
    return query_run(store, address_sql, binds, NULL, why);
}

/* Waiting copies go to the new address. The mails about the change itself are each for one of the
 * two. ?1 the person, ?2 the address, ?4 its domain. */
static bool redirect(struct store *store, const struct bind *binds, struct failure *why)
{
    SQL(deliveries_sql, "UPDATE delivery SET address = ?2, domain = ?4 "
                        "WHERE subscriber_id = ?1 AND ?3 IS NOT NULL AND " DELIVERY_DUE);
    SQL(outgoing_sql, "UPDATE outgoing SET address = ?2, domain = ?4 "
                      "WHERE subscriber_id = ?1 AND ?3 IS NOT NULL AND " OUTGOING_DUE
                      " AND kind NOT IN ('change', 'moved')");
    return query_run(store, deliveries_sql, binds, NULL, why) &&
           query_run(store, outgoing_sql, binds, NULL, why);
}

/* Bounces of the old address that are not judged yet say nothing about the new one. */
static bool settle_bounces(struct store *store, int64_t id, struct failure *why)
{
    SQL(settle_sql, "UPDATE bounce_event SET scored = 2, held = 0 "
                    "WHERE subscriber_id = ?1 AND (scored = 0 OR scored = 3)");
    return query_run(store, settle_sql, BIND_LIST(BIND_INT(id)), NULL, why);
}

static bool readdress(struct store *store, int64_t id, const char *address, const char *address_key,
                      bool *taken, struct failure *why)
{
    SQL(taken_sql, "SELECT count(*) FROM subscriber WHERE address_key = ?1 AND id <> ?2");
    const struct bind *binds = BIND_LIST(BIND_INT(id), BIND_TEXT(address), BIND_TEXT(address_key),
                                         BIND_TEXT(store_domain_of(address)));
    int64_t others;
    if (!query_number(store, taken_sql, BIND_LIST(BIND_TEXT(address_key), BIND_INT(id)), &others,
                      why)) {
        return false;
    }
    *taken = others > 0;
    return *taken || (set_address(store, binds, why) && redirect(store, binds, why) &&
                      settle_bounces(store, id, why));
}

bool subscriber_readdress(struct store *store, int64_t id, const char *address,
                          const char *address_key, const struct consent *consent, bool *taken,
                          struct failure *why)
{
    const struct subscriber_change same = {.status = SUBSCRIBER_CONFIRMED, .paused_until = -1};
    bool ok = store_begin(store, why) && readdress(store, id, address, address_key, taken, why) &&
              (*taken || subscriber_update(store, id, &same, consent, why));
    return store_end(store, ok, why);
}

/* Rows that refer to a person are deleted first, because foreign keys are enforced. A person whose
 * mail is being sent is kept for now. */
#define UNBOUND                                                                                    \
    "s.status = 'pending' AND s.left_at IS NULL "                                                  \
    "AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.subscriber_id = s.id) "                      \
    "AND NOT EXISTS (SELECT 1 FROM bounce_event b WHERE b.subscriber_id = s.id) "                  \
    "AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.subscriber_id = s.id "                       \
    "AND o.state = 'sending')"

/* In the order of the index by status, so that nothing is sorted. */
#define STALE                                                                                      \
    "(SELECT id FROM subscriber s WHERE s.created_at < ?1 AND " UNBOUND                            \
    " AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = s.id "                       \
    "AND c.kind IN ('added', 'imported')) "                                                        \
    "AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.subscriber_id = s.id "                       \
    "AND o.created_at >= ?2) ORDER BY topics, id LIMIT ?3)"

/* People whom an operator added as pending are kept, and the scan meets them each time: if there is
 * nobody else, it must not hold the writers' lock. */
static bool purge_finds(struct store *store, int64_t before, int64_t mailed_before, int64_t limit,
                        int64_t *found, struct failure *why)
{
    SQL(find_sql, "SELECT count(*) FROM " STALE);
    return query_number(store, find_sql,
                        BIND_LIST(BIND_INT(before), BIND_INT(mailed_before), BIND_INT(limit)),
                        found, why);
}

static bool purge(struct store *store, int64_t before, int64_t mailed_before, int64_t limit,
                  int64_t *count, struct failure *why)
{
    SQL(consent_sql, "DELETE FROM consent WHERE subscriber_id IN " STALE);
    SQL(change_sql, "DELETE FROM address_change WHERE subscriber_id IN " STALE);
    SQL(mail_sql, "DELETE FROM outgoing WHERE subscriber_id IN " STALE);
    SQL(person_sql, "DELETE FROM subscriber WHERE id IN " STALE);
    const struct bind *binds =
        BIND_LIST(BIND_INT(before), BIND_INT(mailed_before), BIND_INT(limit));
    return query_run(store, consent_sql, binds, NULL, why) &&
           query_run(store, change_sql, binds, NULL, why) &&
           query_run(store, mail_sql, binds, NULL, why) &&
           query_run(store, person_sql, binds, count, why);
}
#undef STALE

bool subscriber_purge_pending(struct store *store, int64_t before, int64_t mailed_before,
                              int64_t limit, int64_t *count, struct failure *why)
{
    int64_t found;
    *count = 0;
    if (!purge_finds(store, before, mailed_before, limit, &found, why)) {
        return false;
    }
    if (found == 0) {
        return true;
    }
    bool ok = store_begin(store, why) && purge(store, before, mailed_before, limit, count, why);
    return store_end(store, ok, why);
}

static bool withdraw(struct store *store, int64_t id, bool *removed, struct failure *why)
{
    SQL(may_sql, "SELECT count(*) FROM subscriber s WHERE s.id = ?1 AND " UNBOUND
                 " AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = s.id "
                 "AND c.kind <> 'asked')");
    SQL(consent_sql, "DELETE FROM consent WHERE subscriber_id = ?1");
    SQL(change_sql, "DELETE FROM address_change WHERE subscriber_id = ?1");
    SQL(mail_sql, "DELETE FROM outgoing WHERE subscriber_id = ?1");
    SQL(person_sql, "DELETE FROM subscriber WHERE id = ?1");
    const struct bind *binds = BIND_LIST(BIND_INT(id));
    int64_t may;
    if (!query_number(store, may_sql, binds, &may, why)) {
        return false;
    }
    *removed = may > 0;
    return !*removed || (query_run(store, consent_sql, binds, NULL, why) &&
                         query_run(store, change_sql, binds, NULL, why) &&
                         query_run(store, mail_sql, binds, NULL, why) &&
                         query_run(store, person_sql, binds, NULL, why));
}

bool subscriber_withdraw(struct store *store, int64_t id, bool *removed, struct failure *why)
{
    *removed = false;
    bool ok = store_begin(store, why) && withdraw(store, id, removed, why);
    return store_end(store, ok, why);
}

bool subscriber_leave(struct store *store, const struct subscriber *person,
                      const struct consent *consent, bool *removed, bool *left, struct failure *why)
{
    bool bounced = person->status == SUBSCRIBER_BOUNCED;
    struct subscriber_change change = {.status = SUBSCRIBER_LEFT,
                                       .paused_until = -1,
                                       .left_reason =
                                           bounced ? SUBSCRIBER_LEFT_BOUNCED : consent->form};
    struct consent entry = *consent;
    entry.form = change.left_reason;
    *removed = false;
    *left =
        bounced || person->status == SUBSCRIBER_PENDING || person->status == SUBSCRIBER_CONFIRMED;
    bool ok = store_begin(store, why);
    ok = ok && (person->status != SUBSCRIBER_PENDING ||
                subscriber_withdraw(store, person->id, removed, why));
    ok = ok && (!*left || *removed || subscriber_update(store, person->id, &change, &entry, why));
    return store_end(store, ok, why);
}

static bool load_unreminded(struct query *query, struct arena *arena, size_t limit,
                            struct subscriber *people, size_t *count, struct failure *why)
{
    bool row, ok;
    while ((ok = query_next(query, &row, why)) && row && *count < limit) {
        people[(*count)++] =
            (struct subscriber){.id = query_int(query, 0), .address = query_copy(query, 1, arena)};
    }
    return ok;
}

bool subscriber_unreminded(struct store *store, struct arena *arena, int64_t after, int64_t before,
                           size_t limit, struct subscriber **people, size_t *count,
                           struct failure *why)
{
    SQL(unreminded_sql, "SELECT s.id, s.address FROM subscriber s WHERE s.status = 'pending' "
                        "AND s.created_at > ?1 AND s.created_at <= ?2 "
                        "AND EXISTS (SELECT 1 FROM outgoing o WHERE o.subscriber_id = s.id "
                        "AND o.kind = 'confirm' AND o.state = 'sent') "
                        "AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.subscriber_id = s.id "
                        "AND o.kind = 'reminder') ORDER BY s.topics, s.id LIMIT ?3");
    struct query *query;
    *count = 0;
    *people = arena_array(arena, limit, sizeof **people);
    bool ok = query_open(store, unreminded_sql,
                         BIND_LIST(BIND_INT(after), BIND_INT(before), BIND_INT((int64_t)limit)),
                         &query, why) &&
              load_unreminded(query, arena, limit, *people, count, why);
    query_close(query);
    return ok;
}

bool subscriber_uninvited(struct store *store, struct arena *arena, int64_t import_id,
                          int64_t after, int64_t year, int64_t day, size_t limit,
                          struct subscriber **people, size_t *count, struct failure *why)
{
    SQL(uninvited_sql,
        "SELECT s.id, s.address FROM subscriber s WHERE s.id > ?2 AND +s.status = 'pending' "
        "AND s.left_at IS NULL AND (?1 = 0 OR s.import_id = ?1) AND " IMPORT_ENDED
        " AND (SELECT count(*) FROM outgoing o WHERE o.subscriber_id = s.id "
        "AND o.kind = 'invite' AND o.created_at >= ?3) < 2 "
        "AND NOT EXISTS (SELECT 1 FROM outgoing o WHERE o.subscriber_id = s.id "
        "AND (o.kind = 'invite' OR o.kind = 'confirm' OR o.kind = 'reminder') "
        "AND o.created_at >= ?4) ORDER BY s.id LIMIT ?5");
    struct query *query;
    *count = 0;
    *people = arena_array(arena, limit, sizeof **people);
    bool ok = query_open(store, uninvited_sql,
                         BIND_LIST(BIND_INT(import_id), BIND_INT(after), BIND_INT(year),
                                   BIND_INT(day), BIND_INT((int64_t)limit)),
                         &query, why) &&
              load_unreminded(query, arena, limit, *people, count, why);
    query_close(query);
    return ok;
}

bool subscriber_last_invited(struct store *store, int64_t *at, struct failure *why)
{
    SQL(last_sql, "SELECT max(created_at) FROM outgoing WHERE kind = 'invite' AND " OUTGOING_DUE);
    return query_number(store, last_sql, BIND_NOTHING, at, why);
}
