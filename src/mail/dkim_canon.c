#include "mail/dkim_canon.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { PIECE = 8192 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_crlf(const char *text, size_t left)
{
    return left >= 2 && text[0] == '\r' && text[1] == '\n';
}

/* The length of the field at `text`, up to the first CRLF that is not followed by white space;
 * `left` if there is none. */
static size_t field_len(const char *text, size_t left)
{
    for (size_t at = 0; at < left;) {
        const char *cr = memchr(text + at, '\r', left - at);
        if (cr == NULL) {
            return left;
        }
        at = (size_t)(cr - text);
        if (is_crlf(cr, left - at) && (at + 2 == left || !is_blank(cr[2]))) {
            return at;
        }
        at++;
    }
    return left;
}

/* RFC 5322 2.2: a name is printable ASCII except the colon; white space before the colon is
 * obsolete syntax. */
static bool field_read(const char *text, size_t len, struct dkim_field *field)
{
    size_t name = 0;
    while (name < len && text[name] > ' ' && text[name] < 0x7F && text[name] != ':') {
        name++;
    }
    size_t colon = name;
    while (colon < len && is_blank(text[colon])) {
        colon++;
    }
    *field = (struct dkim_field){.text = text, .len = len, .name_len = name};
    return name > 0 && colon < len && text[colon] == ':';
}

bool dkim_split(const char *message, size_t len, struct dkim_field fields[DKIM_FIELDS_MAX],
                size_t *count, size_t *body)
{
    size_t at = 0;
    for (*count = 0; !is_crlf(message + at, len - at); (*count)++) {
        size_t field = field_len(message + at, len - at);
        if (at + field == len || *count == DKIM_FIELDS_MAX ||
            !field_read(message + at, field, &fields[*count])) {
            return false;
        }
        at += field + 2;
    }
    *body = at + 2;
    return true;
}

bool dkim_field_named(const struct dkim_field *field, const char *name)
{
    return strlen(name) == field->name_len && strncasecmp(field->text, name, field->name_len) == 0;
}

void dkim_canon_field(const struct dkim_field *field, struct buf *out)
{
    for (size_t i = 0; i < field->name_len; i++) {
        char c = field->text[i];
        buf_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
    }
    buf_add_char(out, ':');
    const char *at = (const char *)memchr(field->text, ':', field->len) + 1;
    const char *end = field->text + field->len;
    bool blank = false;
    size_t value = out->len;
    for (; at < end; at++) {
        if (is_blank(*at) || is_crlf(at, (size_t)(end - at))) {
            blank = true;
            at += *at == '\r' ? 1 : 0;
            continue;
        }
        if (blank && out->len > value) {
            buf_add_char(out, ' ');
        }
        blank = false;
        buf_add_char(out, *at);
    }
    buf_add(out, "\r\n", 2);
}

/* --- the body --- */

/* Collects small pieces, so that the digest is not called for each word. */
struct digest_buffer {
    dkim_put put;
    void *context;
    size_t len;
    char bytes[PIECE];
};

static void piece_flush(struct digest_buffer *piece)
{
    if (piece->len > 0) {
        piece->put(piece->context, piece->bytes, piece->len);
        piece->len = 0;
    }
}

static void piece_add(struct digest_buffer *piece, const char *bytes, size_t len)
{
    if (len > PIECE - piece->len) {
        piece_flush(piece);
    }
    if (len > PIECE) { /* and the buffer is empty: bytes must reach the digest in order */
        piece->put(piece->context, bytes, len);
        return;
    }
    memcpy(piece->bytes + piece->len, bytes, len);
    piece->len += len;
}

/* The length of the body without the empty lines at its end and without its last line end; a line
 * of white space counts as empty. */
static size_t body_end(const char *body, size_t len)
{
    for (;;) {
        while (len > 0 && is_blank(body[len - 1])) {
            len--;
        }
        if (len < 2 || !is_crlf(body + len - 2, 2)) {
            return len;
        }
        len -= 2;
    }
}

/* Bytes of the word that equal `byte` have their high bit set in the result; bytes above such a
 * byte may have it wrongly (a borrow), which is acceptable for a first test. */
static uint64_t bytes_equal(uint64_t word, unsigned char byte)
{
    uint64_t ones = 0x0101010101010101u;
    uint64_t mixed = word ^ (ones * byte);
    return (mixed - ones) & ~mixed & (ones << 7);
}

/* How many bytes from `at` are already canonical: up to white space other than a single space
 * inside a line. Reads eight bytes at a time; signing would take about twice as long without it. */
static size_t clean_len(const char *at, size_t left)
{
    size_t clean = 0;
    while (left - clean > sizeof(uint64_t)) {
        uint64_t word, next;
        memcpy(&word, at + clean, sizeof word);
        memcpy(&next, at + clean + 1, sizeof next);
        uint64_t after = bytes_equal(next, ' ') | bytes_equal(next, '\t') | bytes_equal(next, '\r');
        if ((bytes_equal(word, '\t') | (bytes_equal(word, ' ') & after)) != 0) {
            break;
        }
        clean += sizeof word;
    }
    while (clean < left && at[clean] != '\t' &&
           (at[clean] != ' ' || (clean + 1 < left && !is_blank(at[clean + 1]) &&
                                 !is_crlf(at + clean + 1, left - clean - 1)))) {
        clean++;
    }
    return clean;
}

void dkim_canon_body(const char *body, size_t len, dkim_put put, void *context)
{
    struct digest_buffer piece = {.put = put, .context = context};
    size_t end = body_end(body, len);
    for (size_t at = 0; at < end;) {
        size_t clean = clean_len(body + at, end - at);
        piece_add(&piece, body + at, clean);
        at += clean;
        size_t blanks = at;
        while (at < end && is_blank(body[at])) {
            at++;
        }
        if (at > blanks && !is_crlf(body + at, end - at)) {
            piece_add(&piece, " ", 1);
        }
    }
    if (end > 0) {
        piece_add(&piece, "\r\n", 2);
    }
    piece_flush(&piece);
}
