/* What the files of the list share among themselves. */
#ifndef SUBSCRIBERS_LIST_PRIVATE_H
#define SUBSCRIBERS_LIST_PRIVATE_H

#include "subscribers/list.h"

/* Checks what can be checked without the database: address, name. FAILURE_DATA. */
bool list_check_person(const struct list_person *person, struct address *address,
                       struct failure *why) MUST_CHECK;

/* Adds a checked person inside the caller's transaction. */
bool list_take_person(struct store *store, struct arena *arena, const struct token_keys *keys,
                      const struct list_person *person, const struct address *address,
                      const struct consent *consent, enum list_added *outcome,
                      struct failure *why) MUST_CHECK;

/* Whether a spreadsheet would take the cell for a formula, apostrophes in front or not: those are
 * written with one more apostrophe and read with one less. */
bool list_is_formula(const char *cell);

#endif
