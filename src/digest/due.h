/*
 * Finds the times that sentences name, by the table of times: "within 18 months", "by the end of
 * 2027".
 */
#ifndef DIGEST_DUE_H
#define DIGEST_DUE_H

#include "digest/lexicon.h"

struct due {
    size_t start, end; /* its position in the sentence, in bytes */
    const struct lexicon_when *when;
    int number, year, month; /* as far as its phrase has them; month from 1 */
};

/* The first time at or after the offset `from`; false: none. Times that say nothing or are counted
 * from another event are skipped. */
bool due_find(const struct lexicon *lexicon, const char *sentence, size_t from, struct due *due);

/* The month in which the time has passed, if it was said in the month `said`; both as 12 for each
 * year. */
int due_month(const struct due *due, int said);

#endif
