/*
 * Words as data: the cues by which a sentence speaks for a tool or against it, and the facts that
 * set tools apart. The files in src/digest/lexicon say how they are written; a line that does not
 * fit is a broken contract, which a test finds.
 */
#ifndef DIGEST_LEXICON_H
#define DIGEST_LEXICON_H

#include "base/arena.h"

enum cue { CUE_FOR, CUE_AGAINST, CUE_NEVER };

struct lexicon_cue {
    enum cue cue;
    int weight;
    const char *phrase;
};

/* One way of having it, of a kind. */
struct lexicon_value {
    const char *name;
    const char *const *phrases; /* up to NULL */
};

struct lexicon_kind {
    const char *key, *name, *column;
    const char *const *says; /* up to NULL */
    struct lexicon_value *values;
    size_t count;
};

struct lexicon {
    struct lexicon_cue *cues;
    size_t cue_count;
    struct lexicon_kind *kinds;
    size_t kind_count;
};

/* The two tables that the program carries. */
const struct lexicon *lexicon_english(struct arena *arena);

/* Where a phrase stands in a text as words, whatever the case: the text from there on, or NULL. */
const char *lexicon_find(const char *text, const char *phrase);

/* Whether any of the phrases stands in the text. */
bool lexicon_has(const char *text, const char *const *phrases);

/* Whether one stands there that no word of denial goes before. */
bool lexicon_names(const char *text, const char *const *phrases);

#endif
