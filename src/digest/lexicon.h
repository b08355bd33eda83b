/*
 * Words as data: the cues by which a sentence speaks for a tool or against it, the facts that
 * distinguish tools, and the phrases that name times. The files in digest/lexicon describe their
 * own format; a line that does not follow it is a broken contract, which a test finds.
 */
#ifndef DIGEST_LEXICON_H
#define DIGEST_LEXICON_H

#include "base/arena.h"

enum cue { CUE_FOR, CUE_AGAINST, CUE_NEVER };

struct lexicon_cue {
    enum cue cue;
    int weight;
    const char *phrase;
    const struct lexicon_cue *next; /* the next cue that begins with the same byte */
};

/* One value of a kind of fact. */
struct lexicon_value {
    const char *key;            /* of the message with its name: "fact/license/apache" */
    const char *const *phrases; /* NULL-terminated */
};

struct lexicon_kind {
    const char *key;           /* "license" */
    const char *name, *column; /* messages: "fact/license", "fact-column/license" */
    const char *const *says;   /* NULL-terminated */
    struct lexicon_value *values;
    size_t count;
};

/* The month from which a time counts its months. */
enum when_base { WHEN_NONE, WHEN_SAID, WHEN_THIS_YEAR, WHEN_YEAR, WHEN_MONTH };

struct lexicon_when {
    enum when_base base;
    int months;
    const char *phrase; /* # is a number, @ a year, % a month's name */
};

/* The word lists of the table of times. */
enum time_word {
    TIME_NUMBER,
    TIME_MONTH,
    TIME_COUNTS,
    TIME_LEADS,
    TIME_EXPECTS,
    TIME_WILL,
    TIME_PARTS,
    TIME_IF,
    TIME_PAST,
    TIME_NEVER
};

struct lexicon_time {
    enum time_word word;
    int number; /* the number or month, or the weight */
    const char *phrase;
};

struct lexicon {
    struct lexicon_cue *cues;
    size_t cue_count;
    const struct lexicon_cue *by_first[256]; /* the cues by the first byte of their phrase */
    struct lexicon_kind *kinds;
    size_t kind_count;
    struct lexicon_when *whens;
    size_t when_count;
    struct lexicon_time *times;
    size_t time_count;
};

/* The three tables, which are built into the program. */
const struct lexicon *lexicon_english(struct arena *arena);

/* Which cues occur in a text as words, ignoring case: an entry for each, in the arena. */
const bool *lexicon_cues(struct arena *arena, const struct lexicon *lexicon, const char *text);

/* Finds a phrase in a text as words, ignoring case: the text from there on, or NULL. */
const char *lexicon_find(const char *text, const char *phrase);

/* The length that the phrase has at `at`, as words; 0 if it does not match. */
size_t lexicon_match(const char *at, const char *phrase);

/* Whether a word of `text` begins at `at`. */
bool lexicon_begins_word(const char *text, const char *at);

/* Whether any of the phrases occurs in the text. */
bool lexicon_has(const char *text, const char *const *phrases);

/* Whether one of them occurs without a negation before it. */
bool lexicon_names(const char *text, const char *const *phrases);

#endif
