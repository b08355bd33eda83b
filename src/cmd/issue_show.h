/* What `issue list` and `issue show` print. */
#ifndef CMD_ISSUE_SHOW_H
#define CMD_ISSUE_SHOW_H

#include "cmd/program.h"
#include "store/issue.h"

/* One line for each issue, the newest first. */
bool issue_show_list(struct program *program, bool json, struct failure *why) MUST_CHECK;

/* One issue, and its comparisons in order, each with the reason for being in it. */
bool issue_show_one(struct program *program, const struct issue *issue, bool json,
                    struct failure *why) MUST_CHECK;

#endif
