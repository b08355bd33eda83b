/* How the verbs that approve and send speak to the operator: lines on standard error, and how far
 * sending is, as a bar on a terminal or for each SIGUSR1 as a line. */
#ifndef CMD_OPERATOR_H
#define CMD_OPERATOR_H

#include "cmd/program.h"
#include "issue/run.h"

/* What the program has open, and its operator's ear: warnings are printed, summaries are not. */
struct issue_run operator_run(struct program *program);

#endif
