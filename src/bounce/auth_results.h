/*
 * Reads which senders the mail servers on the way have verified, from Authentication-Results fields
 * (RFC 8601). Anybody can write such a field, and a server puts its own on top: of the fields with
 * one server's name only the topmost counts. Which server is ours is known to the judge, not here.
 * Runs in the sandbox.
 */
#ifndef BOUNCE_AUTH_RESULTS_H
#define BOUNCE_AUTH_RESULTS_H

#include "bounce/report.h"
#include "bounce/split.h"

/* Fills in the report's authentication results from the message's own header. */
void auth_results_read(struct arena *arena, const struct split_fields *fields,
                       struct bounce_report *report);

#endif
