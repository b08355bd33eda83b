/* Adds single mails. delivery.c sends them; it serves both tables. */
#include <assert.h>

#include "store/delivery.h"
#include "store/private.h"
#include "store/scrub.h"

static bool add_mail(struct store *store, struct delivery *mail, struct failure *why)
{
    SQL(insert_sql, "INSERT INTO outgoing (kind, subscriber_id, state, address, domain, name, "
                    "data, created_at, next_at, message_id) "
                    "VALUES (?1, ?2, 'queued', ?3, ?4, ?5, ?6, ?7, ?7, '')");
    SQL(name_sql, "UPDATE outgoing SET message_id = replace(?2, '{outgoing}', id) WHERE id = ?1");
    int64_t id;
    if (!query_insert(store, insert_sql,
                      BIND_LIST(BIND_TEXT(mail->kind), BIND_SOME(mail->subscriber_id),
                                BIND_TEXT(mail->address), BIND_TEXT(store_domain_of(mail->address)),
                                BIND_TEXT(mail->name), BIND_TEXT(mail->data),
                                BIND_INT(mail->created_at)),
                      &id, why) ||
        !query_run(store, name_sql, BIND_LIST(BIND_INT(id), BIND_TEXT(mail->message_id)), NULL,
                   why)) {
        return false;
    }
    mail->id = id;
    return true;
}

bool outgoing_insert(struct store *store, struct delivery *mail, struct failure *why)
{
    assert(mail->kind != NULL && mail->data != NULL && mail->message_id != NULL);
    bool ok = store_begin(store, why) && add_mail(store, mail, why);
    ok = store_end(store, ok, why);
    if (ok) {
        mail->state = DELIVERY_QUEUED;
        mail->next_at = mail->created_at;
    }
    return ok;
}

#define ERASED                                                                                     \
    "subscriber_id IS NULL AND kind = 'erased' "                                                   \
    "AND (state IN ('sent', 'refused', 'gave_up', 'skipped') "                                     \
    "OR (state <> 'sending' AND created_at < ?1))"

static bool forget_erased(struct store *store, int64_t before, int64_t now, struct failure *why)
{
    SQL(forget_sql, "DELETE FROM outgoing WHERE " ERASED);
    return query_run(store, forget_sql, BIND_LIST(BIND_INT(before)), NULL, why) &&
           scrub_ask(store, now, why);
}

bool outgoing_forget_erased(struct store *store, int64_t before, int64_t now, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM outgoing WHERE " ERASED);
    int64_t found;
    if (!query_number(store, count_sql, BIND_LIST(BIND_INT(before)), &found, why)) {
        return false;
    }
    if (found == 0) { /* nobody waits for the writers' lock */
        return true;
    }
    bool ok = store_begin(store, why) && forget_erased(store, before, now, why);
    return store_end(store, ok, why);
}
#undef ERASED

bool outgoing_count(struct store *store, int64_t subscriber_id, const char *kind, int64_t since,
                    int64_t *count, struct failure *why)
{
    SQL(count_sql, "SELECT count(*) FROM outgoing WHERE subscriber_id = ?1 AND kind = ?2 "
                   "AND created_at >= ?3");
    return query_number(store, count_sql,
                        BIND_LIST(BIND_INT(subscriber_id), BIND_TEXT(kind), BIND_INT(since)), count,
                        why);
}
