#include "base/buf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* What `data` points to before the first byte; never written, as size is 0. */
static char empty[1];

void buf_init(struct buf *buf, size_t limit)
{
    assert(limit < SIZE_MAX / 2);
    *buf = (struct buf){.data = empty, .limit = limit};
}

void buf_free(struct buf *buf)
{
    if (buf->size > 0) {
        free(buf->data);
    }
    *buf = (struct buf){.data = empty};
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->size > 0) {
        buf->data[0] = '\0';
    }
}

void buf_truncate(struct buf *buf, size_t len)
{
    assert(len <= buf->len);
    buf->len = len;
    if (buf->size > 0) {
        buf->data[len] = '\0';
    }
}

bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->overflow || more > buf->limit - buf->len) {
        buf->overflow = true;
        return false;
    }
    size_t need = buf->len + more + 1;
    if (need > buf->size) {
        size_t size = buf->size < 64 ? 64 : buf->size * 2;
        size = size < need ? need : size;
        size = size > buf->limit + 1 ? buf->limit + 1 : size;
        buf->data = memory_resize(buf->size > 0 ? buf->data : NULL, size);
        buf->size = size;
        buf->data[buf->len] = '\0';
    }
    return true;
}

void buf_add(struct buf *buf, const char *bytes, size_t len)
{
    if (len > 0 && buf_reserve(buf, len)) {
        memcpy(buf->data + buf->len, bytes, len);
        buf->len += len;
        buf->data[buf->len] = '\0';
    }
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char byte)
{
    buf_add(buf, &byte, 1);
}

void buf_addf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0 && buf_reserve(buf, (size_t)len)) {
        vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

bool buf_ok(const struct buf *buf)
{
    return !buf->overflow;
}
