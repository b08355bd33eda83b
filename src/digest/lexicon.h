/*
 * Words as data: the cues by which a sentence speaks for a tool or against it, the facts that set
 * tools apart, and the times by which something is expected. The files in src/digest/lexicon say
 * how they are written; a line that does not fit is a broken contract, which a test finds.
 */
#ifndef DIGEST_LEXICON_H
#define DIGEST_LEXICON_H

#include "base/arena.h"

enum cue { CUE_FOR, CUE_AGAINST, CUE_NEVER };

struct lexicon_cue {
    enum cue cue;
    int weight;
    const char *phrase;
    const struct lexicon_cue *next; /* that begins with the same byte */
};

/* One way of having it, of a kind. */
struct lexicon_value {
    const char *key;            /* of the message that names it: "fact/license/apache" */
    const char *const *phrases; /* up to NULL */
};

struct lexicon_kind {
    const char *key;           /* "license" */
    const char *name, *column; /* messages: "fact/license", "fact-column/license" */
    const char *const *says;   /* up to NULL */
    struct lexicon_value *values;
    size_t count;
};

/* From which month the months of a time count. */
enum when_base { WHEN_NONE, WHEN_SAID, WHEN_THIS_YEAR, WHEN_YEAR, WHEN_MONTH };

struct lexicon_when {
    enum when_base base;
    int months;
    const char *phrase; /* # a number, @ a year, % a month's name */
};

/* The words of the table of times but for the times themselves. */
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

/* The three tables that the program carries. */
const struct lexicon *lexicon_english(struct arena *arena);

/* Which cues stand in a text as words, whatever the case: an entry for each, in the arena. */
const bool *lexicon_cues(struct arena *arena, const struct lexicon *lexicon, const char *text);

/* Where a phrase stands in a text as words, whatever the case: the text from there on, or NULL. */
const char *lexicon_find(const char *text, const char *phrase);

/* The bytes that the phrase takes at `at`, as words; 0 where it does not stand there. */
size_t lexicon_match(const char *at, const char *phrase);

/* Whether a word of `text` begins at `at`. */
bool lexicon_begins_word(const char *text, const char *at);

/* Whether any of the phrases stands in the text. */
bool lexicon_has(const char *text, const char *const *phrases);

/* Whether one stands there that no word of denial goes before. */
bool lexicon_names(const char *text, const char *const *phrases);

#endif
