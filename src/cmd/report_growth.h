/*
 * `report --growth`: how many people joined the list and left it, week by week, with a plot for a
 * terminal.
 */
#ifndef CMD_REPORT_GROWTH_H
#define CMD_REPORT_GROWTH_H

#include "cmd/program.h"

enum { REPORT_GROWTH_WEEKS = 26, REPORT_GROWTH_WEEKS_MAX = 520 };

/* Prints that many weeks, the current one last, leaving out those before the first event. `plot`:
 * print bars beside the numbers even if stdout is not a terminal. */
bool report_growth(struct program *program, int64_t weeks, bool json, bool plot,
                   struct failure *why) MUST_CHECK;

#endif
