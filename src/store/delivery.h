/*
 * Rows of the ledger (delivery) and of single mails (outgoing) as the sending connections use them:
 * claims, notes, outcomes. deliver/outbox.h says what the states mean and why no reader is lost;
 * this file has the statements. The same functions serve both tables; `queue` chooses.
 *
 *   function               moves a row
 *   delivery_claim()       from queued or deferred, if due, to sending; to skipped, if unwanted
 *   delivery_note_dot()    sets dot_noted, in sending
 *   delivery_record()      from sending to the outcome's state; to sent from anywhere
 *   delivery_recover()     from sending to in_doubt or queued, if its process is gone
 *   delivery_resend()      from in_doubt to queued; to gave_up, past max_age
 *   delivery_requeue()     from refused, gave_up or in_doubt to queued (--retry)
 *   rest_return_row()      from deferred, refused or gave_up to queued (store/rest.h)
 *
 * Sending relies on these invariants:
 *
 * - A claim changes a row only from queued or deferred, and each claim has a new generation. Notes
 *   and outcomes name the generation and change a row only while it is `sending` under it; with one
 *   writer at a time that makes a compare-and-swap.
 * - A claim clears dot_noted, so that a note always refers to the present attempt.
 * - Recovery moves a dead claim out of `sending`; its note fails then, before the dot.
 * - `sent` overwrites whatever state the row has reached and takes it out of `sending`, so that the
 *   note of whoever holds it meanwhile fails, too.
 * - first_at, from which max_age counts, is set by the first outcome other than "returned unsent",
 *   and never moves, except that retrying a row that was given up starts it again.
 */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include "store/store.h"

enum delivery_state {
    DELIVERY_QUEUED,
    DELIVERY_SENDING,
    DELIVERY_IN_DOUBT,
    DELIVERY_SENT,
    DELIVERY_DEFERRED,
    DELIVERY_REFUSED,
    DELIVERY_GAVE_UP,
    DELIVERY_SKIPPED,
    DELIVERY_STATES
};
const char *delivery_state_name(enum delivery_state state);
bool delivery_state_find(const char *name, enum delivery_state *state);

/* Selects rows: those of an issue, or the single mails (issue_id 0). */
struct delivery_queue {
    int64_t issue_id;
};

struct delivery {
    int64_t id; /* subscriber id of an issue's row; id of an outgoing row */
    int64_t subscriber_id;
    const char *address, *domain, *name, *topics;
    const char *message_id;
    const char *kind, *data; /* of outgoing rows; NULL in an issue */
    int64_t created_at;      /* of outgoing rows */
    enum delivery_state state;
    int64_t attempts, next_at, first_at, generation;
    bool dot_noted;
    int64_t doubted;
    int64_t code; /* 0: none */
    const char *enhanced, *reply, *relay;
    const char *fault; /* whose fault the refusal in `reply` is, by smtp/refusal; NULL: none */
    int64_t done_at;
};

/* The claimer: unique for each lane and process. */
struct delivery_claimer {
    const char *lane;    /* "host:pid:lane" */
    const char *boot_id; /* clock_boot_id() */
    int64_t lease_until; /* clock_boottime_ms() + lease */
};

struct delivery_sieve {
    bool (*passes)(const void *context, const char *domain, int64_t id);
    const void *context;
};

/* Claims up to `limit` rows that are due at `now`, ordered by topics, next_at, id; their state
 * becomes sending, the generation grows, dot_noted is cleared; one DURABLE transaction. `sieve`
 * (may be NULL) selects rows by domain and id, because the rate of others is used up or their
 * relay is unreachable. Rows of people who are no longer confirmed (left, bounced, forgotten,
 * paused) become skipped with the reason instead, and are counted in `*skipped`; outgoing rows
 * only those of suppressed or forgotten people. */
bool delivery_claim(struct store *store, struct arena *arena, struct delivery_queue queue,
                    const struct delivery_claimer *claimer, int64_t now,
                    const struct delivery_sieve *sieve, size_t limit, struct delivery **rows,
                    size_t *count, size_t *skipped, struct failure *why) MUST_CHECK;

