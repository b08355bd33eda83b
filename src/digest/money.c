/*
 * Numbers are the difficult part: "1,200" means the same nearly everywhere, "1.200" does not, and a
 * wrong guess is off by a factor of a thousand. So the separators of one number are considered
 * together: a different one at the end separates cents, equal ones separate thousands, and the
 * meaning of a single "." before exactly three digits is unknown.
 */
#include "digest/money.h"

#include <ctype.h>
#include <string.h>

#define MILLION INT64_C(1000000)

/* A sign and the codes that it may stand for belong to one family: "$20 AUD" are Australian
 * dollars. */
struct currency {
    const char *word;
    const char *code;
    char family;
    bool bare; /* a sign by itself, which a code may make more precise */
    bool vague;
};

static const struct currency currencies[] = {
    {"$", "USD", '$', true, false},      {"us$", "USD", '$', false, false},
    {"us $", "USD", '$', false, false},  {"usd", "USD", '$', false, false},
    {"a$", "AUD", '$', false, false},    {"au$", "AUD", '$', false, false},
    {"aud", "AUD", '$', false, false},   {"c$", "CAD", '$', false, false},
    {"ca$", "CAD", '$', false, false},   {"cad", "CAD", '$', false, false},
    {"nz$", "NZD", '$', false, false},   {"nzd", "NZD", '$', false, false},
    {"hk$", "HKD", '$', false, false},   {"hkd", "HKD", '$', false, false},
    {"s$", "SGD", '$', false, false},    {"sg$", "SGD", '$', false, false},
    {"sgd", "SGD", '$', false, false},   {"nt$", "TWD", '$', false, false},
    {"twd", "TWD", '$', false, false},   {"mx$", "MXN", '$', false, false},
    {"mxn", "MXN", '$', false, false},   {"r$", "BRL", '$', false, false},
    {"brl", "BRL", '$', false, false},   {"€", "EUR", 'e', false, false},
    {"eur", "EUR", 'e', false, false},   {"euro", "EUR", 'e', false, false},
    {"euros", "EUR", 'e', false, false}, {"£", "GBP", 'l', false, false},
    {"gbp", "GBP", 'l', false, false},   {"chf", "CHF", 'f', false, false},
    {"sfr.", "CHF", 'f', false, false},  {"sfr", "CHF", 'f', false, false},
    {"fr.", "Fr.", 'f', true, true},     {"¥", "¥", 'y', true, true},
    {"￥", "¥", 'y', true, true},        {"jp¥", "JPY", 'y', false, false},
    {"jpy", "JPY", 'y', false, false},   {"円", "JPY", 'y', false, false},
    {"cn¥", "CNY", 'y', false, false},   {"cny", "CNY", 'y', false, false},
    {"rmb", "CNY", 'y', false, false},   {"元", "CNY", 'y', false, false},
    {"₹", "INR", 'r', false, false},     {"inr", "INR", 'r', false, false},
    {"rs.", "Rs", 'r', true, true},      {"rs", "Rs", 'r', true, true},
    {"₩", "KRW", 'w', false, false},     {"krw", "KRW", 'w', false, false},
    {"원", "KRW", 'w', false, false},    {"kr.", "kr", 'k', true, true},
    {"kr", "kr", 'k', true, true},       {"sek", "SEK", 'k', false, false},
    {"nok", "NOK", 'k', false, false},   {"dkk", "DKK", 'k', false, false},
    {"isk", "ISK", 'k', false, false},   {"zł", "PLN", 'z', false, false},
    {"pln", "PLN", 'z', false, false},   {"kč", "CZK", 'c', false, false},
    {"czk", "CZK", 'c', false, false},   {"₽", "RUB", 'u', false, false},
    {"rub", "RUB", 'u', false, false},   {"₺", "TRY", 't', false, false},
    {"try", "TRY", 't', false, false},   {"₴", "UAH", 'h', false, false},
    {"uah", "UAH", 'h', false, false},   {"руб.", "RUB", 'u', false, false},
    {"руб", "RUB", 'u', false, false},   {"₪", "ILS", 'i', false, false},
    {"ils", "ILS", 'i', false, false},   {"฿", "THB", 'b', false, false},
    {"thb", "THB", 'b', false, false},   {"₱", "PHP", 'p', false, false},
    {"php", "PHP", 'p', false, false},   {"₫", "VND", 'd', false, false},
    {"vnd", "VND", 'd', false, false},   {"₦", "NGN", 'n', false, false},
    {"ngn", "NGN", 'n', false, false},
};

/* Whether the text begins with the word, and no letter follows it. */
static bool begins_with(const char *text, const char *word)
{
    size_t len = strlen(word);
    return strncmp(text, word, len) == 0 &&
           !(isalpha((unsigned char)word[len - 1]) && isalpha((unsigned char)text[len]));
}

