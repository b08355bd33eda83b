/*
 * An HTTP server on libmicrohttpd: connections, limits and time-outs, with requests and responses
 * as plain structs. It knows neither newsletters nor pages: the caller supplies a table of routes.
 *
 * It has one thread and an event loop of its own over MHD's external epoll, so that a caller can
 * watch other descriptors (inotify, timers, signals) beside the sockets. A body larger than
 * `body_max` is answered with 413, a header beyond MHD's limit with 431; slow clients time out, and
 * those that trickle bytes are cut off (http/deadline.h). HEAD is answered like GET without the
 * body, OPTIONS and 405 from the table. Handlers of GET, HEAD and OPTIONS change nothing.
 *
 * What decides the answer to a request, the first row that applies:
 *
 *   when the header is complete   both Transfer-Encoding and Content-Length   400, then closed
 *                                 Content-Length beyond body_max              413 (*)
 *   when the body is complete     it was longer than body_max                 413 (*)
 *                                 %00 in the path                             400
 *                                 no route                                    404, by the caller
 *                                 OPTIONS                                     204
 *                                 a method that the route lacks               405
 *                                 a body that is not a form                   400 or 415 (*)
 *                                 anything else                               the route's handler
 *   at any time                   the deadline has passed                     closed
 *
 * (*) Not on a route with WEB_ANY_BODY: its handler is called without a form.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/failure.h"

/* ANY_BODY is for a route: its POST is handled whatever its type, size and body. */
enum web_method { WEB_GET = 1 << 0, WEB_POST = 1 << 1, WEB_ANY_BODY = 1 << 2 };

/* A field of a form, of a query, or of a JSON object's top level. Values are as received: the
 * handler checks UTF-8 where it matters. A field given twice appears twice. */
struct web_field {
    const char *name;
    const char *value;
    size_t len;
    struct web_field *next;
};

struct web_request {
    struct arena *arena;     /* lives as long as the request */
    enum web_method method;  /* HEAD is passed as WEB_GET */
    const char *path;        /* decoded once, as target_path() returns it, no NUL */
    const char *rest;        /* what a route's trailing '*' matched; "" otherwise */
    struct web_field *query; /* of the URL */
    struct web_field *form;  /* of a POST: urlencoded, multipart, or JSON */
    bool json;               /* the POST was JSON: the client is a script */
    bool formless;           /* the POST's body could not be read as a form */
    const char *host;        /* Host header, or the target's own; "" if absent */
    const char *origin;      /* network address of the client, according to the trusted proxy */
    const char *(*header)(const struct web_request *request, const char *name); /* NULL: absent */
    void *connection;                                                           /* the server's */
};

struct web_answer {
    int status;       /* initially 200 */
    const char *type; /* initially "text/html; charset=utf-8" */
    struct buf body;
    struct {
        const char *name, *value;
    } headers[16]; /* values must not contain CR or LF (asserted) */
    size_t header_count;
    bool stream; /* keep open: server-sent events; see web_push() */
};

typedef void (*web_handler)(void *context, const struct web_request *request,
                            struct web_answer *answer);

/* A path, or a path that ends with '*' for everything below it. The longest match wins. */
struct web_route {
    const char *path;
    int methods; /* of enum web_method */
    web_handler handle;
};

struct web_options {
    int listen_fd;                  /* from listen.h; closed with the server */
    const struct web_route *routes; /* ends with a NULL path */
    web_handler missing;            /* handles requests that match no route */
    /* What the server answers by itself, copied at once: "http/request", "http/address",
     * "http/form", "http/json" (400), "http/method" (405), "http/large" (413), "http/type" (415).
     */
    const char *(*say)(void *context, const char *id);
    void (*finish)(void *context, const struct web_request *request,
                   struct web_answer *answer); /* completes every answer: security headers */
    void *context;
    size_t body_max;            /* bytes of a POST body; 0: 8 KiB */
    int connections;            /* at a time; 0: 512 */
    int timeout;                /* seconds without a byte; 0: 15 */
    int deadline;               /* seconds for a whole request and its answer; 0: 60 */
    const char *const *trusted; /* proxies whose X-Forwarded-For counts (http/origin.h); NULL:
                                   none */
};

struct web_server;

bool web_open(const struct web_options *options, struct web_server **server,
              struct failure *why) MUST_CHECK;
void web_close(struct web_server *server); /* accepts NULL; lets responses in progress end */

/* Serves until `*stop` is set or `watch` (may be NULL) returns false. `watch` is called when
 * `watch_fd` (-1: none) is readable and at least every `tick_ms` (0: never). After `*stop` no new
 * connection is accepted and open requests are answered. */
bool web_run(struct web_server *server, volatile const int *stop, int watch_fd, int tick_ms,
             bool (*watch)(void *context), struct failure *why) MUST_CHECK;

/* Sends an event ("name", data lines) to every connection whose response is a stream. */
void web_push(struct web_server *server, const char *event, const char *data);

/* The first field of that name, or NULL. */
const char *web_field_find(const struct web_field *fields, const char *name);

/* Adds a header to the answer; strings must live as long as the request's arena. */
void web_add_header(struct web_answer *answer, const char *name, const char *value);

#endif
