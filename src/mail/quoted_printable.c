#include "mail/quoted_printable.h"

#include <string.h>

enum { LINE_COLUMNS = 76 };

/* The current line: at most LINE_COLUMNS characters, then its end. */
struct encoded_line {
    char bytes[LINE_COLUMNS + 2];
    size_t len;
};

static void line_end(struct encoded_line *line, struct buf *out)
{
    memcpy(line->bytes + line->len, "\r\n", 2);
    buf_add(out, line->bytes, line->len + 2);
    line->len = 0;
}

static void line_break(struct encoded_line *line, struct buf *out)
{
    line->bytes[line->len++] = '=';
    line_end(line, out);
}

static bool is_line_end(char byte)
{
    return byte == '\r' || byte == '\n';
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* The length of the character at `text`, so that a soft break never splits one: some viewers decode
 * line by line. A byte that does not start a whole character counts as one. */
static size_t character_len(const char *text, size_t left)
{
    unsigned char lead = (unsigned char)text[0];
    size_t len = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
    if (len > left) {
        return 1;
    }
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)text[i] & 0xC0) != 0x80) {
            return 1;
        }
    }
    return len;
}

/* Whether the byte at `text` may be written as it is in column `column`. `last`: a line end
 * follows. */
static bool stands_plain(const char *text, size_t left, size_t column, bool last)
{
    char byte = text[0];
    if (is_blank(byte)) {
        return !last;
    }
    if (byte < '!' || byte > '~' || byte == '=') {
        return false;
    }
    if (column == 0 && byte == '.') {
        return false;
    }
    return column != 0 || byte != 'F' || left < 5 || memcmp(text, "From ", 5) != 0;
}

static void line_add(struct encoded_line *line, const char *text, size_t len, bool plain)
{
    static const char digits[] = "0123456789ABCDEF";
    if (plain) {
        line->bytes[line->len++] = text[0];
        return;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        line->bytes[line->len++] = '=';
        line->bytes[line->len++] = digits[byte >> 4];
        line->bytes[line->len++] = digits[byte & 15];
    }
}

/* Writes one character, on a new line if it does not fit; returns the bytes read. */
static size_t add_character(struct encoded_line *line, struct buf *out, const char *text,
                            size_t left)
{
    size_t len = character_len(text, left);
    bool last = len < left && is_line_end(text[len]);
    bool plain = len == 1 && stands_plain(text, left, line->len, last);
    size_t room = LINE_COLUMNS - line->len - (last ? 0 : 1);
    if ((plain ? 1 : 3 * len) > room) {
        line_break(line, out);
        plain = len == 1 && stands_plain(text, left, 0, last);
    }
    line_add(line, text, len, plain);
    return len;
}

void quoted_printable_add(struct buf *out, const char *text, size_t len)
{
    struct encoded_line line = {.len = 0};
    for (size_t at = 0; at < len;) {
        if (is_line_end(text[at])) {
            line_end(&line, out);
            at += text[at] == '\r' && at + 1 < len && text[at + 1] == '\n' ? 2 : 1;
        } else {
            at += add_character(&line, out, text + at, len - at);
        }
    }
    if (line.len > 0) {
        line_break(&line, out);
    }
}

void quoted_printable_residual(const struct residual *in, struct residual *out)
{
    struct buf encoded;
    buf_init(&encoded, RESIDUAL_TEXT_MAX);
    for (size_t i = 0; i < in->count; i++) {
        const struct residual_op *op = &in->ops[i];
        switch (op->kind) {
        case RESIDUAL_LITERAL:
            buf_reset(&encoded);
            quoted_printable_add(&encoded, in->text.data + op->offset, op->len);
            out->overflow = out->overflow || !buf_ok(&encoded);
            residual_add_literal(out, encoded.data, encoded.len);
            break;
        case RESIDUAL_HOLE:
            residual_add_hole(out, op->field, op->form);
            break;
        case RESIDUAL_IF:
        case RESIDUAL_UNLESS:
            residual_begin_if(out, op->field, op->kind == RESIDUAL_IF);
            break;
        case RESIDUAL_END:
            residual_end_if(out);
            break;
        }
    }
    buf_free(&encoded);
}