/* The longest word of the table that begins the text; NULL if none. */
static const struct currency *find_currency(const char *text)
{
    const struct currency *best = NULL;
    for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++) {
        const char *word = currencies[i].word;
        if (begins_with(text, word) && (best == NULL || strlen(word) > strlen(best->word))) {
            best = &currencies[i];
        }
    }
    return best;
}

/* Combines the currency at `text` with the known one (NULL: none yet). False if they contradict
 * each other. `*used` grows by the length read. */
static bool join_currency(const char *text, const struct currency **known, size_t *used)
{
    size_t gap = strspn(text + *used, " ");
    bool open = text[*used + gap] == '('; /* "$20 (USD)" */
    const struct currency *found = find_currency(text + *used + gap + open);
    size_t end = found == NULL ? 0 : *used + gap + open + strlen(found->word);
    if (found == NULL || (open && text[end] != ')')) {
        return true;
    }
    *used = end + open;
    if (*known == NULL || strcmp((*known)->code, found->code) == 0) {
        *known = found;
        return true;
    }
    bool kin = (*known)->family == found->family;
    if (kin && (*known)->bare) {
        *known = found;
    }
    return kin && ((*known)->bare || *known == found || found->bare);
}

enum { GROUPS_MAX = 6, DIGITS_MAX = 9 };

struct amount {
    int64_t millionths;
    bool thousands; /* written with a "k" */
};

/* A number as groups of digits with separators. */
struct groups {
    const char *digits[GROUPS_MAX];
    size_t lengths[GROUPS_MAX];
    const char *marks[GROUPS_MAX]; /* marks[i] follows group i: "," "." " " "'" */
    size_t count;
};

/* The length of a separator that is followed by digits; 0 for none. */
static size_t read_mark(const char *text, const char **mark)
{
    static const char *const apostrophes[] = {"'", "’", "ʼ", "‘"};
    if ((*text == ',' || *text == '.') && isdigit((unsigned char)text[1])) {
        *mark = *text == ',' ? "," : ".";
        return 1;
    }
    if (*text == ' ' && strspn(text + 1, "0123456789") == 3) {
        *mark = " ";
        return 1;
    }
    for (size_t i = 0; i < sizeof apostrophes / sizeof apostrophes[0]; i++) {
        size_t len = strlen(apostrophes[i]);
        if (strncmp(text, apostrophes[i], len) == 0 && isdigit((unsigned char)text[len])) {
            *mark = "'";
            return len;
        }
    }
    return 0;
}

static size_t read_groups(const char *text, struct groups *groups)
{
    size_t at = 0;
    groups->count = 0;
    for (;;) {
        size_t len = strspn(text + at, "0123456789");
        if (len == 0 || groups->count == GROUPS_MAX) {
            return 0;
        }
        groups->digits[groups->count] = text + at;
        groups->lengths[groups->count] = len;
        at += len;
        size_t mark = read_mark(text + at, &groups->marks[groups->count++]);
        if (mark == 0) {
            return at;
        }
        at += mark;
    }
}

static bool same_mark(const struct groups *groups, size_t one, size_t other)
{
    return strcmp(groups->marks[one], groups->marks[other]) == 0;
}

/* Whether the first `count` groups are thousands: equal separators, and three digits in each but
 * the first; in India ("1,20,000") two. */
static bool are_thousands(const struct groups *groups, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        bool lakh = groups->marks[0][0] == ',' && groups->lengths[i] == 2 && i + 1 < count;
        if (!same_mark(groups, 0, i - 1) || (groups->lengths[i] != 3 && !lakh)) {
            return false;
        }
    }
    return count == 1 || (groups->lengths[0] <= 3 && groups->digits[0][0] != '0');
}

/* How many groups precede the decimal separator; all if there is none; 0 if it cannot be
 * decided. */
static size_t whole_groups(const struct groups *groups)
{
    size_t count = groups->count;
    const char *last = count > 1 ? groups->marks[count - 2] : "";
    bool point = *last == '.' || *last == ',';
    bool zero = groups->lengths[0] == 1 && groups->digits[0][0] == '0';
    if (count == 1) {
        return 1;
    }
    if (count == 2) {
        bool three = groups->lengths[1] == 3 && !zero;
        return three && *last == '.' ? 0 : three || !point ? 2 : 1;
    }
    return point && !same_mark(groups, 0, count - 2) ? count - 1 : count;
}

static bool add_digits(const struct groups *groups, size_t at, size_t *digits, int64_t *value)
{
    for (size_t i = 0; i < groups->lengths[at]; i++) {
        *value = *value * 10 + (groups->digits[at][i] - '0');
        *digits += *value > 0 ? 1 : 0;
        if (*digits > DIGITS_MAX) {
            return false;
        }
    }
    return true;
}

