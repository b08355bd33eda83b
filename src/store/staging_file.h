/* A database file that is made under another name and published as a whole: until
 * staging_file_publish() nothing exists at the final path, and an interruption leaves at most a
 * file with a name that nobody reads. */
#ifndef STORE_STAGING_FILE_H
#define STORE_STAGING_FILE_H

#include "base/arena.h"
#include "base/failure.h"

/* Creates an empty file beside `path`, mode 0600, and returns its name; refuses a `path` that
 * exists. Created by root, it belongs to the owner of the folder. FAILURE_CANNOT_CREATE;
 * FAILURE_CONFIG, with the advice, on a network file system. */
bool staging_file_create(struct arena *arena, const char *path, const char *advice,
                         const char **staging, struct failure *why) MUST_CHECK;
/* Syncs the file and renames it to its final path; never replaces a file that was created there
 * meanwhile. */
bool staging_file_publish(const char *staging, const char *path, struct failure *why) MUST_CHECK;
/* Removes the file and those that SQLite has put beside it; does nothing if it does not exist. */
void staging_file_drop(const char *staging);

/* Refuses a network file system at `path` (an existing file or folder); `advice` says what to do
 * instead. */
bool staging_file_check_filesystem(const char *path, const char *advice,
                                   struct failure *why) MUST_CHECK;

#endif
