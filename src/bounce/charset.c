#include "bounce/charset.h"

#include <ctype.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/utf8.h"

/* The name that mail uses, and the converter's. */
static const struct {
    const char *name, *converter;
} known[] = {
    {"iso-8859-1", "CP1252"},
    {"us-ascii", "CP1252"},
    {"windows-1252", "CP1252"},
    {"iso-8859-15", "ISO8859-15"},
    {"iso-8859-2", "ISO8859-2"},
    {"windows-1250", "CP1250"},
    {"iso-8859-5", "ISO8859-5"},
    {"windows-1251", "CP1251"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"iso-8859-7", "ISO8859-7"},
    {"windows-1253", "CP1253"},
    {"iso-8859-9", "CP1254"},
    {"windows-1254", "CP1254"},
    {"iso-8859-8", "CP1255"},
    {"iso-8859-8-i", "CP1255"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"iso-2022-jp", "ISO-2022-JP-2"},
    {"shift_jis", "CP932"},
    {"windows-31j", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"cp932", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"hz-gb-2312", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"euc-kr", "UHC"},
    {"ks_c_5601-1987", "UHC"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"tis-620", "TIS-620"},
    {"windows-874", "CP874"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"utf-7", "UTF-7"},
    {"unicode-1-1-utf-7", "UTF-7"}, /* old versions of Exchange */
    {NULL, NULL},
};

enum { KNOWN = sizeof known / sizeof known[0], WORD_MAX = 1000 };

struct charsets {
    iconv_t converters[KNOWN]; /* (iconv_t)-1: not available on this machine */
};

static bool same_converter(size_t left, size_t right)
{
    return strcmp(known[left].converter, known[right].converter) == 0;
}

struct charsets *charsets_open(struct arena *arena)
{
    struct charsets *charsets = arena_alloc(arena, sizeof *charsets);
    for (size_t i = 0; known[i].name != NULL; i++) {
        charsets->converters[i] = NULL;
        for (size_t j = 0; j < i; j++) {
            if (same_converter(i, j)) {
                charsets->converters[i] = charsets->converters[j];
                break;
            }
        }
        if (charsets->converters[i] == NULL) {
            charsets->converters[i] = iconv_open("UTF-8", known[i].converter);
        }
    }
    return charsets;
}

void charsets_close(struct charsets *charsets)
{
    for (size_t i = 0; charsets != NULL && known[i].name != NULL; i++) {
        bool shared = false;
        for (size_t j = 0; j < i; j++) {
            shared = shared || same_converter(i, j);
        }
        if (!shared && charsets->converters[i] != (iconv_t)-1) {
            iconv_close(charsets->converters[i]);
        }
    }
}

static iconv_t find_converter(const struct charsets *charsets, const char *name)
{
    for (size_t i = 0; known[i].name != NULL; i++) {
        if (strcasecmp(known[i].name, name) == 0) {
            return charsets->converters[i];
        }
    }
    return charsets->converters[0];
}

/* Converts what it can; each invalid byte becomes '?'. */
static void convert(iconv_t converter, const char *bytes, size_t len, struct buf *out)
{
    char *in = (char *)(uintptr_t)bytes; /* iconv(3) does not write to it */
    iconv(converter, NULL, NULL, NULL, NULL);
    while (len > 0) {
        char piece[512];
        char *to = piece;
        size_t room = sizeof piece, before = len;
        size_t result = iconv(converter, &in, &len, &to, &room);
        buf_add(out, piece, (size_t)(to - piece));
        if (result == (size_t)-1 && len > 0 && (len == before || room > 8)) {
            buf_add_char(out, '?');
            in++;
            len--;
        }
    }
}

static void latin_1(const char *bytes, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        char encoded[4];
        buf_add(out, encoded, utf8_encode((unsigned char)bytes[i], encoded));
    }
}

char *charset_clean(struct arena *arena, const char *text, size_t len, size_t *out_len)
{
    char *copy = arena_alloc(arena, len + 1);
    size_t out = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\r') {
            if (i + 1 == len || text[i + 1] != '\n') {
                copy[out++] = '\n';
            }
        } else {
            copy[out++] = text[i] == '\0' ? ' ' : text[i];
        }
    }
    copy[out] = '\0';
    if (out_len != NULL) {
        *out_len = out;
    }
    return copy;
}

/* Character sets whose bytes look like other text. UTF-16 is assumed if there are NULs; its byte
 * order mark, or the position of the first NUL, gives the byte order. NULL if it is none of these.
 */
