/*
 * Finds the program's own content: templates/ and subscribers/, which are installed in the share
 * directory and can be overridden file by file in the operator's own directory.
 */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/failure.h"

/* Reads the text of `folder`/`name` ("templates", "issue.html.mustache"), at most `limit` bytes,
 * into the arena: from the operator's directory `own` (may be NULL) if the file exists there, else
 * from the share directory. The share directory is $VERDICTS_SHARE_DIR if set, else
 * ../share/verdicts relative to the program, else the checkout in which the program was built, else
 * the path set at build time. *path and *text are NULL if neither has the file. FAILURE_DATA: a
 * name that is absolute, empty or has a ".." component. FAILURE_CONFIG: `own` does not exist or is
 * no folder. FAILURE_NO_INPUT: a dangling link. FAILURE_PERMISSION: the file cannot be accessed, or
 * is a link that leads out of the folder, because whatever a template includes ends up in
 * everybody's mail and in the preview. */
bool share_read(struct arena *arena, const char *folder, const char *own, const char *name,
                size_t limit, const char **path, const char **text, size_t *len,
                struct failure *why) MUST_CHECK;

/* The share directory itself. */
char *share_directory(struct arena *arena);

#endif
