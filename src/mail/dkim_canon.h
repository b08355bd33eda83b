/*
 * Relaxed canonicalization (RFC 6376 3.4.2, 3.4.4), and splitting a message's header for it. Bytes
 * in, bytes out; no keys and no side effects.
 */
#ifndef MAIL_DKIM_CANON_H
#define MAIL_DKIM_CANON_H

#include "base/buf.h"

/* A header field as written, folded; without its CRLF. */
struct dkim_field {
    const char *text;
    size_t len;
    size_t name_len; /* without the white space before the colon */
};

enum { DKIM_FIELDS_MAX = 200 };

/* Splits the header into fields. False if no empty line follows it, a line is not a field, or there
 * are too many. `*body` is the offset of the first byte of the body. */
bool dkim_split(const char *message, size_t len, struct dkim_field fields[DKIM_FIELDS_MAX],
                size_t *count, size_t *body);

/* Whether the field has this name, ignoring case. */
bool dkim_field_named(const struct dkim_field *field, const char *name);

/* Appends "name:value" with CRLF. */
void dkim_canon_field(const struct dkim_field *field, struct buf *out);

/* Passes the canonical body to `put` in pieces. */
typedef void (*dkim_put)(void *context, const char *bytes, size_t len);
void dkim_canon_body(const char *body, size_t len, dkim_put put, void *context);

#endif
