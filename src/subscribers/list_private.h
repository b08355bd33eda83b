/* Shared by list*.c. */
#ifndef SUBSCRIBERS_LIST_PRIVATE_H
#define SUBSCRIBERS_LIST_PRIVATE_H

#include "mail/address.h"
#include "subscribers/list.h"
#include "subscribers/systems.h"
#include "subscribers/table.h"

/* Checks what can be checked without the database: address, name. FAILURE_DATA. */
bool list_check_person(const struct list_person *person, struct address *address,
                       struct failure *why) MUST_CHECK;

/* How people are added: by a command, or by an import, whose consent has its id. */
struct list_taking {
    struct store *store;
    const struct token_keys *keys;
    const struct consent *consent;
    enum subscriber_status most; /* the highest status that the import gives */
    bool dry_run;                /* nothing is stored (import_seen_begin() has been called) */
};

/* Adds or updates a checked person inside the caller's transaction. */
bool list_take_person(const struct list_taking *taking, struct arena *arena,
                      const struct list_person *given, const struct address *address,
                      enum list_added *outcome, struct failure *why) MUST_CHECK;

/* What a column of a file contains. The first ones are the fields that --map can name. */
enum list_column {
    LIST_EMAIL,
    LIST_NAME,
    LIST_TOPICS,
    LIST_TAGS,   /* tags, which may become topics */
    LIST_JOINED, /* when the person asked to join, and from which network address */
    LIST_JOINED_FROM,
    LIST_PROVEN_AT, /* when they confirmed, and from where */
    LIST_PROVEN_FROM,
    LIST_PAUSED,  /* until when they want no mail */
    LIST_GONE_AT, /* when they left, bounced or complained: the status says which */
    LIST_REASON,  /* why they left, or why the address is suppressed */
    LIST_LEDGER,  /* their consent ledger, in the form of our own export */
    LIST_HASH,    /* our keyed hash of a suppressed address: no person */
    LIST_SCORE,   /* bounce score */
    LIST_HARD_BOUNCES,
    LIST_LAST_BOUNCE,
    LIST_IGNORED,
    LIST_STATUS,     /* a word */
    LIST_LEFT,       /* yes, a day or a reason: the person left */
    LIST_BOUNCED,    /* the same for a dead address */
    LIST_COMPLAINED, /* the same for somebody who reported spam */
    LIST_SUBSCRIBED, /* no: the person left */
    LIST_FIELDS,
    LIST_PROVEN = LIST_FIELDS, /* no: the person is waiting for confirmation */
    LIST_WAITING,              /* yes: the same */
    LIST_TYPE,                 /* a word that may be a status, or anything else */
    LIST_UNSURE,               /* about leaving, in unknown words */
    LIST_OTHER
};
/* "email", "left": the name of a field in --map. */
const char *list_field_name(enum list_column column);

/* "email=Mail,left=Gone", parsed: which column contains a field. */
struct list_map {
    const char *header;
    enum list_column column;
    const char *topic; /* of a tag */
};

/* FAILURE_USAGE for anything but FIELD=COLUMN,... with known fields, each once. `text` may be NULL.
 */
bool list_map_read(struct arena *arena, const char *text, struct list_map **map, size_t *count,
                   struct failure *why) MUST_CHECK;

/* A column, and what the first pass over the table has found in it. */
struct list_table_column {
    const char *header;
    enum list_column column;
    bool mapped;
    bool any_text;     /* any text in it counts, as in a column of reasons */
    int rank;          /* of a column of addresses: 0 is named "email" */
    int64_t filled;    /* cells with text */
    int64_t addresses; /* with an @ */
    int64_t states;    /* with a known status */
    int64_t answers;   /* with yes or no */
    int64_t texts;     /* with none of these and no time */
    int64_t text_line; /* the first of those */
    const char *text;
    bool about_list;   /* one of its words can only mean that somebody has left */
    const char *doubt; /* and the first word that may mean it */
    int64_t doubt_line;
};

