/* What the files of the list share among themselves. */
#ifndef SUBSCRIBERS_LIST_PRIVATE_H
#define SUBSCRIBERS_LIST_PRIVATE_H

#include "subscribers/list.h"

/* Checks what can be checked without the database: address, name. FAILURE_DATA. */
bool list_check_person(const struct list_person *person, struct address *address,
                       struct failure *why) MUST_CHECK;

/* Adds a checked person inside the caller's transaction. */
bool list_take_person(struct store *store, struct arena *arena, const struct token_keys *keys,
                      const struct list_person *given, const struct address *address,
                      const struct consent *consent, enum list_added *outcome,
                      struct failure *why) MUST_CHECK;

/* What a column of a file holds. */
enum list_column {
    LIST_EMAIL,
    LIST_NAME,
    LIST_TOPICS,
    LIST_STATUS,
    LIST_COLUMNS,
    LIST_OTHER = LIST_COLUMNS
};

/* What a cell of LIST_STATUS (NULL: none) says of a person: at most `most`, as no column confirms
 * anybody. FAILURE_DATA for a word that is not known. */
bool list_status_read(const char *text, enum subscriber_status most, enum subscriber_status *status,
                      struct failure *why) MUST_CHECK;

const char *list_column_name(enum list_column column);
/* The meaning of a header cell: what the map (may be NULL) says, else how such columns are called;
 * a field that the map names is in no other column. */
enum list_column list_column_find(const char *map, const char *header);
/* FAILURE_USAGE for what is not FIELD=COLUMN,... with known fields, each once. */
bool list_map_check(const char *map, struct failure *why) MUST_CHECK;
/* Whether the map (may be NULL) names the field. */
bool list_map_names(const char *map, enum list_column column);

/* Whether a spreadsheet would take the cell for a formula, apostrophes in front or not: those are
 * written with one more apostrophe and read with one less. */
bool list_is_formula(const char *cell);

#endif