/* The id of the row from which on `count` rows of an issue pass the sieve, of those that are due at
 * `now` and joined last; 0 if there are fewer. */
bool delivery_newest(struct store *store, struct delivery_queue queue, int64_t now,
                     const struct delivery_sieve *sieve, int64_t count, int64_t *id,
                     struct failure *why) MUST_CHECK;

/* Right before a message is sent: is the person still to be mailed? `*reason` NULL means yes;
 * otherwise it says why not: "cancelled" (also if the row is gone with its issue), a status
 * ("left", "bounced", "complained", "forgotten", "pending") or "paused". `*halted`: nothing of the
 * queue may be sent at present, because of store/hold.h or a pause of the issue; the row stays
 * owed. */
bool delivery_still_wanted(struct store *store, struct delivery_queue queue, int64_t id,
                           const char **reason, bool *halted, struct failure *why) MUST_CHECK;

/* Sets dot_noted, and the relay, if `lane` still holds the row in this generation. `*held` false:
 * the claim was lost, and the connection must be dropped before the dot. */
bool delivery_note_dot(struct store *store, struct delivery_queue queue, int64_t id,
                       int64_t generation, const char *lane, const char *relay, bool *held,
                       struct failure *why) MUST_CHECK;

struct delivery_outcome {
    int64_t id, generation;
    const char *lane; /* the claimer's */
    enum delivery_state state;
    int64_t next_at; /* for DEFERRED and QUEUED */
    bool count_attempt;
    int64_t code;
    const char *enhanced; /* NULL: none */
    const char *reply;    /* NULL: none */
    const char *relay;    /* NULL: unchanged */
    const char *fault;    /* NULL: none */
};
/* Ends a claim, if the lane still holds the row in this generation. `*held` as above: an outcome
 * of a lost claim is not written, except `sent`, which is true whoever holds the row. QUEUED
 * returns a row unsent and keeps the results of earlier attempts; IN_DOUBT counts a doubt. In a
 * cancelled issue, QUEUED and DEFERRED become skipped ("cancelled"). The reply of an erased
 * person's row is dropped. */
bool delivery_record(struct store *store, struct delivery_queue queue,
                     const struct delivery_outcome *outcome, int64_t now, bool *held,
                     struct failure *why) MUST_CHECK;

/* Extends the leases of all rows that `lane` holds. */
bool delivery_renew(struct store *store, struct delivery_queue queue, const char *lane,
                    int64_t lease_until, struct failure *why) MUST_CHECK;

/* Settles claims whose process is gone: its lease has expired in this boot, or it was another
 * boot. Without dot_noted in this boot they are queued again, due at `now` (skipped if the issue
 * is cancelled). With it, or from another boot, whatever the lease, they become in_doubt.
 * `everything` ignores leases of this boot: for a caller that knows that nobody else sends
 * (deliver/senders.h). */
bool delivery_recover(struct store *store, struct delivery_queue queue, const char *boot_id,
                      int64_t boottime_ms, bool everything, int64_t now, int64_t *queued,
                      int64_t *in_doubt, struct failure *why) MUST_CHECK;

/* Defers every due row until next_at; no attempt is counted, but max_age runs from the first time.
 * Rows past it become gave_up. */
struct delivery_deferral {
    const char *domains; /* a JSON list; NULL: rows of any domain */
    bool others;         /* all domains except these */
    bool away;           /* the relay is unreachable: delivery_wake() selects such rows */
    int64_t next_at;
    int64_t max_age;   /* seconds */
    const char *reply; /* stored in the rows */
    const char *relay;
};
bool delivery_defer_due(struct store *store, struct delivery_queue queue, int64_t now,
                        const struct delivery_deferral *deferral, int64_t *deferred,
                        struct failure *why) MUST_CHECK;

/* Rows that wait only because the relay was unreachable become due now, so that a new run tries
 * it. */
bool delivery_wake(struct store *store, struct delivery_queue queue, int64_t now, int64_t *woken,
                   struct failure *why) MUST_CHECK;

/* Selects rows of a state: those with that enhanced code or reply code, and of that domain. NULL:
 * any. */
struct delivery_filter {
    const char *code, *domain;
};

