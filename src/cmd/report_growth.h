/*
 * `report --growth`: who has come onto the list and gone off it, week by week, and a plot of it for
 * a terminal.
 */
#ifndef CMD_REPORT_GROWTH_H
#define CMD_REPORT_GROWTH_H

#include "cmd/program.h"

enum { REPORT_GROWTH_WEEKS = 26, REPORT_GROWTH_WEEKS_MAX = 520 };

/* Prints so many weeks, the present one last, without those before anything happened. `plot`: bars
 * beside the numbers, also where nobody may see them. */
bool report_growth(struct program *program, int64_t weeks, bool json, bool plot,
                   struct failure *why) MUST_CHECK;

#endif
