#include "store/alike.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "store/private.h"

enum {
    LETTER_MIN = 4,  /* letters and digits of a name of which one may be a slip */
    QUOTES_MIN = 20, /* bytes of quotes above which two tools do not share them by chance */
    KIN_MOST = 16,   /* tools of one key that are compared, and tools that are alike */
    ACCENT = 200,    /* combining class of marks that stand above or below a letter */
};

/* The state of building a form. */
struct shaping {
    uint32_t *points, *digits, *lone;
    struct alike_form form;
    size_t word; /* points since the last symbol */
};

static void end_word(struct shaping *shaping)
{
    size_t count = shaping->form.count;
    if (shaping->word == 1 && !uc_is_general_category(shaping->points[count - 1], UC_CATEGORY_N)) {
        shaping->lone[shaping->form.lone_count++] = shaping->points[count - 1];
    }
    shaping->word = 0;
}

/* A mark that does not make another letter: an accent, an enclosing mark, or an emoji variation
 * selector. */
static bool is_dress(uint32_t point)
{
    return uc_combining_class(point) >= ACCENT || uc_is_property_variation_selector(point) ||
           uc_is_general_category(point, UC_CATEGORY_Me);
}

static void shape(struct shaping *shaping, uint32_t point)
{
    bool digit = uc_is_general_category(point, UC_CATEGORY_N);
    bool mark = uc_is_general_category(point, UC_CATEGORY_M);
    if (mark && (shaping->word == 0 || is_dress(point))) {
        return;
    }
    if (!digit && !mark && !uc_is_general_category(point, UC_CATEGORY_L)) {
        end_word(shaping);
        return;
    }
    shaping->points[shaping->form.count++] = point;
    shaping->word++;
    if (digit) {
        shaping->digits[shaping->form.digit_count++] = point;
    }
}

struct alike_form alike_form(struct arena *arena, const char *name)
{
    size_t len = 0;
    uint8_t *folded =
        u8_casefold((const uint8_t *)name, strlen(name), NULL, UNINORM_NFKD, NULL, &len);
    if (folded == NULL) {
        memory_exhausted();
    }
    struct shaping shaping = {.points = arena_array(arena, len, sizeof(uint32_t)),
                              .digits = arena_array(arena, len, sizeof(uint32_t)),
                              .lone = arena_array(arena, len, sizeof(uint32_t))};
    for (size_t at = 0; at < len;) {
        uint32_t point;
        at += utf8_decode((const char *)folded + at, len - at, &point);
        shape(&shaping, point);
    }
    end_word(&shaping);
    free(folded);
    shaping.form.points = shaping.points;
    shaping.form.digits = shaping.digits;
    shaping.form.lone = shaping.lone;
    return shaping.form;
}

static bool same_points(const uint32_t *left, size_t left_count, const uint32_t *right,
                        size_t right_count)
{
    return left_count == right_count &&
           (left_count == 0 || memcmp(left, right, left_count * sizeof *left) == 0);
}

/* Whether, after their common beginning, one has an additional letter or a different letter, or two
 * adjacent letters are swapped. */
static bool one_apart(const struct alike_form *one, const struct alike_form *other)
{
    const struct alike_form *shorter = one->count <= other->count ? one : other;
    const struct alike_form *longer = one->count <= other->count ? other : one;
    size_t at = 0;
    if (shorter->count < LETTER_MIN || longer->count - shorter->count > 1) {
        return false;
    }
    while (at < shorter->count && shorter->points[at] == longer->points[at]) {
        at++;
    }
    size_t skip = shorter->count == longer->count ? 1 : 0;
    if (skip == 1 && at + 1 < shorter->count && shorter->points[at] == longer->points[at + 1] &&
        shorter->points[at + 1] == longer->points[at]) {
        return same_points(shorter->points + at + 2, shorter->count - at - 2,
                           longer->points + at + 2, longer->count - at - 2);
    }
    return at + skip <= shorter->count &&
           same_points(shorter->points + at + skip, shorter->count - at - skip,
                       longer->points + at + 1, longer->count - at - 1);
}

