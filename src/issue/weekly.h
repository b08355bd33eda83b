/*
 * The weekly run: cron's job, once a week or every hour. It goes on with what is unfinished, builds
 * the issue that is due and sends it where policy allows. A run with nothing to do does nothing and
 * says nothing.
 *
 * What it does, in this order, and by which rule:
 *
 *   step                       decides by                         what becomes of it
 *   -------------------------  ---------------------------------  ------------------------------
 *   reads the bounce mailbox   bounce.mailbox                     who is gone gets no issue; a
 *                                                                 mailbox out of reach keeps
 *                                                                 nothing back
 *   looks for a hold           issue/obstacle.h                   no issue is sent in this run
 *   issues under way           paused, stale (issue/expire.h)     gone on with (issue/send.h), or
 *                                                                 their rows expire
 *   issues approved and due    paused, stale                      sent
 *   drafts of earlier weeks    issue.approval, after_deadline,    sent as promised; or given up,
 *                              max_age_days                       and their comparisons go on
 *   the due week               pick/pick.h, issue/approve.h,      built; then sent, held, or
 *                              confirmed readers, the checks      waiting for editors or readers
 *   single mails               issue/mailer.h                     sent where due
 *   imports that broke off     issue/obstacle.h                   told once
 *
 * What is wrong with one issue keeps back no other; only a fault of the database, the disk or the
 * program ends the run. The operator reads one summary, and of each obstacle once, however often
 * cron runs: what has been said is kept with the issue (store/issue.h).
 *
 * Only one run at a time: the kernel holds a lock on DATABASE.weekly and releases it when the
 * process dies. Whoever can reach the database asks the same kernel, from another container too,
 * since the database is never on a network file system.
 */
#ifndef ISSUE_WEEKLY_H
#define ISSUE_WEEKLY_H

#include "issue/run.h"

struct weekly_options {
    bool watched; /* somebody reads along: what has been said before is said again */
    bool summary; /* the line of the run is asked for, and obstacles with it */
    /* Reads the bounce mailbox that the settings name; the context is that of the run. */
    bool (*read_bounces)(void *context, struct failure *why);
};

/* `*outcome` is what the exit code says:
 *
 *   the kind of the first failure   an issue could not be sent
 *   the kind of reading a password  one of several relays was left out for it
 *   FAILURE_UNAVAILABLE             the relay refused whatever was sent
 *   FAILURE_TRY_AGAIN               work is left: rows deferred, a hold, a signal
 *   FAILURE_DATA                    an issue is too old to be sent: somebody has to decide
 *   the kind of reading bounces     nothing else was wrong
 *   FAILURE_NONE                    all is well
 *
 * False where nothing else would go well either, and FAILURE_TRY_AGAIN where another run has the
 * lock. The run is recorded for `status` (store/run.h) but for that last case. */
bool weekly_run(const struct issue_run *run, const struct weekly_options *options,
                enum failure_kind *outcome, struct failure *why) MUST_CHECK;

#endif
