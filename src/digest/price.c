#include "digest/price.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "digest/phrase.h"
#include "digest/price_compare.h"
#include "digest/price_note.h"

/* No-break, thin, figure and ideographic spaces. */
static bool is_space(uint32_t point)
{
    return point == 0xA0 || (point >= 0x2000 && point <= 0x200A) || point == 0x202F ||
           point == 0x3000;
}

/* The text with plain spaces in place of others, trimmed, and never two in a row. */
static char *plain_spaces(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    char *plain = arena_alloc(arena, len + 1);
    size_t used = 0;
    for (size_t at = 0; at < len;) {
        uint32_t point;
        size_t bytes = utf8_decode(text + at, len - at, &point);
        memcpy(plain + used, is_space(point) ? " " : text + at, is_space(point) ? 1 : bytes);
        used += is_space(point) ? 1 : bytes;
        at += bytes;
    }
    plain[used] = '\0';
    return phrase_tidy(arena, plain);
}

/* For looking up words: NFC and case-folded. */
static char *fold(struct arena *arena, const char *text)
{
    size_t len = 0;
    uint8_t *folded =
        u8_casefold((const uint8_t *)text, strlen(text), NULL, UNINORM_NFC, NULL, &len);
    if (folded == NULL) {
        memory_exhausted();
    }
    char *copy = arena_copy_bytes(arena, (const char *)folded, len);
    free(folded);
    return copy;
}

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words != NULL && strcmp(text, *words) != 0) {
        words++;
    }
    return *words != NULL;
}

static const char *const free_words[] = {"free",
                                         "gratis",
                                         "no cost",
                                         "free of charge",
                                         "free forever",
                                         "open source",
                                         "open-source",
                                         "free and open source",
                                         "free & open source",
                                         "kostenlos",
                                         "kostenfrei",
                                         "gratuit",
                                         "gratuito",
                                         "gratuita",
                                         "grátis",
                                         "za darmo",
                                         "zdarma",
                                         "бесплатно",
                                         "безкоштовно",
                                         "ücretsiz",
                                         "ilmainen",
                                         "無料",
                                         "免费",
                                         "免費",
                                         "무료",
                                         NULL};

/* Words after "free" that show that there is something to pay for as well. */
static const char *const tier_words[] = {
    "tier",         "tier available",  "plan",         "plan available",
    "version",      "edition",         "to start",     "to get started",
    "entry",        "starter",         "+ paid",       "+ paid plans",
    "/ paid",       "/paid",           "and paid",     "and paid plans",
    ", paid plans", "with paid plans", "& paid plans", NULL};

/* What may follow a free word: "tier, then $20/mo", "; Pro $20/mo", ", paid plans from $10". */
static bool says_more(const char *rest)
{
    size_t tier = price_note_begins(rest, tier_words);
    const char *behind = rest + tier;
    if (tier > 0) {
        return *behind == '\0' || (price_note_has_more(behind) && !price_note_is_trial(behind));
    }
    return (*rest == ',' || *rest == ';') && price_note_has_more(rest) &&
           !price_note_ends_free(rest);
}

/* "Free tier", "Free / $20/mo", "Free – $20", "Freemium"; not "Free trial", nor "Free for 30 days,
 * then $20/mo", nor prices that are free only for some. */
static bool is_free_tier(const char *folded)
{
    static const char *const marks[] = {"/", "-", "–", "—", ",", ";", "or", "to", "+", "and", NULL};
    size_t word = price_note_begins(folded, free_words);
    const char *rest = folded + word;
    struct money money;
    if (word == 0) {
        return strcmp(folded, "freemium") == 0;
    }
    rest += strspn(rest, " ");
    if (says_more(rest)) {
        return true;
    }
    for (size_t i = 0; marks[i] != NULL; i++) {
        size_t len = strlen(marks[i]);
        if (strncmp(rest, marks[i], len) == 0) {
            const char *next = rest + len + strspn(rest + len, " ");
            return money_read(next, &money) > 0;
        }
    }
    return false;
}

/* The text after as many words as the folded text has in its first `len` bytes. */
static const char *behind_words(const char *text, const char *folded, size_t len)
{
    for (size_t i = 0; i < len && *text != '\0'; i++) {
        if (folded[i] == ' ') {
            text += strcspn(text, " ");
            text += strspn(text, " ");
        }
    }
    return text;
}

/* Reads a note that says what is paid for. False if it contradicts the price; a note that merely
 * begins like one ("A plan", "Annual" beside "$20/mo") is the name of a plan. */
static bool read_note(struct price *price, const char *note)
{
    struct price_unit unit = price->unit;
    enum price_unit_start start = price_unit_begins(note);
    bool sure = strncmp(note, "per ", 4) == 0 || *note == '/';
    bool good = start != START_NAME && price_unit_read(note, &unit);
    if (good && (sure || strcmp(unit.what, price->unit.what) == 0)) {
        price->unit = unit;
        price->per = start == START_LINK;
    }
    return good || !sure;
}