static bool same_digits(const struct alike_form *left, const struct alike_form *right)
{
    return same_points(left->digits, left->digit_count, right->digits, right->digit_count);
}

enum likeness alike_names(const struct alike_form *left, const struct alike_form *right)
{
    if (left->count == 0 || !same_digits(left, right)) {
        return LIKENESS_NONE;
    }
    if (same_points(left->points, left->count, right->points, right->count)) {
        return LIKENESS_SIGNS;
    }
    bool slip = same_points(left->lone, left->lone_count, right->lone, right->lone_count) &&
                one_apart(left, right);
    return slip ? LIKENESS_LETTER : LIKENESS_NONE;
}

const char *likeness_phrase(enum likeness how)
{
    static const char *const phrases[] = {[LIKENESS_NONE] = "is unlike",
                                          [LIKENESS_TOOLS] = "has the same two tools as",
                                          [LIKENESS_SWAPPED] =
                                              "has the same two tools, sides swapped, as",
                                          [LIKENESS_URL] = "has the same url as",
                                          [LIKENESS_SIGNS] = "has the same letters and digits as",
                                          [LIKENESS_LETTER] = "is one letter apart from",
                                          [LIKENESS_QUOTES] = "has the same quotes as"};
    return phrases[how];
}

/* 64 bits of a hash, never 0. */
static int64_t short_hash(const void *bytes, size_t len)
{
    unsigned char hash[HASH_SIZE];
    int64_t key;
    hash_sha256(bytes, len, hash);
    memcpy(&key, hash, sizeof key);
    return key != 0 ? key : 1;
}

/* The key of a part of a name with `whole` letters and digits; it includes all digits, so that the
 * many names that differ only in a number have different keys. */
static int64_t part_key(char kind, size_t whole, const struct alike_form *form,
                        const uint32_t *part, size_t count)
{
    struct buf text;
    buf_init(&text, 64 * 1024);
    buf_addf(&text, "%c%zu:", kind, whole);
    buf_add(&text, (const char *)form->digits, form->digit_count * sizeof *form->digits);
    buf_add_char(&text, ':');
    buf_add(&text, (const char *)part, count * sizeof *part);
    assert(buf_ok(&text));
    int64_t key = short_hash(text.data, text.len);
    buf_free(&text);
    return key;
}

/* If two names of `whole` letters are one letter apart, one of their halves is the same. */
static int64_t head_key(const struct alike_form *form, size_t whole)
{
    return part_key('h', whole, form, form->points, whole / 2);
}

static int64_t tail_key(const struct alike_form *form, size_t whole)
{
    size_t count = whole - whole / 2;
    return part_key('t', whole, form, form->points + form->count - count, count);
}

static int64_t whole_key(const struct alike_form *form)
{
    return part_key('s', form->count, form, form->points, form->count);
}

void alike_name_keys(const struct alike_form *form, int64_t keys[ALIKE_NAME_KEYS])
{
    bool slips = form->count >= LETTER_MIN;
    keys[0] = form->count > 0 ? whole_key(form) : 0;
    keys[1] = slips ? head_key(form, form->count) : 0;
    keys[2] = slips ? tail_key(form, form->count) : 0;
}

int64_t alike_quotes_key(const char *quotes, size_t len)
{
    return len < QUOTES_MIN ? 0 : short_hash(quotes, len);
}

static int64_t quotes_key(const struct tool *tool)
{
    enum { QUOTES_MAX = 4 * 1024 * 1024 };
    struct buf text;
    buf_init(&text, QUOTES_MAX);
    for (size_t i = 0; i < tool->review_count; i++) {
        buf_add_text(&text, tool->reviews[i].quote);
        buf_add_char(&text, '\n');
    }
    assert(buf_ok(&text));
    int64_t key = alike_quotes_key(text.data, text.len);
    buf_free(&text);
    return key;
}

