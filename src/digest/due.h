/*
 * The times that sentences name, by the table of times: "within 18 months", "by the end of 2027".
 */
#ifndef DIGEST_DUE_H
#define DIGEST_DUE_H

#include "digest/lexicon.h"

struct due {
    size_t start, end; /* where it stands in the sentence, in bytes */
    const struct lexicon_when *when;
    int number, year, month; /* that its phrase names, as far as it does; month from 1 */
};

/* The first time at or behind the offset `from`; false: none. One that says nothing, or is counted
 * from another event, is passed over. */
bool due_find(const struct lexicon *lexicon, const char *sentence, size_t from, struct due *due);

/* The month in which it is over, of what was said in the month `said`; both 12 for each year. */
int due_month(const struct due *due, int said);

#endif
