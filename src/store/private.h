/*
 * Private to store/ and its tests: running statements, binding and reading values, SQLite's errors.
 *
 * Statements are prepared once for each connection and found by the address of their text; SQL()
 * registers every text, so that a test can check the query plan of each. A statement that is
 * already in use (a walk inside a walk) is prepared a second time. A connection belongs to one
 * thread at a time.
 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include <sqlite3.h>

#include "base/model.h"
#include "store/comparison.h"
#include "store/delivery.h"
#include "store/issue.h"
#include "store/store.h"

#define SQL(name, text) static const char name[] = text

enum {
    STORE_APPLICATION_ID = 0x76726474, /* "vrdt" in the file's header */
    STORE_CACHE_KIB = 2048,            /* pages kept in memory by one connection */
    STORE_STATEMENT_SLOTS = 128,
};

struct query;

struct store {
    sqlite3 *db;
    char *path;
    enum store_mode mode;
    int depth;   /* transactions begun and not yet ended */
    bool broken; /* an inner one was rolled back: the outermost cannot be committed */
    /* Called by an outermost transaction that writes, before anything else; NULL: nothing to do. */
    bool (*before_writing)(struct store *store, struct failure *why);
    struct query *statements[STORE_STATEMENT_SLOTS];
    int64_t executed;   /* statements run so far */
    int first_ms;       /* how long to wait for a lock */
    int then_ms;        /* and how long after a wait in vain, until the lock was obtained once */
    int busy_ms;        /* which of the two applies now */
    int64_t busy_since; /* when the current wait began */
};

/* The values of the parameters ?1, ?2 … of a statement, in that order. Texts and blobs must live
 * until the statement is closed. */
enum bind_kind { BIND_KIND_END, BIND_KIND_NULL, BIND_KIND_INT, BIND_KIND_REAL, BIND_KIND_BYTES };

struct bind {
    enum bind_kind kind;
    int64_t number;
    double real;
    const char *bytes; /* of BYTES; NULL is bound as NULL */
    size_t len;
    bool blob;
};

#define BIND_INT(value)  ((struct bind){.kind = BIND_KIND_INT, .number = (value)})
#define BIND_REAL(value) ((struct bind){.kind = BIND_KIND_REAL, .real = (value)})
#define BIND_TEXT(value) bind_text(value)
#define BIND_BLOB(value, size)                                                                     \
    ((struct bind){.kind = BIND_KIND_BYTES, .bytes = (value), .len = (size), .blob = true})
#define BIND_NULL ((struct bind){.kind = BIND_KIND_NULL})
/* An instant or id; 0 means none, and is stored as NULL. */
#define BIND_SOME(value) bind_some(value)
#define BIND_LIST(...)   ((const struct bind[]){__VA_ARGS__, {.kind = BIND_KIND_END}})
#define BIND_NOTHING     ((const struct bind[]){{.kind = BIND_KIND_END}})

struct bind bind_text(const char *text);
struct bind bind_some(int64_t value);

/* Opens a statement with its parameters bound, before its first row. Close it in every case; NULL
 * is accepted. */
bool query_open(struct store *store, const char *sql, const struct bind *binds,
                struct query **query, struct failure *why) MUST_CHECK;
/* Steps to the next row; *row is false after the last one. */
bool query_next(struct query *query, bool *row, struct failure *why) MUST_CHECK;
void query_close(struct query *query);

/* Columns of the current row, from 0. Texts live until the next step, copies in the arena. */
int64_t query_int(struct query *query, int column); /* NULL: 0 */
double query_real(struct query *query, int column);
const char *query_text(struct query *query, int column); /* NULL: NULL */
size_t query_size(struct query *query, int column);      /* bytes of a text or blob */
const char *query_copy(struct query *query, int column, struct arena *arena); /* NULL: NULL */
/* As query_copy(), or query_text() where `arena` is NULL. */
const char *query_keep(struct query *query, int column, struct arena *arena);

/* Runs a statement to its end. `changes` (may be NULL) gets the number of rows it changed. */
bool query_run(struct store *store, const char *sql, const struct bind *binds, int64_t *changes,
               struct failure *why) MUST_CHECK;
/* Runs an INSERT of one row and gives its rowid. (RETURNING would cost a temporary tree.) */
bool query_insert(struct store *store, const char *sql, const struct bind *binds, int64_t *id,
                  struct failure *why) MUST_CHECK;
/* The first column of the first row; 0 if there is no row or it is NULL. */
bool query_number(struct store *store, const char *sql, const struct bind *binds, int64_t *number,
                  struct failure *why) MUST_CHECK;

/* The first column of all rows, in order. */
bool query_texts(struct store *store, struct arena *arena, const char *sql,
                 const struct bind *binds, const char ***texts, size_t *count,
                 struct failure *why) MUST_CHECK;

/* Runs SQL of several statements once, without preparing it: schema, migrations, pragmas. */
bool store_execute(struct store *store, const char *sql, struct failure *why) MUST_CHECK;
/* The gap of epoch_take_up(), as part of the caller's transaction. */
bool store_leave_gap(struct store *store, struct failure *why) MUST_CHECK;
/* Sets the failure from the connection's last error. Always false. */
bool store_fail(struct store *store, struct failure *why);
/* Whether the last error was a UNIQUE or PRIMARY KEY constraint. */
bool store_is_duplicate(struct store *store);