bool alike_note(struct store *store, struct arena *arena, const struct tool *tool,
                struct failure *why)
{
    SQL(note_sql, "INSERT OR IGNORE INTO tool_likeness (key, tool_id) VALUES (?1, ?2)");
    const struct alike_form form = alike_form(arena, tool->name);
    int64_t keys[ALIKE_NAME_KEYS + 1];
    alike_name_keys(&form, keys);
    keys[ALIKE_NAME_KEYS] = quotes_key(tool);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i] != 0 &&
            !query_run(store, note_sql, BIND_LIST(BIND_INT(keys[i]), BIND_INT(tool->id)), NULL,
                       why)) {
            return false;
        }
    }
    return true;
}

/* A tool and those that are like it; the first entry is the tool itself. */
struct kin {
    struct store *store;
    struct arena *arena;
    struct alike_form form;
    struct {
        int64_t id;
        const char *name;
        enum likeness how;
    } list[KIN_MOST];
    size_t count;
};

/* Whether some comparison compares the two with each other: then they are different tools. */
static bool are_rivals(struct store *store, int64_t one, int64_t other, int64_t *rivals,
                       struct failure *why)
{
    SQL(rivals_sql,
        "SELECT EXISTS (SELECT 1 FROM comparison WHERE left_tool = ?1 AND right_tool = ?2) OR "
        "EXISTS (SELECT 1 FROM comparison WHERE left_tool = ?2 AND right_tool = ?1)");
    return query_number(store, rivals_sql, BIND_LIST(BIND_INT(one), BIND_INT(other)), rivals, why);
}

static bool is_kin(const struct kin *kin, int64_t id)
{
    for (size_t i = 0; i < kin->count; i++) {
        if (kin->list[i].id == id) {
            return true;
        }
    }
    return false;
}

static bool add_kin(struct kin *kin, int64_t id, const char *name, bool by_quotes,
                    struct failure *why)
{
    int64_t rivals;
    const struct alike_form form = alike_form(kin->arena, name);
    enum likeness how = alike_names(&kin->form, &form);
    if (how == LIKENESS_NONE && by_quotes && same_digits(&kin->form, &form)) {
        how = LIKENESS_QUOTES;
    }
    if (how == LIKENESS_NONE || kin->count == KIN_MOST || is_kin(kin, id)) {
        return true;
    }
    if (!are_rivals(kin->store, kin->list[0].id, id, &rivals, why)) {
        return false;
    }
    if (rivals == 0) {
        kin->list[kin->count].id = id;
        kin->list[kin->count].name = name;
        kin->list[kin->count++].how = how;
    }
    return true;
}

/* Compares at most KIN_MOST tools of a key: of a thousand names that differ only in symbols some
 * are reported, and imports stay fast. */
static bool look_up(struct kin *kin, int64_t key, bool by_quotes, struct failure *why)
{
    SQL(kin_sql, "SELECT t.id, t.name FROM tool_likeness l JOIN tool t ON t.id = l.tool_id "
                 "WHERE l.key = ?1 AND l.tool_id <> ?2 LIMIT ?3");
    struct query *query;
    bool row;
    bool ok = query_open(kin->store, kin_sql,
                         BIND_LIST(BIND_INT(key), BIND_INT(kin->list[0].id), BIND_INT(KIN_MOST)),
                         &query, why);
    while (ok && (ok = query_next(query, &row, why)) && row) {
        ok = add_kin(kin, query_int(query, 0), query_copy(query, 1, kin->arena), by_quotes, why);
    }
    query_close(query);
    return ok;
}

/* If the two letters in the middle are swapped, neither half is the same; so this looks up the
 * whole name with those letters swapped. */