static const char *disguised(const char *name, const char *bytes, size_t len)
{
    if (strcasecmp(name, "iso-2022-kr") == 0 || strcasestr(name, "utf-7") != NULL) {
        return name;
    }
    const char *null = strncasecmp(name, "utf-16", 6) == 0 ? memchr(bytes, '\0', len) : NULL;
    if (null != NULL) {
        return (null - bytes) % 2 == 0 ? "utf-16be" : "utf-16le";
    }
    bool escapes = memmem(bytes, len, "\x1b$", 2) != NULL || memmem(bytes, len, "\x1b(", 2) != NULL;
    return escapes ? "iso-2022-jp" : NULL;
}

const char *charset_decode(struct arena *arena, const struct charsets *charsets, const char *name,
                           const char *bytes, size_t len, size_t *out_len)
{
    name = name == NULL ? "" : name;
    const char *other = disguised(name, bytes, len);
    if (other == NULL && utf8_valid(bytes, len, NULL)) {
        return charset_clean(arena, bytes, len, out_len);
    }
    iconv_t converter = find_converter(charsets, other == NULL ? name : other);
    struct buf out;
    buf_init(&out, len * 4 + 16);
    if (converter != (iconv_t)-1) {
        convert(converter, bytes, len, &out);
    } else {
        latin_1(bytes, len, &out);
    }
    const char *text = charset_clean(arena, out.data, out.len, out_len);
    buf_free(&out);
    return text;
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    int upper = toupper((unsigned char)digit);
    return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

static void decode_q(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '_') {
            buf_add_char(out, ' ');
        } else if (text[i] == '=' && i + 2 < len && hex_digit(text[i + 1]) >= 0 &&
                   hex_digit(text[i + 2]) >= 0) {
            buf_add_char(out, (char)(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
            i += 2;
        } else {
            buf_add_char(out, text[i]);
        }
    }
}

static void decode_b(const char *text, size_t len, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, have = 0;
    for (size_t i = 0; i < len; i++) {
        const char *digit = strchr(digits, text[i]);
        if (text[i] == '\0' || digit == NULL) {
            continue;
        }
        bits = (bits << 6 | (unsigned)(digit - digits)) & 0xffffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_add_char(out, (char)(bits >> have & 0xff));
        }
    }
}

/* "=?charset?q?text?=" at `at`; returns its length, 0 if it is not an encoded-word. */
static size_t decode_word(struct arena *arena, const struct charsets *charsets, const char *at,
                          struct buf *out)
{
    size_t window = strnlen(at, WORD_MAX); /* RFC 2047 allows 75; some write more */
    if (window < 8 || at[0] != '=' || at[1] != '?') {
        return 0;
    }
    const char *charset_end = memchr(at + 2, '?', window - 2);
    if (charset_end == NULL || charset_end + 3 >= at + window || charset_end[2] != '?') {
        return 0;
    }
    const char *text = charset_end + 3;
    const char *end = memmem(text, (size_t)(at + window - text), "?=", 2);
    if (end == NULL) {
        return 0;
    }
    size_t name_len = strcspn(at + 2, "?*");
    const char *name = arena_copy_bytes(arena, at + 2, name_len);
    struct buf bytes;
    buf_init(&bytes, 2000);
    if (toupper((unsigned char)charset_end[1]) == 'B') {
        decode_b(text, (size_t)(end - text), &bytes);
    } else {
        decode_q(text, (size_t)(end - text), &bytes);
    }
    size_t len;
    const char *decoded = charset_decode(arena, charsets, name, bytes.data, bytes.len, &len);
    buf_add(out, decoded, len);
    buf_free(&bytes);
    return (size_t)(end - at) + 2;
}

const char *charset_decode_words(struct arena *arena, const struct charsets *charsets,
                                 const char *value)
{
    if (strstr(value, "=?") == NULL) {
        return value;
    }
    struct buf out;
    buf_init(&out, strlen(value) * 6 + 16);
    bool after_word = false; /* white space between two encoded-words is not text */
    while (*value != '\0') {
        size_t blank = after_word ? strspn(value, " \t") : 0;
        size_t used = decode_word(arena, charsets, value + blank, &out);
        if (used > 0) {
            value += blank + used;
        } else {
            buf_add(&out, value, blank + (value[blank] != '\0'));
            value += blank + (value[blank] != '\0');
        }
        after_word = used > 0;
    }
    const char *copy = arena_copy_bytes(arena, out.data, out.len);
    buf_free(&out);
    return copy;
}
