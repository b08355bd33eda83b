#include "mail/encoded_word.h"

#include <assert.h>

#include "base/utf8.h"

enum {
    WORD_FRAME = 12, /* "=?UTF-8?Q?" and "?=" */
    COLUMN_LAST = 48,
};

static bool stands_plain(char c, enum encoded_word_place place)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        return true;
    }
    if (c == '!' || c == '*' || c == '+' || c == '-' || c == '/') {
        return true;
    }
    return place == ENCODED_WORD_IN_TEXT && c > ' ' && c < 0x7F && c != '=' && c != '?' && c != '_';
}

/* The columns that the bytes take in the Q encoding. */
static size_t q_columns(const char *text, size_t len, enum encoded_word_place place)
{
    size_t columns = 0;
    for (size_t i = 0; i < len; i++) {
        columns += text[i] == ' ' || stands_plain(text[i], place) ? 1 : 3;
    }
    return columns;
}

static size_t base64_columns(size_t len)
{
    return (len + 2) / 3 * 4;
}

static void add_q(struct buf *out, const char *text, size_t len, enum encoded_word_place place)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == ' ') {
            buf_add_char(out, '_');
        } else if (stands_plain(text[i], place)) {
            buf_add_char(out, text[i]);
        } else {
            buf_add(out, (char[]){'=', digits[byte >> 4], digits[byte & 15]}, 3);
        }
    }
}

static void add_base64(struct buf *out, const char *text, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        unsigned a = (unsigned char)text[i];
        unsigned b = left > 1 ? (unsigned char)text[i + 1] : 0;
        unsigned c = left > 2 ? (unsigned char)text[i + 2] : 0;
        char four[4] = {digits[a >> 2], digits[(a & 3) << 4 | b >> 4],
                        left > 1 ? digits[(b & 15) << 2 | c >> 6] : '=',
                        left > 2 ? digits[c & 63] : '='};
        buf_add(out, four, 4);
    }
}

/* How many bytes of whole characters have an encoding that fits into `room` columns. */
static size_t fitting(const char *text, size_t len, size_t room, bool base64,
                      enum encoded_word_place place)
{
    size_t taken = 0;
    size_t columns = 0;
    while (taken < len) {
        size_t bytes = utf8_decode(text + taken, len - taken, NULL);
        columns = base64 ? base64_columns(taken + bytes)
                         : columns + q_columns(text + taken, bytes, place);
        if (columns > room) {
            break;
        }
        taken += bytes;
    }
    return taken;
}

size_t encoded_word_add(struct buf *out, size_t column, const char *text, size_t len,
                        enum encoded_word_place place)
{
    assert(column <= COLUMN_LAST);
    bool base64 = base64_columns(len) < q_columns(text, len, place);
    for (size_t at = 0; at < len;) {
        if (at > 0) {
            buf_add(out, "\r\n", 2);
            column = 0;
        }
        /* A line of 76 columns leaves a word 75, because a space comes before it. */
        size_t room = ENCODED_WORD_LINE - column - 1 - WORD_FRAME;
        size_t bytes = fitting(text + at, len - at, room, base64, place);
        buf_add_text(out, base64 ? " =?UTF-8?B?" : " =?UTF-8?Q?");
        if (base64) {
            add_base64(out, text + at, bytes);
            column += base64_columns(bytes);
        } else {
            add_q(out, text + at, bytes, place);
            column += q_columns(text + at, bytes, place);
        }
        buf_add(out, "?=", 2);
        column += 1 + WORD_FRAME;
        at += bytes;
    }
    return column;
}