static bool look_up_middle(struct kin *kin, struct failure *why)
{
    struct alike_form turned = kin->form;
    size_t middle = turned.count / 2;
    uint32_t *points = arena_array(kin->arena, turned.count, sizeof *points);
    memcpy(points, turned.points, turned.count * sizeof *points);
    points[middle] = turned.points[middle - 1];
    points[middle - 1] = turned.points[middle];
    turned.points = points;
    return look_up(kin, whole_key(&turned), false, why);
}

static bool look_up_slips(struct kin *kin, struct failure *why)
{
    size_t count = kin->form.count;
    for (size_t whole = count - 1; whole <= count + 1; whole++) {
        if (whole >= LETTER_MIN && (!look_up(kin, head_key(&kin->form, whole), false, why) ||
                                    !look_up(kin, tail_key(&kin->form, whole), false, why))) {
            return false;
        }
    }
    return look_up_middle(kin, why);
}

static bool find_kin(struct store *store, struct arena *arena, const struct tool *tool,
                     struct kin *kin, struct failure *why)
{
    *kin = (struct kin){
        .store = store, .arena = arena, .form = alike_form(arena, tool->name), .count = 1};
    kin->list[0].id = tool->id;
    kin->list[0].name = tool->name;
    if (kin->form.count > 0 && !look_up(kin, whole_key(&kin->form), false, why)) {
        return false;
    }
    if (kin->form.count >= LETTER_MIN && !look_up_slips(kin, why)) {
        return false;
    }
    int64_t quotes = quotes_key(tool);
    return quotes == 0 || look_up(kin, quotes, true, why);
}

/* Readers may have any issue that was begun to be sent, also one that was cancelled later. */
#define LIKE_COMPARISON                                                                            \
    "SELECT c.slug, c.title, i.number, i.iso_week FROM comparison c "                              \
    "LEFT JOIN issue_item m ON m.comparison_id = c.id "                                            \
    "LEFT JOIN issue i ON i.id = m.issue_id AND i.state <> 'draft' AND i.state <> 'approved' "
#define LIKE_WANTED                                                                                \
    "AND c.id <> ?1 AND CASE WHEN ?5 IS NOT NULL THEN instr(?5, ' ' || c.slug || ' ') > 0 "        \
    "WHEN ?2 IS NOT NULL THEN i.iso_week < ?2 ELSE c.withdrawn_at IS NULL END "                    \
    "ORDER BY c.id DESC LIMIT 1"

static bool read_like(struct store *store, struct arena *arena, const char *sql,
                      const struct bind *binds, enum likeness how, struct look_alike *found,
                      struct failure *why)
{
    struct query *query;
    bool row = false;
    bool ok = query_open(store, sql, binds, &query, why) && query_next(query, &row, why);
    if (row) {
        found->how = how;
        found->slug = query_copy(query, 0, arena);
        found->title = query_copy(query, 1, arena);
        found->issue_number = query_int(query, 2);
        found->issue_week = query_copy(query, 3, arena);
    }
    query_close(query);
    return ok;
}

/* A search: the comparison in question, and what has been found so far. */
struct hunt {
    struct store *store;
    struct arena *arena;
    const struct comparison *comparison;
    const char *before; /* only in issues of weeks before this one; NULL: in any */
    const char *among;  /* only these slugs, each with a space before and after it; NULL: all */
    struct look_alike *found;
};

static bool by_pair(const struct hunt *hunt, int64_t left, int64_t right, enum likeness how,
                    struct failure *why)
{
    SQL(pair_sql, LIKE_COMPARISON "WHERE c.left_tool = ?3 AND c.right_tool = ?4 " LIKE_WANTED);
    return hunt->found->how != LIKENESS_NONE ||
           read_like(hunt->store, hunt->arena, pair_sql,
                     BIND_LIST(BIND_INT(hunt->comparison->id), BIND_TEXT(hunt->before),
                               BIND_INT(left), BIND_INT(right), BIND_TEXT(hunt->among)),
                     how, hunt->found, why);
}

