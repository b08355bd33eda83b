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

/* NAME of "credential:NAME"; NULL if it is a path. */
const char *secret_credential(const char *path);

/* Reads the whole file. `content` is an initialised buffer whose limit is at least `limit`; wipe
 * it. FAILURE_CONFIG for a wrong owner or mode and for a credential that does not exist; otherwise
 * fails as file_read() does. */
bool secret_read(const char *path, size_t limit, struct buf *content,
                 struct failure *why) MUST_CHECK;

/* Reads the first line without its line end, for passwords: FAILURE_CONFIG where it is empty or
 * contains a NUL byte, as UTF-16 does. `line` is initialised with SECRET_LINE_MAX; wipe it. */
bool secret_read_line(const char *path, struct buf *line, struct failure *why) MUST_CHECK;

/* Overwrites and frees. */
void secret_wipe(struct buf *content);

#endif
