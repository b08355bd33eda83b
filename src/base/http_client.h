/*
 * One request to a web server and its response, with libcurl.
 *
 * For the few places that need no more: limited in time and size, http and https only, certificates
 * verified, no state (no cookies, no connections kept) and no redirects followed. It does not
 * interpret the response.
 */
#ifndef BASE_HTTP_CLIENT_H
#define BASE_HTTP_CLIENT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/failure.h"

struct http_request {
    const char *url;            /* http:// or https:// */
    const char *const *headers; /* "Name: value", the last one NULL; NULL: none of our own */
    const char *body;           /* sent by POST; NULL: a GET */
    size_t limit;               /* bytes of the response; a longer one is cut */
    long timeout_ms;            /* for the whole exchange */
};

struct http_answer {
    int status;
    const char *location; /* where a redirect leads, as an absolute URL; NULL: none */
    const char *body;     /* terminated; may hold NUL bytes */
    size_t len;
    bool cut; /* the response was longer */
};

/* Sends the request; the response is in the arena. A response of any status is a success.
 * FAILURE_UNAVAILABLE, with the URL and the reason, where there was none; FAILURE_DATA for a header
 * that contains a line end. libcurl must have been initialised (relay_init()). */
bool http_ask(struct arena *arena, const struct http_request *request, struct http_answer *answer,
              struct failure *why) MUST_CHECK;

struct http_field {
    const char *name;
    const char *value; /* NULL: the field is left out */
};

/* The fields as the body of a request: application/x-www-form-urlencoded. */
void http_write_form(const struct http_field *fields, size_t count, struct buf *out);

#endif