/* How long the next statement waits for a lock, in milliseconds. */
void store_wait_up_to(struct store *store, int ms);
/* Waits for locks with our own busy handler, which retries every few milliseconds. */
void store_wait_patiently(struct store *store);
/* A transaction for reading: it sees a consistent snapshot, and blocks no writer. */
bool store_begin_reading(struct store *store, struct failure *why) MUST_CHECK;

/* How many statements this connection has run: a test compares answers that must not differ in
 * cost. */
int64_t store_executed(const struct store *store);

/* Frees the statements of a connection. */
void store_drop_statements(struct store *store);
/* Visits the text of every statement that this connection has prepared (for tests of plans). */
void store_each_statement(struct store *store, void (*each)(void *context, const char *sql),
                          void *context);

/* The name of a file system on which SQLite's locks and shared memory cannot be trusted, by
 * statfs(2)'s f_type; NULL for others. FUSE is accepted, because its type does not tell what is
 * behind it. */
const char *store_network_filesystem(long type);

/* One step of a migration: the SQL that turns version `version` - 1 into `version`. */
struct migration {
    int64_t version;
    const char *sql;
};
/* Migrates the database to `target`, all steps in one transaction; foreign keys are checked before
 * it is committed. `steps` ends with version 0. Does nothing if the version is reached already. */
bool store_migrate(struct store *store, const struct migration *steps, int64_t target,
                   struct failure *why) MUST_CHECK;
/* The steps that this program contains. */
extern const struct migration store_migrations[];
/* Whether a program of version `target` can open a file of `version` in `mode`; *migrate: it must
 * be migrated first. */
bool store_accept_version(const char *path, enum store_mode mode, int64_t version, int64_t target,
                          bool *migrate, struct failure *why) MUST_CHECK;

/* The conditions of the partial indexes of delivery and outgoing, word for word: SQLite uses such
 * an index only for a statement with the same condition. */
#define DELIVERY_DUE  "state IN ('queued', 'deferred')"
#define DELIVERY_OPEN "state NOT IN ('queued', 'sent')"
#define OUTGOING_DUE  DELIVERY_DUE
#define OUTGOING_OPEN "state IN ('sending', 'in_doubt')"

/* An issue's source is stored among its variants, under topics that no reader can have. */
#define ISSUE_SOURCE "\n"

/* Whether a row of subscriber belongs to no import, or to one that has ended: others receive
 * nothing. */
#define IMPORT_ENDED                                                                               \
    "(import_id IS NULL OR import_id NOT IN (SELECT id FROM import WHERE finished_at IS NULL))"

/* The index of `name` in `names`, or -1. */
int store_find_name(const char *const *names, size_t count, const char *name);

/* The part of a normal address after its '@'; "" if there is none. */
const char *store_domain_of(const char *address);

/* The state with that name, which the schema has checked. */
enum issue_state issue_state_of(const char *name);

/* Without tools; id 0 if there is none. */
bool comparison_load_bare(struct store *store, struct arena *arena, int64_t id,
                          struct comparison *found, struct failure *why) MUST_CHECK;

/* For comparison.c and comparison_life.c: the value of a column withdrawn_by (NULL: none). */
enum withdrawer comparison_withdrawer(const char *name);
/* Whether it is part of an issue that is past its draft. */
bool comparison_is_told(struct store *store, int64_t id, bool *told,
                        struct failure *why) MUST_CHECK;
/* Sets its published_at, and the same date for the facts of tools that it stated last. */
bool comparison_move(struct store *store, int64_t id, int64_t to, struct failure *why) MUST_CHECK;

/* Tools, for comparison.c. Loads by id, with reviews. */
bool tool_load(struct store *store, struct arena *arena, int64_t id, struct tool *tool,
               struct failure *why) MUST_CHECK;
/* The comparison that states facts of a tool. */
struct teller {
    int64_t id;    /* of the comparison */
    int64_t at;    /* the date of its statement */
    bool outdated; /* its source is superseded: it corrects nothing */
    bool aloud;    /* a change of its own comparison's facts is another source's statement, and is
                      reported */
};
/* Adds the tool, or merges it into the stored one that it is (id not 0), by the rules of
 * comparison_save(); fills id, adds to the outcome. `former`: its name is one that the stored tool
 * had before. */
bool tool_save(struct store *store, struct arena *arena, struct tool *tool, bool former,
               const struct teller *teller, struct comparison_outcome *outcome,
               struct failure *why) MUST_CHECK;
/* Every fact of both tools, and the other fields of a comparison. */
enum { COMPARISON_CONFLICTS_MAX = 2 * FACT_COUNT + 4 };

/* Adds as conflicts the stored facts that differ from those of `tool` and were stated by the same
 * comparison. */
bool tool_contradict(struct store *store, struct arena *arena, const struct tool *tool,
                     int64_t comparison_id, struct comparison_outcome *outcome,
                     struct failure *why) MUST_CHECK;

#endif
