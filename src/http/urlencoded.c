#include "http/urlencoded.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);
    return found != NULL ? (int)(found - digits) : -1;
}

static char *decode(struct arena *arena, const char *text, size_t len, size_t *out_len)
{
    char *out = arena_alloc(arena, len + 1);
    size_t size = 0;
    for (size_t i = 0; i < len; i++) {
        int high = text[i] == '%' && i + 2 < len ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low >= 0) {
            out[size++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[size++] = text[i] == '+' ? ' ' : text[i];
        }
    }
    out[size] = '\0';
    *out_len = size;
    return out;
}

bool urlencoded_read(struct arena *arena, const char *body, size_t len, urlencoded_field field,
                     void *context)
{
    const char *end = body + len;
    for (const char *at = body; at < end;) {
        const char *amp = memchr(at, '&', (size_t)(end - at));
        const char *stop = amp != NULL ? amp : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        const char *name_end = equals != NULL ? equals : stop;
        const char *value = equals != NULL ? equals + 1 : stop;
        size_t name_len, value_len;
        const char *name = decode(arena, at, (size_t)(name_end - at), &name_len);
        const char *text = decode(arena, value, (size_t)(stop - value), &value_len);
        if (stop > at && !field(context, name, text, value_len)) {
            return false;
        }
        at = stop + 1;
    }
    return true;
}

bool urlencoded_is_latin(const char *label)
{
    static const char *const labels[] = {"iso-8859-1", "iso8859-1", "iso_8859-1",   "latin1",
                                         "l1",         "us-ascii",  "windows-1252", "cp1252"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (strcasecmp(labels[i], label) == 0) {
            return true;
        }
    }
    return false;
}

/* A table instead of iconv(3), which loads its converters from files: the process that reads forms
 * opens none. */
static uint32_t latin_point(unsigned char byte)
{
    static const uint16_t high[32] = {
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};
    return byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80] : byte;
}

const char *urlencoded_from_latin(struct arena *arena, const char *bytes, size_t len,
                                  size_t *out_len)
{
    char *out = arena_alloc(arena, len * 3 + 1);
    size_t size = 0;
    for (size_t i = 0; i < len; i++) {
        size += utf8_encode(latin_point((unsigned char)bytes[i]), out + size);
    }
    out[size] = '\0';
    *out_len = size;
    return out;
}
