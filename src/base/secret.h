/*
 * The one reader of files that hold a secret: the keys of links, signing keys, passwords.
 *
 * A file that others can read is no secret, and one that belongs to somebody else can be changed
 * by him at any time: both are refused, before a byte of it is used. The owner has to be root or
 * the user who runs the program (root himself may use everybody's), the mode 0600 or narrower.
 * Files that systemd puts into $CREDENTIALS_DIRECTORY are excepted, as it guards them by the
 * folder and gives them modes and owners of its own. "credential:NAME" as a path is the file of
 * that name there, wherever systemd made the folder for this run.
 *
 * A byte order mark in front, which some editors write, is no part of the secret.
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
