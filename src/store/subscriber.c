#include "store/subscriber.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "store/address_change.h"
#include "store/import.h"
#include "store/private.h"
#include "store/scrub.h"

static const char *const status_names[] = {"pending", "confirmed",  "left",
                                           "bounced", "complained", "forgotten"};

enum { STATUSES = sizeof status_names / sizeof *status_names };

const char *subscriber_status_name(enum subscriber_status status)
{
    assert((size_t)status < STATUSES);
    return status_names[status];
}

bool subscriber_status_find(const char *name, enum subscriber_status *status)
{
    int found = store_find_name(status_names, STATUSES, name);
    if (found >= 0) {
        *status = (enum subscriber_status)found;
    }
    return found >= 0;
}

#define SUBSCRIBER_FIELDS                                                                          \
    "SELECT id, address, address_key, domain, name, status, topics, created_at, confirmed_at, "    \
    "left_at, left_reason, paused_until, bounce_score, hard_bounces, last_bounce_at, import_id "   \
    "FROM subscriber "

/* Texts are in `arena`, or, if it is NULL, valid until the next step. */
static void read_subscriber(struct query *query, struct arena *arena, struct subscriber *person)
{
    *person = (struct subscriber){
        .id = query_int(query, 0),
        .address = query_keep(query, 1, arena),
        .address_key = query_keep(query, 2, arena),
        .domain = query_keep(query, 3, arena),
        .name = query_keep(query, 4, arena),
        .topics = query_keep(query, 6, arena),
        .created_at = query_int(query, 7),
        .confirmed_at = query_int(query, 8),
        .left_at = query_int(query, 9),
        .left_reason = query_keep(query, 10, arena),
        .paused_until = query_int(query, 11),
        .bounce_score = query_real(query, 12),
        .hard_bounces = query_int(query, 13),
        .last_bounce_at = query_int(query, 14),
        .import_id = query_int(query, 15),
    };
    bool known = subscriber_status_find(query_text(query, 5), &person->status);
    assert(known); /* the schema allows no other */
}

static bool find_where(struct store *store, struct arena *arena, const char *sql, struct bind bind,
                       struct subscriber **subscriber, struct failure *why)
{
    struct query *query;
    bool row = false;
    *subscriber = NULL;
    bool ok = query_open(store, sql, BIND_LIST(bind), &query, why) && query_next(query, &row, why);
    if (row) {
        *subscriber = arena_alloc(arena, sizeof **subscriber);
        read_subscriber(query, arena, *subscriber);
    }
    query_close(query);
    return ok;
}

bool subscriber_find(struct store *store, struct arena *arena, const char *address_key,
                     struct subscriber **subscriber, struct failure *why)
{
    SQL(key_sql, SUBSCRIBER_FIELDS "WHERE address_key = ?1");
    return find_where(store, arena, key_sql, BIND_TEXT(address_key), subscriber, why);
}

bool subscriber_find_id(struct store *store, struct arena *arena, int64_t id,
                        struct subscriber **subscriber, struct failure *why)
{
    SQL(id_sql, SUBSCRIBER_FIELDS "WHERE id = ?1");
    return find_where(store, arena, id_sql, BIND_INT(id), subscriber, why);
}

const char *store_domain_of(const char *address)
{
    const char *at = strrchr(address, '@');
    return at == NULL ? "" : at + 1;
}

static bool is_gone(enum subscriber_status status)
{
    return status == SUBSCRIBER_LEFT || status == SUBSCRIBER_BOUNCED ||
           status == SUBSCRIBER_COMPLAINED;
}

bool consent_add(struct store *store, int64_t subscriber_id, const struct consent *consent,
                 struct failure *why)
{
    SQL(consent_sql, "INSERT INTO consent (subscriber_id, kind, wording, form, at, origin, "
                     "import_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    return query_run(store, consent_sql,
                     BIND_LIST(BIND_INT(subscriber_id), BIND_TEXT(consent->kind),
                               BIND_TEXT(consent->wording), BIND_TEXT(consent->form),
                               BIND_INT(consent->at), BIND_TEXT(consent->origin),
                               BIND_SOME(consent->import_id)),
                     NULL, why);
}

