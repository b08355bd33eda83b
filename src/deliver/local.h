/*
 * The local backends for rehearsals: maildir:DIR and null:. The same rows, claims, notes and
 * outcomes as over SMTP; in the place of the final dot stands the rename from tmp/ to new/.
 */
#ifndef DELIVER_LOCAL_H
#define DELIVER_LOCAL_H

#include "deliver/delivery_run.h"

/* Delivers until nothing is due; as loop_run(). A file's name comes from its Message-ID: a copy
 * that is written again replaces the first. */
bool local_run(struct delivery_run *run, struct failure *why) MUST_CHECK;

#endif
