/*
 * Inside the weekly run, one file for each decision:
 *
 *   weekly.c       the lock, the order of the steps, the outcome
 *   weekly_due.c   the due week's issue and drafts of earlier weeks
 *   weekly_send.c  issues that are approved or being sent
 *   weekly_say.c   what is reported to the operator, and what is recorded
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
    struct hold *hold;           /* no issue may be sent; NULL: no hold is in force */
    bool left;                   /* work for a later run */
    enum failure_kind left_kind; /* the result of sending; FAILURE_NONE: nothing is left */
    bool said;                   /* the summary is about an issue, and was reported */
    bool stale;                  /* an issue was not sent in time */
    enum failure_kind bounces;   /* the result of reading the mailbox */
    struct failure refused;      /* the failure of the first issue that could not be sent */
    char summary[SEND_SUMMARY];
    const char *notes; /* further text for the run's record; NULL: none */
};

/* --- weekly_say.c --- */

void weekly_warn(const struct weekly *weekly, const char *line);
/* Reports the summary: in cron's mail only if something is `wrong`. */
void weekly_say(const struct weekly *weekly, bool wrong);
void weekly_note(struct weekly *weekly, const char *note);
/* Reports the result of sending an issue, unless it was reported before. */
bool weekly_say_sent(const struct weekly *weekly, const struct issue *issue,
                     const struct send_result *result, struct failure *why) MUST_CHECK;
/* What `status` shows about the run; in the run's arena. */
const char *weekly_record(const struct weekly *weekly);

/* --- weekly_send.c --- */

bool weekly_find_hold(struct weekly *weekly, struct failure *why) MUST_CHECK;
/* Whether this issue must not be sent in this run: there is a hold, or it is paused. */
bool weekly_is_kept(struct weekly *weekly, const struct issue *issue, bool *kept,
                    struct failure *why) MUST_CHECK;
/* Reports an error of one issue, records it for the outcome, and returns true. False, with `*why`,
 * if nothing else could succeed either. */
bool weekly_tolerate(struct weekly *weekly, const struct failure *bad,
                     struct failure *why) MUST_CHECK;
/* Adds a result of sending, which may be FAILURE_NONE: of several, the first one counts that is
 * more than work left for a later run. */
void weekly_add_outcome(struct weekly *weekly, enum failure_kind outcome);
bool weekly_send(struct weekly *weekly, const struct issue *issue, struct failure *why) MUST_CHECK;
/* Continues issues that are being sent. */
bool weekly_resume(struct weekly *weekly, struct failure *why) MUST_CHECK;
/* Sends approved issues that are due, also those of earlier weeks. */
bool weekly_send_approved(struct weekly *weekly, struct failure *why) MUST_CHECK;

/* --- weekly_due.c --- */

/* Handles drafts of earlier weeks, then the due week. */
bool weekly_due(struct weekly *weekly, struct failure *why) MUST_CHECK;

#endif
