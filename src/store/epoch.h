/*
 * How much this database has sent: the row that the rollback guard compares with its file.
 * deliver/guard.h says what is compared, and what follows from it.
 */
#ifndef STORE_EPOCH_H
#define STORE_EPOCH_H

#include "store/store.h"

struct epoch {
    const char *newsletter; /* random id, 32 hex digits */
    const char *machine;    /* hash of the id of the machine that sent last; "" if none has */
    int64_t inode;          /* of the database's file when it sent last; 0: it has not sent */
    int64_t count;          /* batches of issues claimed so far */
};

bool epoch_get(struct store *store, struct arena *arena, struct epoch *epoch,
               struct failure *why) MUST_CHECK;
/* Writes the whole row, durably. */
bool epoch_save(struct store *store, const struct epoch *epoch, struct failure *why) MUST_CHECK;
/* The same for a database that was restored from a backup: `subscriber` and `outgoing` also skip
 * EPOCH_GAP ids, because links in mails of the lost database contain ids that it assigned after the
 * backup. store_backup() leaves the same gap in the copy. */
enum { EPOCH_GAP = 1000000 };
bool epoch_take_up(struct store *store, const struct epoch *epoch, struct failure *why) MUST_CHECK;
/* Counts one more batch; to be called in the transaction of its claim. */
bool epoch_raise(struct store *store, struct failure *why) MUST_CHECK;
bool epoch_count(struct store *store, int64_t *count, struct failure *why) MUST_CHECK;

/* A new id, for a database that becomes independent of the one that it was copied from. */
const char *epoch_new_newsletter(struct arena *arena);

/* Whether rows of the issue (0: of any) are claimed, by a process that is alive or dead. */
bool epoch_claims_open(struct store *store, int64_t issue_id, bool *open,
                       struct failure *why) MUST_CHECK;

#endif
