/*
 * Inside the weekly run, a file for each decision:
 *
 *   weekly.c       the lock, the order of the steps, the outcome
 *   weekly_due.c   the due week's issue and drafts of earlier weeks
 *   weekly_send.c  issues that are approved or under way
 *   weekly_say.c   what the operator reads of it, and what is recorded
 */
#ifndef ISSUE_WEEKLY_PRIVATE_H
#define ISSUE_WEEKLY_PRIVATE_H

#include "issue/mailer.h"
#include "issue/send.h"
#include "issue/weekly.h"
#include "store/hold.h"

struct weekly {
    const struct issue_run *run;
    const struct weekly_options *options;
    struct mailer *mailer;
    struct hold *hold;           /* nothing of any issue is sent; NULL: none is in force */
    bool left;                   /* work for a later run */
    enum failure_kind left_kind; /* of what sending has left; FAILURE_NONE: nothing */
    bool said;                   /* the summary is that of an issue, and has been said */
    bool stale;                  /* an issue was not sent in its time */
    enum failure_kind bounces;   /* of reading the mailbox */
    struct failure refused;      /* the first issue that could not be sent */
    char summary[SEND_SUMMARY];
    const char *notes; /* what the run's record says besides; NULL: nothing */
};

/* --- weekly_say.c --- */

void weekly_warn(const struct weekly *weekly, const char *line);
/* The summary: to cron's mail only where something is `wrong`. */
void weekly_say(const struct weekly *weekly, bool wrong);
void weekly_note(struct weekly *weekly, const char *note);
/* What came of sending an issue, as far as it has not been said before. */
bool weekly_say_sent(const struct weekly *weekly, const struct issue *issue,
                     const struct send_result *result, struct failure *why) MUST_CHECK;
/* What `status` shows of the run; in the run's arena. */
const char *weekly_record(const struct weekly *weekly);

/* --- weekly_send.c --- */

bool weekly_find_hold(struct weekly *weekly, struct failure *why) MUST_CHECK;
/* Whether nothing of this issue is to be sent in this run: there is a hold, or it is paused. */
bool weekly_is_kept(struct weekly *weekly, const struct issue *issue, bool *kept,
                    struct failure *why) MUST_CHECK;
/* What is wrong with one issue is said and kept for the outcome: true. False, with `*why`, where
 * nothing else would go well either. */
bool weekly_tolerate(struct weekly *weekly, const struct failure *bad,
                     struct failure *why) MUST_CHECK;
/* What sending has ended with, FAILURE_NONE or not: of several the first that is more than work
 * left for a later run. */
void weekly_add_outcome(struct weekly *weekly, enum failure_kind outcome);
bool weekly_send(struct weekly *weekly, const struct issue *issue, struct failure *why) MUST_CHECK;
/* Goes on with issues under way. */
bool weekly_resume(struct weekly *weekly, struct failure *why) MUST_CHECK;
/* Sends approved issues that are due; those of earlier weeks too. */
bool weekly_send_approved(struct weekly *weekly, struct failure *why) MUST_CHECK;

/* --- weekly_due.c --- */

/* Drafts of earlier weeks, then the due week. */
bool weekly_due(struct weekly *weekly, struct failure *why) MUST_CHECK;

#endif
