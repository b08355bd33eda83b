/*
 * Finds the program's own content: templates/ and subscribers/, which are installed in the share
 * directory and can be overridden file by file in the operator's own directory.
 */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

/* The text of `folder`/`name` ("templates", "issue.html.mustache"), at most `limit` bytes, in the
 * arena: the file below `own` (the operator's directory for that folder, may be NULL) if it is
 * there, else the one below the share directory. That is $VERDICTS_SHARE_DIR where set, else
 * ../share/verdicts seen from the program, else the checkout the program was built in, else the
 * place fixed at build time. *path and *text are NULL if the file is in none of them. A name that
 * is absolute, empty or has a ".." component is FAILURE_DATA; an `own` that is not there or no
 * folder FAILURE_CONFIG; a link to nothing FAILURE_NO_INPUT; what may not be looked at
 * FAILURE_PERMISSION, and so is a link that leads out of the folder: what a template includes ends
 * in everybody's mail, and in the preview. */
bool share_read(struct arena *arena, const char *folder, const char *own, const char *name,
                size_t limit, const char **path, const char **text, size_t *len,
                struct failure *why) MUST_CHECK;

/* The share directory itself. */
char *share_directory(struct arena *arena);

#endif
