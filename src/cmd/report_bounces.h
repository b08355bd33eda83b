/* `report --bounces`: the bounces, counted by domain and reason. */
#ifndef CMD_REPORT_BOUNCES_H
#define CMD_REPORT_BOUNCES_H

#include "cmd/program.h"

enum { REPORT_BOUNCES_DAYS = 90 };

/* Prints the counts of the last REPORT_BOUNCES_DAYS days. */
bool report_bounces(struct program *program, bool json, struct failure *why) MUST_CHECK;

#endif
