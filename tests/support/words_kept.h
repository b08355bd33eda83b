/*
 * Whether wrapping kept a text: the same letters in the same order, none grown together over what
 * was white space, and parted only by line ends. Isolates may close and open at those.
 */
#ifndef SUPPORT_WORDS_KEPT_H
#define SUPPORT_WORDS_KEPT_H

#include <string.h>

#include "base/buf.h"
#include "digest/isolate.h"

struct words_gap {
    bool blank, line;
};

/* The offset of the next letter, and what was passed on the way. */
static inline size_t words_next(const struct buf *text, size_t at, struct words_gap *gap)
{
    *gap = (struct words_gap){0};
    while (at < text->len) {
        const char *here = text->data + at;
        if (text->len - at >= ISOLATE_BYTES && (memcmp(here, ISOLATE_OPEN, ISOLATE_BYTES) == 0 ||
                                                memcmp(here, ISOLATE_CLOSE, ISOLATE_BYTES) == 0)) {
            at += ISOLATE_BYTES;
        } else if (*here == ' ' || *here == '\t' || *here == '\n') {
            gap->blank = true;
            gap->line = gap->line || *here == '\n';
            at++;
        } else {
            break;
        }
    }
    return at;
}

static inline bool words_kept(const struct buf *before, const struct buf *after)
{
    for (size_t i = 0, j = 0;; i++, j++) {
        struct words_gap was, is;
        i = words_next(before, i, &was);
        j = words_next(after, j, &is);
        if (i == before->len || j == after->len) {
            return i == before->len && j == after->len;
        }
        if ((was.blank && !is.blank) || (is.blank && !was.blank && !is.line) ||
            before->data[i] != after->data[j]) {
            return false;
        }
    }
}

#endif
