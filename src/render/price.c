#include "render/price.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "render/phrase.h"

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_free_word(const char *text)
{
    static const char *const words[] = {
        "free",   "free forever", "open source",         "open-source",
        "gratis", "no cost",      "free and open source"};
    return is_one_of(text, words, sizeof words / sizeof words[0]);
}

static bool is_entry_note(const char *note)
{
    static const char *const words[] = {"entry",       "entry price", "entry tier", "starting",
                                        "starting at", "starts at",   "from",       "to start"};
    return is_one_of(note, words, sizeof words / sizeof words[0]);
}

/* A currency in front of the number; bytes read, 0 where there is none. */
static size_t read_currency(const char *text, char currency[8])
{
    static const char *const known[] = {"US$", "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP", "CHF"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t len = strlen(known[i]);
        if (strncasecmp(text, known[i], len) == 0) {
            memcpy(currency, known[i], len + 1);
            return len + strspn(text + len, " ");
        }
    }
    return 0;
}

/* "1,200.50" as millionths; bytes read, 0 where it is no number or too large for us. A comma must
 * have three digits behind it: "1,5" is read differently in different places. */
static size_t read_number(const char *text, int64_t *millionths)
{
    int64_t value = 0;
    int64_t scale = 1000000;
    size_t at = 0;
    bool fraction = false;
    for (;; at++) {
        if (isdigit((unsigned char)text[at]) && value < INT64_C(1000000000000000)) {
            scale /= fraction ? 10 : 1;
            value =
                fraction ? value + (text[at] - '0') * scale : value * 10 + (text[at] - '0') * scale;
        } else if (text[at] == '.' && !fraction && isdigit((unsigned char)text[at + 1])) {
            fraction = true;
        } else if (text[at] == ',' && !fraction && at > 0 &&
                   strspn(text + at + 1, "0123456789") == 3) {
            continue;
        } else {
            break;
        }
    }
    bool number = at > 0 && isdigit((unsigned char)text[0]) && text[at] != ',' &&
                  !isdigit((unsigned char)text[at]);
    *millionths = value;
    return number ? at : 0;
}

/* "/month" and "/mo" are one unit. */
static void shorten_unit(char unit[40])
{
    static const char *const words[][2] = {{"/month", "/mo"}, {"/year", "/yr"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(unit, words[i][0]) == 0) {
            memcpy(unit, words[i][1], strlen(words[i][1]) + 1);
        }
    }
}

/* What stands behind the number, without spaces and in small letters, and "per" as a slash; false
 * where it is too long to be a unit. */
static bool read_unit(const char *text, char unit[40])
{
    size_t used = 0;
    text += strspn(text, " ");
    if (strncasecmp(text, "per ", 4) == 0) {
        unit[used++] = '/';
        text += 4;
    }
    for (; *text != '\0'; text++) {
        if (*text == ' ') {
            continue;
        }
        if (used + 1 >= 40) {
            return false;
        }
        unit[used++] = (char)tolower((unsigned char)*text);
    }
    unit[used] = '\0';
    shorten_unit(unit);
    return true;
}

static bool read_amount(struct price *price)
{
    const char *text = price->text;
    size_t currency = read_currency(text, price->currency);
    size_t number = currency > 0 ? read_number(text + currency, &price->millionths) : 0;
    return number > 0 && read_unit(text + currency + number, price->unit);
}

struct price price_parse(const struct tool *tool)
{
    struct price price = {.text = tool->price,
                          .note = tool->price_note,
                          .entry = is_entry_note(tool->price_note),
                          .per = strncasecmp(tool->price_note, "per ", 4) == 0};
    if (*price.text == '\0') {
        price.kind = PRICE_UNKNOWN;
    } else if (is_free_word(price.text)) {
        price.kind = PRICE_FREE;
    } else if (read_amount(&price)) {
        price.kind = price.millionths == 0 ? PRICE_FREE : PRICE_AMOUNT;
    } else {
        price.kind = PRICE_OTHER;
    }
    return price;
}

