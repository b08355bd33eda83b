/*
 * What a review expects by a date: "they'll ship the weights within 18 months".
 *
 * The table of times (lexicon/times.table) has the phrases for times and the words that show an
 * expectation. Better few and certain: one whole sentence that can be quoted by itself, with one
 * time, and an expectation of the reviewer's own in the same clause. A question, a plan, a vendor's
 * promise, a term of a contract and anything in the past are not predictions.
 *
 * A prediction is due in the month in which its time has passed, counted from the month in which
 * its comparison was published: "by 2028" and "by the end of 2027" are due in January 2028.
 */
#ifndef DIGEST_PREDICTION_H
#define DIGEST_PREDICTION_H

#include "base/model.h"
#include "digest/lexicon.h"

enum { PREDICTION_MONTHS_MAX = 120 /* anything due later is not worth asking about */ };

/* A month as one number, 12 for each year: January of the year 0 is 0. */
int prediction_month(const char *timezone, int64_t instant);

/* Whether the sentence, in a review of the month `said`, states what its reviewer expects by a
 * date: the month in which that is due, and how clearly it is stated, from 1. */
bool prediction_read(const struct lexicon *lexicon, const char *sentence, int said, int *due,
                     int *weight);

/* Whether it states an expectation at all, due or not. */
bool prediction_is_one(const struct lexicon *lexicon, const char *sentence);

/* What the reviews of these stories expect after the month of `now`: for each tool the clearest
 * sentence, the clearest tool first, equally clear ones in the order. */
void predictions_of(struct arena *arena, const struct story *stories, size_t count,
                    const char *timezone, int64_t now, struct prediction **list, size_t *found);

#endif