/* Adds the digits after the decimal separator, in millionths; false if they are more precise than
 * that. */
static bool add_fraction(const struct groups *groups, size_t at, int64_t *value)
{
    int64_t scale = MILLION;
    for (size_t i = 0; i < groups->lengths[at]; i++) {
        scale /= 10;
        int digit = groups->digits[at][i] - '0';
        if (scale == 0 && digit != 0) {
            return false;
        }
        *value += digit * scale;
    }
    return true;
}

static bool value_of(const struct groups *groups, int64_t *millionths)
{
    size_t whole = whole_groups(groups);
    size_t digits = 0;
    *millionths = 0;
    if (whole == 0 || !are_thousands(groups, whole)) {
        return false;
    }
    for (size_t i = 0; i < whole; i++) {
        if (!add_digits(groups, i, &digits, millionths)) {
            return false;
        }
    }
    *millionths *= MILLION;
    return whole == groups->count || add_fraction(groups, whole, millionths);
}

/* The length of a dash; 0 for none. */
static size_t read_dash(const char *text)
{
    static const char *const dashes[] = {"-", "–", "—"};
    for (size_t i = 0; i < sizeof dashes / sizeof dashes[0]; i++) {
        if (strncmp(text, dashes[i], strlen(dashes[i])) == 0) {
            return strlen(dashes[i]);
        }
    }
    return 0;
}

/* The notation for "no cents": ".–" in "12.–", ",-", ":-". */
static size_t read_no_cents(const char *text)
{
    size_t dash = *text == '.' || *text == ',' || *text == ':' ? read_dash(text + 1) : 0;
    return dash > 0 ? 1 + dash : 0;
}

/* Reads "1,200.50", "12.–", "20k"; returns the length, 0 if it is no number, is ambiguous, or is
 * too large or too precise. */
static size_t read_number(const char *text, struct amount *amount)
{
    struct groups groups;
    size_t used = read_groups(text, &groups);
    if (used == 0 || !value_of(&groups, &amount->millionths)) {
        return 0;
    }
    amount->thousands = text[used] == 'k' && !isalnum((unsigned char)text[used + 1]);
    if (amount->thousands) {
        amount->millionths *= 1000;
        return used + 1;
    }
    return used + read_no_cents(text + used);
}

/* The separator of a range, if a digit or a currency follows it. */
static size_t read_range_mark(const char *text)
{
    static const char *const words[] = {"to ", "bis ", "à ", "a ", "til ", "till ", "tot "};
    size_t gap = strspn(text, " ");
    size_t used = read_dash(text + gap);
    for (size_t i = 0; used == 0 && gap > 0 && i < sizeof words / sizeof words[0]; i++) {
        used = strncmp(text + gap, words[i], strlen(words[i])) == 0 ? strlen(words[i]) : 0;
    }
    if (used == 0) {
        return 0;
    }
    used += gap;
    used += strspn(text + used, " ");
    return isdigit((unsigned char)text[used]) || find_currency(text + used) != NULL ? used : 0;
}

/* Reads a number with its currency before it, after it, or both. */
static size_t read_amount(const char *text, const struct currency **currency, struct amount *amount)
{
    size_t used = 0;
    if (!join_currency(text, currency, &used) || !join_currency(text, currency, &used)) {
        return 0;
    }
    used += strspn(text + used, " ");
    size_t number = read_number(text + used, amount);
    used += number;
    return number > 0 && join_currency(text, currency, &used) ? used : 0;
}

/* Reads the other end of a range after the first amount: its length, 0 if there is none. For
 * "10–20k", which may begin at ten or at ten thousand, `*good` is false. */
static size_t read_range(const char *text, const struct currency **currency, struct amount *low,
                         struct amount *high, bool *good)
{
    size_t mark = read_range_mark(text);
    *high = *low;
    *good = true;
    if (mark == 0) {
        return 0;
    }
    size_t used = read_amount(text + mark, currency, high);
    *good = used > 0 && high->millionths >= low->millionths && low->thousands == high->thousands;
    return mark + used;
}

size_t money_read(const char *text, struct money *money)
{
    const struct currency *currency = NULL;
    struct amount low, high;
    bool good;
    size_t used = read_amount(text, &currency, &low);
    if (used == 0) {
        return 0;
    }
    used += read_range(text + used, &currency, &low, &high, &good);
    if (!good || currency == NULL) {
        return 0;
    }
    bool more = text[used] == '+' && (text[used + 1] == '\0' || text[used + 1] == '/');
    *money = (struct money){.low = low.millionths,
                            .high = high.millionths,
                            .currency = currency->code,
                            .vague = currency->vague,
                            .more = more};
    return used + (more ? 1 : 0);
}