/* What the note adds behind a price: " per seat", " (Self-hosted)"; nothing for an entry price. */
static char *note_words(struct arena *arena, const struct price *price)
{
    if (price->entry || *price->note == '\0') {
        return arena_copy(arena, "");
    }
    return price->per ? arena_format(arena, " p%s", price->note + 1)
                      : arena_format(arena, " (%s)", price->note);
}

/* "is free to start", "starts at $20/mo", "is listed as “Contact sales”". */
static char *predicate(struct arena *arena, const struct price *price)
{
    char *note = note_words(arena, price);
    switch (price->kind) {
    case PRICE_FREE:
        return arena_format(arena, "is free%s", price->entry ? " to start" : note);
    case PRICE_AMOUNT:
        return arena_format(arena, "%s %s%s", price->entry ? "starts at" : "costs", price->text,
                            note);
    case PRICE_OTHER:
        return arena_format(arena, "is listed as “%s”%s", price->text, note);
    case PRICE_UNKNOWN:
        break;
    }
    return arena_copy(arena, "has no price given");
}

static bool same_money(const struct price *one, const struct price *other)
{
    return one->kind == PRICE_AMOUNT && other->kind == PRICE_AMOUNT &&
           strcmp(one->currency, other->currency) == 0 && strcmp(one->unit, other->unit) == 0 &&
           one->per == other->per && (!one->per || strcasecmp(one->note, other->note) == 0);
}

static char *read_same_money(struct arena *arena, const struct tool *one, const struct price *a,
                             const struct tool *other, const struct price *b)
{
    if (a->millionths == b->millionths) {
        const char *verb = a->entry && b->entry ? "start at" : "cost";
        return arena_format(arena, "Both %s %s%s.", verb, a->text,
                            a->per ? note_words(arena, a) : "");
    }
    bool first = a->millionths < b->millionths;
    const struct price *low = first ? a : b;
    const struct price *high = first ? b : a;
    return arena_format(arena, "%s is cheaper: it %s, %s %s.", first ? one->name : other->name,
                        predicate(arena, low), first ? other->name : one->name,
                        predicate(arena, high));
}

static char *read_unknown(struct arena *arena, const struct tool *one, const struct price *a,
                          const struct tool *other, const struct price *b)
{
    if (a->kind == b->kind) {
        return arena_copy(arena, "No price is given for either.");
    }
    bool first = a->kind != PRICE_UNKNOWN;
    return arena_format(arena, "%s %s; no price is given for %s.", first ? one->name : other->name,
                        predicate(arena, first ? a : b), first ? other->name : one->name);
}

char *price_read(struct arena *arena, const struct tool *one, const struct tool *other)
{
    struct price a = price_parse(one);
    struct price b = price_parse(other);
    if (a.kind == PRICE_UNKNOWN || b.kind == PRICE_UNKNOWN) {
        return read_unknown(arena, one, &a, other, &b);
    }
    if (a.kind == PRICE_FREE && b.kind == PRICE_FREE) {
        return arena_copy(arena, a.entry && b.entry ? "Both are free to start." : "Both are free.");
    }
    if (a.kind == PRICE_OTHER && b.kind == PRICE_OTHER && strcmp(a.text, b.text) == 0) {
        return arena_format(arena, "Both are listed as “%s”.", a.text);
    }
    if (same_money(&a, &b)) {
        return read_same_money(arena, one, &a, other, &b);
    }
    const char *rest = a.kind == PRICE_AMOUNT && b.kind == PRICE_AMOUNT
                           ? ": two prices that do not compare directly"
                           : "";
    bool turn = b.kind == PRICE_FREE; /* the free one is named first */
    return arena_format(arena, "%s %s, %s %s%s.", turn ? other->name : one->name,
                        predicate(arena, turn ? &b : &a), turn ? one->name : other->name,
                        predicate(arena, turn ? &a : &b), rest);
}

const char *price_cell(struct arena *arena, const struct tool *tool)
{
    struct price price = price_parse(tool);
    if (price.kind == PRICE_UNKNOWN) {
        return "no price given";
    }
    return price.per ? arena_format(arena, "%s%s", price.text, note_words(arena, &price))
                     : price.text;
}