static int64_t first_of(int64_t given, int64_t otherwise)
{
    return given != 0 ? given : otherwise;
}

static bool add_person(struct store *store, const struct subscriber *person,
                       const struct consent *consent, int64_t *id, struct failure *why)
{
    SQL(insert_sql,
        "INSERT INTO subscriber (address, address_key, domain, name, status, topics, created_at, "
        "confirmed_at, left_at, left_reason, paused_until, bounce_score, hard_bounces, "
        "last_bounce_at, import_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "?13, "
        "?14, ?15)");
    bool confirmed = person->status == SUBSCRIBER_CONFIRMED;
    bool gone = is_gone(person->status);
    int64_t confirmed_at = first_of(person->confirmed_at, confirmed ? consent->at : 0);
    int64_t left_at = first_of(person->left_at, gone ? consent->at : 0);
    bool ok =
        query_insert(store, insert_sql,
                     BIND_LIST(BIND_TEXT(person->address), BIND_TEXT(person->address_key),
                               BIND_TEXT(store_domain_of(person->address)), BIND_TEXT(person->name),
                               BIND_TEXT(status_names[person->status]), BIND_TEXT(person->topics),
                               BIND_INT(first_of(person->created_at, consent->at)),
                               BIND_SOME(confirmed_at), BIND_SOME(left_at),
                               BIND_TEXT(person->left_reason), BIND_SOME(person->paused_until),
                               BIND_REAL(person->bounce_score), BIND_INT(person->hard_bounces),
                               BIND_SOME(person->last_bounce_at), BIND_SOME(consent->import_id)),
                     id, why);
    if (!ok && store_is_duplicate(store)) {
        return fail(why, FAILURE_DATA, "this address is on the list already");
    }
    return ok && consent_add(store, *id, consent, why);
}

bool subscriber_insert(struct store *store, struct subscriber *subscriber,
                       const struct consent *consent, struct failure *why)
{
    assert(consent != NULL && subscriber->status != SUBSCRIBER_FORGOTTEN);
    assert(subscriber->address != NULL && strchr(subscriber->address, '@') != NULL);
    int64_t id = 0;
    bool ok = store_begin(store, why) && add_person(store, subscriber, consent, &id, why);
    ok = store_end(store, ok, why);
    subscriber->id = ok ? id : 0;
    return ok;
}

/* A request by the form may come from anybody, so it does not count as hearing from an imported
 * person. */
static struct bind import_after(const struct consent *consent)
{
    bool as_it_is = consent == NULL || strcmp(consent->kind, "asked") == 0;
    return as_it_is ? BIND_INT(-1) : BIND_SOME(consent->import_id);
}

/*
 * ?2 status, ?3 name, ?4 topics, ?5 paused_until (-1 unchanged, 0 none), ?6 left_reason, ?7 at,
 * ?8 whether the new status means having left, ?9 import_id (-1 unchanged, NULL none).
 * Times change only when the status does: a person who is pending after having left keeps left_at,
 * so that the record of leaving outlives a request that is never confirmed. A person who confirms
 * again starts without bounces.
 */
