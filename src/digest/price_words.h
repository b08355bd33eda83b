/*
 * The words after an amount, as data: periods, people and the words that join them, in the
 * languages of the sites that write such prices. Words are case-folded, without a full stop at the
 * end.
 */
#ifndef DIGEST_PRICE_WORDS_H
#define DIGEST_PRICE_WORDS_H

enum price_word_kind {
    WORD_LINK,    /* "per", "and": what follows is a unit */
    WORD_PERIOD,  /* a noun or "monthly" */
    WORD_PERSON,  /* seat, user, member: the same for the buyer */
    WORD_COUNT,   /* thousand, million */
    WORD_THING,   /* another spelling of a thing: "hr" of "hour" */
    WORD_NOTHING, /* "only", "flat" */
    WORD_BILLED,  /* how billing works: up to the end */
    WORD_TERMS,   /* what is included or excluded: up to the end */
};

struct price_word {
    enum price_word_kind kind;
    int value;           /* for PERIOD an enum price_period, for COUNT the number */
    const char *words;   /* separated by spaces */
    const char *meaning; /* for THING */
};

/* The meaning of a word; NULL if it has none. A word that two languages share has one meaning. */
const struct price_word *price_words_english(const char *word);
const struct price_word *price_words_foreign(const char *word);

#endif
