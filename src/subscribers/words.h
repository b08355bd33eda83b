/*
 * What the words of other programs' lists say about a person's wish: who left, who bounced, who
 * waits.
 *
 * Headers and cells are read word by word ("UNSUB_TIME" is "unsub" and "time"), so that a column is
 * known by what it is about and not by its exact spelling. A header that speaks of leaving among
 * words that are not known here is LIST_UNSURE: the caller asks instead of guessing. This file
 * knows words alone; which column is believed is decided in list_columns.c.
 */
#ifndef SUBSCRIBERS_WORDS_H
#define SUBSCRIBERS_WORDS_H

#include "store/subscriber.h"
#include "subscribers/list_private.h"

/* What a header's words make of its column: LIST_STATUS and everything behind it, else LIST_OTHER.
 * *text: any text in it tells, as in a column of reasons. */
enum list_column words_header(const char *header, bool *text);

/* What stands in a cell of a column that says yes or no, or when. */
enum words_answer { WORDS_EMPTY, WORDS_NO, WORDS_YES, WORDS_TIME, WORDS_TEXT };
enum words_answer words_answer(const char *cell);

/* Whether the cell is a status by a word that is known ("Opted-Out", "unsubscribed by admin").
 * `sure`: only words that cannot be about anything else, for columns that may be about anything. */
bool words_status(const char *cell, bool sure, enum subscriber_status *status);

/* Of two statuses that a file tells of one person the one that counts: whoever wants no mail gets
 * none. Confirmed, pending, bounced, left, complained. */
enum subscriber_status words_stricter(enum subscriber_status left, enum subscriber_status right);

#endif
