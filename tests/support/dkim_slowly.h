/*
 * A second implementation of the relaxed body (RFC 6376 3.4.4), word by word and line by line, to
 * hold the fast one against; and bodies made of runs whose lengths lie around and past every
 * buffer.
 */
#ifndef SUPPORT_DKIM_SLOWLY_H
#define SUPPORT_DKIM_SLOWLY_H

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "mail/dkim_canon.h"

enum { DKIM_BODY_MAX = 300 * 1024 };

static inline void canon_slowly(const char *body, size_t len, struct buf *out)
{
    size_t keep = 0; /* the length up to the last line that is not empty */
    for (size_t at = 0; at < len;) {
        bool blank = false;
        size_t start = out->len;
        for (; at < len && !(body[at] == '\r' && at + 1 < len && body[at + 1] == '\n'); at++) {
            if (body[at] == ' ' || body[at] == '\t') {
                blank = true;
                continue;
            }
            if (blank) {
                buf_add_char(out, ' ');
            }
            blank = false;
            buf_add_char(out, body[at]);
        }
        at += 2;
        size_t content = out->len - start;
        buf_add(out, "\r\n", 2);
        keep = content > 0 ? out->len : keep;
    }
    buf_truncate(out, keep);
}

static inline void canon_collect(void *context, const char *bytes, size_t len)
{
    buf_add(context, bytes, len);
}

/* Whether the fast implementation says the same, and nothing new of its own result. */
static inline bool canon_agrees(const char *body, size_t len)
{
    struct buf fast, slow, again;
    buf_init(&fast, 2 * len + 64);
    buf_init(&slow, 4 * len + 64);
    buf_init(&again, 2 * len + 64);
    dkim_canon_body(body, len, canon_collect, &fast);
    canon_slowly(body, len, &slow);
    dkim_canon_body(fast.data, fast.len, canon_collect, &again);
    bool good = buf_ok(&fast) && buf_ok(&slow) && buf_ok(&again) && fast.len == slow.len &&
                fast.len == again.len && memcmp(fast.data, slow.data, slow.len) == 0 &&
                memcmp(fast.data, again.data, again.len) == 0;
    buf_free(&fast);
    buf_free(&slow);
    buf_free(&again);
    return good;
}

/* Appends `len` bytes of one kind, as many as DKIM_BODY_MAX leaves room for. */
static inline void body_add_run(struct buf *body, uint32_t kind, size_t len)
{
    static const char *const kinds[] = {"word", "a b ", " ",     "\t",  "\r\n",  "\r",
                                        "\n",   "  x",  "\r\n ", "= =", " \r\n", "long word, "};
    const char *text = kinds[kind % (sizeof kinds / sizeof kinds[0])];
    size_t unit = strlen(text);
    for (size_t i = 0; i < len && body->len < DKIM_BODY_MAX; i++) {
        buf_add_char(body, text[i % unit]);
    }
}

#endif
