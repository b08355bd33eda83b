/* What `bounces`, `weekly` and `send` share: the words for the operator around issue/bounces.h. */
#ifndef CMD_READ_BOUNCES_H
#define CMD_READ_BOUNCES_H

#include "cmd/program.h"
#include "issue/bounces.h"

/* bounces_read() with a progress bar on a terminal; storms are reported on stderr. The program has
 * settings, store and keys. */
bool bouncing_mailbox(struct program *program, struct bounce_run_result *result,
                      struct failure *why) MUST_CHECK;

/* bounces_count_refusals(); storms are reported on stderr. */
bool bouncing_refusals(struct program *program, int64_t issue_id, struct failure *why) MUST_CHECK;

#endif
