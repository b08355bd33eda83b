/*
 * The outbox: the rows of one queue that are still owed, and how each moves from state to state.
 *
 * Two connections to the database: DURABLE for claims (synchronous=FULL: on disk when the call
 * returns), QUICK for notes and outcomes (NORMAL: survives the death of the process, not of the
 * machine). Both belong to the loop's thread.
 *
 *   from      to        when                                   on disk before it goes on
 *   --------  --------  -------------------------------------  ----------------------------------
 *   queued,   sending   claimed, in batches                    FULL: generation+1, lane, boot id,
 *   deferred                                                   lease, dot_noted=0. Nothing of the
 *                                                              message has been sent yet.
 *   sending   sending   the text is sent up to the final dot   NORMAL: dot_noted=1 and the relay,
 *             (noted)                                          only if the generation is still
 *                                                              ours; then the last bytes go to the
 *                                                              socket
 *   sending   sent      2xx to the dot                         NORMAL, with the reply
 *   sending   deferred  4xx, or a 5xx about us, the message    NORMAL, with next_at and whose
 *                       or nobody in particular; the relay     fault it was (smtp/refusal)
 *                       is away
 *   sending   refused   5xx certainly about the recipient; a   NORMAL, with the same
 *                       5xx about nobody in particular, if
 *                       two issues gave up that way before
 *   sending   gave_up   would be deferred, past max_age        NORMAL
 *   sending   skipped   left, paused, cancelled … meanwhile    NORMAL
 *   sending   in_doubt  the connection broke after the dot,    NORMAL, doubted+1
 *                       or the reply cannot be read
 *   sending   queued    given back unsent; or recovered: the   NORMAL
 *                       process is gone, same boot, no note
 *   sending   in_doubt  recovered: the process is gone and     NORMAL, doubted+1
 *                       the dot is noted, or another boot
 *   deferred, queued    answered with the sentence for which   NORMAL; rests+1, the attempt is
 *   refused             the relay rests (resting.h)            not counted
 *   in_doubt  queued    deliver.in_doubt = resend: at once,    NORMAL; once for each doubt
 *                       after further doubts later and later;
 *                       or --retry
 *   in_doubt  gave_up   resend, past max_age                   NORMAL
 *   gave_up   queued    --retry gave_up                        NORMAL
 *
 * In one turn of the loop all notes and outcomes share one transaction, and the dots are sent after
 * it. So when a lane's next dot is noted, the outcome of its previous claim is on disk with it or
 * earlier: a lane has at most one noted row without an outcome.
 *
 * Why the promise holds (no reader is lost; only a row in doubt can be delivered twice):
 *
 * - A row leaves `queued`, `deferred` and `sending` only by an outcome (a complete reply of the
 *   server, or a reason not to mail), or into in_doubt. There is no cursor and no mark over many
 *   rows: a reader without an outcome is still owed, whatever crashed.
 * - A server accepts a message only after its final dot. The dot's bytes are passed to the socket
 *   only when the note is committed. So a `sending` row without a note, whose process is gone, has
 *   not been delivered: it is queued again, and no copy exists.
 * - With the note, the server may have it: in doubt. When a process dies, that is at most one row
 *   per connection, by the order above.
 * - When the machine dies, NORMAL commits may be lost, FULL ones are not: rows claimed in another
 *   boot are in doubt, at most the claimed batch, and no row that was merely queued.
 * - A process that was stopped until its lease ran out wakes up and notes its dot with an old
 *   generation: no row changes, and the connection is dropped before the dot. If it had noted the
 *   dot before it was stopped, the row was in doubt for whoever recovered it. A 2xx that arrives
 *   late is recorded whoever holds the row, because it is true.
 * - The copy of a row in doubt is byte-identical, because the row freezes what it is made from, and
 *   it uses the relay that the note names while that is there (route.h).
 */
#ifndef DELIVER_OUTBOX_H
#define DELIVER_OUTBOX_H

#include "deliver/claim.h"
#include "deliver/disposition.h"
#include "deliver/guard.h"
#include "deliver/route.h"
#include "deliver/warming.h"
#include "settings/settings.h"
#include "store/absence.h"
#include "store/delivery.h"
#include "store/rest.h"

/* Rows claimed at once: a power cut puts this many in doubt. */
enum { OUTBOX_BATCH = 100 };

struct outbox;

struct outbox_options {
    const char *database;
    const struct settings *settings;
    struct delivery_queue queue;
    struct routes *routes; /* the relays, in the order of settings_relay(); the caller sets their
                              states */
    struct guard *guard;   /* NULL: no guard */
};

bool outbox_open(const struct outbox_options *options, struct outbox **outbox,
                 struct failure *why) MUST_CHECK;
void outbox_close(struct outbox *outbox); /* accepts NULL; settles nothing */

/* Call it when a run begins: rows in doubt are queued again if the settings say so, and rows that
 * waited for an absent relay become due. Claims of dead processes were settled before
 * (deliver/senders.h). */
