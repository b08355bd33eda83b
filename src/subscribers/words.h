/*
 * Interprets the words in other programs' lists: who left, who bounced, who is pending.
 *
 * Headers and cells are read word by word ("UNSUB_TIME" is "unsub" and "time"), so that a column is
 * recognised by its subject and not by its exact spelling. A header about leaving that contains
 * unknown words is LIST_UNSURE: the caller asks instead of guessing. This file knows only words;
 * list_columns.c decides which column is used.
 */
#ifndef SUBSCRIBERS_WORDS_H
#define SUBSCRIBERS_WORDS_H

#include "store/subscriber.h"
#include "subscribers/list_private.h"

/* What a header's words say about its column: LIST_STATUS or one after it, otherwise LIST_OTHER.
 * `*text`: any text in it counts, as in a column of reasons. */
enum list_column words_header(const char *header, bool *text);

/* The meaning of a cell in a column of yes or no, or of dates. */
enum words_answer { WORDS_EMPTY, WORDS_NO, WORDS_YES, WORDS_TIME, WORDS_TEXT };
enum words_answer words_answer(const char *cell);

/* Whether the cell is a known status ("Opted-Out", "unsubscribed by admin"). `sure`: only words
 * that cannot be about anything else, for columns that may be about anything. */
bool words_status(const char *cell, bool sure, enum subscriber_status *status);

/* The stricter of two statuses that a file gives one person, so that nobody who wants no mail gets
 * any. In rising order: confirmed, pending, bounced, left, complained. */
enum subscriber_status words_stricter(enum subscriber_status left, enum subscriber_status right);

#endif
