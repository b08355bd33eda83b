/* What the files of the list share among themselves. */
#ifndef SUBSCRIBERS_LIST_PRIVATE_H
#define SUBSCRIBERS_LIST_PRIVATE_H

#include "subscribers/list.h"
#include "subscribers/table.h"

/* Checks what can be checked without the database: address, name. FAILURE_DATA. */
bool list_check_person(const struct list_person *person, struct address *address,
                       struct failure *why) MUST_CHECK;

/* Adds a checked person inside the caller's transaction. */
bool list_take_person(struct store *store, struct arena *arena, const struct token_keys *keys,
                      const struct list_person *given, const struct address *address,
                      const struct consent *consent, enum list_added *outcome,
                      struct failure *why) MUST_CHECK;

/* What a column of a file holds. The first ones are fields that a map can name. */
enum list_column {
    LIST_EMAIL,
    LIST_NAME,
    LIST_TOPICS,
    LIST_STATUS,     /* a word */
    LIST_LEFT,       /* yes, a day or a reason: the person left */
    LIST_BOUNCED,    /* the same of an address that is dead */
    LIST_COMPLAINED, /* the same of who called a mail spam */
    LIST_SUBSCRIBED, /* no: the person left */
    LIST_FIELDS,
    LIST_PROVEN = LIST_FIELDS, /* no: the person waits for confirmation */
    LIST_WAITING,              /* yes: the same */
    LIST_TYPE,                 /* a word that may be a status, or about anything */
    LIST_UNSURE,               /* speaks of leaving, nobody knows how */
    LIST_OTHER
};

/* "email=Mail,left=Gone" taken apart: which column holds a field. */
struct list_map {
    const char *header;
    enum list_column column;
};

/* FAILURE_USAGE for what is not FIELD=COLUMN,... with known fields, each once. `text` NULL: none.
 */
bool list_map_read(struct arena *arena, const char *text, struct list_map **map, size_t *count,
                   struct failure *why) MUST_CHECK;

/* A column and what a walk over the table has seen in it. */
struct list_table_column {
    const char *header;
    enum list_column column;
    bool mapped;
    bool any_text;     /* whatever text stands in it tells, as in a column of reasons */
    int rank;          /* of a column of addresses: 0 is called "email" */
    int64_t filled;    /* cells with text */
    int64_t addresses; /* with an @ */
    int64_t states;    /* with a known status */
    int64_t answers;   /* with yes or no */
    int64_t texts;     /* with none of these, nor a time */
    int64_t text_line; /* the first of those */
    const char *text;
};

struct list_columns {
    struct arena *arena;
    const struct list_import_options *options;
    const struct list_map *map;
    size_t map_count;
    struct list_table_column columns[TABLE_CELLS_MAX];
    size_t count;
    int at[LIST_FIELDS]; /* which column holds email, name, topics; -1: none */
};

/* Takes the header. A table of one column whose first row is an address has none: *headless. */
void list_columns_begin(struct list_columns *columns, const struct table_row *header,
                        bool *headless);
/* Looks at a row behind it. */
void list_columns_see(struct list_columns *columns, const struct table_row *row);
/* Decides after the last row which column is believed; `unused` gets the headers of the others.
 * FAILURE_DATA, with what to do, where no column holds addresses, a named column is absent, or one
 * that speaks of leaving cannot be read. */
bool list_columns_settle(struct list_columns *columns, const struct table *table, char *unused,
                         size_t room, struct failure *why) MUST_CHECK;
/* The strictest that the row's cells say of the person, but at least `most`. FAILURE_DATA for a
 * status that is not known. */
bool list_columns_status(const struct list_columns *columns, const struct table_row *row,
                         enum subscriber_status most, enum subscriber_status *status,
                         struct failure *why) MUST_CHECK;
/* The row's cell of that field; NULL: none. */
const char *list_columns_cell(const struct list_columns *columns, const struct table_row *row,
                              enum list_column field);

/* Whether a spreadsheet would take the cell for a formula, apostrophes in front or not: those are
 * written with one more apostrophe and read with one less. */
bool list_is_formula(const char *cell);

#endif
