/*
 * Where the program's own content lies: templates/ and subscribers/, installed to the share
 * directory and overridden file by file from the operator's own directory.
 */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

/* The path of `folder`/`name` ("templates", "issue.html.mustache"): below `own` (the operator's
 * directory for that folder, may be NULL) if the file is there, else below the share directory.
 * That is $VERDICTS_SHARE_DIR where set, else ../share/verdicts seen from the program, else the
 * checkout the program was built in, else the place fixed at build time. *path NULL if the file is
 * in none of them. A name that is absolute, empty or has a ".." component is FAILURE_DATA; an `own`
 * that is not there or no folder FAILURE_CONFIG; what may not be looked at FAILURE_PERMISSION. */
bool share_find(struct arena *arena, const char *folder, const char *own, const char *name,
                const char **path, struct failure *why) MUST_CHECK;

/* The share directory itself. */
char *share_directory(struct arena *arena);

#endif
