/* `report --readers`: a line for each reader of an issue. */
#ifndef CMD_REPORT_READERS_H
#define CMD_REPORT_READERS_H

#include "cmd/program.h"
#include "store/issue.h"

/* `names` is what --readers was given: states with commas between, all, not-sent or doubted.
 * FAILURE_USAGE for another word. */
bool report_readers(struct program *program, const struct issue *issue, const char *names,
                    bool json, struct failure *why) MUST_CHECK;

#endif
