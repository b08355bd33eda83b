/*
 * Requests to unsubscribe that arrived while the database was locked: a file beside it
 * (PATH.leaves, 0600); each line is on disk before the request is answered. The next process that
 * writes to the database through a durable connection applies them first, in store_begin(), so a
 * sender has applied them before it claims.
 *
 * A line is "PERSON AT FORM ORIGIN". The file is emptied after the commit that applied it; if a
 * process dies between the two, the next one applies the same lines again, which changes nothing.
 */
#ifndef STORE_LEAVE_SPOOL_H
#define STORE_LEAVE_SPOOL_H

#include "store/store.h"

struct leave_request {
    int64_t person; /* subscriber id, as a token of ours says */
    int64_t at;
    const char *form;   /* "link", "one-click": a word */
    const char *origin; /* truncated network address, a word; "" none */
};

/* Creates the file, empty, if it does not exist: for a process that will soon be unable to create
 * files. */
bool leave_spool_make(const struct store *store, struct failure *why) MUST_CHECK;

/* Stores the request; returns true once it is on disk. Needs no lock of the database. */
bool leave_spool_add(const struct store *store, const struct leave_request *request,
                     struct failure *why) MUST_CHECK;

/* Applies the stored requests, if any: people on the list are unsubscribed, unless they have
 * confirmed since. Call it outside of any transaction. FAILURE_TRY_AGAIN: the database is still
 * locked. */
bool leave_spool_take(struct store *store, struct failure *why) MUST_CHECK;

#endif
