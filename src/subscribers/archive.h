/* Reads a ZIP file by libarchive, one file in it after the other. */
#ifndef SUBSCRIBERS_ARCHIVE_H
#define SUBSCRIBERS_ARCHIVE_H

#include <stdio.h>

#include "base/failure.h"

/* Whether the file begins like a ZIP; it is rewound. */
bool archive_is_zip(FILE *file);

/* Calls `visit` for every regular file in it, with its name without folders and a nameless copy of
 * its content, which the visitor closes. At most ARCHIVE_FILES of them and ARCHIVE_MAX bytes in all
 * (FAILURE_DATA): a small ZIP can hold a very large file. FAILURE_DATA for a damaged or encrypted
 * ZIP. */
enum { ARCHIVE_FILES = 1000 };
#define ARCHIVE_MAX (INT64_C(4) << 30)
typedef bool (*archive_visit)(void *context, const char *name, FILE *content, struct failure *why);
bool archive_each(const char *path, archive_visit visit, void *context,
                  struct failure *why) MUST_CHECK;

#endif
