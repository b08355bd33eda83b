/* Shared by `comparison` and `import`: what a change of comparisons means for the issues. */
#ifndef CMD_CATALOGUE_H
#define CMD_CATALOGUE_H

#include "cmd/program.h"

/* Reports a comparison that was just withdrawn but is in an issue that is no longer a draft: prints
 * on standard error where it is, how many readers have it, and what can be done. Stops nothing
 * itself. */
bool catalogue_tell_withdrawn(struct program *program, int64_t id, struct failure *why) MUST_CHECK;

/* Builds the drafts again, and prints a line for each. */
bool catalogue_follow(struct program *program, struct failure *why) MUST_CHECK;

#endif
