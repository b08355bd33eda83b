/*
 * The outbox: what is owed, and how each row moves from state to state.
 *
 * Two connections to the database: DURABLE for claims (synchronous=FULL: on the disk when the call
 * returns), QUICK for notes and outcomes (NORMAL: survives the death of the process, not of the
 * machine). Both belong to the loop's thread.
 *
 *   from      to        when                                   on disk before it goes on
 *   --------  --------  -------------------------------------  ----------------------------------
 *   queued,   sending   claimed, in batches                    FULL: generation+1, lane, boot id,
 *   deferred                                                   lease, dot_noted=0. Nothing of the
 *                                                              message has left yet.
 *   sending   sending   the text is out up to the final dot    NORMAL: dot_noted=1 and the relay,
 *             (noted)                                          only where the generation is still
 *                                                              ours; then the last bytes go to the
 *                                                              socket
 *   sending   sent      2xx to the dot                         NORMAL, with the reply
 *   sending   deferred  4xx, or a 5xx that speaks of us, the   NORMAL, with next_at and whose
 *                       message or nobody for sure; the        fault it was (smtp/refusal)
 *                       relay is away
 *   sending   refused   5xx that surely speaks of the          NORMAL, with the same
 *                       recipient; a 5xx of nobody for sure,
 *                       where two issues gave up so before
 *   sending   gave_up   would be deferred, past max_age        NORMAL
 *   sending   skipped   left, paused, cancelled … meanwhile    NORMAL
 *   sending   in_doubt  the connection died behind the dot,    NORMAL, doubted+1
 *                       or the answer cannot be read
 *   sending   queued    given back unsent; or recovered: the   NORMAL
 *                       process is gone, same boot, no note
 *   sending   in_doubt  recovered: the process is gone and     NORMAL, doubted+1
 *                       the dot is noted, or another boot
 *   deferred, queued    answered with the sentence for which    NORMAL; rests+1, the attempt is
 *   refused             the relay rests (resting.h)            taken back
 *   in_doubt  queued    deliver.in_doubt = resend: at once,    NORMAL; once for each doubt
 *                       after further doubts later and later;
 *                       or --retry
 *   in_doubt  gave_up   resend, past max_age                   NORMAL
 *   gave_up   queued    --retry gave_up                        NORMAL
 *
 * In one turn of the loop all notes and outcomes share one transaction, and dots go out behind it.
 * So when a lane's next dot is noted, the outcome of its claim before is on disk with it or
 * earlier: a lane has one noted row without an outcome at most.
 *
 * Why the promise holds (nobody is lost; nobody gets it twice but for a row in doubt):
 *
 * - A row leaves `queued`, `deferred` and `sending` only by an outcome (a complete answer of the
 *   server, or a reason not to mail), or into in_doubt. No cursor, no bulk mark: who has no outcome
 *   is still owed, whatever died.
 * - A message is accepted by a server only after its final dot. The dot's bytes are handed to the
 *   socket only when the note is committed. So a `sending` row without note, whose process is
 *   gone, has not been delivered: it is queued again, no copy exists.
 * - With the note, the server may have it: in doubt. When a process dies, that is at most one row
 *   a connection, by the order above.
 * - When the machine dies, NORMAL commits may be lost, FULL ones are not: rows claimed in another
 *   boot are in doubt, the claimed batch at most, and no row that was merely queued.
 * - A process that was stopped until its lease ran out wakes up and notes its dot with an old
 *   generation: no row changes, the connection is dropped before the dot. If it had noted before
 *   it was stopped, the row was in doubt for whoever recovered it. A 2xx that arrives late is
 *   recorded whoever holds the row: it is true.
 * - The copy of a row in doubt is byte-identical, as the row freezes what makes it, and goes by the
 *   relay that the note names while that is there (route.h).
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

/* Rows claimed at once: a power cut puts so many in doubt. */
enum { OUTBOX_BATCH = 100 };

struct outbox;

struct outbox_options {
    const char *database;
    const struct settings *settings;
    struct delivery_queue queue;
    struct routes *routes; /* the relays, in the order of settings_relay(); states by the caller */
    struct guard *guard;   /* NULL: none is kept */
};

bool outbox_open(const struct outbox_options *options, struct outbox **outbox,
                 struct failure *why) MUST_CHECK;
void outbox_close(struct outbox *outbox); /* accepts NULL; settles nothing */

/* A run begins: rows in doubt are queued again where the settings say so, and rows that waited for
 * an absent relay are due. Claims of processes that died are settled before (deliver/senders.h). */
