#include "digest/price_unit.h"

#include <ctype.h>
#include <string.h>

#include "digest/price_words.h"

/* The state of reading the words of a text. */
struct unit_reader {
    const char *at;
    struct price_unit *unit;
    char token[64];
    bool slash;      /* a "/" directly precedes the token */
    bool introduced; /* a link precedes: an unknown word is then a thing */
    bool pro;        /* "pro" precedes, which is the name of a plan before an English word */
    bool counted;    /* a number precedes: */
    double count;
};

static bool is_gap(char c)
{
    return c == ' ' || c == '(' || c == ')' || c == ';' || c == '[' || c == ']' || c == '|';
}

/* A comma between two digits belongs to a number; any other separates words. */
static bool is_comma(const char *at)
{
    return *at == ',' && !isdigit((unsigned char)at[1]);
}

static bool ends_token(const char *at)
{
    return *at == '\0' || *at == '/' || *at == '&' || is_gap(*at) || is_comma(at);
}

/* Reads the next word into `token`, "" at the end; false if it is longer than any known word. */
static bool next_token(struct unit_reader *reading)
{
    const char *at = reading->at;
    size_t len = 0;
    reading->slash = false;
    for (; is_gap(*at) || is_comma(at) || *at == '/' || *at == '&'; at++) {
        reading->slash = *at == '/' || (reading->slash && *at == ' ');
        reading->introduced = reading->introduced || *at == '/';
    }
    while (!ends_token(at + len)) {
        len++;
    }
    if (len >= sizeof reading->token) {
        return false;
    }
    memcpy(reading->token, at, len);
    reading->token[len] = '\0';
    reading->at = at + len;
    while (len > 1 && reading->token[len - 1] == '.') {
        reading->token[--len] = '\0';
    }
    return true;
}

/* "an hour" is English, "/an" is French; "/y" is a year, "y" is Spanish for "and". */
static const struct price_word *find_word(const struct unit_reader *reading)
{
    static const struct price_word article = {.kind = WORD_LINK};
    static const struct price_word year = {.kind = WORD_PERIOD, .value = PERIOD_YEAR};
    const char *rest = reading->at + strspn(reading->at, " ");
    if (strcmp(reading->token, "an") == 0 && !reading->introduced &&
        isalpha((unsigned char)*rest)) {
        return &article;
    }
    if (strcmp(reading->token, "y") == 0 && reading->slash) {
        return &year;
    }
    const struct price_word *word = price_words_english(reading->token);
    if (word != NULL) {
        return reading->pro && word->kind != WORD_LINK ? NULL : word;
    }
    return price_words_foreign(reading->token);
}

/* Takes a period, of which there may be one only: "12 months" is a year. */
static bool take_period(struct unit_reader *reading, enum price_period period)
{
    static const struct {
        enum price_period of;
        int count;
        enum price_period is;
    } counts[] = {{PERIOD_MONTH, 12, PERIOD_YEAR},
                  {PERIOD_MONTH, 3, PERIOD_QUARTER},
                  {PERIOD_DAY, 7, PERIOD_WEEK}};
    bool one = !reading->counted || reading->count == 1;
    for (size_t i = 0; !one && i < sizeof counts / sizeof counts[0]; i++) {
        if (counts[i].of == period && counts[i].count == reading->count) {
            period = counts[i].is;
            one = true;
        }
    }
    struct price_unit *unit = reading->unit;
    bool fits = one && (unit->period == PERIOD_NONE || unit->period == period);
    unit->period = period;
    reading->introduced = reading->counted = reading->pro = false;
    return fits;
}

static bool take_person(struct unit_reader *reading)
{
    bool one = !reading->counted || reading->count == 1;
    bool fits = one && reading->introduced && reading->unit->what[0] == '\0';
    reading->unit->person = true;
    reading->introduced = reading->counted = reading->pro = false;
    return fits;
}

/* Appends a word to a text of a fixed size. */
static bool join_word(char *text, size_t size, const char *word)
{
    size_t used = strlen(text);
    size_t gap = used > 0 ? 1 : 0;
    size_t len = strlen(word);
    if (used + gap + len >= size) {
        return false;
    }
    memcpy(text + used, " ", gap);
    memcpy(text + used + gap, word, len + 1);
    return true;
}

static bool is_plain(const char *word)
{
    while (isalnum((unsigned char)*word) || (unsigned char)*word >= 0x80 || *word == '-') {
        word++;
    }
    return *word == '\0';
}

/* Takes a word for a thing, in the singular. */
static bool take_thing(struct unit_reader *reading, const char *word)
{
    struct price_unit *unit = reading->unit;
    if (!reading->introduced || reading->pro || !is_plain(word)) {
        return false;
    }
    bool begins = unit->what[0] == '\0';
    if (begins) {
        unit->count = reading->counted ? reading->count : 1;
    } else if (reading->counted || reading->slash) {
        return false; /* a second thing */
    }
    reading->counted = false;
    size_t len = strlen(word);
    bool many = len > 3 && word[len - 1] == 's' && word[len - 2] != 's';
    char one[sizeof reading->token];
    memcpy(one, word, len + 1);
    one[many ? len - 1 : len] = '\0';
    return join_word(unit->what, sizeof unit->what, one);
}

