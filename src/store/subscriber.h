/* People on the list, the ledger of their consent, and suppressed addresses. */
#ifndef STORE_SUBSCRIBER_H
#define STORE_SUBSCRIBER_H

#include "store/store.h"

enum subscriber_status {
    SUBSCRIBER_PENDING,
    SUBSCRIBER_CONFIRMED,
    SUBSCRIBER_LEFT,
    SUBSCRIBER_BOUNCED,
    SUBSCRIBER_COMPLAINED,
    SUBSCRIBER_FORGOTTEN,
};
const char *subscriber_status_name(enum subscriber_status status);
bool subscriber_status_find(const char *name, enum subscriber_status *status);

struct subscriber {
    int64_t id;
    const char *address, *address_key, *domain, *name;
    enum subscriber_status status;
    const char *topics; /* "" means all; otherwise categories joined by '\n', sorted */
    int64_t created_at, confirmed_at, left_at; /* 0: not */
    const char *left_reason;                   /* NULL: none */
    int64_t paused_until;
    double bounce_score;
    int64_t hard_bounces, last_bounce_at;
    int64_t import_id; /* the import that added or confirmed the person, who has not been heard from
                          since; 0: none */
};

struct consent {
    const char *kind; /* see schema.sql */
    const char *wording, *form, *origin;
    int64_t at;
    int64_t import_id; /* the import that states it; 0: none */
};

/* Adds an entry and changes nothing else: for what an import knows about the past. */
bool consent_add(struct store *store, int64_t subscriber_id, const struct consent *consent,
                 struct failure *why) MUST_CHECK;

/* *subscriber is NULL if absent. */
bool subscriber_find(struct store *store, struct arena *arena, const char *address_key,
                     struct subscriber **subscriber, struct failure *why) MUST_CHECK;
bool subscriber_find_id(struct store *store, struct arena *arena, int64_t id,
                        struct subscriber **subscriber, struct failure *why) MUST_CHECK;

/* Adds a person with the first entry of the consent ledger. Fills id. The address must be new
 * (FAILURE_DATA). The domain is taken from the address; instants that are 0 are derived from the
 * status and the consent's. */
bool subscriber_insert(struct store *store, struct subscriber *subscriber,
                       const struct consent *consent, struct failure *why) MUST_CHECK;

/* Changes status (and name, topics, pause unless NULL or -1) with a consent entry. Times
 * (confirmed_at, left_at) are set when the status changes: a person who leaves, bounces or
 * complains gets left_at and left_reason; one who becomes pending again keeps them, so that the
 * record of leaving outlives a request that is never confirmed; one who confirms loses them and
 * starts without bounces. `consent` NULL: no entry (a bounce is not a matter of consent), and the
 * instant is clock_now(). An entry that no import wrote shows that the person was heard from, and
 * clears import_id, except an entry of the kind "asked": a stranger may have typed the address.
 * FAILURE_DATA for an id that does not exist or was erased. */
struct subscriber_change {
    enum subscriber_status status;
    const char *name;     /* NULL: unchanged */
    const char *topics;   /* NULL: unchanged */
    int64_t paused_until; /* -1: unchanged */
    const char *left_reason;
};
bool subscriber_update(struct store *store, int64_t id, const struct subscriber_change *change,
                       const struct consent *consent, struct failure *why) MUST_CHECK;

/* Gives a person the address requested by address_change_ask(), with a consent entry. `*taken` is
 * true, and nothing has changed, if the address is somebody else's by now. */
bool subscriber_readdress(struct store *store, int64_t id, const char *address,
                          const char *address_key, const struct consent *consent, bool *taken,
                          struct failure *why) MUST_CHECK;

/* Removes people who asked by the form before `before`, never confirmed and never left, with their
 * consent entries and mails, at most `limit` of them, so that a stranger's request locks nobody
 * out. People whom an operator added or imported are kept, and so are the few who were mailed at
 * or after `mailed_before`, because these mails count towards limits. */
bool subscriber_purge_pending(struct store *store, int64_t before, int64_t mailed_before,
                              int64_t limit, int64_t *count, struct failure *why) MUST_CHECK;

/* Removes one of them at once, however recent; `*removed` is false, and nothing is changed, if the
 * row records more than requests by the form: an import, an earlier leaving, a delivery. */
bool subscriber_withdraw(struct store *store, int64_t id, bool *removed,
                         struct failure *why) MUST_CHECK;

