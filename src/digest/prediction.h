/*
 * What a review expects by a date: "they'll ship the weights within 18 months".
 *
 * The table of times (lexicon/times.table) tells how a time is said and which words show that
 * something is expected by then. Few and sure: one whole sentence that can be quoted by itself, one
 * time, an expectation of the reviewer's own in the same clause. A question, a plan, what a vendor
 * has promised, a term of a contract and what is past are none.
 *
 * A prediction is due in the month in which its time is over, counted from the month in which its
 * comparison was published: "by 2028" and "by the end of 2027" are due in January 2028.
 */
#ifndef DIGEST_PREDICTION_H
#define DIGEST_PREDICTION_H

#include "base/model.h"
#include "digest/lexicon.h"

enum { PREDICTION_MONTHS_MAX = 120 /* what is due later is no promise to ask about */ };

/* A month as one number, 12 for each year: January of the year 0 is 0. */
int prediction_month(const char *timezone, int64_t instant);

/* Whether the sentence of a review of the month `said` states what its reviewer expects by a date:
 * the month in which that is due, and how clearly it is said, from 1. */
bool prediction_read(const struct lexicon *lexicon, const char *sentence, int said, int *due,
                     int *weight);

/* Whether it states that at all, due or not. */
bool prediction_is_one(const struct lexicon *lexicon, const char *sentence);

/* What the reviews of these stories expect after the month of `now`: of each tool the clearest
 * sentence, the clearest tool first, of one clearness in the order. */
void predictions_of(struct arena *arena, const struct story *stories, size_t count,
                    const char *timezone, int64_t now, struct prediction **list, size_t *found);

#endif