static bool by_url(const struct hunt *hunt, struct failure *why)
{
    SQL(url_sql, LIKE_COMPARISON "WHERE c.url = ?3 AND ?4 IS NULL " LIKE_WANTED);
    const struct comparison *comparison = hunt->comparison;
    return hunt->found->how != LIKENESS_NONE || comparison->url == NULL ||
           read_like(hunt->store, hunt->arena, url_sql,
                     BIND_LIST(BIND_INT(comparison->id), BIND_TEXT(hunt->before),
                               BIND_TEXT(comparison->url), BIND_TEXT(NULL), BIND_TEXT(hunt->among)),
                     LIKENESS_URL, hunt->found, why);
}

/* Searches by two tools, in either order; `i` and `j` are indexes into the kin, 0 the tools
 * themselves. */
static bool by_kin(const struct hunt *hunt, const struct kin *left, size_t i,
                   const struct kin *right, size_t j, struct failure *why)
{
    const struct kin *unlike = i > 0 ? left : right;
    size_t at = i > 0 ? i : j;
    bool known = hunt->found->how != LIKENESS_NONE;
    bool same = i == 0 && j == 0;
    enum likeness straight = same ? LIKENESS_TOOLS : unlike->list[at].how;
    enum likeness swapped = same ? LIKENESS_SWAPPED : unlike->list[at].how;
    if (!by_pair(hunt, left->list[i].id, right->list[j].id, straight, why) ||
        !by_pair(hunt, right->list[j].id, left->list[i].id, swapped, why)) {
        return false;
    }
    if (!known && !same && hunt->found->how != LIKENESS_NONE) {
        hunt->found->name = unlike->list[0].name;
        hunt->found->other = unlike->list[at].name;
    }
    return true;
}

/* Searches by its tools and those like them, and by its url. */
static bool hunt(const struct hunt *hunt, struct kin *left, struct kin *right, struct failure *why)
{
    *hunt->found = (struct look_alike){.how = LIKENESS_NONE};
    if (!find_kin(hunt->store, hunt->arena, &hunt->comparison->left, left, why) ||
        !find_kin(hunt->store, hunt->arena, &hunt->comparison->right, right, why)) {
        return false;
    }
    for (size_t i = 0; i < left->count; i++) {
        for (size_t j = 0; j < right->count; j++) {
            if (!by_kin(hunt, left, i, right, j, why)) {
                return false;
            }
        }
    }
    return by_url(hunt, why);
}

bool alike_find_told(struct store *store, struct arena *arena, const struct comparison *comparison,
                     const char *before, struct look_alike *found, struct failure *why)
{
    struct kin left, right;
    const struct hunt told = {store, arena, comparison, before, NULL, found};
    return hunt(&told, &left, &right, why);
}

bool alike_find_among(struct store *store, struct arena *arena, const struct comparison *comparison,
                      const char *among, struct look_alike *found, struct failure *why)
{
    struct kin left, right;
    const struct hunt chosen = {store, arena, comparison, NULL, among, found};
    return hunt(&chosen, &left, &right, why);
}

/* Reports a tool; likeness by name goes before likeness by quotes. */
static void tell_tool(const struct kin *kin, struct look_alike *found)
{
    if (found->how == LIKENESS_NONE && kin->count > 1 && kin->list[1].how != LIKENESS_QUOTES) {
        *found = (struct look_alike){
            .how = kin->list[1].how, .name = kin->list[0].name, .other = kin->list[1].name};
    }
}

bool alike_find_known(struct store *store, struct arena *arena, const struct comparison *comparison,
                      bool left_new, bool right_new, struct look_alike *found, struct failure *why)
{
    struct kin left, right;
    const struct hunt known = {store, arena, comparison, NULL, NULL, found};
    if (!hunt(&known, &left, &right, why)) {
        return false;
    }
    if (left_new) {
        tell_tool(&left, found);
    }
    if (right_new) {
        tell_tool(&right, found);
    }
    return true;
}