/* Unsubscribes a person: confirmed and pending people are taken off the list, and so are people
 * who bounced, because a release of their domain would bring back somebody who wanted to leave
 * (left_reason is SUBSCRIBER_LEFT_BOUNCED then). A request that was never confirmed is removed if
 * possible (`*removed`), because perhaps only a stranger ever wanted it; people who were imported
 * are kept as having left, so that the next import knows. `*left` is false if the person had left
 * before. The consent entry says where and when. */
#define SUBSCRIBER_LEFT_BOUNCED   "link, after bounces"
#define SUBSCRIBER_LEFT_COMPLAINT "complaint" /* which nobody has proven */
bool subscriber_leave(struct store *store, const struct subscriber *person,
                      const struct consent *consent, bool *removed, bool *left,
                      struct failure *why) MUST_CHECK;

/* People who asked between `after` and `before`, were sent a confirmation mail, have not confirmed
 * and were not reminded: only id and address, at most `limit`. */
bool subscriber_unreminded(struct store *store, struct arena *arena, int64_t after, int64_t before,
                           size_t limit, struct subscriber **people, size_t *count,
                           struct failure *why) MUST_CHECK;

/* Pending people with an id above `after` who may be invited to confirm: who never left, whose
 * import has ended, with import `import_id` if that is not 0, who were invited less than twice
 * since `year` and were sent no mail that asks to confirm since `day`. Only id and address, at most
 * `limit`. */
bool subscriber_uninvited(struct store *store, struct arena *arena, int64_t import_id,
                          int64_t after, int64_t year, int64_t day, size_t limit,
                          struct subscriber **people, size_t *count,
                          struct failure *why) MUST_CHECK;
/* When the last waiting invitation is due; 0: none waits. */
bool subscriber_last_invited(struct store *store, int64_t *at, struct failure *why) MUST_CHECK;

/* Erases: name, address, domain, topics, consent origins and forms; names, addresses and domains in
 * deliveries and outgoing mails (and the content of these mails), stored replies, reasons of
 * bounces, and a requested address. The row stays, as 'forgotten', for the counts; rows still owed
 * become skipped; the address can join again as a new person. FAILURE_DATA if there is no such
 * person. Suppression is a second call of the caller's, in one transaction around both; call
 * scrub_try() afterwards. */
bool subscriber_forget(struct store *store, int64_t id, int64_t now,
                       struct failure *why) MUST_CHECK;

/* Calls `each` for people in order of id, in constant memory; `status` NULL: all. Stops when it
 * returns false. The struct is valid until the callback returns. */
typedef bool (*subscriber_visit)(void *context, const struct subscriber *subscriber,
                                 struct failure *why);
bool subscriber_each(struct store *store, const enum subscriber_status *status,
                     subscriber_visit each, void *context, struct failure *why) MUST_CHECK;

/* How many would receive an issue: confirmed, and not by an import that has not ended. */
bool subscriber_eligible(struct store *store, int64_t *count, struct failure *why) MUST_CHECK;

/* How many people each status has. */
bool subscriber_counts(struct store *store, int64_t counts[SUBSCRIBER_FORGOTTEN + 1],
                       struct failure *why) MUST_CHECK;

/* The distinct choices of topics of confirmed subscribers, except "". */
bool subscriber_topic_choices(struct store *store, struct arena *arena, const char ***choices,
                              size_t *count, struct failure *why) MUST_CHECK;

bool consent_list(struct store *store, struct arena *arena, int64_t subscriber_id,
                  struct consent **entries, size_t *count, struct failure *why) MUST_CHECK;

/* The first reason is kept, except that an operator's ("forgotten") replaces any other. */
bool suppression_add(struct store *store, const char *hash, const char *reason, int64_t now,
                     struct failure *why) MUST_CHECK;
bool suppression_remove(struct store *store, const char *hash, struct failure *why) MUST_CHECK;
/* Whether the person can lift it by confirming again, after erasing the record or complaining. A
 * suppression by an operator is lifted by an operator only. `reason` may be NULL. */
bool suppression_is_liftable(const char *reason);
/* All suppressions, in order. */
typedef bool (*suppression_visit)(void *context, const char *hash, const char *reason, int64_t at,
                                  struct failure *why);
bool suppression_each(struct store *store, suppression_visit each, void *context,
                      struct failure *why) MUST_CHECK;
/* *reason NULL if the address is not suppressed. */
bool suppression_find(struct store *store, struct arena *arena, const char *hash,
                      const char **reason, struct failure *why) MUST_CHECK;

#endif
