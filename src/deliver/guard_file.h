/*
 * The file of the rollback guard (guard.h): one for each newsletter, named by its id, in a folder
 * that is not put back together with the database.
 *
 * `state_dir` names the folder; the database's own, and what lies below it, is refused. The default
 * is the first of these that serves: ~/.local/state/verdicts-epoch of the database's owner, whoever
 * runs the program, so that root and cron find the same one; /var/lib/verdicts-epoch (for root the
 * first); and with a warning .verdicts-epoch in the database's folder, which still tells a database
 * that was put back alone. A home that is the database's folder, or below it, is passed over.
 *
 * It holds one line of fixed width, so that the count is written over in place, and a line with the
 * database's path.
 */
#ifndef DELIVER_GUARD_FILE_H
#define DELIVER_GUARD_FILE_H

#include <sys/stat.h>

#include "base/arena.h"
#include "settings/settings.h"

struct guard_request {
    const char *database;     /* its real path */
    const struct stat *owner; /* of the database: the file is theirs, also where root runs */
    const char *name;         /* the newsletter's id */
    bool read_only;           /* without effect: nothing is made */
};

struct guard_file {
    const char *path;
    int fd;      /* -1: none is open; or, read only, none is there yet */
    bool beside; /* in the database's own folder, as there was no better place */
};

/* The first place that serves, opened for reading and writing (read only: for reading). The path
 * is the arena's, the descriptor the caller's. Acts as the database's owner meanwhile: no other
 * thread may run. FAILURE_CONFIG where state_dir lies in the database's folder; FAILURE_PERMISSION,
 * FAILURE_CANNOT_CREATE or FAILURE_IO where none serves. */
bool guard_file_open(struct arena *arena, const struct settings *settings,
                     const struct guard_request *request, struct guard_file *file,
                     struct failure *why) MUST_CHECK;
void guard_file_close(struct guard_file *file); /* accepts one that is not open */

bool guard_file_lock(const struct guard_file *file, struct failure *why) MUST_CHECK;
void guard_file_unlock(const struct guard_file *file);

/* What it says of the database that sent last. */
struct guard_record {
    bool present;         /* it says something: false where it was just made */
    bool damaged;         /* and that cannot be read */
    char machine[33];     /* hash of the machine's id; "" not known */
    int64_t inode, count; /* the count also of a damaged one, where it can be found */
    const char *database; /* its real path; NULL: not known */
};
bool guard_file_read(const struct guard_file *file, struct arena *arena,
                     struct guard_record *record, struct failure *why) MUST_CHECK;
/* On the disk when it returns. */
bool guard_file_write(const struct guard_file *file, const struct guard_record *record,
                      struct failure *why) MUST_CHECK;
bool guard_file_read_count(const struct guard_file *file, int64_t *count,
                           struct failure *why) MUST_CHECK;
bool guard_file_write_count(const struct guard_file *file, int64_t count,
                            struct failure *why) MUST_CHECK;

#endif
