/* What another system knows of a person's past: when they joined and confirmed, from where, a
 * pause, tags, the ledger of consent of an export of ours. */
#ifndef SUBSCRIBERS_LIST_PAST_H
#define SUBSCRIBERS_LIST_PAST_H

#include "subscribers/list_private.h"

/* Fills what the row says beyond address, name and status; FAILURE_DATA for what cannot be read. */
bool list_read_past(const struct list_load *load, const struct table_row *row,
                    struct list_person *person, struct failure *why) MUST_CHECK;

/* "TAG,OTHER=Topic" taken apart; FAILURE_USAGE. */
bool list_tags_read(struct arena *arena, const char *text, struct list_map **tags, size_t *count,
                    struct failure *why) MUST_CHECK;

/* Instants as exports write them: RFC 3339, a date, without a zone (UTC then), seconds or
 * milliseconds since 1970; 0 for anything else. */
int64_t list_time(const char *text);

#endif
