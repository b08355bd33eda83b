/*
 * Reads JSON (RFC 8259) into value trees and writes it, with jansson: the only place outside
 * intake/ that uses jansson.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/failure.h"
#include "base/value.h"

/* Reads one JSON text. A failure begins with `name` (a path), line and column: "data.json:3:14: …".
 * Duplicate keys, invalid UTF-8, NUL in keys, nesting deeper than 512 levels, integers beyond 64
 * bits and reals beyond a double are refused. */
bool json_read(struct arena *arena, const char *name, const char *bytes, size_t len,
               struct value **value, struct failure *why) MUST_CHECK;

/* Where in a valid JSON text the element at `path` begins ("/items/2/title": RFC 6901). False if
 * it is not there. Lines and columns (in bytes) count from 1. */
bool json_locate(const char *bytes, size_t len, const char *path, int *line, int *column);

enum json_style { JSON_COMPACT, JSON_INDENTED };

/* Appends the text: UTF-8, members in order, no line end behind it. Never fails except by the
 * buffer's limit. */
void json_write(struct buf *out, const struct value *value, enum json_style style);

#endif