struct list_columns {
    struct arena *arena;
    const struct list_import_options *options;
    const struct list_system *system; /* the system that exported it; NULL: unknown */
    const struct list_map *map;
    size_t map_count;
    struct list_table_column columns[TABLE_CELLS_MAX];
    size_t count;
    int at[LIST_FIELDS]; /* which column contains email, name, topics; -1: none */
};

/* Takes the header. A one-column table whose first row is an address has none: `*headless`. */
void list_columns_begin(struct list_columns *columns, const struct table_row *header,
                        bool *headless);
/* Whether --ignore-column names that header. */
bool list_columns_ignored(const struct list_columns *columns, const char *header);
/* Takes the values of a data row. */
void list_columns_see(struct list_columns *columns, const struct table_row *row);
/* Call it after the last row: decides which columns are used; `unused` gets the headers of the
 * others. FAILURE_DATA, with what to do, if no column contains addresses, a named column is
 * missing, or one about leaving cannot be interpreted. */
bool list_columns_settle(struct list_columns *columns, const struct table *table, char *unused,
                         size_t room, struct failure *why) MUST_CHECK;
/* The strictest status that the row's cells give the person, but not below `most`. FAILURE_DATA for
 * an unknown status, unless another cell says that the person has left. */
bool list_columns_status(const struct list_columns *columns, const struct table_row *row,
                         enum subscriber_status most, enum subscriber_status *status,
                         struct failure *why) MUST_CHECK;
/* The row's cell of that field; NULL if there is none. */
const char *list_columns_cell(const struct list_columns *columns, const struct table_row *row,
                              enum list_column field);

/* One file of an import, and what it says about all people in it. */
struct list_source {
    const char *name;
    const char *form;             /* of the consent: "import people.csv" */
    enum subscriber_status least; /* how all of them left; CONFIRMED: they did not */
    struct table table;
    struct list_columns *columns;
    bool headless; /* the first row is a person */
    struct import_counts counts;
};

/* A running import, of one file or of several. */
struct list_load {
    struct store *store;
    const struct token_keys *keys;
    const struct list_import_options *options;
    const char *verb;
    const struct list_system *system; /* of a migration; NULL */
    const struct list_map *tags;      /* tags that become topics: tag and topic */
    size_t tag_count;
    struct list_source *sources;
    size_t source_count;
    int64_t now;
    list_import_report report; /* may be NULL */
    void *context;
    struct list_import_counts *counts;
    struct arena arena; /* of the whole import; the caller frees it */
    int64_t id;         /* 0 in a dry run */

    const char **topics; /* the topics of all comparisons */
    size_t topic_count;
    struct list_source *source; /* the current source, and of it: */
    int64_t taken;              /* rows that an earlier run has taken and that are still to be
                                   skipped */
    bool header_done;
    int64_t piece_since; /* clock_monotonic_ms() when the transaction began */
};

/* Reads a source whose name, form and `least` are set, and examines all of it. The caller closes
 * its table, even after a failure. */
bool list_load_open(struct list_load *load, FILE *in, struct list_source *source,
                    struct failure *why) MUST_CHECK;
/* Takes the rows of all sources, which have been examined. */
bool list_load_take(struct list_load *load, struct failure *why) MUST_CHECK;

/* What a row says about a person. `display` is the address as written, NULL if there is none; the
 * failure says why the row is bad. */
struct list_reading {
    struct list_person person;
    struct address address;
    const char *display;
    const char *hash; /* a suppressed address instead of a person; NULL */
};
bool list_read_person(const struct list_load *load, const struct table_row *row,
                      struct list_reading *reading, struct failure *why) MUST_CHECK;

/* Whether a spreadsheet would take the cell for a formula, with leading apostrophes or without:
 * such cells are written with one more apostrophe and read with one less. */
bool list_is_formula(const char *cell);
/* Stored topics as list_topics() reads them. */
const char *list_topics_in_words(struct arena *arena, const char *topics);
/* Writes it as a CSV cell that is safe to open in a spreadsheet. */
void list_write_cell(FILE *out, const char *text, const char *end);

#endif