static bool change_person(struct store *store, int64_t id, const struct subscriber_change *change,
                          const struct consent *consent, struct failure *why)
{
    SQL(update_sql,
        "UPDATE subscriber SET status = ?2, name = coalesce(?3, name), "
        "topics = coalesce(?4, topics), "
        "paused_until = CASE ?5 WHEN -1 THEN paused_until ELSE nullif(?5, 0) END, "
        "confirmed_at = CASE WHEN ?2 = 'confirmed' AND status <> ?2 THEN ?7 ELSE confirmed_at END, "
        "left_at = CASE WHEN ?2 = 'confirmed' THEN NULL WHEN ?8 AND status <> ?2 THEN ?7 "
        "ELSE left_at END, "
        "left_reason = CASE WHEN ?2 = 'confirmed' THEN NULL WHEN ?8 AND status <> ?2 THEN ?6 "
        "ELSE left_reason END, "
        "bounce_score = CASE WHEN ?2 = 'confirmed' AND status <> ?2 THEN 0 ELSE bounce_score END, "
        "hard_bounces = CASE WHEN ?2 = 'confirmed' AND status <> ?2 THEN 0 ELSE hard_bounces END, "
        "import_id = CASE ?9 WHEN -1 THEN import_id ELSE ?9 END "
        "WHERE id = ?1 AND status <> 'forgotten'");
    int64_t changes = 0;
    int64_t at = consent != NULL ? consent->at : clock_now();
    bool ok =
        query_run(store, update_sql,
                  BIND_LIST(BIND_INT(id), BIND_TEXT(status_names[change->status]),
                            BIND_TEXT(change->name), BIND_TEXT(change->topics),
                            BIND_INT(change->paused_until), BIND_TEXT(change->left_reason),
                            BIND_INT(at), BIND_INT(is_gone(change->status)), import_after(consent)),
                  &changes, why);
    return ok &&
           (changes == 1 ||
            fail(why, FAILURE_DATA, "subscriber %" PRId64 " is not on the list or was erased", id));
}

bool subscriber_update(struct store *store, int64_t id, const struct subscriber_change *change,
                       const struct consent *consent, struct failure *why)
{
    assert(change->status != SUBSCRIBER_FORGOTTEN);
    bool ok = store_begin(store, why) && change_person(store, id, change, consent, why) &&
              (consent == NULL || consent_add(store, id, consent, why));
    return store_end(store, ok, why);
}

/* ?1 the person, ?2 now. Single mails without a subscriber (tests) are found by their address, so
 * they are erased before the address is. */
static bool erase_mails(struct store *store, const struct bind *binds, struct failure *why)
{
    SQL(deliveries_sql,
        "UPDATE delivery SET address = '', domain = '', name = '', reply = NULL, "
        "state = CASE WHEN " DELIVERY_DUE " THEN 'skipped' ELSE state END, "
        "done_at = CASE WHEN " DELIVERY_DUE " THEN ?2 ELSE done_at END WHERE subscriber_id = ?1");
    SQL(outgoing_sql,
        "UPDATE outgoing SET address = '', domain = '', name = '', data = '{}', reply = NULL, "
        "state = CASE WHEN " OUTGOING_DUE " THEN 'skipped' ELSE state END, "
        "done_at = CASE WHEN " OUTGOING_DUE " THEN ?2 ELSE done_at END WHERE subscriber_id = ?1");
    SQL(strangers_sql,
        "UPDATE outgoing SET address = '', domain = '', name = '', data = '{}', reply = NULL, "
        "state = CASE WHEN " OUTGOING_DUE " THEN 'skipped' ELSE state END, "
        "done_at = CASE WHEN " OUTGOING_DUE " THEN ?2 ELSE done_at END "
        "WHERE subscriber_id IS NULL "
        "AND address = (SELECT s.address FROM subscriber s WHERE s.id = ?1)");
    return query_run(store, deliveries_sql, binds, NULL, why) &&
           query_run(store, outgoing_sql, binds, NULL, why) &&
           query_run(store, strangers_sql, binds, NULL, why);
}

static bool erase_person(struct store *store, const struct bind *binds, struct failure *why)
{
    SQL(consents_sql, "UPDATE consent SET origin = '', form = '' WHERE subscriber_id = ?1");
    SQL(bounces_sql, "UPDATE bounce_event SET reason = '', domain = '' WHERE subscriber_id = ?1");
    SQL(person_sql,
        "UPDATE subscriber SET address = '', address_key = 'forgotten:' || id, domain = '', "
        "name = '', status = 'forgotten', topics = '', left_at = coalesce(left_at, ?2), "
        "left_reason = NULL, paused_until = NULL WHERE id = ?1 AND status <> 'forgotten'");
    int64_t changes;
    if (!query_run(store, person_sql, binds, &changes, why)) {
        return false;
    }
    return (changes == 1 || fail(why, FAILURE_DATA, "the person is not on the list")) &&
           query_run(store, consents_sql, BIND_LIST(binds[0]), NULL, why) &&
           query_run(store, bounces_sql, BIND_LIST(binds[0]), NULL, why);
}

