#include "base/latin.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/utrans.h>
#include <unictype.h>
#include <uniname.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { WIDENING = 64 /* bytes for one character, at most: the longest names of symbols */ };

static bool is_latin(uint32_t point)
{
    const uc_script_t *script = uc_script(point);
    return script == NULL || strcmp(script->name, "Latin") == 0 ||
           strcmp(script->name, "Common") == 0 || strcmp(script->name, "Inherited") == 0;
}

static bool is_foreign(uint32_t point)
{
    return point >= 0x80 && !is_latin(point) &&
           uc_is_general_category(point, uc_general_category_or(UC_CATEGORY_L, UC_CATEGORY_M));
}

/* Trademark signs, emoji joiners, and skin tones. */
static bool is_dropped(uint32_t point)
{
    return point == 0xA9 || point == 0xAE || point == 0x2120 || point == 0x2122 ||
           point == 0x200D || (point >= 0x1F3FB && point <= 0x1F3FF) ||
           uc_is_property_variation_selector(point);
}

static void add_name(struct buf *out, const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        buf_add_char(out, (char)tolower((unsigned char)name[i]));
    }
}

static void add_sign(struct buf *out, uint32_t point)
{
    enum { FLAG_A = 0x1F1E6, FLAG_Z = 0x1F1FF };
    char name[UNINAME_MAX];
    if (point >= FLAG_A && point <= FLAG_Z) {
        buf_add_char(out, (char)('a' + (point - FLAG_A)));
    } else if (unicode_character_name(point, name) != NULL) {
        buf_add_char(out, ' ');
        add_name(out, name, strlen(name));
        buf_add_char(out, ' ');
    }
}

/* "KHMER LETTER PHO" and "LAO VOWEL SIGN AA" end with the sound. */
static void add_sound(struct buf *out, uint32_t point)
{
    static const char *const kinds[] = {" LETTER ", " VOWEL SIGN ", " SYLLABLE "};
    char name[UNINAME_MAX];
    const char *sound = NULL;
    if (unicode_character_name(point, name) == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *at = strstr(name, kinds[i]);
        sound = at != NULL ? at + strlen(kinds[i]) : sound;
    }
    if (sound != NULL) {
        add_name(out, sound, strcspn(sound, " "));
    }
}

static void add_bytes_of(struct buf *out, uint32_t point)
{
    uint8_t bytes[4];
    int size = u8_uctomb(bytes, point, sizeof bytes);
    buf_add(out, (const char *)bytes, size > 0 ? (size_t)size : 0);
}

/* Before transliteration: writes symbols by their names and drops the characters of
 * is_dropped(). */
static void add_plain(struct buf *out, uint32_t point)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag;
    if (is_dropped(point)) {
        return;
    }
    if (point == 0xB5) {
        buf_add_char(out, 'u'); /* of a millionth; ICU would take the Greek letter for an m */
    } else if (uc_is_general_category(point, UC_CATEGORY_So) &&
               uc_decomposition(point, &tag, parts) < 0) {
        add_sign(out, point);
    } else {
        add_bytes_of(out, point);
    }
}

/* After ICU: the breathings and quotation marks that it writes are no letters, and characters that
 * it does not know are still there. */
static void add_rest(struct buf *out, uint32_t point)
{
    bool breath = uc_is_general_category(point, UC_CATEGORY_Lm) || point == '\'' || point == '"';
    if (is_foreign(point)) {
        add_sound(out, point);
    } else if (!breath) {
        add_bytes_of(out, point == 0x1DD || point == 0x259 ? 'e' : point);
    }
}

static const char *each(struct arena *arena, const char *text,
                        void (*add)(struct buf *out, uint32_t point))
{
    struct buf out;
    size_t len = strlen(text);
    buf_init(&out, len * WIDENING + 1);
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        add(&out, point);
    }
    const char *copy = arena_copy(arena, out.data);
    buf_free(&out);
    return copy;
}

static bool has_foreign(const char *text)
{
    for (size_t at = 0, len = strlen(text); at < len;) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        if (is_foreign(point)) {
            return true;
        }
    }
    return false;
}

/* Russian has a transliterator of its own, because the general one is reversible and writes
 * "Andeks". Loading the rules takes a tenth of a second, so each thread keeps its transliterator;
 * NULL where loading fails. */
static const UTransliterator *transliterator(void)
{
    static _Thread_local UTransliterator *opened;
    static _Thread_local bool tried;
    static const UChar rule[] = u"Null; [:Cyrl:] Russian-Latin/BGN; Any-Latin; Latin-ASCII";
    if (!tried) {
        UErrorCode code = U_ZERO_ERROR;
        tried = true;
        opened = utrans_openU(rule, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
    }
    return opened;
}

/* `text` itself where ICU cannot. */
static const char *in_latin(struct arena *arena, const char *text)
{
    enum { ROOM = 16 /* bytes for one character: the longest are syllables of four letters */ };
    const UTransliterator *latin = transliterator();
    size_t len = strlen(text), room = len * ROOM + ROOM;
    size_t count = room, bytes = room * 3;
    uint16_t *points = arena_array(arena, room, sizeof *points);
    char *out = arena_alloc(arena, bytes + 1);
    if (latin == NULL || u8_to_u16((const uint8_t *)text, len, points, &count) != points) {
        return text;
    }
    int32_t used = (int32_t)count, limit = used;
    UErrorCode code = U_ZERO_ERROR;
    utrans_transUChars(latin, (UChar *)points, &used, (int32_t)room, 0, &limit, &code);
    if (U_FAILURE(code) || u16_to_u8(points, (size_t)used, (uint8_t *)out, &bytes) == NULL) {
        return text;
    }
    out[bytes] = '\0';
    return out;
}

/* Whether a name has no letter at all. "+" is spelled out by slugs anyway. */
static bool is_signs(const char *text)
{
    size_t at = 0, len = strlen(text);
    while (at < len) {
        uint32_t point;
        at += utf8_decode(text + at, len - at, &point);
        if (point == '+' ||
            uc_is_general_category(point, uc_general_category_or(UC_CATEGORY_L, UC_CATEGORY_N))) {
            return false;
        }
    }
    return len > 0;
}

static bool is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80) {
        text++;
    }
    return *text == '\0';
}

const char *latin_words(struct arena *arena, const char *text)
{
    const char *plain = is_ascii(text) ? text : each(arena, text, add_plain);
    if (is_signs(plain)) {
        return each(arena, plain, add_sign);
    }
    return has_foreign(plain) ? each(arena, in_latin(arena, plain), add_rest) : plain;
}
