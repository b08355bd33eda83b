/* What `comparison` and `import` share: what a change of comparisons means for the issues. */
#ifndef CMD_CATALOGUE_H
#define CMD_CATALOGUE_H

#include "cmd/program.h"

/* Of a comparison that has just been withdrawn: says on standard error where it stands in an issue
 * that is past a draft, how many readers have it, and what can be done. Stops nothing itself. */
bool catalogue_tell_withdrawn(struct program *program, int64_t id, struct failure *why) MUST_CHECK;

/* Builds the drafts again, and prints a line for each. */
bool catalogue_follow(struct program *program, struct failure *why) MUST_CHECK;

#endif
