/*
 * One request and its response, as callbacks of libmicrohttpd: reads the request line, headers and
 * body, finds the route, calls its handler, and sends the answer. server.c owns the socket, the
 * connections and the loop.
 *
 * Requests that are refused before a route is looked up, in this order: a body with two lengths
 * (400), a body that is too large (413, unless the route takes any body), a path with an encoded
 * NUL (400); then an unknown path (the caller's `missing`), a method that the route does not have
 * (405), and a body that is not a form (415, 400).
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <microhttpd.h>

#include "http/deadline.h"
#include "http/origin.h"
#include "http/server.h"
#include "http/stream.h"

enum { CONNECTION_MEMORY = 32 * 1024 };

/* One request and its answer, from the first header to the last byte. */
struct exchange {
    struct web_server *server;
    struct arena arena;
    struct buf body;
    bool bad_path; /* the raw path contains an encoded NUL */
    bool too_large;
    bool measured_twice;
    int64_t began_ms;
    char origin[ORIGIN_TEXT];
};

struct web_server {
    struct web_options options;
    struct MHD_Daemon *daemon;
    size_t open; /* exchanges in progress */
    struct deadlines deadlines;
    bool told_forwarded; /* whether a warning about an untrusted proxy has been logged */
    struct streams streams;
};

/* MHD_OPTION_URI_LOG_CALLBACK. */
void *exchange_check_line(void *context, const char *uri, struct MHD_Connection *connection);
/* The access handler: called for the headers, for each piece of the body, and at its end. */
enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *data,
                                size_t *size, void **state);
/* MHD_OPTION_NOTIFY_COMPLETED. */
void exchange_end(void *context, struct MHD_Connection *connection, void **state,
                  enum MHD_RequestTerminationCode code);

#endif
