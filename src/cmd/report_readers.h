/* `report --readers`: one line for each reader of an issue. */
#ifndef CMD_REPORT_READERS_H
#define CMD_REPORT_READERS_H

#include "cmd/program.h"
#include "store/issue.h"

/* `names` is the argument of --readers: states separated by commas, all, not-sent or doubted.
 * FAILURE_USAGE for any other word. */
bool report_readers(struct program *program, const struct issue *issue, const char *names,
                    bool json, struct failure *why) MUST_CHECK;

#endif
