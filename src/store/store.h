/*
 * The database: opening, transactions, and the only policy for locks.
 *
 * store/ contains all SQL of the program and alone uses SQLite. The functions of a table are in the
 * file of its name (comparison.h, issue.h, subscriber.h, delivery.h …); they take and return plain
 * structs. Statements are prepared once for each connection. Every function that changes state is a
 * transaction of its own, or joins the one that its caller has begun with store_begin().
 *
 * WAL mode, foreign keys on, one writer at a time by BEGIN IMMEDIATE; a process that meets a lock
 * waits up to STORE_BUSY_MS (or as store_set_patience() says) and then fails with
 * FAILURE_TRY_AGAIN. Durability is a property of the connection, because the PRAGMA has no effect
 * inside a transaction: DURABLE flushes each commit to disk; QUICK survives the death of the
 * process but may lose the last commits in a power failure.
 *
 * A connection belongs to one thread at a time. Memory is constant in the size of the tables: walks
 * stream, sorts and temporary trees use files, the page cache is limited. The callback of a walk
 * (…_each) may read and write; if both it and other processes write, the caller begins a
 * transaction around the walk, otherwise the write fails with FAILURE_TRY_AGAIN instead of waiting.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/failure.h"

enum { STORE_BUSY_MS = 10000, STORE_VERSION = 19 };

enum store_mode {
    STORE_CREATE,    /* the file must not exist; it gets the schema; made in a staging file */
    STORE_DURABLE,   /* opens and migrates; synchronous=FULL */
    STORE_QUICK,     /* opens, never migrates; synchronous=NORMAL */
    STORE_READ_ONLY, /* opens for reading, never migrates */
    STORE_COPY,      /* the same, also for a file of an older version, which is copied before it is
                        migrated */
};

struct store;

/* FAILURE_NO_INPUT: no such file (the message says to run `verdicts init`). FAILURE_DATA: not a
 * database, not ours (application_id), or written by a newer version (the message says so).
 * FAILURE_PERMISSION: read-only. FAILURE_CONFIG: on a network file system. Does not back up the
 * database before a migration: that is the operator's task, with `backup`. */
bool store_open(const char *path, enum store_mode mode, struct store **store,
                struct failure *why) MUST_CHECK;
void store_close(struct store *store); /* accepts NULL */

/* Whether each commit waits for the disk. Work that can be repeated turns this off, and on again
 * before its last commit, which brings all earlier ones to the disk. Outside of any transaction, on
 * a connection that is not read-only. */
bool store_set_durable(struct store *store, bool durable, struct failure *why) MUST_CHECK;

/* For a process that answers many requests, one after the other: a caller that meets a lock waits
 * `first_ms` instead of STORE_BUSY_MS, and after a wait that failed the next callers wait only
 * `then_ms`, until store_begin() has obtained the lock once more. */
void store_set_patience(struct store *store, int first_ms, int then_ms);

/* Frees the pages that the connection caches, if it will not be used for a while. */
void store_rest(struct store *store);

enum { STORE_FILES = 4 };

/* Prepares the connection for a process that is about to give up access to all other files
 * (base/confine.h): creates what may be needed, keeps temporary tables in memory, and returns the
 * files of the database in the arena. They stay open, or can be reopened, as long as the connection
 * exists. */
bool store_prepare_confined(struct store *store, struct arena *arena,
                            const char *files[STORE_FILES], struct failure *why) MUST_CHECK;

/* A transaction around several calls; they nest by counting, and the outermost one commits. After
 * a rollback of an inner one the outer commit fails. */
bool store_begin(struct store *store, struct failure *why) MUST_CHECK;
bool store_commit(struct store *store, struct failure *why) MUST_CHECK;
void store_rollback(struct store *store); /* after a failure; harmless when none is open */
/* Commits where `ok`, else rolls back: `ok = store_begin() && …; return store_end(…, ok, why);` */
bool store_end(struct store *store, bool ok, struct failure *why) MUST_CHECK;

/* To be called between two of many short transactions: lets others write, and returns when nobody
 * has done so for a moment, or after a third of a second. A process that waits for a lock retries
 * every few milliseconds, so it finds the gap. */
bool store_give_way(struct store *store, struct failure *why) MUST_CHECK;

/* Writes a consistent copy of the database to `path`, which must not exist (VACUUM INTO). */
bool store_backup(struct store *store, const char *path, struct failure *why) MUST_CHECK;

/* PRAGMA integrity_check and foreign_key_check; the failure contains the first finding. */
bool store_check(struct store *store, struct failure *why) MUST_CHECK;

#endif
