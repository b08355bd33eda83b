/*
 * The file of the rollback guard (guard.h): one for each newsletter, named by its id, in a folder
 * that is not restored together with the database.
 *
 * `state_dir` names the folder; the database's own folder and those below it are refused. The
 * default is the first of these that can be used:
 *
 *   - ~/.local/state/verdicts-epoch of the database's owner, whoever runs the program, so that root
 *     and cron find the same file; skipped if the home is the database's folder, or below it
 *   - /var/lib/verdicts-epoch (for root the first)
 *   - with a warning, .verdicts-epoch in the database's folder, which still detects a database that
 *     was restored alone
 *
 * The file has one line of fixed width, so that the count can be overwritten in place, and a line
 * with the database's path.
 */
#ifndef DELIVER_GUARD_FILE_H
#define DELIVER_GUARD_FILE_H

#include <sys/stat.h>

#include "base/arena.h"
#include "settings/settings.h"

struct guard_request {
    const char *database;     /* its real path */
    const struct stat *owner; /* of the database: the file will be theirs, even if root runs the
                                 program */
    const char *name;         /* the newsletter's id */
    bool read_only;           /* no side effects: nothing is created */
};

struct guard_file {
    const char *path;
    int fd;      /* -1: not open; or, read only, it does not exist yet */
    bool beside; /* in the database's own folder, because no better place could be used */
};

/* Opens the file in the first place that can be used, for reading and writing (read only: for
 * reading). The path is in the arena, the descriptor belongs to the caller. Acts as the database's
 * owner meanwhile, so no other thread may be running. FAILURE_CONFIG if state_dir is in the
 * database's folder; FAILURE_PERMISSION, FAILURE_CANNOT_CREATE or FAILURE_IO if no place can be
 * used. */
bool guard_file_open(struct arena *arena, const struct settings *settings,
                     const struct guard_request *request, struct guard_file *file,
                     struct failure *why) MUST_CHECK;
void guard_file_close(struct guard_file *file); /* accepts one that is not open */

bool guard_file_lock(const struct guard_file *file, struct failure *why) MUST_CHECK;
void guard_file_unlock(const struct guard_file *file);

/* The content of the file: the database that sent last. */
struct guard_record {
    bool present;         /* false if the file was just created and is empty */
    bool damaged;         /* it has content that cannot be read */
    char machine[33];     /* hash of the machine's id; "" if unknown */
    int64_t inode, count; /* the count also of a damaged file, if it can be found */
    const char *database; /* its real path; NULL if unknown */
};
bool guard_file_read(const struct guard_file *file, struct arena *arena,
                     struct guard_record *record, struct failure *why) MUST_CHECK;
/* It is on disk when this returns. */
bool guard_file_write(const struct guard_file *file, const struct guard_record *record,
                      struct failure *why) MUST_CHECK;
bool guard_file_read_count(const struct guard_file *file, int64_t *count,
                           struct failure *why) MUST_CHECK;
bool guard_file_write_count(const struct guard_file *file, int64_t count,
                            struct failure *why) MUST_CHECK;

#endif
