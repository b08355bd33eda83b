#include "base/model.h"

#include <inttypes.h>
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

bool model_story_holds(const struct story *story, int64_t comparison_id)
{
    for (size_t i = 0; i < story->count; i++) {
        if (story->items[i]->id == comparison_id) {
            return true;
        }
    }
    return false;
}

const struct tool *model_rival(const struct comparison *comparison, const char *shared)
{
    return is_left_the_rival(comparison, shared) ? &comparison->left : &comparison->right;
}

const struct tool *model_other(const struct comparison *comparison, const char *shared)
{
    return is_left_the_rival(comparison, shared) ? &comparison->right : &comparison->left;
}

int model_review_share(const struct tool *tool)
{
    size_t ships = 0;
    for (size_t i = 0; i < tool->review_count; i++) {
        if (tool->reviews[i].verdict == VERDICT_UNKNOWN) {
            return PERCENT_NONE;
        }
        ships += tool->reviews[i].verdict == VERDICT_SHIP;
    }
    size_t count = tool->review_count;
    return count == 0 || (size_t)tool->panel_size > count
               ? PERCENT_NONE
               : (int)((200 * ships + count) / (2 * count));
}

void model_derive_panel(struct tool *tool)
{
    if (tool->panel_ship == PERCENT_NONE) {
        tool->panel_ship = model_review_share(tool);
        tool->panel_derived = tool->panel_ship != PERCENT_NONE;
    }
}

bool model_share_is_possible(const struct tool *tool)
{
    size_t ships = 0;
    size_t skips = 0;
    int reviews = (int)tool->review_count;
    int count = tool->panel_size > reviews ? tool->panel_size : reviews;
    for (size_t i = 0; i < tool->review_count; i++) {
        ships += tool->reviews[i].verdict == VERDICT_SHIP;
        skips += tool->reviews[i].verdict == VERDICT_SKIP;
    }
    if (ships + skips == 0 || tool->panel_ship == PERCENT_NONE) {
        return true;
    }
    for (int shipping = (int)ships; shipping <= count - (int)skips; shipping++) {
        if (abs(100 * shipping - tool->panel_ship * count) < count) {
            return true;
        }
    }
    return false;
}

/* Latin letters without a decomposition in Unicode, in lower case. */
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
    bool open;  /* the last character was written as part of an ASCII word, which can go on */
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

/* The ASCII letters of the character's decomposition, marks dropped; false if it is not a Latin
 * letter or digit with something added. */
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

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The word for a symbol that distinguishes names. `before` and `after` are its neighbours, 0 at the
 * ends of the text. */
static const char *sign_word(uint32_t point, char before, char after)
{
    if (point == '+') {
        return "plus";
    }
    if (point == '#') {
        return is_letter(before) ? "sharp" : NULL;
    }
    bool begins = !is_letter(before) && !is_word(before) && before != '.' && (before & 0x80) == 0;
    return point == '.' && begins && (is_letter(after) || is_word(after)) ? "dot" : NULL;
}

static void slug_add_sign(struct slug *slug, const char *word)
{
    slug_separate(slug);
    if (word != NULL) {
        slug_add_ascii(slug, word, strlen(word));
        slug_separate(slug);
    }
}

/* Adds the character of `text` at `at`; its neighbours decide how a symbol is written. */
static size_t slug_add(struct slug *slug, const char *text, size_t len, size_t at)
{
    uint32_t point;
    size_t size = utf8_decode(text + at, len - at, &point);
    char c = (char)(point >= 'A' && point <= 'Z' ? point + 32 : point);
    if (point < 0x80 && is_word(c)) {
        slug_add_ascii(slug, &c, 1);
    } else if (point < 0x80) {
        char after = at + size < len ? text[at + size] : '\0';
        slug_add_sign(slug, sign_word(point, at > 0 ? text[at - 1] : '\0', after));
    } else {
        slug_add_foreign(slug, point);
    }
    return size;
}

/* Where to cut a slug of more than `most` bytes: after the last word that fits whole. */
static size_t slug_cut(const char *slug, size_t most)
{
    size_t len = strlen(slug);
    size_t end = len <= most ? len : most;
    while (len > most && end > 0 && slug[end] != '-') {
        end--;
    }
    return end > 0 ? end : most;
}

/* Composes (NFC), so that a letter typed with a separate mark gives the same slug as the
 * precomposed one. */
static char *compose(struct arena *arena, const char *text)
{
    size_t len = 0;
    uint8_t *composed = u8_normalize(UNINORM_NFC, (const uint8_t *)text, strlen(text), NULL, &len);
    if (composed == NULL) {
        memory_exhausted();
    }
    char *copy = arena_copy_bytes(arena, (const char *)composed, len);
    free(composed);
    return copy;
}

char *model_slug(struct arena *arena, const char *text)
{
    struct slug slug = {.open = false};
    const char *composed = compose(arena, text);
    size_t len = strlen(composed);
    buf_init(&slug.text, len * 8 + 16);
    for (size_t at = 0; at < len;) {
        at += slug_add(&slug, composed, len, at);
    }
    char *copy = slug.text.len > 0 ? arena_copy_bytes(arena, slug.text.data,
                                                      slug_cut(slug.text.data, MODEL_SLUG_MAX))
                                   : arena_copy(arena, "untitled");
    buf_free(&slug.text);
    return copy;
}

char *model_slug_number(struct arena *arena, const char *slug, int64_t number)
{
    enum { DIGITS = 20 }; /* of any 64-bit number, with the hyphen */
    return arena_format(arena, "%.*s-%" PRId64, (int)slug_cut(slug, MODEL_SLUG_MAX - DIGITS), slug,
                        number);
}

char *model_name_key(struct arena *arena, const char *name)
{
    size_t len = 0;
    uint8_t *folded =
        u8_casefold((const uint8_t *)name, strlen(name), NULL, UNINORM_NFC, NULL, &len);
    if (folded == NULL) {
        memory_exhausted();
    }
    char *key = arena_copy_bytes(arena, (const char *)folded, len);
    free(folded);
    utf8_fold_space(key);
    return key;
}
