/* A database file that is made under another name and published as a whole: until
 * staging_file_publish() nothing exists at the final path, and an interruption leaves at most a
 * file with a name that nobody reads. */
#ifndef STORE_STAGING_FILE_H
#define STORE_STAGING_FILE_H

#include "base/arena.h"
#include "base/failure.h"

/* Refuses a path where something stands. Makes an empty file beside it, mode 0600, and gives
 * its name; made by root, it belongs to the owner of the folder. FAILURE_CANNOT_CREATE,
 * FAILURE_CONFIG, with the advice, on a network file system. */
bool staging_file_create(struct arena *arena, const char *path, const char *advice,
                         const char **staging, struct failure *why) MUST_CHECK;
/* Syncs the file and gives it its name; never replaces one that came there meanwhile. */
bool staging_file_publish(const char *staging, const char *path, struct failure *why) MUST_CHECK;
/* Removes the file and what SQLite has put beside it; harmless where it is gone. */
void staging_file_drop(const char *staging);

/* Refuses a network file system under `path` (a file or a folder that exists); `advice` says what
 * to do instead. */
bool staging_file_check_filesystem(const char *path, const char *advice,
                                   struct failure *why) MUST_CHECK;

#endif
