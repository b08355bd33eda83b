/* Messages to the operator from the verbs that approve and send: lines on standard error, and the
 * progress of sending, as a bar on a terminal or as a line for each SIGUSR1. */
#ifndef CMD_OPERATOR_H
#define CMD_OPERATOR_H

#include "cmd/program.h"
#include "issue/run.h"

/* A run with what the program has opened: warnings are printed, summaries are not. */
struct issue_run operator_run(struct program *program);

#endif
