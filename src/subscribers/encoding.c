#include "subscribers/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* The end of one piece, an incomplete character, is put in front of the next. */
enum { PIECE = 64 * 1024, REST_MAX = 16 };

struct copying {
    FILE *in, *out;
    const char *name;
    int64_t line;
    bool after_return; /* the last character was CR: an LF after it belongs to the same line end */
    char bytes[REST_MAX + PIECE];
    size_t len;
    bool ended; /* `in` is at its end */
};

static bool read_failed(const struct copying *copying, struct failure *why)
{
    return fail_errno(why, FAILURE_IO, "cannot read %s", copying->name);
}

static bool write_failed(const struct copying *copying, struct failure *why)
{
    return fail_errno(why, FAILURE_IO, "cannot keep a copy of %s while it is read", copying->name);
}

/* Reads until the buffer is full. */
static bool read_more(struct copying *copying, struct failure *why)
{
    size_t got = fread(copying->bytes + copying->len, 1, PIECE, copying->in);
    copying->len += got;
    copying->ended = got == 0;
    return !ferror(copying->in) || read_failed(copying, why);
}

static void keep_rest(struct copying *copying, size_t from)
{
    copying->len -= from;
    memmove(copying->bytes, copying->bytes + from, copying->len);
}

/* Writes text that is UTF-8. */
static bool write_text(struct copying *copying, const char *text, size_t len, struct failure *why)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool second = c == '\n' && copying->after_return;
        copying->after_return = c == '\r';
        if (!second) {
            c = c == '\r' ? '\n' : c;
            copying->line += c == '\n';
            putc_unlocked(c, copying->out);
        }
    }
    return !ferror(copying->out) || write_failed(copying, why);
}

/* The encoding that bytes which are not UTF-8 look like. The letters of windows-1252 begin at 0xC0;
 * five of the bytes below are undefined in it. */
static const char *likely_encoding(const char *bytes, size_t len)
{
    size_t zeros[2] = {0}, odd = 0;
    for (size_t i = 0; i < len; i++) {
        zeros[i % 2] += bytes[i] == '\0';
        odd += bytes[i] != '\0' && strchr("\x81\x8D\x8F\x90\x9D", bytes[i]) != NULL;
    }
    if (zeros[0] + zeros[1] > len / 4) {
        return zeros[0] > zeros[1] ? "UTF-16BE" : "UTF-16LE";
    }
    return odd > 0 ? "IBM850" : "windows-1252";
}

static bool not_utf8(const struct copying *copying, size_t at, struct failure *why)
{
    return fail(why, FAILURE_DATA,
                "%s:%lld: this is not UTF-8 (the byte 0x%02X); it looks like %s: give --encoding "
                "%s, or save the file as UTF-8. Nothing was read",
                copying->name, (long long)copying->line, (unsigned char)copying->bytes[at],
                likely_encoding(copying->bytes, copying->len),
                likely_encoding(copying->bytes, copying->len));
}

/* The offset of a character that is cut off by the end of the piece; `len` if there is none. */
static size_t cut_character(const char *bytes, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char c = (unsigned char)bytes[len - back];
        if (c >= 0xC0) {
            size_t wants = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
            return wants > back ? len - back : len;
        }
        if (c < 0x80) {
            break;
        }
    }
    return len;
}

/* UTF-16 without its mark would pass for UTF-8 in which every other byte is NUL. */
static bool is_wide(const struct copying *copying)
{
    size_t zeros = 0;
    for (size_t i = 0; i < copying->len; i++) {
        zeros += copying->bytes[i] == '\0';
    }
    return zeros > copying->len / 4;
}

static bool copy_utf8(struct copying *copying, struct failure *why)
{
    bool good = true;
    if (is_wide(copying)) {
        const char *zero = memchr(copying->bytes, '\0', copying->len);
        return not_utf8(copying, (size_t)(zero - copying->bytes), why);
    }
    while (good && copying->len > 0) {
        size_t whole = copying->ended ? copying->len : cut_character(copying->bytes, copying->len);
        size_t bad_at = 0;
        bool valid = utf8_valid(copying->bytes, whole, &bad_at);
        good = write_text(copying, copying->bytes, valid ? whole : bad_at, why) &&
               (valid || not_utf8(copying, bad_at, why));
        keep_rest(copying, good ? whole : 0);
        good = good && read_more(copying, why);
    }
    return good;
}

static bool bad_byte(const struct copying *copying, const char *encoding, const char *at,
                     struct failure *why)
{
    return fail(why, FAILURE_DATA,
                "%s:%lld: the byte 0x%02X is none of %s; another --encoding may fit. Nothing was "
                "read",
                copying->name, (long long)copying->line, (unsigned char)*at, encoding);
}

/* Calls iconv() once for the bytes in the buffer; what it leaves is kept for the next call. */
static bool convert_piece(struct copying *copying, iconv_t converter, const char *encoding,
                          struct failure *why)
{
    char text[PIECE];
    char *from = copying->bytes, *to = text;
    size_t left = copying->len, room = sizeof text;
    errno = 0;
    bool good = iconv(converter, &from, &left, &to, &room) != (size_t)-1;
    int number = errno;
    if (!write_text(copying, text, (size_t)(to - text), why)) {
        return false;
    }
    bool cut = !good && number == EINVAL && !copying->ended;
    if (!good && number != E2BIG && !cut) {
        return bad_byte(copying, encoding, from, why);
    }
    keep_rest(copying, (size_t)(from - copying->bytes));
    return number == E2BIG || read_more(copying, why);
}

static bool copy_converted(struct copying *copying, const char *encoding, struct failure *why)
{
    iconv_t converter = iconv_open("UTF-8", encoding);
    if (converter == (iconv_t)-1) {
        return fail(why, FAILURE_USAGE,
                    "--encoding \"%.40s\" is unknown; `iconv -l` lists them, windows-1252 and "
                    "ISO-8859-15 among them",
                    encoding);
    }
    bool good = true;
    while (good && copying->len > 0) {
        good = convert_piece(copying, converter, encoding, why);
    }
    iconv_close(converter);
    return good;
}

bool encoding_copy(FILE *in, const char *name, const char *encoding, FILE *out, struct failure *why)
{
    struct copying copying = {.in = in, .out = out, .name = name, .line = 1};
    if (!read_more(&copying, why)) {
        return false;
    }
    bool wide = copying.len >= 2 && (memcmp(copying.bytes, "\xFF\xFE", 2) == 0 ||
                                     memcmp(copying.bytes, "\xFE\xFF", 2) == 0);
    if (copying.len >= 3 && memcmp(copying.bytes, "\xEF\xBB\xBF", 3) == 0) {
        keep_rest(&copying, 3);
        encoding = NULL;
    }
    if (encoding == NULL && wide) {
        encoding = "UTF-16"; /* iconv() takes the byte order from the mark */
    }
    bool good =
        encoding != NULL ? copy_converted(&copying, encoding, why) : copy_utf8(&copying, why);
    return good && (fflush(out) == 0 || write_failed(&copying, why));
}
