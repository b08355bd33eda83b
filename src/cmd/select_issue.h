/* Shared by `preview` and `check`: the issue that the command line names. */
#ifndef CMD_SELECT_ISSUE_H
#define CMD_SELECT_ISSUE_H

#include "cmd/program.h"
#include "issue/issue_view.h"

/* The issue of --issue or --week, otherwise the one at hand, which may not have been built yet. If
 * it is frozen, that is reported on standard error, and it is shown as it was frozen, or rendered
 * `anew`. */
bool select_issue_view(struct program *program, const struct option_value *number,
                       const struct option_value *week, bool anew, struct issue_view *view,
                       struct failure *why) MUST_CHECK;

#endif