bool outbox_wake(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* The number of claims that wait for a lane of that relay; claims more rows if there are none.
 * `*wait_ms` is the time until the pace allows one that waits only for it, -1 if none does. */
bool outbox_demand(struct outbox *outbox, size_t relay, size_t *count, int64_t *wait_ms,
                   struct failure *why) MUST_CHECK;

/* The next claim that may be sent now over that relay; NULL if there is none: then `*wait_ms` is
 * the time until the pace allows one, -1 if none is waiting for it. The caller owns the claim until
 * it passes it to outbox_settle() or outbox_return(). `fresh` means a connection on which no
 * message was started yet; a claim that has lost a connection uses only such a one. */
bool outbox_take(struct outbox *outbox, size_t relay, bool fresh, struct claim **claim,
                 int64_t *wait_ms, struct failure *why) MUST_CHECK;
/* Whether a claim is waiting for a fresh connection. */
bool outbox_wants_fresh(const struct outbox *outbox, size_t relay);

/* Where there are several relays. What is claimed for one that is unavailable goes to the others,
 * or back to the queue; one on trial gets one of their claims, if there is one that it may have. */
bool outbox_has(const struct outbox *outbox, size_t relay);
void outbox_shed(struct outbox *outbox, size_t relay);
void outbox_draw(struct outbox *outbox, size_t relay);

/* The state of a relay whose warm-up allows nothing more today; NULL if it allows more. */
const struct warming *outbox_spent(const struct outbox *outbox, size_t relay);

/* Whether the person is still to be mailed: `*reason` is NULL if so. `*halted`: not now, nor is
 * anybody else (store/hold.h). */
bool outbox_wanted(struct outbox *outbox, struct claim *claim, const char **reason, bool *halted,
                   struct failure *why) MUST_CHECK;

/* The claim is to be sent again: the next outbox_take() returns it. One whose dot was noted goes
 * back to the queue, so that the note does not outlive it. A later claim of the row in this run
 * still knows how many connections broke on it: a server that always closes at the same point must
 * not get the same text for ever. */
void outbox_return(struct outbox *outbox, struct claim *claim);

/* The claim ended unsent over its relay because SMTPUTF8 is missing: its own address needs it, or
 * ours does (`sender`), and then every row needs it. True if another relay can take it: then
 * outbox_return() gives it to that one. */
bool outbox_needs_utf8(struct outbox *outbox, struct claim *claim, bool sender);

/* The claim has ended. The next outbox_commit() writes it. DEFERRED becomes GAVE_UP if the row is
 * too old. */
void outbox_settle(struct outbox *outbox, struct claim *claim,
                   const struct disposition *disposition, const struct reply *reply);

/* The message's text has been sent: the next outbox_commit() notes its dot; then claim->held says
 * whether the dot may be sent. The claim stays the caller's. */
void outbox_note_dot(struct outbox *outbox, struct claim *claim);

/* Commits all notes and outcomes since the last call in one transaction. */
bool outbox_commit(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* Extends the leases when it is time. A process that slept past its lease gives back the claims
 * that it has not started. */
bool outbox_renew(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* Claims that were not started are queued again. */
bool outbox_give_back(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* The relay is away: every due row is deferred, with `text` as the reason. */
bool outbox_defer_all(struct outbox *outbox, size_t relay, const char *text,
                      struct failure *why) MUST_CHECK;

/* The same for rows that no relay can take. `away` has for each relay why it is away, NULL if it is
 * not. If one of the relays that may take a row only rests, the row stays queued, and `*rests` is
 * true. */
bool outbox_defer_unavailable(struct outbox *outbox, const char *const *away, bool *rests,
                              struct failure *why) MUST_CHECK;

/* When this run's last doubtful row became so `seconds` ago, its doubtful rows are queued again
 * (deliver.in_doubt = resend). */
bool outbox_resend_doubtful(struct outbox *outbox, int64_t seconds, struct failure *why) MUST_CHECK;
/* Whether rows of this run are in doubt and will be sent once more. */
bool outbox_resends_later(const struct outbox *outbox);

/* Relays at rest, for this outbox's queue (store/rest.h). The next outbox_commit() writes changes,
 * and rows that got that answer, after the outcomes. The strings of `rest` must outlive it. */
enum outbox_rest { OUTBOX_REST_SAME, OUTBOX_REST_BEGINS, OUTBOX_REST_GOES_ON, OUTBOX_REST_ENDS };
bool outbox_find_rest(struct outbox *outbox, size_t relay, struct arena *arena, struct rest **rest,
                      struct failure *why) MUST_CHECK;
bool outbox_take_probe(struct outbox *outbox, const struct rest *rest, int64_t until, bool *taken,
                       struct failure *why) MUST_CHECK;
void outbox_change_rest(struct outbox *outbox, size_t relay, enum outbox_rest change,
                        const struct rest *rest);
void outbox_return_answered(struct outbox *outbox, int64_t id);

/* Relays that are away, remembered from one run to the next (store/absence.h). */
bool outbox_find_absences(struct outbox *outbox, struct arena *arena, struct absence **absences,
                          size_t *count, struct failure *why) MUST_CHECK;
bool outbox_note_absence(struct outbox *outbox, const char *relay, const char *text,
                         struct failure *why) MUST_CHECK;
bool outbox_end_absence(struct outbox *outbox, const char *relay, struct failure *why) MUST_CHECK;

bool outbox_counts(struct outbox *outbox, int64_t counts[DELIVERY_STATES],
                   struct failure *why) MUST_CHECK;
/* The earliest instant at which a waiting row is due; 0 if none is waiting. */
bool outbox_next_due(struct outbox *outbox, int64_t *next_at, struct failure *why) MUST_CHECK;

/* Outcomes recorded since the outbox was opened, by state. */
const int64_t *outbox_recorded(const struct outbox *outbox);

#endif
