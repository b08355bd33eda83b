/*
 * How far this database has sent. What it is held against, and what follows, stands in
 * deliver/guard.h; here is the row.
 */
#ifndef STORE_EPOCH_H
#define STORE_EPOCH_H

#include "store/store.h"

struct epoch {
    const char *newsletter; /* random id, 32 hex digits */
    const char *machine;    /* hash of the id of the machine that sent last; "" none yet */
    int64_t inode;          /* of the database's file when it sent last; 0: none yet */
    int64_t count;          /* batches of issues claimed so far */
};

bool epoch_get(struct store *store, struct arena *arena, struct epoch *epoch,
               struct failure *why) MUST_CHECK;
/* Writes all of it, durably. */
bool epoch_save(struct store *store, const struct epoch *epoch, struct failure *why) MUST_CHECK;
/* The same for a database that is put back: `subscriber` and `outgoing` also leave a gap of
 * EPOCH_GAP ids, as links in mails of the one that was lost carry ids that it gave out since.
 * store_backup() leaves the same gap in the copy. */
enum { EPOCH_GAP = 1000000 };
bool epoch_take_up(struct store *store, const struct epoch *epoch, struct failure *why) MUST_CHECK;
/* One batch more; belongs into the transaction of its claim. */
bool epoch_raise(struct store *store, struct failure *why) MUST_CHECK;
bool epoch_count(struct store *store, int64_t *count, struct failure *why) MUST_CHECK;

/* A fresh id for a database that parts from the one it was copied from. */
const char *epoch_new_newsletter(struct arena *arena);

/* Whether rows of the issue (0: of any) are claimed, by the living or the dead. */
bool epoch_claims_open(struct store *store, int64_t issue_id, bool *open,
                       struct failure *why) MUST_CHECK;

#endif
