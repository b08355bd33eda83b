/*
 * Decides whether a draft may be sent: by the errors of check, and by the editors' approval.
 *
 * With issue.approval none, nobody has to approve. With issue.approval required a draft waits; the
 * editors in issue.editors get a copy with the findings of check, once per issue.
 *
 *   the draft of a week                             issue.deadline and after_deadline  answer
 *   ----------------------------------------------  ---------------------------------  -----------
 *   needs no approval (issue.approval none)         any                                APPROVE_SEND
 *   is waiting                                      none, or not reached yet           APPROVE_WAIT
 *   is waiting                                      past, after_deadline = hold        APPROVE_HOLD
 *   is waiting                                      past, after_deadline = send        APPROVE_SEND
 *
 * The deadline counts from the instant the issue was due. An error of check (FAILURE_DATA) keeps
 * back a draft that nobody approved; an editor's approval overrides it, with a warning.
 */
#ifndef ISSUE_APPROVE_H
#define ISSUE_APPROVE_H

#include "issue/mailer.h"
#include "issue/run.h"

/* Checks the issue as it is in the database; FAILURE_DATA if it has errors. */
bool approve_check(const struct issue_run *run, const struct issue *issue,
                   struct failure *why) MUST_CHECK;

/* An editor approves the issue: a draft's errors are reported, and it is frozen. `*changed` is
 * false if it was no longer a draft. Fails like issue_freeze(). */
bool approve_issue(const struct issue_run *run, const struct issue *issue, bool *changed,
                   struct failure *why) MUST_CHECK;

/* What follows an approval, for the editor. Of an issue that is not due yet: when it is sent, and
 * that it takes nothing in any more. */
char *approve_words(struct arena *arena, const struct issue *issue, int64_t now);

enum approve_answer { APPROVE_SEND, APPROVE_WAIT, APPROVE_HOLD };

/* The table above. */
enum approve_answer approve_answer(const struct settings *settings, const struct issue *issue,
                                   int64_t now);

/* Mails the draft and its findings to issue.editors, if that was not done before, and sends those
 * mails that are waiting. `*asked` is whether the mails were written now, `*outcome` is
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
