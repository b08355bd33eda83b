/* Reads what another system knows about a person's past: when and from where they joined and
 * confirmed, a pause, tags, and the consent ledger if the export is our own. */
#ifndef SUBSCRIBERS_LIST_PAST_H
#define SUBSCRIBERS_LIST_PAST_H

#include "subscribers/list_private.h"

/* Fills in what the row says besides address, name and status; FAILURE_DATA if something cannot be
 * read. */
bool list_read_past(const struct list_load *load, const struct table_row *row,
                    struct list_person *person, struct failure *why) MUST_CHECK;

/* Parses "TAG,OTHER=Topic"; FAILURE_USAGE. */
bool list_tags_read(struct arena *arena, const char *text, struct list_map **tags, size_t *count,
                    struct failure *why) MUST_CHECK;

/* Parses times as exports write them: RFC 3339, a date, without a zone (then UTC), seconds or
 * milliseconds since 1970; 0 for anything else. */
int64_t list_time(const char *text);

#endif
