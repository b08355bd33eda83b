/* Whole files: read with a limit; written to a staging file and published by a rename; locked. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/failure.h"

/* The content of a regular file (a folder, FIFO or device is refused, and nothing hangs on one).
 * "-" is standard input where `stdin_allowed`. More than `limit` bytes is an error. The failure
 * names the path. `content` is an initialised buffer whose limit is at least `limit`. */
bool file_read(const char *path, size_t limit, struct buf *content, struct failure *why) MUST_CHECK;
bool file_read_stdin(size_t limit, struct buf *content, struct failure *why) MUST_CHECK;

/* The same of `name` below the folder `root`, of which nothing may lead out: no "..", no absolute
 * link, no link to somewhere else (FAILURE_PERMISSION). Links that stay inside are followed. */
bool file_read_beneath(const char *root, const char *name, size_t limit, struct buf *content,
                       struct failure *why) MUST_CHECK;

/* The same kind of file for reading piece by piece; the caller closes it. */
bool file_open(const char *path, FILE **file, struct failure *why) MUST_CHECK;

/* Writes beside the target, syncs, renames over it, syncs the folder: afterwards there is the old
 * content or the new, never a part. Written by root it belongs to the owner of the folder. */
bool file_write(const char *path, const char *bytes, size_t len, mode_t mode,
                struct failure *why) MUST_CHECK;

/* Creates a file that must not exist yet (O_EXCL). */
bool file_create(const char *path, const char *bytes, size_t len, mode_t mode,
                 struct failure *why) MUST_CHECK;

/* Gives a file the name `to`, where nothing stands: unlike rename(2) it replaces nothing, also on
 * file systems on which a file has one name only. A move that was interrupted with both names there
 * is finished. False with errno; EEXIST where something else stands. */
bool file_move_new(const char *from, const char *to) MUST_CHECK;

/* Makes a folder and the folders above it; one that exists is fine. */
bool file_make_folder(const char *path, mode_t mode, struct failure *why) MUST_CHECK;
/* The same; what root makes of them belongs to `owner`. */
bool file_make_folder_of(const char *path, mode_t mode, const struct stat *owner,
                         struct failure *why) MUST_CHECK;

/* An exclusive flock(2) on `path`, which is made if absent. `*fd` gets the descriptor to close,
 * which lets the lock go. FAILURE_TRY_AGAIN at once if another process holds it. Made by root it
 * belongs to the folder's owner; a symbolic link is refused. */
bool file_lock(const char *path, int *fd, struct failure *why) MUST_CHECK;

/* The same, shared with others who ask for it shared; waits for one who holds it alone. */
bool file_lock_shared(const char *path, int *fd, struct failure *why) MUST_CHECK;
/* Turns a lock that is held alone into a shared one. */
bool file_lock_share(int fd, struct failure *why) MUST_CHECK;

/* The file PATH.SUFFIX beside the one that `path` leads to: one lock for all names of a database.
 */
char *file_beside(struct arena *arena, const char *path, const char *suffix);
/* `path` as seen from `folder`: absolute ones stay, others are put below it. */
char *file_join(struct arena *arena, const char *folder, const char *path);
/* The folder part of a path: "." where there is none. */
char *file_folder(struct arena *arena, const char *path);
/* The last component of a path. */
const char *file_name(const char *path);

#endif
