/* Stops an issue, and lets it continue: `issue pause`, `issue resume`, `issue cancel`. */
#ifndef CMD_ISSUE_STOP_H
#define CMD_ISSUE_STOP_H

#include "cmd/program.h"
#include "store/issue.h"

/* Each prints the result; FAILURE_DATA if the issue has ended. */
bool issue_stop_pause(struct program *program, const struct issue *issue,
                      struct failure *why) MUST_CHECK;
bool issue_stop_resume(struct program *program, const struct issue *issue,
                       struct failure *why) MUST_CHECK;

/* With `keep` its week and comparisons stay taken. */
bool issue_stop_cancel(struct program *program, const struct issue *issue, bool keep,
                       struct failure *why) MUST_CHECK;

#endif
