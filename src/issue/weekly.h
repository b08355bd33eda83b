/*
 * The weekly run: cron's job, once a week or every hour. It continues what is unfinished, builds
 * the issue that is due and sends it if policy allows. A run with nothing to do does and prints
 * nothing.
 *
 * What it does, in this order, and by which rule:
 *
 *   step                       decides by                         result
 *   -------------------------  ---------------------------------  ------------------------------
 *   reads the bounce mailbox   bounce.mailbox                     readers who are gone get no
 *                                                                 issue; an unreachable mailbox
 *                                                                 keeps nothing back
 *   looks for a hold           issue/obstacle.h                   no issue is sent in this run
 *   issues being sent          paused, stale (issue/expire.h)     continued (issue/send.h), or
 *                                                                 their rows expire
 *   issues approved and due    paused, stale                      sent
 *   drafts of earlier weeks    issue.approval, after_deadline,    sent as promised; or dropped,
 *                              max_age_days                       and their comparisons carry over
 *   the due week               pick/pick.h, issue/approve.h,      built; then sent, held, or
 *                              confirmed readers, the checks      waiting for editors or readers
 *   single mails               issue/mailer.h                     sent if due
 *   interrupted imports        issue/obstacle.h                   reported once
 *
 * An error in one issue does not keep back another; only a failure of the database, the disk or the
 * program ends the run. The operator gets one summary, and one line for each obstacle, however
 * often cron runs: what was reported is stored with the issue (store/issue.h).
 *
 * Only one run at a time: the kernel holds a lock on DATABASE.weekly and releases it when the
 * process dies. Every process that can open the database asks the same kernel, from another
 * container too, because the database is never on a network file system.
 */
#ifndef ISSUE_WEEKLY_H
#define ISSUE_WEEKLY_H

#include "issue/run.h"

struct weekly_options {
    bool watched; /* somebody is watching: what was reported before is reported again */
    bool summary; /* print the summary, and obstacles with it */
    /* Reads the bounce mailbox that the settings name; the context is that of the run. */
    bool (*read_bounces)(void *context, struct failure *why);
};

/*
 * `*outcome` is what the exit code says:
 *
 *   the kind of the first failure   an issue could not be sent
 *   the kind of reading a password  one of several relays was left out because of it
 *   FAILURE_UNAVAILABLE             the relay refused everything that was sent
 *   FAILURE_TRY_AGAIN               work is left: rows deferred, a hold, a signal
 *   FAILURE_DATA                    an issue is too old to be sent: somebody has to decide
 *   the kind of reading bounces     nothing else was wrong
 *   FAILURE_NONE                    all is well
 *
 * False if nothing else could succeed either, and with FAILURE_TRY_AGAIN if another run has the
 * lock. Except in that last case the run is recorded for `status` (store/run.h).
 */
bool weekly_run(const struct issue_run *run, const struct weekly_options *options,
                enum failure_kind *outcome, struct failure *why) MUST_CHECK;

#endif
