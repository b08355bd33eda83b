#include "digest/price_note.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "digest/money.h"
#include "digest/price_unit.h"

const char *const price_note_from[] = {"from",        "starts at",
                                       "starting at", "starting from",
                                       "start at",    "starts from",
                                       "as low as",   "ab",
                                       "à partir de", "dès",
                                       "desde",       "a partir de",
                                       "a partir da", "a partire da",
                                       "da",          "vanaf",
                                       "från",        "fra",
                                       "od",          "от",
                                       "від",         NULL};

unsigned price_note_begins(const char *text, const char *const *words)
{
    size_t longest = 0;
    for (; *words != NULL; words++) {
        size_t len = strlen(*words);
        if (len > longest && strncmp(text, *words, len) == 0 &&
            strchr(" ,;:/+(", text[len]) != NULL) {
            longest = len;
        }
    }
    return (unsigned)longest;
}

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words != NULL && strcmp(text, *words) != 0) {
        words++;
    }
    return *words != NULL;
}

/* The start of the next word (a number and a symbol count as words); "" at the end. */
static const char *next_word(const char *text)
{
    text += strcspn(text, " (");
    return text + strspn(text, " (");
}

static bool has_one_of(const char *note, const char *const *words)
{
    for (const char *at = note; *at != '\0'; at = next_word(at)) {
        if (price_note_begins(at, words) > 0) {
            return true;
        }
    }
    return false;
}

bool price_note_is_entry(const char *note)
{
    static const char *const words[] = {"entry",     "entry price",    "entry tier", "entry level",
                                        "starting",  "starting price", "to start",   "einstieg",
                                        "free tier", "free plan",      NULL};
    return is_one_of(note, words) || is_one_of(note, price_note_from);
}

bool price_note_has_more(const char *note)
{
    static const char *const words[] = {"paid", "up to", "limited", "with limits", NULL};
    struct money money;
    for (const char *at = note; *at != '\0'; at = next_word(at)) {
        if (money_read(at, &money) > 0) {
            return true;
        }
    }
    return has_one_of(note, words);
}

/* Whether it limits the price in time: "then $40", "first month", "for 3 months". */
static bool is_for_a_while(const char *note)
{
    static const char *const words[] = {
        "then",         "first",       "intro",       "introductory", "promo",  "promotion",
        "until",        "promotional", "for a month", "for one year", "during", "while",
        "limited time", NULL};
    for (const char *at = note; *at != '\0'; at = next_word(at)) {
        if (strncmp(at, "for ", 4) == 0 && isdigit((unsigned char)at[4])) {
            return true;
        }
    }
    return has_one_of(note, words);
}

bool price_note_is_trial(const char *note)
{
    return strstr(note, "trial") != NULL || strstr(note, "days") != NULL ||
           strstr(note, "day ") != NULL || strstr(note, "testphase") != NULL ||
           strstr(note, "essai") != NULL || strstr(note, "prueba") != NULL;
}

bool price_note_ends_free(const char *note)
{
    static const char *const all[] = {"for all", "for ever", "for everyone", "for everybody", NULL};
    bool some = strncmp(note, "for ", 4) == 0 && price_note_begins(note, all) == 0;
    return some || price_note_is_trial(note) || is_for_a_while(note);
}

bool price_note_limits_amount(const char *note)
{
    return is_for_a_while(note) || price_unit_counts_people(note);
}