/* Reads "from $20/mo" and what the note adds to it; false if any part cannot be read. */
static bool read_amount(struct price *price, const char *folded, const char *note)
{
    size_t from = price_note_begins(folded, price_note_from);
    from += strspn(folded + from, " :");
    size_t money = money_read(folded + from, &price->money);
    if (money == 0 || !price_unit_read(folded + from + money, &price->unit)) {
        return false;
    }
    price->text = behind_words(price->text, folded, from);
    price->entry = price->entry || from > 0 || price->money.more;
    return read_note(price, note) && (!price->unit.billed || price->unit.period != PERIOD_NONE);
}

static enum price_kind read_kind(struct price *price, const char *folded, const char *note)
{
    if (is_one_of(folded, free_words)) {
        price->entry = price->entry || price_note_has_more(note);
        return price_note_ends_free(note) ? PRICE_OTHER : PRICE_FREE;
    }
    if (is_free_tier(folded)) {
        price->entry = true;
        return PRICE_FREE;
    }
    if (!read_amount(price, folded, note)) {
        return PRICE_OTHER;
    }
    if (price->money.low > 0) {
        return price_note_limits_amount(note) ? PRICE_OTHER : PRICE_AMOUNT;
    }
    price->entry = price->entry || price->money.high > 0 || price_note_has_more(note);
    return price->unit.terms[0] != '\0' || price_note_ends_free(note) ? PRICE_OTHER : PRICE_FREE;
}

struct price price_parse(struct arena *arena, const struct tool *tool)
{
    struct price price = {.text = plain_spaces(arena, tool->price),
                          .note = plain_spaces(arena, tool->price_note)};
    if (*price.text == '\0') {
        return price;
    }
    const char *note = fold(arena, price.note);
    if (price_note_is_entry(note)) {
        price.entry = true;
        price.note = note = "";
    }
    price.kind = read_kind(&price, fold(arena, price.text), note);
    return price;
}

enum { SHOWN_MAX = 60, WORD_MAX = 24, CELL_MAX = 40 /* characters */ };

/* Cuts the words of a text to at most `limit` characters: longer ones would widen the table. */
static char *cut_words(struct arena *arena, const char *text, size_t limit)
{
    char *cut = arena_copy(arena, "");
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        cut = phrase_join(arena, cut, phrase_cut(arena, arena_copy_bytes(arena, text, len), limit));
        text += len + strspn(text + len, " ");
    }
    return cut;
}

static char *shown(struct arena *arena, const struct price *price, size_t limit)
{
    return phrase_cut(arena, cut_words(arena, price->text, WORD_MAX), limit);
}

/* What the note adds after a price: " per seat", " (Self-hosted)". */
static char *note_words(struct arena *arena, const struct price *price)
{
    const char *note = cut_words(arena, price->note, WORD_MAX);
    if (*note == '\0') {
        return arena_copy(arena, "");
    }
    if (!price->per) {
        return arena_format(arena, " (%s)", note);
    }
    char *per = arena_format(arena, "%s%s", *note == '/' ? "" : " ", note);
    bool capital = per[1] >= 'A' && per[1] <= 'Z';
    per[1] = (char)(capital && *note != '/' ? per[1] - 'A' + 'a' : per[1]);
    return per;
}

/* "is free to start", "starts at $20/mo", "is listed as “Contact sales”". */
static char *predicate(const struct say *say, const struct price *price)
{
    const char *note = note_words(say->arena, price);
    const char *id = "price/is-unknown";
    const char *text = "";
    switch (price->kind) {
    case PRICE_FREE:
        id = price->entry ? "price/is-free-start" : "price/is-free";
        break;
    case PRICE_AMOUNT:
        id = price->entry ? "price/is-amount-start" : "price/is-amount";
        text = shown(say->arena, price, SHOWN_MAX);
        break;
    case PRICE_OTHER:
        id = "price/is-listed";
        text = shown(say->arena, price, SHOWN_MAX);
        break;
    case PRICE_UNKNOWN:
        note = "";
        break;
    }
    return say_text(say, id, HOLES({"price", text}, {"note", note}));
}

/* A tool with its price. */
struct offer {
    const char *name;
    struct price price;
};

static struct offer offer_of(struct arena *arena, const struct tool *tool)
{
    return (struct offer){tool->name, price_parse(arena, tool)};
}

/* Whether two equal amounts are also written in the same way. */
static bool same_terms(const struct price *one, const struct price *other)
{
    bool notes = one->per || other->per || strcasecmp(one->note, other->note) == 0;
    return notes && one->unit.period == other->unit.period &&
           one->unit.billed == other->unit.billed && one->unit.count == other->unit.count;
}

static char *read_same(const struct say *say, const struct offer *one, const struct offer *other)
{
    struct arena *arena = say->arena;
    const struct price *a = &one->price;
    const struct price *b = &other->price;
    bool start = a->entry || b->entry; /* the weaker claim */
    char *text = shown(arena, a, SHOWN_MAX);
    char *note = note_words(arena, a);
    if (same_terms(a, b)) {
        return say_text(say, start ? "price/both-amount-start" : "price/both-amount",
                        HOLES({"price", text}, {"note", a->per ? note : ""}));
    }
    return say_text(say, start ? "price/both-same-start" : "price/both-same",
                    HOLES({"tool", one->name}, {"price", arena_format(arena, "%s%s", text, note)},
                          {"other", other->name},
                          {"others", arena_format(arena, "%s%s", shown(arena, b, SHOWN_MAX),
                                                  note_words(arena, b))}));
}

