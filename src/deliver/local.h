/*
 * The local backends for rehearsals: maildir:DIR and null:. They use the same rows, claims, notes
 * and outcomes as SMTP; the rename from tmp/ to new/ takes the place of the final dot.
 */
#ifndef DELIVER_LOCAL_H
#define DELIVER_LOCAL_H

#include "deliver/delivery_run.h"

/* Delivers until nothing is due; otherwise like loop_run(). A file's name is derived from its
 * Message-ID: a copy that is written again replaces the first one. */
bool local_run(struct delivery_run *run, struct failure *why) MUST_CHECK;

#endif
