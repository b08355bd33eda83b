#include "base/model.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"

static bool is_left_the_rival(const struct comparison *comparison, const char *shared)
{
    if (shared == NULL) {
        return comparison->left.panel_ship >= comparison->right.panel_ship;
    }
    return strcmp(comparison->left.slug, shared) != 0;
}

const struct tool *model_rival(const struct comparison *comparison, const char *shared)
{
    return is_left_the_rival(comparison, shared) ? &comparison->left : &comparison->right;
}

const struct tool *model_other(const struct comparison *comparison, const char *shared)
{
    return is_left_the_rival(comparison, shared) ? &comparison->right : &comparison->left;
}

/* Latin letters that Unicode does not take apart, in lower case. */
static const struct {
    uint32_t point;
    const char *ascii;
} latin[] = {
    {0xDF, "ss"},  {0xE6, "ae"}, {0xF0, "d"},    {0xF8, "o"},  {0xFE, "th"},
    {0x111, "d"},  {0x127, "h"}, {0x131, "i"},   {0x142, "l"}, {0x14B, "ng"},
    {0x153, "oe"}, {0x167, "t"}, {0x1E9E, "ss"},
};

static const char *find_latin(uint32_t point)
{
    for (size_t i = 0; i < sizeof latin / sizeof latin[0]; i++) {
        if (latin[i].point == point) {
            return latin[i].ascii;
        }
    }
    return NULL;
}

struct slug {
    struct buf text;
    bool open;  /* the last thing written was an ASCII run, which goes on */
    bool latin; /* the last character was a Latin letter: its marks are dropped */
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void slug_add_ascii(struct slug *slug, const char *letters, size_t len)
{
    if (!slug->open && slug->text.len > 0) {
        buf_add_char(&slug->text, '-');
    }
    buf_add(&slug->text, letters, len);
    slug->open = true;
    slug->latin = true;
}

static void slug_separate(struct slug *slug)
{
    slug->open = false;
    slug->latin = false;
}

/* The ASCII letters that the character comes apart into, marks dropped; false if it is not a
 * Latin letter or digit with something around it. */
static bool take_apart(uint32_t point, char out[8], size_t *len)
{
    uint8_t bytes[4];
    int size = u8_uctomb(bytes, point, sizeof bytes);
    uint8_t parts[64];
    size_t count = sizeof parts;
    *len = 0;
    if (size < 1 || u8_normalize(UNINORM_NFKD, bytes, (size_t)size, parts, &count) != parts) {
        return false;
    }
    for (size_t i = 0; i < count && *len < 8; i++) {
        char c = (char)(parts[i] >= 'A' && parts[i] <= 'Z' ? parts[i] + 32 : parts[i]);
        if (is_word(c)) {
            out[(*len)++] = c;
        } else if (i == 0) {
            return false;
        }
    }
    return *len > 0;
}

static void slug_add_foreign(struct slug *slug, uint32_t point)
{
    char letters[8];
    size_t len;
    const char *known = find_latin(uc_tolower(point));
    bool mark = uc_is_general_category(point, UC_CATEGORY_M);
    if (mark && slug->latin) {
        return;
    }
    if (known != NULL) {
        slug_add_ascii(slug, known, strlen(known));
    } else if (take_apart(point, letters, &len)) {
        slug_add_ascii(slug, letters, len);
    } else if (mark || uc_is_general_category(point, UC_CATEGORY_L) ||
               uc_is_general_category(point, UC_CATEGORY_N) ||
               uc_is_general_category(point, UC_CATEGORY_So)) {
        buf_addf(&slug->text, "%s%x", slug->text.len > 0 ? "-" : "", (unsigned)uc_tolower(point));
        slug_separate(slug);
    } else {
        slug_separate(slug);
    }
}

static void slug_add(struct slug *slug, uint32_t point)
{
    char c = (char)(point >= 'A' && point <= 'Z' ? point + 32 : point);
    if (point < 0x80 && is_word(c)) {
        slug_add_ascii(slug, &c, 1);
    } else if (point < 0x80) {
        slug_separate(slug);
    } else {
        slug_add_foreign(slug, point);
    }
}

char *model_slug(struct arena *arena, const char *text)
{
    struct slug slug = {.open = false};
    /* Composed first: letters that were typed as letter and mark come out like the whole ones. */
    size_t len = 0;
    uint8_t *composed = u8_normalize(UNINORM_NFC, (const uint8_t *)text, strlen(text), NULL, &len);
    if (composed == NULL) {
        memory_exhausted();
    }
    buf_init(&slug.text, len * 8 + 1);
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode((const char *)composed + at, len - at, &point);
        slug_add(&slug, point);
    }
    free(composed);
    char *copy = arena_copy(arena, slug.text.len > 0 ? slug.text.data : "untitled");
    buf_free(&slug.text);
    return copy;
}
