/*
 * Which senders mail servers on the way have verified: the results in Authentication-Results (RFC
 * 8601). Anybody can write such a field, and a server puts its own on top: of the fields with one
 * server's name only the topmost counts. Whether that server is ours, the judge knows. Runs in the
 * sandbox.
 */
#ifndef BOUNCE_AUTH_RESULTS_H
#define BOUNCE_AUTH_RESULTS_H

#include "bounce/report.h"
#include "bounce/split.h"

/* Fills the report's authentication results from the message's own header. */
void auth_results_read(struct arena *arena, const struct split_fields *fields,
                       struct bounce_report *report);

#endif