/* A sentence on two prices. */
static char *read_two(const struct say *say, const char *id, const struct offer *one,
                      const struct offer *other)
{
    return say_text(say, id,
                    HOLES({"tool", one->name}, {"price", predicate(say, &one->price)},
                          {"other", other->name}, {"others", predicate(say, &other->price)}));
}

static char *read_order(const struct say *say, const struct offer *low, const struct offer *high)
{
    bool start = low->price.entry && !high->price.entry;
    return read_two(say, start ? "price/cheaper-start" : "price/cheaper", low, high);
}

static bool same_text(const struct price *one, const struct price *other)
{
    return strcasecmp(one->text, other->text) == 0 && strcasecmp(one->note, other->note) == 0;
}

static char *read_listed(const struct say *say, const struct price *price)
{
    return say_text(say, "price/both-listed",
                    HOLES({"price", shown(say->arena, price, SHOWN_MAX)},
                          {"note", note_words(say->arena, price)}));
}

static char *read_amounts(const struct say *say, const struct offer *one, const struct offer *other)
{
    switch (price_compare(&one->price, &other->price)) {
    case PRICE_LESS:
        return read_order(say, one, other);
    case PRICE_MORE:
        return read_order(say, other, one);
    case PRICE_SAME:
        return read_same(say, one, other);
    case PRICE_APART:
        break;
    }
    if (same_text(&one->price, &other->price)) {
        return read_listed(say, &one->price);
    }
    return read_two(say, "price/incomparable", one, other);
}

static char *read_free(const struct say *say, const struct offer *one, const struct offer *other)
{
    if (one->price.entry || other->price.entry) {
        return say_text(say, "price/both-free-start", NULL);
    }
    return strcasecmp(one->price.note, other->price.note) == 0
               ? say_text(say, "price/both-free", NULL)
               : read_two(say, "price/apart", one, other);
}

static char *read_unknown(const struct say *say, const struct offer *one, const struct offer *other)
{
    if (one->price.kind == other->price.kind) {
        return say_text(say, "price/both-unknown", NULL);
    }
    bool first = one->price.kind != PRICE_UNKNOWN;
    const struct offer *known = first ? one : other;
    return say_text(say, "price/one-unknown",
                    HOLES({"tool", known->name}, {"price", predicate(say, &known->price)},
                          {"other", first ? other->name : one->name}));
}

char *price_read(const struct say *say, const struct tool *one, const struct tool *other)
{
    struct offer a = offer_of(say->arena, one);
    struct offer b = offer_of(say->arena, other);
    enum price_kind kind = a.price.kind;
    if (kind == PRICE_UNKNOWN || b.price.kind == PRICE_UNKNOWN) {
        return read_unknown(say, &a, &b);
    }
    if (kind == b.price.kind && kind == PRICE_FREE) {
        return read_free(say, &a, &b);
    }
    if (kind == b.price.kind && kind == PRICE_AMOUNT) {
        return read_amounts(say, &a, &b);
    }
    if (kind == b.price.kind && same_text(&a.price, &b.price)) {
        return read_listed(say, &a.price);
    }
    bool turn = b.price.kind == PRICE_FREE; /* the free one is named first */
    return read_two(say, "price/apart", turn ? &b : &a, turn ? &a : &b);
}

/* Whether only the note says that prices begin here, and the price does not. */
static bool price_starts_in_note(const struct price *price, const struct tool *tool)
{
    return price->kind == PRICE_AMOUNT && price->entry && strcmp(tool->price, price->text) == 0;
}

const char *price_start(const struct say *say, const struct price *price)
{
    return arena_format(say->arena, "%s%s", shown(say->arena, price, CELL_MAX),
                        price->per ? note_words(say->arena, price) : "");
}

const char *price_cell(const struct say *say, const struct tool *tool)
{
    struct arena *arena = say->arena;
    struct price price = price_parse(arena, tool);
    if (price.kind == PRICE_UNKNOWN) {
        return say_text(say, "price/cell-unknown", NULL);
    }
    const char *text =
        phrase_cut(arena, cut_words(arena, plain_spaces(arena, tool->price), WORD_MAX), CELL_MAX);
    if (price.per) {
        text = arena_format(arena, "%s%s", text, note_words(arena, &price));
    } else if (*price.note != '\0') {
        const char *note = cut_words(arena, price.note, WORD_MAX);
        char *noted = say_text(say, "price/cell-note", HOLES({"price", text}, {"note", note}));
        text = phrase_length(noted) <= CELL_MAX ? noted : text;
    }
    return price_starts_in_note(&price, tool)
               ? say_text(say, "price/cell-from", HOLES({"price", text}))
               : text;
}
