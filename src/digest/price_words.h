/*
 * The words behind an amount, as data: periods, people and what joins them, in the languages of the
 * sites that write prices so. Words are case-folded and without a full stop at their end.
 */
#ifndef DIGEST_PRICE_WORDS_H
#define DIGEST_PRICE_WORDS_H

enum price_word_kind {
    WORD_LINK,    /* "per", "and": what follows is a unit */
    WORD_PERIOD,  /* a noun or "monthly" */
    WORD_PERSON,  /* seat, user, member: the same to who pays */
    WORD_COUNT,   /* thousand, million */
    WORD_THING,   /* another spelling of a thing: "hr" of "hour" */
    WORD_NOTHING, /* "only", "flat" */
    WORD_BILLED,  /* how one is billed: to the end */
    WORD_TERMS,   /* what is included or not: to the end */
};

struct price_word {
    enum price_word_kind kind;
    int value;           /* of PERIOD an enum price_period, of COUNT the number */
    const char *words;   /* parted by spaces */
    const char *meaning; /* of THING */
};

/* What a word means; NULL where it is none. Two languages that share a word give it one meaning. */
const struct price_word *price_words_english(const char *word);
const struct price_word *price_words_foreign(const char *word);

#endif
