/* What `preview` and `check` share: the issue that the command line names. */
#ifndef CMD_SELECT_ISSUE_H
#define CMD_SELECT_ISSUE_H

#include "cmd/program.h"
#include "issue/issue_view.h"

/* The issue of --issue or --week, else the due one, which may not have been built yet. One that is
 * frozen is told as such on standard error, and shown as it was frozen, or `anew`. */
bool select_issue_view(struct program *program, const struct option_value *number,
                       const struct option_value *week, bool anew, struct issue_view *view,
                       struct failure *why) MUST_CHECK;

#endif
