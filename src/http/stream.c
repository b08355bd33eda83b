#include "http/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

enum { PENDING_MAX = 64 * 1024, BLOCK = 1024 };

struct stream {
    struct streams *list;
    struct MHD_Connection *connection;
    struct buf pending;
    bool suspended, ended;
    struct stream *next;
};

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t size)
{
    struct stream *stream = context;
    (void)position;
    if (stream->pending.len == 0) {
        if (stream->ended) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        MHD_suspend_connection(stream->connection);
        stream->suspended = true;
        return 0;
    }
    size_t len = stream->pending.len < size ? stream->pending.len : size;
    memcpy(out, stream->pending.data, len);
    memmove(stream->pending.data, stream->pending.data + len, stream->pending.len - len);
    buf_truncate(&stream->pending, stream->pending.len - len);
    return (ssize_t)len;
}

static void stream_free(void *context)
{
    struct stream *stream = context;
    struct stream **at = &stream->list->first;
    while (*at != stream) {
        at = &(*at)->next;
    }
    *at = stream->next;
    buf_free(&stream->pending);
    free(stream);
}

static void stream_resume(struct stream *stream)
{
    if (stream->suspended) {
        stream->suspended = false;
        MHD_resume_connection(stream->connection);
    }
}

/* Writes a comment to every stream. MHD does not check a suspended connection, so a client that has
 * gone keeps its place until something is written to it. */
static void streams_touch(struct streams *list)
{
    for (struct stream *stream = list->first; stream != NULL; stream = stream->next) {
        buf_add_text(&stream->pending, ":\n\n");
        stream_resume(stream);
    }
}

struct MHD_Response *stream_open(struct streams *list, struct MHD_Connection *connection,
                                 const char *data, size_t len)
{
    streams_touch(list);
    struct stream *stream = memory_resize(NULL, sizeof *stream);
    *stream = (struct stream){
        .list = list, .connection = connection, .ended = list->ending, .next = list->first};
    buf_init(&stream->pending, PENDING_MAX);
    buf_add(&stream->pending, data, len);
    list->first = stream;
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, stream_read, stream,
                                             stream_free);
}

void streams_push(struct streams *list, const char *event, const char *data)
{
    for (struct stream *stream = list->first; stream != NULL; stream = stream->next) {
        buf_addf(&stream->pending, "event: %s\n", event);
        for (const char *line = data; line != NULL;) {
            size_t len = strcspn(line, "\n");
            buf_addf(&stream->pending, "data: %.*s\n", (int)len, line);
            line = line[len] == '\n' ? line + len + 1 : NULL;
        }
        buf_add_char(&stream->pending, '\n');
        /* A client that falls so far behind is disconnected; its browser connects again. */
        stream->ended = stream->ended || !buf_ok(&stream->pending);
        stream_resume(stream);
    }
}

void streams_end(struct streams *list)
{
    list->ending = true; /* a stream that is opened while the others end gets only its first
                            bytes */
    for (struct stream *stream = list->first; stream != NULL; stream = stream->next) {
        stream->ended = true;
        stream_resume(stream);
    }
}
