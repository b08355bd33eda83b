/*
 * The only reader of files that contain a secret: the keys of links, signing keys,
 * passwords.
 *
 * A file that others can read is not secret, and its owner can change it at any time: both
 * are refused before a byte is used, unless the owner is root or the user who runs the
 * program (root may use everybody's files) and the mode is 0600 or narrower. Files that
 * systemd puts into $CREDENTIALS_DIRECTORY are exempt, because systemd protects their folder
 * and chooses their modes and owners.
 *
 * A byte order mark at the beginning, which some editors write, is not part of the secret.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>

#include "base/buf.h"
#include "base/failure.h"

enum { SECRET_LINE_MAX = 4096 };

/* NAME of "credential:NAME"; NULL for the path of a file. */
const char *secret_credential(const char *path);

/* The whole file. `content` is an initialised buffer whose limit is at least `limit`; wipe it.
 * FAILURE_CONFIG for owner and mode, and for a
 * credential where there is none of that name; else as file_read(). */
bool secret_read(const char *path, size_t limit, struct buf *content,
                 struct failure *why) MUST_CHECK;

/* Its first line without the line end, for passwords: FAILURE_CONFIG where that is empty or holds a
 * NUL byte, as in UTF-16. `line` is initialised with SECRET_LINE_MAX; wipe it. */
bool secret_read_line(const char *path, struct buf *line, struct failure *why) MUST_CHECK;

/* Overwrites and frees. */
void secret_wipe(struct buf *content);

#endif
