/* Shared by `bounces` and `weekly`: messages to the operator around issue/bounces.h. */
#ifndef CMD_READ_BOUNCES_H
#define CMD_READ_BOUNCES_H

#include "cmd/program.h"
#include "issue/bounces.h"

/* bounces_read() with a progress bar on a terminal; storms are reported on stderr. The program has
 * settings, store and keys. */
bool read_bounces(struct program *program, struct bounce_run_result *result,
                  struct failure *why) MUST_CHECK;

#endif
