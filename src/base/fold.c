#include "base/fold.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Latin accents. The marks that distinguish Japanese syllables are kept. */
static bool is_accent(uint32_t point)
{
    return point >= 0x300 && point <= 0x36f;
}

static bool is_blank(uint32_t point)
{
    return point <= 0x20 || point == 0x7f || point == 0x85 || point == 0xa0 || point == 0xad ||
           point == 0x3000 || (point >= 0x2000 && point <= 0x200f) || point == 0x2028 ||
           point == 0x2029 || point == 0x202f || point == 0xfeff;
}

static uint32_t plain_quote(uint32_t point)
{
    if (point == 0x2018 || point == 0x2019 || point == 0x201b || point == 0x60 || point == 0xb4) {
        return '\'';
    }
    return point == 0x201c || point == 0x201d || point == 0xab || point == 0xbb ? '"' : point;
}

static void squeeze(const uint8_t *text, size_t len, struct buf *out)
{
    bool blank = false;
    for (size_t i = 0; i < len;) {
        uint32_t point;
        i += utf8_decode((const char *)text + i, len - i, &point);
        if (is_accent(point)) {
            continue;
        }
        if (is_blank(point)) {
            blank = out->len > 0;
            continue;
        }
        if (blank) {
            buf_add_char(out, ' ');
            blank = false;
        }
        char bytes[4];
        buf_add(out, bytes, utf8_encode(plain_quote(point), bytes));
    }
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* The same for ASCII, which only needs its case folded: most texts are ASCII, and Unicode's tables
 * take a hundred times as long. */
static const char *fold_ascii(struct arena *arena, const char *text, size_t len)
{
    char *folded = arena_alloc(arena, len + 1);
    size_t used = 0;
    bool blank = false;
    for (size_t i = 0; i < len; i++) {
        if (is_blank((unsigned char)text[i])) {
            blank = used > 0;
            continue;
        }
        if (blank) {
            folded[used++] = ' ';
            blank = false;
        }
        bool upper = text[i] >= 'A' && text[i] <= 'Z';
        folded[used++] = upper ? (char)(text[i] + 'a' - 'A') : text[i] == '`' ? '\'' : text[i];
    }
    return folded;
}

const char *fold_text(struct arena *arena, const char *text, size_t len, size_t limit)
{
    len = utf8_cut(text, len, limit);
    if (is_ascii(text, len)) {
        return fold_ascii(arena, text, len);
    }
    size_t folded_len = 0;
    uint8_t *folded =
        u8_casefold((const uint8_t *)text, len, NULL, UNINORM_NFKD, NULL, &folded_len);
    if (folded == NULL) {
        if (errno == ENOMEM) {
            memory_exhausted();
        }
        return arena_copy(arena, "");
    }
    struct buf out;
    buf_init(&out, folded_len + 1);
    squeeze(folded, folded_len, &out);
    free(folded);
    const char *copy = arena_copy_bytes(arena, out.data, out.len);
    buf_free(&out);
    return copy;
}
