/*
 * A database file made aside and published whole: until aside_publish() nothing stands at the
 * path, and whoever is interrupted leaves at most a file of another name that nobody reads.
 */
#ifndef STORE_STAGING_FILE_H
#define STORE_STAGING_FILE_H

#include "base/arena.h"
#include "base/failure.h"

/* Refuses a path where something stands. Makes an empty file beside it, mode 0600, and gives
 * its name; made by root, it belongs to the owner of the folder. FAILURE_CANNOT_CREATE,
 * FAILURE_CONFIG, with the advice, on a network file system. */
bool aside_create(struct arena *arena, const char *path, const char *advice, const char **aside,
                  struct failure *why) MUST_CHECK;
/* Syncs the file and gives it its name; never replaces one that came there meanwhile. */
bool aside_publish(const char *aside, const char *path, struct failure *why) MUST_CHECK;
/* Removes the file and what SQLite has put beside it; harmless where it is gone. */
void aside_drop(const char *aside);

/* Refuses a network file system under `path` (a file or a folder that exists); `advice` says what
 * to do instead. */
bool aside_check_filesystem(const char *path, const char *advice, struct failure *why) MUST_CHECK;

#endif