/* Queues rows of `from` (in_doubt, gave_up or refused) again, due now; age and attempts of rows
 * that had ended start again. An issue that was sent becomes sending again if there are any;
 * FAILURE_USAGE for a cancelled one. */
bool delivery_requeue(struct store *store, struct delivery_queue queue, enum delivery_state from,
                      const struct delivery_filter *filter, int64_t now, int64_t *count,
                      struct failure *why) MUST_CHECK;
/* How many rows delivery_requeue() would queue. */
bool delivery_count_filtered(struct store *store, struct delivery_queue queue,
                             enum delivery_state from, const struct delivery_filter *filter,
                             int64_t *count, struct failure *why) MUST_CHECK;

/* How long a row in doubt is resent automatically, in seconds: the wait before the second
 * resending, the longest wait, and the age (from the first attempt) at which it is given up. */
struct delivery_patience {
    int64_t first, longest, max_age;
};
/* Queues rows in doubt again (deliver.in_doubt = resend): after the first doubt due now, after
 * each further attempt that ended so twice as late; the death of our own process is not such an
 * attempt. Rows past max_age become gave_up. Those of a cancelled issue stay unchanged. */
bool delivery_resend(struct store *store, struct delivery_queue queue, int64_t now,
                     const struct delivery_patience *patience, int64_t *count,
                     struct failure *why) MUST_CHECK;

/* The number of other issues in which the person's row was given up after ambiguous refusals. */
bool delivery_count_unknown(struct store *store, int64_t issue_id, int64_t subscriber_id,
                            int64_t *count, struct failure *why) MUST_CHECK;

/* Counts by state: walks all rows of the queue, about half a second for a million. */
bool delivery_counts(struct store *store, struct delivery_queue queue,
                     int64_t counts[DELIVERY_STATES], struct failure *why) MUST_CHECK;

/* The same for an issue, by the relay of each row, in order of relay names; rows without a relay
 * are left out. At most DELIVERY_RELAYS. */
enum { DELIVERY_RELAYS = 50 };
struct delivery_share {
    const char *relay;
    int64_t counts[DELIVERY_STATES];
};
bool delivery_shares(struct store *store, struct arena *arena, int64_t issue_id,
                     struct delivery_share **shares, size_t *count, struct failure *why) MUST_CHECK;

/* How many rows of an issue were in doubt once and are not now: their readers may have received the
 * issue twice. */
bool delivery_doubted(struct store *store, struct delivery_queue queue, int64_t *count,
                      struct failure *why) MUST_CHECK;

/* The earliest next_at of rows that wait; 0 if none waits. */
bool delivery_next_due(struct store *store, struct delivery_queue queue, int64_t *next_at,
                       struct failure *why) MUST_CHECK;

/* Visits rows in order of id; `state` NULL: all. Uses constant memory. */
typedef bool (*delivery_visit)(void *context, const struct delivery *row, struct failure *why);
bool delivery_each(struct store *store, struct delivery_queue queue,
                   const enum delivery_state *state, delivery_visit each, void *context,
                   struct failure *why) MUST_CHECK;

/* One row by its id; *row NULL if absent. */
bool delivery_find(struct store *store, struct arena *arena, struct delivery_queue queue,
                   int64_t id, struct delivery **row, struct failure *why) MUST_CHECK;

/* Adds a single mail, queued, due at `created_at`. Fills id. `message_id` may contain {outgoing},
 * which is replaced by the id. */
bool outgoing_insert(struct store *store, struct delivery *mail, struct failure *why) MUST_CHECK;

/* Removes the notices to people who were erased (kind "erased", without a subscriber) that were
 * sent or given up, and those from before `before` that are not being sent: they are the last place
 * that has the address. Call scrub_try() afterwards. */
bool outgoing_forget_erased(struct store *store, int64_t before, int64_t now,
                            struct failure *why) MUST_CHECK;

/* How many mails of that kind were written for the person at or after `since`. */
bool outgoing_count(struct store *store, int64_t subscriber_id, const char *kind, int64_t since,
                    int64_t *count, struct failure *why) MUST_CHECK;

#endif
