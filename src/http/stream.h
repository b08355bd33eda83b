/*
 * Responses that stay open: server-sent events, for pages that watch for changes. Each has a queue
 * of bytes to be sent, and is suspended in libmicrohttpd while that is empty. The list owns them;
 * each ends with its response.
 */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include <microhttpd.h>
#include <stdbool.h>

/* Zero-initialise. */
struct streams {
    struct stream *first;
    bool ending; /* streams_end() was called */
};

/* Creates the response of a stream that begins with these bytes. */
struct MHD_Response *stream_open(struct streams *list, struct MHD_Connection *connection,
                                 const char *data, size_t len);
/* Sends an event ("name", data lines) to all of them. */
void streams_push(struct streams *list, const char *event, const char *data);
/* Lets all of them end once what is pending has been sent. */
void streams_end(struct streams *list);

#endif
