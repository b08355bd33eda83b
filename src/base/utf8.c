#include "base/utf8.h"

#include <string.h>
#include <unictype.h>
#include <unistr.h>
#include <uniwidth.h>

bool utf8_valid(const char *bytes, size_t len, size_t *bad_at)
{
    const uint8_t *bad = u8_check((const uint8_t *)bytes, len);
    if (bad != NULL && bad_at != NULL) {
        *bad_at = (size_t)(bad - (const uint8_t *)bytes);
    }
    return bad == NULL;
}

size_t utf8_decode(const char *text, size_t len, uint32_t *point)
{
    /* Most text is ASCII; a fast path pays, because whole files are validated here. */
    if (len > 0 && (unsigned char)text[0] < 0x80) {
        if (point != NULL) {
            *point = (unsigned char)text[0];
        }
        return 1;
    }
    ucs4_t found = 0xFFFD;
    int bytes = u8_mbtoucr(&found, (const uint8_t *)text, len);
    if (bytes < 1) {
        bytes = 1;
        found = 0xFFFD;
    }
    if (point != NULL) {
        *point = found;
    }
    return (size_t)bytes;
}

size_t utf8_encode(uint32_t point, char out[4])
{
    int bytes = u8_uctomb((uint8_t *)out, point, 4);
    return bytes > 0 ? (size_t)bytes : 0;
}

bool utf8_is_bidi_control(uint32_t point)
{
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

bool utf8_is_rtl(uint32_t point)
{
    if (point < 0x590) { /* most text is below, and contains none */
        return false;
    }
    int direction = uc_bidi_class(point);
    return direction == UC_BIDI_R || direction == UC_BIDI_AL || direction == UC_BIDI_AN;
}

bool utf8_in_xml(uint32_t point)
{
    return (point >= 0x20 && point != 0xFFFE && point != 0xFFFF) || point == '\t' ||
           point == '\n' || point == '\r';
}

/* Format characters of the first plane only: later ones are parts of flag emoji. */
static bool is_unseen(uint32_t point)
{
    if (point < 0x80) {
        return point == ' ' || (point >= '\t' && point <= '\r');
    }
    return uc_is_general_category(point, UC_CATEGORY_Z) || point == 0x85 ||
           (point < 0x10000 && uc_is_general_category(point, UC_CATEGORY_Cf));
}

/* The bytes of the last character. */
static size_t last_size(const char *text, size_t len)
{
    size_t size = 1;
    while (size < len && size < 4 && ((unsigned char)text[len - size] & 0xC0) == 0x80) {
        size++;
    }
    return size;
}

void utf8_trim(const char **text, size_t *len)
{
    uint32_t point;
    while (*len > 0) {
        size_t size = utf8_decode(*text, *len, &point);
        if (!is_unseen(point)) {
            break;
        }
        *text += size;
        *len -= size;
    }
    while (*len > 0) {
        size_t size = last_size(*text, *len);
        if (utf8_decode(*text + *len - size, size, &point) != size || !is_unseen(point)) {
            break;
        }
        *len -= size;
    }
}

static bool is_wild(uint32_t point)
{
    bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    bool mark = point == 0x200E || point == 0x200F || point == 0x061C;
    return control || mark || utf8_is_bidi_control(point);
}

size_t utf8_tame(char *text, size_t len)
{
    size_t used = 0;
    for (size_t at = 0; at < len;) {
        uint32_t point;
        size_t bytes = utf8_decode(text + at, len - at, &point);
        bool broken = bytes == 1 && (unsigned char)text[at] >= 0x80;
        if (broken || is_wild(point)) {
            text[used++] = '?';
        } else {
            memmove(text + used, text + at, bytes);
            used += bytes;
        }
        at += bytes;
    }
    return used;
}

size_t utf8_width(const char *text, size_t len)
{
    int width = u8_width((const uint8_t *)text, len, "UTF-8");
    return width > 0 ? (size_t)width : 0;
}

size_t utf8_cut(const char *text, size_t len, size_t limit)
{
    if (len <= limit) {
        return len;
    }
    while (limit > 0 && ((unsigned char)text[limit] & 0xC0) == 0x80) {
        limit--;
    }
    return limit;
}

void utf8_fold_space(char *text)
{
    size_t len = strlen(text);
    size_t used = 0;
    bool space = false;
    for (size_t at = 0, size; at < len; at += size) {
        uint32_t point;
        size = utf8_decode(text + at, len - at, &point);
        if (uc_is_property_white_space(point)) {
            space = used > 0;
            continue;
        }
        if (space) {
            text[used++] = ' ';
            space = false;
        }
        memmove(text + used, text + at, size);
        used += size;
    }
    text[used] = '\0';
}
