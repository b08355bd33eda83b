/*
 * Reading back what compose wrote, strictly: each function is false as soon as the bytes break a
 * rule that compose promises to keep. For unit tests and fuzz targets; written apart from src, so
 * that one mistake is not made twice.
 */
#ifndef SUPPORT_MAIL_DECODE_H
#define SUPPORT_MAIL_DECODE_H

#include <string.h>

#include "base/buf.h"

#define MAIL_DECODE static inline __attribute__((unused))

MAIL_DECODE int mail_hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The length of the line at `text` without its CRLF; false where there is no CRLF, or a bare CR or
 * LF. */
MAIL_DECODE bool mail_line(const char *text, size_t left, size_t *len)
{
    for (size_t i = 0; i < left; i++) {
        if (text[i] == '\n') {
            return false;
        }
        if (text[i] == '\r') {
            *len = i;
            return i + 1 < left && text[i + 1] == '\n';
        }
    }
    return false;
}

/* A text with its line ends (LF, CRLF, CR) written as CRLF. */
MAIL_DECODE void mail_crlf(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\r' && text[i] != '\n') {
            buf_add_char(out, text[i]);
            continue;
        }
        buf_add(out, "\r\n", 2);
        i += text[i] == '\r' && i + 1 < len && text[i + 1] == '\n' ? 1 : 0;
    }
}

MAIL_DECODE bool mail_decode_qp_line(const char *line, size_t len, struct buf *out)
{
    if (len > 76 ||
        (len > 0 && (line[0] == '.' || line[len - 1] == ' ' || line[len - 1] == '\t')) ||
        (len >= 5 && memcmp(line, "From ", 5) == 0)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (line[i] != '=') {
            if (line[i] != '\t' && (line[i] < ' ' || line[i] > '~')) {
                return false;
            }
            buf_add_char(out, line[i]);
        } else if (i + 1 == len) {
            return true; /* a soft break */
        } else if (i + 2 >= len || mail_hex(line[i + 1]) < 0 || mail_hex(line[i + 2]) < 0) {
            return false;
        } else {
            buf_add_char(out, (char)(mail_hex(line[i + 1]) << 4 | mail_hex(line[i + 2])));
            i += 2;
        }
    }
    buf_add(out, "\r\n", 2);
    return true;
}

/* Quoted-printable in whole lines. */
MAIL_DECODE bool mail_decode_qp(const char *text, size_t len, struct buf *out)
{
    size_t line = 0;
    for (size_t at = 0; at < len; at += line + 2) {
        if (!mail_line(text + at, len - at, &line) || !mail_decode_qp_line(text + at, line, out)) {
            return false;
        }
    }
    return true;
}

/* One encoded-word at `text`: its length in *took, what it says appended. */
MAIL_DECODE bool mail_decode_word(const char *text, size_t len, size_t *took, struct buf *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (len < 12 || memcmp(text, "=?UTF-8?", 8) != 0 || text[9] != '?') {
        return false;
    }
    size_t end = 10;
    while (end < len && text[end] != '?') {
        end++;
    }
    if (end + 1 >= len || text[end + 1] != '=' || end + 2 > 75) {
        return false;
    }
    *took = end + 2;
    size_t begin = out->len;
    for (size_t i = 10; i < end; i++) {
        if (text[8] == 'Q' && text[i] == '=') {
            buf_add_char(out, (char)(mail_hex(text[i + 1]) << 4 | mail_hex(text[i + 2])));
            i += 2;
        } else if (text[8] == 'Q') {
            buf_add_char(out, text[i] == '_' ? ' ' : text[i]);
        } else {
            unsigned bits = 0;
            size_t bytes = 3;
            for (size_t k = 0; k < 4; k++) {
                const char *digit = text[i + k] == '=' ? NULL : strchr(alphabet, text[i + k]);
                bytes -= digit == NULL ? 1 : 0;
                bits = bits << 6 | (digit == NULL ? 0 : (unsigned)(digit - alphabet));
            }
            buf_add(out, (char[]){(char)(bits >> 16), (char)(bits >> 8), (char)bits}, bytes);
            i += 3;
        }
    }
    /* A word holds whole characters: it starts with none's middle. */
    return out->len > begin && ((unsigned char)out->data[begin] & 0xC0) != 0x80;
}

/* The value of a field "Name: value", its lines checked (at most 998, at most 76 with an
 * encoded-word, never white space alone), unfolded, encoded-words decoded. */
MAIL_DECODE bool mail_decode_field(const char *field, size_t len, const char *name, struct buf *out)
{
    size_t name_len = strlen(name);
    if (len <= name_len || memcmp(field, name, name_len) != 0 || field[name_len] != ':') {
        return false;
    }
    bool after_word = false;
    size_t line = 0;
    for (size_t at = 0; at < len; at += line + 2) {
        if (!mail_line(field + at, len - at, &line) || line > 998 || line == 0) {
            return false;
        }
        const char *text = field + at + (at == 0 ? name_len + 1 : 0);
        const char *end = field + at + line;
        bool words = memmem(text, (size_t)(end - text), "=?", 2) != NULL;
        if ((words && line > 76) || (at > 0 && text[0] != ' ') || (line > 0 && end[-1] == ' ')) {
            return false;
        }
        text += at == 0 && text < end ? 1 : 0;
        while (text < end) {
            size_t took = 0;
            const char *word = text + (text[0] == ' ' && at > 0 ? 1 : 0);
            if (mail_decode_word(word, (size_t)(end - word), &took, out)) {
                if (word > text && !after_word) {
                    return false; /* white space that a reader would keep, or would not */
                }
                text = word + took;
                after_word = true;
            } else {
                buf_add_char(out, *text++);
                after_word = false;
            }
        }
    }
    return true;
}

/* What a mailbox or a list's field says, decoded by mail_decode_field(), as display name and what
 * stands in angle brackets. */
MAIL_DECODE bool mail_decode_phrase(const struct buf *field, bool quoted, struct buf *name,
                                    struct buf *angle)
{
    const char *at = field->data;
    const char *end = at + field->len;
    if (quoted) {
        for (at++; at < end && *at != '"'; at++) {
            at += *at == '\\' ? 1 : 0;
            buf_add_char(name, *at);
        }
        at++;
    } else {
        const char *open = memrchr(at, '<', field->len);
        if (open == NULL || open == at || open[-1] != ' ') {
            return false;
        }
        buf_add(name, at, (size_t)(open - 1 - at));
        at = open - 1;
    }
    if (end - at < 3 || at[0] != ' ' || at[1] != '<' || end[-1] != '>') {
        return false;
    }
    buf_add(angle, at + 2, (size_t)(end - at) - 3);
    return true;
}

#endif