/* Reads "1m", "1,000", "100k"; false if the token is not a number. */
static bool read_count(const char *token, double *count)
{
    *count = 0;
    for (; isdigit((unsigned char)*token) || *token == ','; token++) {
        *count = *token == ',' ? *count : *count * 10 + (*token - '0');
    }
    double scale = *token == 'k' ? 1000 : *token == 'm' ? 1000000 : 1;
    *count *= scale;
    token += scale > 1 ? 1 : 0;
    return *token == '\0' && *count > 0;
}

/* Takes the number of the units that follow. */
static bool take_count(struct unit_reader *reading, double count)
{
    bool fits = reading->introduced && reading->unit->what[0] == '\0';
    reading->count = reading->counted ? reading->count * count : count;
    reading->counted = true;
    return fits;
}

static bool take_unknown(struct unit_reader *reading)
{
    const char *token = reading->token;
    double count;
    if (isdigit((unsigned char)*token)) {
        return read_count(token, &count) && take_count(reading, count);
    }
    /* as in "/ M tokens"; "/m" alone may be a month */
    if ((strcmp(token, "m") == 0 || strcmp(token, "k") == 0) &&
        isalpha((unsigned char)reading->at[strspn(reading->at, " ")])) {
        return take_count(reading, *token == 'm' ? 1000000 : 1000);
    }
    if (strncmp(token, "mtok", 4) == 0) {
        return take_count(reading, 1000000) && take_thing(reading, "token");
    }
    return take_thing(reading, token);
}

/* Takes the token and all that follows. */
static bool take_rest(struct unit_reader *reading, char *text, size_t size)
{
    bool good = join_word(text, size, reading->token);
    while (good && next_token(reading) && reading->token[0] != '\0') {
        good = join_word(text, size, reading->token);
    }
    reading->introduced = false;
    return good;
}

static bool take_word(struct unit_reader *reading, const struct price_word *word)
{
    char billed[128] = "";
    switch (word->kind) {
    case WORD_LINK:
        reading->introduced = true;
        reading->pro = strcmp(reading->token, "pro") == 0;
        return true;
    case WORD_PERIOD:
        return take_period(reading, (enum price_period)word->value);
    case WORD_PERSON:
        return take_person(reading);
    case WORD_COUNT:
        return take_count(reading, word->value);
    case WORD_THING:
        return take_thing(reading, word->meaning);
    case WORD_BILLED:
        reading->unit->billed = true;
        return take_rest(reading, billed, sizeof billed);
    case WORD_TERMS:
        return take_rest(reading, reading->unit->terms, sizeof reading->unit->terms);
    case WORD_NOTHING:
        break;
    }
    return true;
}

bool price_unit_read(const char *text, struct price_unit *unit)
{
    struct unit_reader reading = {.at = text, .unit = unit};
    bool good = next_token(&reading);
    while (good && reading.token[0] != '\0') {
        const struct price_word *word = find_word(&reading);
        good = (word != NULL ? take_word(&reading, word) : take_unknown(&reading)) &&
               next_token(&reading);
    }
    /* A link or a number at the end lacks its unit. */
    return good && !reading.counted && (!reading.introduced || unit->what[0] != '\0');
}

bool price_unit_counts_people(const char *text)
{
    struct price_unit unit = {0};
    struct unit_reader reading = {.at = text, .unit = &unit};
    bool number = false;
    while (next_token(&reading) && reading.token[0] != '\0') {
        bool digit = isdigit((unsigned char)reading.token[0]);
        const char *dash = digit ? strchr(reading.token, '-') : NULL;
        const struct price_word *word =
            price_words_english(dash != NULL ? dash + 1 : reading.token);
        if ((number || dash != NULL) && word != NULL && word->kind == WORD_PERSON) {
            return true;
        }
        number = digit;
    }
    return false;
}

/* Whether something else that is paid for follows "plus". */
static bool adds_something(struct unit_reader *reading)
{
    static const char *const things[] = {"vat",   "tax",     "taxes", "gst",    "usage",
                                         "fee",   "fees",    "setup", "tokens", "overage",
                                         "sales", "hosting", "api",   NULL};
    if (!next_token(reading)) {
        return false;
    }
    bool amount = reading->token[0] == '$' || isdigit((unsigned char)reading->token[0]);
    size_t i = 0;
    while (things[i] != NULL && strcmp(reading->token, things[i]) != 0) {
        i++;
    }
    return amount || things[i] != NULL;
}

enum price_unit_start price_unit_begins(const char *text)
{
    struct price_unit unit = {0};
    struct unit_reader reading = {.at = text, .unit = &unit};
    if (!next_token(&reading)) {
        return START_NAME;
    }
    const struct price_word *word = find_word(&reading);
    if (reading.slash || (word != NULL && word->kind == WORD_LINK)) {
        return START_LINK;
    }
    /* "Plus" is a plan, "plus usage" is not */
    bool plus = strcmp(reading.token, "plus") == 0 && !adds_something(&reading);
    bool name = word == NULL || word->kind == WORD_PERSON || word->kind == WORD_COUNT ||
                word->kind == WORD_NOTHING || plus;
    return name ? START_NAME : START_WORD;
}
