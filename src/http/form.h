/* Parses the body of a POST as fields: urlencoded, multipart/form-data or a JSON object. */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "base/arena.h"
#include "http/server.h"

enum form_read { FORM_GOOD, FORM_UNSUPPORTED, FORM_BAD };

enum { FORM_FIELDS_MAX = 64 };

/* Parses a whole body by the request's Content-Type (`type`; NULL if absent: then as urlencoded).
 * Values declared as ISO-8859-1 or windows-1252 are converted to UTF-8. `*json` is whether it was
 * JSON. UNSUPPORTED: another type; BAD: not what its type says, or more than FORM_FIELDS_MAX
 * fields. */
enum form_read form_read(struct arena *arena, const char *type, const char *body, size_t len,
                         struct web_field **fields, bool *json);

#endif
