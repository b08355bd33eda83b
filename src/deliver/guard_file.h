/*
 * Where the witness's record lies: a file for each newsletter, named by its id, in a folder that is
 * not put back together with the database. deliver/witness.h says which, and what stands in it.
 */
#ifndef DELIVER_GUARD_FILE_H
#define DELIVER_GUARD_FILE_H

#include <sys/stat.h>

#include "base/arena.h"
#include "settings/settings.h"

struct record_wish {
    const char *database;     /* its real path */
    const struct stat *owner; /* of the database: the record is theirs, also where root runs */
    const char *name;         /* the newsletter's id */
    bool looks;               /* without effect: nothing is made */
};

struct record {
    const char *path;
    int fd;      /* -1: none is open; or, for a look, none is there yet */
    bool beside; /* in the database's own folder, as there was no better place */
};

/* The first place that serves, opened for reading and writing (for a look: for reading). The path
 * is the arena's, the descriptor the caller's. Acts as the database's owner meanwhile: no other
 * thread may run. FAILURE_CONFIG where state_dir lies in the database's folder; FAILURE_PERMISSION,
 * FAILURE_CANNOT_CREATE or FAILURE_IO where none serves. */
bool record_open(struct arena *arena, const struct settings *settings,
                 const struct record_wish *wish, struct record *record,
                 struct failure *why) MUST_CHECK;
void record_close(struct record *record); /* accepts one that is not open */

#endif