bool outbox_wake(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* How many claims wait for a lane of that relay; claims more rows where there are none. `*wait_ms`
 * is the time until the pace lets one go that waits only for that, -1 if none does. */
bool outbox_demand(struct outbox *outbox, size_t relay, size_t *count, int64_t *wait_ms,
                   struct failure *why) MUST_CHECK;

/* The next claim that may leave now by that relay; NULL if there is none: then
 * `*wait_ms` is the time until the pace lets one go, -1 if none waits for that. The caller owns the
 * claim until it gives it to outbox_settle() or outbox_return(). `fresh`: for a connection on
 * which no message was begun; a claim under which one has ended goes by such a one alone. */
bool outbox_take(struct outbox *outbox, size_t relay, bool fresh, struct claim **claim,
                 int64_t *wait_ms, struct failure *why) MUST_CHECK;
/* Whether a claim may leave by a fresh connection that may not by a used one. */
bool outbox_wants_fresh(const struct outbox *outbox, size_t relay);

/* Where there are several relays. What is claimed for one that is unavailable goes to the others,
 * or back to the queue; one on trial gets one of their claims, if there is one that it may have. */
bool outbox_has(const struct outbox *outbox, size_t relay);
void outbox_shed(struct outbox *outbox, size_t relay);
void outbox_draw(struct outbox *outbox, size_t relay);

/* How the relay stands whose warm-up gives nothing more today; NULL: it does. */
const struct warming *outbox_spent(const struct outbox *outbox, size_t relay);

/* Is the person still to be mailed? `*reason` NULL: yes. `*halted`: but not now, nor anybody else
 * (store/hold.h). */
bool outbox_wanted(struct outbox *outbox, struct claim *claim, const char **reason, bool *halted,
                   struct failure *why) MUST_CHECK;

/* The claim is to be sent once more: the next outbox_take() has it again. One whose dot was noted
 * goes back to the queue, so that the note does not outlive it. The next claim of this run still
 * knows how many connections died under it: a server that closes at that very moment must not get
 * the same text without end. */
void outbox_return(struct outbox *outbox, struct claim *claim);

/* The claim ended unsent by its relay, for want of SMTPUTF8: the fault of its own address, or of
 * ours (`sender`), which is that of every row. True where another relay can have it: then
 * outbox_return() gives it to that one. */
bool outbox_needs_utf8(struct outbox *outbox, struct claim *claim, bool sender);

/* The claim has ended. Written by the next outbox_commit(). A state DEFERRED becomes GAVE_UP where
 * it is too old. */
void outbox_settle(struct outbox *outbox, struct claim *claim,
                   const struct disposition *disposition, const struct reply *reply);

/* The message's text is out: note its dot with the next outbox_commit(); then claim->held tells
 * whether the dot may go. The claim stays the caller's. */
void outbox_note_dot(struct outbox *outbox, struct claim *claim);

/* One transaction for all notes and outcomes since the last. */
bool outbox_commit(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* Lengthens the leases when it is time. A process that slept past its lease gives back what it has
 * claimed and not begun. */
bool outbox_renew(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* What was claimed and not begun is queued again. */
bool outbox_give_back(struct outbox *outbox, struct failure *why) MUST_CHECK;

/* The relay is away: every row that is due is deferred, with `text` as the reason. */
bool outbox_defer_all(struct outbox *outbox, size_t relay, const char *text,
                      struct failure *why) MUST_CHECK;

/* The same of the rows that no relay can take. `away`: for each relay why it is away, NULL where it
 * is not. Where one of those that may have a row only rests, the row stays queued, and *rests is
 * true. */
bool outbox_defer_unavailable(struct outbox *outbox, const char *const *away, bool *rests,
                              struct failure *why) MUST_CHECK;

/* When the last row of this run that went in doubt did so `seconds` ago: they are queued again
 * (deliver.in_doubt = resend). */
bool outbox_resend_doubtful(struct outbox *outbox, int64_t seconds, struct failure *why) MUST_CHECK;
/* True while rows of this run are in doubt and will be sent once more. */
bool outbox_resends_later(const struct outbox *outbox);

/* Relays at rest, for this outbox's queue (store/rest.h). Changes, and rows that were
 * answered so, are written by the next outbox_commit(), behind the outcomes. Of `rest` the texts
 * outlive that. */
enum outbox_rest { OUTBOX_REST_SAME, OUTBOX_REST_BEGINS, OUTBOX_REST_GOES_ON, OUTBOX_REST_ENDS };
bool outbox_find_rest(struct outbox *outbox, size_t relay, struct arena *arena, struct rest **rest,
                      struct failure *why) MUST_CHECK;
bool outbox_take_probe(struct outbox *outbox, const struct rest *rest, int64_t until, bool *taken,
                       struct failure *why) MUST_CHECK;
void outbox_change_rest(struct outbox *outbox, size_t relay, enum outbox_rest change,
                        const struct rest *rest);
void outbox_return_answered(struct outbox *outbox, int64_t id);

/* Relays that are away, from one run to the next (store/absence.h). */
bool outbox_find_absences(struct outbox *outbox, struct arena *arena, struct absence **absences,
                          size_t *count, struct failure *why) MUST_CHECK;
bool outbox_note_absence(struct outbox *outbox, const char *relay, const char *text,
                         struct failure *why) MUST_CHECK;
bool outbox_end_absence(struct outbox *outbox, const char *relay, struct failure *why) MUST_CHECK;

bool outbox_counts(struct outbox *outbox, int64_t counts[DELIVERY_STATES],
                   struct failure *why) MUST_CHECK;
/* The earliest instant at which a waiting row is due; 0: none waits. */
bool outbox_next_due(struct outbox *outbox, int64_t *next_at, struct failure *why) MUST_CHECK;

/* Outcomes recorded since the outbox was opened, by state. */
const int64_t *outbox_recorded(const struct outbox *outbox);

#endif
