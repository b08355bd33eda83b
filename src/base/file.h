/* Whole files: read with a limit, written atomically (to a staging file that is renamed),
 * locked. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/failure.h"

/* Reads a regular file (a folder, FIFO or device is refused without waiting on it). "-" is standard
 * input where `stdin_allowed`. More than `limit` bytes is an error. The failure names the path.
 * `content` is an initialised buffer whose limit is at least `limit`. */
bool file_read(const char *path, size_t limit, struct buf *content, struct failure *why) MUST_CHECK;
bool file_read_stdin(size_t limit, struct buf *content, struct failure *why) MUST_CHECK;

/* Reads `name` below the folder `root`, and nothing outside of it: no "..", no absolute link, no
 * link that leads out (FAILURE_PERMISSION). Links that stay inside are followed. */
bool file_read_beneath(const char *root, const char *name, size_t limit, struct buf *content,
                       struct failure *why) MUST_CHECK;

/* Opens a regular file for reading piece by piece; the caller closes it. */
bool file_open(const char *path, FILE **file, struct failure *why) MUST_CHECK;

/* Writes a file beside the target, syncs it, renames it over the target and syncs the folder:
 * afterwards the target has the old content or the new one, never a part. Written by root it
 * belongs to the owner of the folder. */
bool file_write(const char *path, const char *bytes, size_t len, mode_t mode,
                struct failure *why) MUST_CHECK;

/* Creates a file that must not exist yet (O_EXCL). */
bool file_create(const char *path, const char *bytes, size_t len, mode_t mode,
                 struct failure *why) MUST_CHECK;

/* Renames a file to `to`, which must not exist: unlike rename(2) it replaces nothing, also on file
 * systems without hard links. A move that was interrupted while both names existed is finished.
 * False with errno set; EEXIST if `to` is another file. */
bool file_move_new(const char *from, const char *to) MUST_CHECK;

/* Makes a folder and the folders above it; an existing one is no error. */
bool file_make_folder(const char *path, mode_t mode, struct failure *why) MUST_CHECK;
/* The same; folders that root makes belong to `owner`. */
bool file_make_folder_of(const char *path, mode_t mode, const struct stat *owner,
                         struct failure *why) MUST_CHECK;

/* Takes an exclusive flock(2) on `path`, which is created if absent. `*fd` gets the descriptor;
 * closing it releases the lock. FAILURE_TRY_AGAIN at once if another process holds it. A file
 * created by root belongs to the folder's owner; a symbolic link is refused. */
bool file_lock(const char *path, int *fd, struct failure *why) MUST_CHECK;

/* The same, but shared with others who share it; waits while another process holds it
 * exclusively. */
bool file_lock_shared(const char *path, int *fd, struct failure *why) MUST_CHECK;
/* Turns an exclusive lock into a shared one. */
bool file_lock_share(int fd, struct failure *why) MUST_CHECK;

/* The file PATH.SUFFIX beside the file that `path` resolves to, so that a database has one lock
 * whatever link it is opened by. */
char *file_beside(struct arena *arena, const char *path, const char *suffix);
/* `path` relative to `folder`; an absolute path is returned unchanged. */
char *file_join(struct arena *arena, const char *folder, const char *path);
/* The folder part of a path: "." where there is none. */
char *file_folder(struct arena *arena, const char *path);
/* The last component of a path. */
const char *file_name(const char *path);

#endif
