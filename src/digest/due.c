#include "digest/due.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 3, YEAR_DIGITS = 4 };

/* The length of a number in digits or in words; 0: there is none. */
static size_t read_one(const struct lexicon *lexicon, const char *at, int *number)
{
    size_t digits = strspn(at, "0123456789");
    if (digits > 0) {
        *number = digits <= DIGITS_MAX ? (int)strtol(at, NULL, 10) : 0;
        return *number > 0 ? digits : 0;
    }
    for (size_t i = 0; i < lexicon->time_count; i++) {
        const struct lexicon_time *time = &lexicon->times[i];
        size_t used = time->word == TIME_NUMBER ? lexicon_match(at, time->phrase) : 0;
        if (used > 0) {
            *number = time->number;
            return used;
        }
    }
    return 0;
}

/* The same for "12", "12 to 18" or "12-18"; the second number counts. */
static size_t read_number(const struct lexicon *lexicon, const char *at, int *number)
{
    static const char *const joints[] = {" to ", " or ", "-", "\xE2\x80\x93" /* an en dash */};
    size_t used = read_one(lexicon, at, number);
    for (size_t i = 0; used > 0 && i < sizeof joints / sizeof joints[0]; i++) {
        size_t joint = strlen(joints[i]);
        int second = 0;
        size_t more = strncmp(at + used, joints[i], joint) == 0
                          ? read_one(lexicon, at + used + joint, &second)
                          : 0;
        if (more > 0) {
            *number = second;
            return used + joint + more;
        }
    }
    return used;
}

static size_t read_year(const char *at, int *year)
{
    if (strspn(at, "0123456789") != YEAR_DIGITS || (at[0] != '1' && at[0] != '2')) {
        return 0;
    }
    *year = (int)strtol(at, NULL, 10);
    return YEAR_DIGITS;
}

static size_t read_month(const struct lexicon *lexicon, const char *at, int *month)
{
    for (size_t i = 0; i < lexicon->time_count; i++) {
        const struct lexicon_time *time = &lexicon->times[i];
        size_t used = time->word == TIME_MONTH ? lexicon_match(at, time->phrase) : 0;
        if (used > 0) {
            *month = time->number;
            return used;
        }
    }
    return 0;
}

/* Reads what matches a placeholder of a phrase; 0: nothing does. */
static size_t read_sign(const struct lexicon *lexicon, const char *at, char sign, struct due *due)
{
    switch (sign) {
    case '#':
        return read_number(lexicon, at, &due->number);
    case '@':
        return read_year(at, &due->year);
    default:
        return read_month(lexicon, at, &due->month);
    }
}

/* The length of the words before the next placeholder. Not lexicon_match(), which requires its
 * phrase to end with a word: here a phrase is matched piece by piece. */
static size_t read_words(const char *at, const char *phrase, size_t len)
{
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        if (phrase[i] == '\'' && strncmp(at + used, "\xE2\x80\x99", 3) == 0) {
            used += 3;
        } else if (tolower((unsigned char)at[used]) == phrase[i]) {
            used++;
        } else {
            return 0;
        }
    }
    return used;
}

/* The length that the whole phrase has at `at`; 0: it does not match. */
static size_t match(const struct lexicon *lexicon, const char *at, const struct lexicon_when *when,
                    struct due *due)
{
    const char *from = at;
    const char *phrase = when->phrase;
    *due = (struct due){.when = when};
    while (*phrase != '\0') {
        size_t len = strcspn(phrase, "#@%");
        bool last = phrase[len] == '\0';
        size_t used = last ? lexicon_match(at, phrase) : read_words(at, phrase, len);
        if (used == 0 && len > 0) {
            return 0;
        }
        at += used;
        phrase += len;
        if (!last) {
            size_t value = read_sign(lexicon, at, *phrase, due);
            at += value;
            phrase++;
            if (value == 0 || (*phrase == '\0' && isalnum((unsigned char)*at))) {
                return 0;
            }
        }
    }
    return (size_t)(at - from);
}

/* Whether the phrase can match there, by its first byte: at nearly every word of a review none
 * can, and to take each phrase apart there was half of an issue's start. */
static bool can_begin(const char *phrase, const char *at)
{
    return tolower((unsigned char)*at) == *phrase || strchr("#@%'", *phrase) != NULL;
}

/* The longest phrase that matches at `at`. */
static bool match_longest(const struct lexicon *lexicon, const char *sentence, const char *at,
                          struct due *due)
{
    size_t longest = 0;
    for (size_t i = 0; i < lexicon->when_count; i++) {
        struct due found;
        const struct lexicon_when *when = &lexicon->whens[i];
        size_t used = can_begin(when->phrase, at) ? match(lexicon, at, when, &found) : 0;
        if (used > longest) {
            longest = used;
            *due = found;
            due->start = (size_t)(at - sentence);
            due->end = due->start + used;
        }
    }
    return longest > 0;
}

/* Whether the time is counted from another event: "within 18 months of its launch", "next year's
 * model". */
static bool is_counted_elsewhere(const struct lexicon *lexicon, const char *behind)
{
    if (*behind == '\'' || strncmp(behind, "\xE2\x80\x99", 3) == 0) {
        return true;
    }
    behind += *behind == ' ';
    for (size_t i = 0; i < lexicon->time_count; i++) {
        const struct lexicon_time *time = &lexicon->times[i];
        if (time->word == TIME_COUNTS && lexicon_match(behind, time->phrase) > 0) {
            return true;
        }
    }
    return false;
}

bool due_find(const struct lexicon *lexicon, const char *sentence, size_t from, struct due *due)
{
    const char *at = sentence + from;
    while (*at != '\0') {
        if (!lexicon_begins_word(sentence, at) || !match_longest(lexicon, sentence, at, due)) {
            at++;
            continue;
        }
        at = sentence + due->end;
        if (due->when->base != WHEN_NONE && !is_counted_elsewhere(lexicon, at)) {
            return true;
        }
    }
    return false;
}

int due_month(const struct due *due, int said)
{
    int months = due->when->months * (due->number > 0 ? due->number : 1);
    switch (due->when->base) {
    case WHEN_NONE:
        break;
    case WHEN_SAID:
        return said + months;
    case WHEN_THIS_YEAR:
        return said / 12 * 12 + months;
    case WHEN_YEAR:
        return due->year * 12 + months;
    case WHEN_MONTH:
        return due->year * 12 + due->month - 1 + months;
    }
    return said;
}
