/* clang-format off */
/*
 * The states of an issue, and the line in the log that each change of state writes.
 *
 *   from       to         by                            when
 *   ---------  ---------  ----------------------------  ------------------------------------------
 *   -          draft      issue_build()                 the week has enough comparisons
 *   draft      draft      issue_build()                 again: number, Date and order stay; no line
 *   draft      -          issue_build()                 too few comparisons are left
 *   draft      -          issue_release()               its week is over
 *   draft      approved   issue_freeze()                an editor approves, or nobody has to
 *   approved   sending    issue_begin()                 the ledger has a row for each reader
 *   sending    sent       transition_finish()           no row is waiting any more
 *   sent       sending    send_issue()                  `--retry`: rows are queued again
 *   draft,     -          transition_cancel()           nothing has left: its week and comparisons
 *   approved,                                             are free again
 *   sending
 *   approved,  cancelled  transition_cancel()           a copy may have left, or `keep`: week and
 *   sending                                               comparisons stay taken
 *   any open   paused     transition_pause()            an operator pauses it; the state below stays
 *   paused     that one   transition_resume()           an operator resumes it
 *
 * Each row, but for the second, is a line at debug behind the commit:
 * `issue enters issue=ID from=draft to=approved cause="…"`; ID is that of the delivery lines.
 * "none" stands for "-".
 */
/* clang-format on */
#ifndef ISSUE_TRANSITION_H
#define ISSUE_TRANSITION_H

#include "store/issue.h"

/* Writes the line. NULL for a state that is none. */
void transition_log(int64_t issue_id, const char *from, const char *to, const char *cause);

/* Ends an issue of which no row is waiting any more (store/issue.h); else does nothing. */
bool transition_finish(struct store *store, const struct issue *issue, int64_t now,
                       const char *cause, bool *finished, struct failure *why) MUST_CHECK;

/* Cancels it; with `keep` its week and comparisons stay taken even where nothing has left. */
bool transition_cancel(struct store *store, const struct issue *issue, int64_t now, bool keep,
                       enum issue_cancelled *outcome, struct failure *why) MUST_CHECK;

/* `*changed` false where it was paused, or was not; and for one that is sent or cancelled. */
bool transition_pause(struct store *store, const struct issue *issue, int64_t now, bool *changed,
                      struct failure *why) MUST_CHECK;
bool transition_resume(struct store *store, const struct issue *issue, int64_t now, bool *changed,
                       struct failure *why) MUST_CHECK;

#endif
