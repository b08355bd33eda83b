/* Reads the files of a ZIP archive one after the other, with libarchive. */
#ifndef SUBSCRIBERS_ARCHIVE_H
#define SUBSCRIBERS_ARCHIVE_H

#include <stdio.h>

#include "base/failure.h"

/* Whether the file begins like a ZIP archive; its position is reset to the start. */
bool archive_is_zip(FILE *file);

/* Calls `visit` for every regular file in it, with its name without folders and an unlinked
 * temporary copy of its content, which the visitor closes. Limited to ARCHIVE_FILES files and
 * ARCHIVE_MAX bytes in total (FAILURE_DATA), because a small ZIP can contain a very large file.
 * FAILURE_DATA for a damaged or encrypted ZIP. */
enum { ARCHIVE_FILES = 1000 };
#define ARCHIVE_MAX (INT64_C(4) << 30)
typedef bool (*archive_visit)(void *context, const char *name, FILE *content, struct failure *why);
bool archive_each(const char *path, archive_visit visit, void *context,
                  struct failure *why) MUST_CHECK;

#endif