bool subscriber_forget(struct store *store, int64_t id, int64_t now, struct failure *why)
{
    const struct consent entry = {
        .kind = "forgotten", .wording = "", .form = "", .at = now, .origin = ""};
    const struct bind *binds = BIND_LIST(BIND_INT(id), BIND_INT(now));
    bool ok = store_begin(store, why) && address_change_remove(store, id, why) &&
              erase_mails(store, binds, why) && erase_person(store, binds, why) &&
              consent_add(store, id, &entry, why) && scrub_ask(store, now, why);
    return store_end(store, ok, why);
}

/* In order of id, by walking the table: the index by status would require a sort. */
bool subscriber_each(struct store *store, const enum subscriber_status *status,
                     subscriber_visit each, void *context, struct failure *why)
{
    SQL(all_sql, SUBSCRIBER_FIELDS "ORDER BY id");
    SQL(status_sql, SUBSCRIBER_FIELDS "WHERE +status = ?1 ORDER BY id");
    struct query *query;
    struct subscriber visited;
    bool row = true;
    const struct bind some[] = {BIND_TEXT(status == NULL ? NULL : status_names[*status]),
                                {.kind = BIND_KIND_END}};
    bool ok = query_open(store, status == NULL ? all_sql : status_sql,
                         status == NULL ? BIND_NOTHING : some, &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        read_subscriber(query, NULL, &visited);
        ok = each(context, &visited, why);
    }
    query_close(query);
    return ok;
}

bool subscriber_counts(struct store *store, int64_t counts[SUBSCRIBER_FORGOTTEN + 1],
                       struct failure *why)
{
    SQL(counts_sql, "SELECT status, count(*) FROM subscriber GROUP BY status");
    struct query *query;
    bool row = true;
    memset(counts, 0, STATUSES * sizeof *counts);
    bool ok = query_open(store, counts_sql, BIND_NOTHING, &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        enum subscriber_status status = SUBSCRIBER_PENDING;
        bool known = subscriber_status_find(query_text(query, 0), &status);
        assert(known);
        counts[status] = query_int(query, 1);
    }
    query_close(query);
    return ok;
}

bool subscriber_eligible(struct store *store, int64_t *count, struct failure *why)
{
    SQL(eligible_sql, "SELECT count(*) FROM subscriber WHERE status = 'confirmed'");
    SQL(waiting_sql,
        "SELECT count(*) FROM subscriber WHERE status = 'confirmed' AND NOT " IMPORT_ENDED);
    int64_t unfinished, waiting = 0;
    bool ok = import_count_unfinished(store, &unfinished, why) &&
              query_number(store, eligible_sql, BIND_NOTHING, count, why) &&
              (unfinished == 0 || query_number(store, waiting_sql, BIND_NOTHING, &waiting, why));
    *count -= waiting;
    return ok;
}

/* One seek for each choice, however many readers made it. */
bool subscriber_topic_choices(struct store *store, struct arena *arena, const char ***choices,
                              size_t *count, struct failure *why)
{
    SQL(choices_sql,
        "WITH RECURSIVE choice (topics) AS (SELECT min(topics) FROM subscriber "
        "WHERE status = 'confirmed' AND topics > '' UNION ALL SELECT (SELECT min(topics) "
        "FROM subscriber WHERE status = 'confirmed' AND topics > choice.topics) FROM choice "
        "WHERE choice.topics IS NOT NULL) SELECT topics FROM choice WHERE topics IS NOT NULL");
    return query_texts(store, arena, choices_sql, BIND_NOTHING, choices, count, why);
}
