/* What `bounces`, `weekly` and `send` share: reading the mailbox, counting what servers refused. */
#ifndef CMD_BOUNCING_H
#define CMD_BOUNCING_H

#include "bounce/run.h"
#include "cmd/program.h"

/* Reads the mailbox and judges; draws a bar on a terminal; tells of storms on stderr. The program
 * has settings, store and keys. A second run at the same time is FAILURE_TRY_AGAIN. */
bool bouncing_mailbox(struct program *program, struct bounce_run_result *result,
                      struct failure *why) MUST_CHECK;

/* Lets through what a storm held back. */
bool bouncing_release(struct program *program, const char *domain, struct judge_result *result,
                      struct failure *why) MUST_CHECK;

/* Counts what servers refused while the issue was sent. */
bool bouncing_refusals(struct program *program, int64_t issue_id, struct failure *why) MUST_CHECK;

/* "120 messages: 100 hard, 20 soft; 3 people off the list" on one line. */
void bouncing_summary(const struct bounce_run_result *result, char *line, size_t size);

#endif
