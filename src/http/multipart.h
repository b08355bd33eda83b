/*
 * Parses multipart/form-data (RFC 7578, RFC 2046 5.1) from a whole body.
 *
 * Written for this program, because libmicrohttpd's parser refuses what mail programs may send for
 * a one-click unsubscribe: short boundaries without quotes, and text after the last boundary.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

/* Called for each field in order; returns false to stop. `name` is NUL-terminated. */
typedef bool (*multipart_field)(void *context, const char *name, const char *value, size_t len);

enum { MULTIPART_NAME_MAX = 200, MULTIPART_BOUNDARY_MAX = 70 };

/* `type` is the Content-Type with its boundary. Parts without a name are skipped. False if the body
 * is not what its type says, or `field` returned false. */
bool multipart_read(const char *type, const char *body, size_t len, multipart_field field,
                    void *context);

/* A parameter of a Content-Type ("boundary", "charset"), without its quotes. False if it is absent
 * or too long. */
bool multipart_parameter(const char *type, const char *name, char *out, size_t size);

#endif
