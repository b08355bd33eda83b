/* Operations on the list by an operator: add, import from CSV, export, remove, forget, within the
 * rules of consent. */
#ifndef SUBSCRIBERS_LIST_H
#define SUBSCRIBERS_LIST_H

#include <stdio.h>

#include "base/token.h"
#include "store/import.h"
#include "store/subscriber.h"

enum list_added {
    LIST_ADDED,
    LIST_ALREADY,
    LIST_LEFT_BEFORE,
    LIST_SUPPRESSED,
    LIST_UPDATED,
    LIST_TAKEN_OFF, /* the import file says that somebody on the list has left */
};

struct list_person {
    const char *address, *name;    /* name NULL: not given */
    const char *topics;            /* "" all; NULL: not given, which means all for somebody new */
    enum subscriber_status status; /* PENDING or CONFIRMED; in an import also that of people who
                                      are gone */
    bool renew;                    /* name and topics replace those of somebody who is on the
                                      list already */
    /* What another system knows about somebody who is new here; 0 is an unknown instant. */
    int64_t created_at, confirmed_at, left_at, paused_until;
    const char *left_reason;
    double bounce_score;
    int64_t hard_bounces, last_bounce_at;
    const struct consent *past; /* entries of the consent ledger, each with its own instant */
    size_t past_count;
};

/* Adds one person; LIST_UPDATED if somebody who is on the list already was confirmed or renewed.
 * Never brings back anybody who left, bounced, complained or is suppressed: the outcome says so and
 * nothing changes. */
bool list_add(struct store *store, const struct token_keys *keys, const struct list_person *person,
              const char *wording, const char *form, int64_t now, enum list_added *outcome,
              struct failure *why) MUST_CHECK;

/* Converts topics as a person writes them ("Design, Writing") to their stored form: sorted, without
 * duplicates, joined by '\n'. A topic that contains a comma or semicolon itself is quoted:
 * "\"Sales, Marketing\", Writing". */
bool list_topics(struct arena *arena, const char *text, const char **topics,
                 struct failure *why) MUST_CHECK;

struct list_import_options {
    const char *map; /* "email=E-Mail,left=Gone"; the other columns, or all if NULL, by their
                        headers */
    const char *const *ignored; /* headers of columns to ignore */
    size_t ignored_count;
    const char *encoding; /* of the file; NULL: UTF-8, or UTF-16 with a byte order mark */
    /* The highest status that anybody gets; in a file of people who are gone, how they left. */
    enum subscriber_status status;
    const char *wording; /* required for CONFIRMED */
    bool dry_run;
    int64_t continues; /* the id of an interrupted import of the same file; 0: find it */
};
struct list_import_counts {
    int64_t lines, added, already, left_before, taken_off, suppressed, bad;
    int64_t id;       /* of the import; 0 in a dry run */
    int64_t resumed;  /* lines that an interrupted import had taken before */
    char unused[300]; /* headers of columns that were not used: "\"Age\", \"Note\"" */
    /* Topics of imported people that no comparison has; not counted if there is no comparison yet.
     */
    int64_t strangers;     /* people with such a topic */
    int64_t strange_count; /* topics named in `strange` */
    char strange[300];     /* the first few: "\"Serch\", \"Writting\"" */
    bool strange_more;
};
/* One line of the report: line number in the file, what happened, why. */
typedef void (*list_import_report)(void *context, int64_t line, const char *address,
                                   const char *outcome, const char *reason);

/*
 * Imports a CSV table of people, in constant memory (subscribers/table.h). The file is read
 * completely before anything is stored: a file that is in another encoding, has no column of
 * addresses, or has one about leaving that cannot be interpreted changes nothing. Then the good
 * rows are taken in pieces, a transaction each; bad ones are reported and do not stop the others.
 * An import that was interrupted between two pieces continues when the same file is imported again.
 *
 * Somebody who has left, according to any column or row of the file, is not added, and is taken off
 * the list if they are on it: of two contradicting cells or rows the stricter one counts, in any
 * order. New people who are gone according to the file are added as gone (LIST_LEFT_BEFORE), and no
 * later import brings them back. People on the list stay as they are: a choice of topics made by
 * the person outranks an old file.
 */
bool list_import(struct store *store, const struct token_keys *keys, FILE *in, const char *name,
                 const struct list_import_options *options, int64_t now, list_import_report report,
                 void *context, struct list_import_counts *counts, struct failure *why) MUST_CHECK;

/* Removes the people whom the import added and who were not heard from since; see
 * import_undo_piece(). FAILURE_NO_INPUT if there is no import with that id. */
bool list_undo(struct store *store, int64_t id, int64_t now, struct import_undone *undone,
               struct failure *why) MUST_CHECK;

enum list_format { LIST_CSV, LIST_JSON };
/* CSV cells that a spreadsheet would take for a formula get a leading apostrophe. */
bool list_export(struct store *store, enum list_format format, const enum subscriber_status *status,
                 FILE *out, struct failure *why) MUST_CHECK;

/* Writes everything needed to move a list without loss to `folder`, which is created (0700) and
 * must not exist: people.csv with pauses, bounces and the consent ledger, suppression.csv with the
 * hashes of suppressed addresses, and suppression.key with the key that made them; each 0600.
 * migrate_run() from "verdicts" reads them. */
bool list_export_full(struct store *store, const struct token_keys *keys, const char *folder,
                      struct failure *why) MUST_CHECK;

/* Takes the person off the list: status left, with a consent entry. `*found` is false if there is
 * no such person. */
bool list_remove(struct store *store, const char *address_key, const char *form, int64_t now,
                 bool *found, struct failure *why) MUST_CHECK;

enum list_allowed {
    LIST_ALLOWED,
    LIST_ALLOWED_BEFORE,   /* on the list already */
    LIST_NOTHING_TO_ALLOW, /* not on the list, and nothing keeps it off */
};

/* Puts somebody on the list, confirmed, who was kept off it by a complaint, an erasure, a bounce or
 * by having left; `wording` says how the person asked for it, and goes into the consent ledger. */
bool list_allow(struct store *store, const struct token_keys *keys, const char *address,
                const char *wording, int64_t now, enum list_allowed *outcome,
                struct failure *why) MUST_CHECK;

/* Erases the person and keeps the keyed hash. Works for addresses that were never on the list. */
bool list_forget(struct store *store, const struct token_keys *keys, const char *address_key,
                 int64_t now, bool *found, struct failure *why) MUST_CHECK;

#endif
