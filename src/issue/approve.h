/*
 * What stands between a draft and its sending: the errors of check, and the editors' word.
 *
 * With issue.approval none nobody has to say anything. With issue.approval required a draft waits;
 * the editors of issue.editors get a copy with the findings of check, once an issue.
 *
 *   the draft of a week is                          issue.deadline and after_deadline  answer
 *   ----------------------------------------------  ---------------------------------  -----------
 *   to be approved by nobody (issue.approval none)  any                                APPROVE_SEND
 *   waiting                                         none, or it is still to come       APPROVE_WAIT
 *   waiting                                         past, after_deadline = hold        APPROVE_HOLD
 *   waiting                                         past, after_deadline = send        APPROVE_SEND
 *
 * The deadline counts from the instant the issue was due. An error of check (FAILURE_DATA) keeps a
 * draft back that nobody approved; an editor's word stands above it, but is warned.
 */
#ifndef ISSUE_APPROVE_H
#define ISSUE_APPROVE_H

#include "issue/mailer.h"
#include "issue/run.h"

/* Holds the issue as it stands in the database against check; FAILURE_DATA where it has errors. */
bool approve_check(const struct issue_run *run, const struct issue *issue,
                   struct failure *why) MUST_CHECK;

/* An editor approves: a draft's errors are said, and it is frozen. `*changed` false where it was no
 * draft any more. Fails like issue_freeze(). */
bool approve_issue(const struct issue_run *run, const struct issue *issue, bool *changed,
                   struct failure *why) MUST_CHECK;

enum approve_answer { APPROVE_SEND, APPROVE_WAIT, APPROVE_HOLD };

/* The table above. */
enum approve_answer approve_answer(const struct settings *settings, const struct issue *issue,
                                   int64_t now);

/* Mails the draft and its findings to issue.editors, if that has not been done before, and sends
 * what waits of it. `*asked` tells whether the mails were written now, `*outcome` is
 * approve_mails_outcome(). */
bool approve_ask(const struct issue_run *run, struct mailer *mailer, const struct issue *issue,
                 bool *asked, enum failure_kind *outcome, struct failure *why) MUST_CHECK;

/* What a run that sends the editors' mails ends with. `some`: there were mails to send; `left`:
 * some of them wait for a later run.
 *
 *   FAILURE_NONE                    nothing was to be sent, or nothing keeps it back
 *   the kind of reading a password  one of several relays was left out for it
 *   FAILURE_TRY_AGAIN               mails wait, as a relay is away or a hold is in force */
enum failure_kind approve_mails_outcome(const struct deliver_result *result, bool some, bool left);

#endif
