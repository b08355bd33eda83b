/* The list by command: add, import from CSV, export, remove, forget, with the rules of consent. */
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
    LIST_TAKEN_OFF, /* an import told that somebody on the list has left */
};

struct list_person {
    const char *address, *name;    /* name NULL: not said */
    const char *topics;            /* "" all; NULL: not said, all for who is new */
    enum subscriber_status status; /* PENDING or CONFIRMED; an import also knows who is gone */
    bool renew;                    /* name and topics replace those of who is there already */
    /* What another system knows of somebody who is new here; an instant of 0 is unknown. */
    int64_t created_at, confirmed_at, left_at, paused_until;
    const char *left_reason;
    double bounce_score;
    int64_t hard_bounces, last_bounce_at;
    const struct consent *past; /* entries of the ledger, each with its own instant */
    size_t past_count;
};

/* Adds one person by command; LIST_UPDATED where somebody who is there was confirmed or renewed.
 * Never brings back who left, bounced, complained or is suppressed:
 * the answer says so and nothing changes. */
bool list_add(struct store *store, const struct token_keys *keys, const struct list_person *person,
              const char *wording, const char *form, int64_t now, enum list_added *outcome,
              struct failure *why) MUST_CHECK;

/* Topics as a person writes them ("Design, Writing") in their stored form: sorted, each once,
 * joined by line ends. One that has a comma or semicolon itself stands in quotation marks:
 * "\"Sales, Marketing\", Writing". */
bool list_topics(struct arena *arena, const char *text, const char **topics,
                 struct failure *why) MUST_CHECK;

struct list_import_options {
    const char *map; /* "email=E-Mail,left=Gone"; the rest, and all if NULL, by headers */
    const char *const *ignored; /* headers of columns that are not read */
    size_t ignored_count;
    const char *encoding; /* of the file; NULL: UTF-8, or UTF-16 with a byte order mark */
    /* The most that anybody comes in as; of a file of people who are gone, how they went. */
    enum subscriber_status status;
    const char *wording; /* required for CONFIRMED */
    bool dry_run;
    int64_t continues; /* the id of an import of the same file that broke off; 0: find it */
};
struct list_import_counts {
    int64_t lines, added, already, left_before, taken_off, suppressed, bad;
    int64_t id;       /* of the import; 0: a dry run */
    int64_t resumed;  /* lines that an import which broke off had taken before */
    char unused[300]; /* headers of columns that nothing is read from: "\"Age\", \"Note\"" */
    /* Topics of people who came in that no comparison has; none where there is no comparison. */
    int64_t strangers;     /* people with one */
    int64_t strange_count; /* topics named in `strange` */
    char strange[300];     /* the first few: "\"Serch\", \"Writting\"" */
    bool strange_more;
};
/* A line of the report: line number of the file, what happened, why. */
typedef void (*list_import_report)(void *context, int64_t line, const char *address,
                                   const char *outcome, const char *reason);

/* A CSV table of people, in constant memory (subscribers/table.h). It is read whole before anything
 * is stored: a file that is in another encoding, has no column of addresses or one that speaks of
 * leaving and cannot be read changes nothing. Then the good rows are taken in pieces, a transaction
 * each; bad ones are reported and do not stop the others. An import that broke off between two
 * pieces goes on when the same file is imported again.
 *
 * Whoever left, by any column or row of the file, is not brought in, and is taken off where they
 * are on the list: of two cells or rows that contradict the stricter counts, whatever the order.
 * Who is gone in the file and new is added as gone (LIST_LEFT_BEFORE), and no later import brings
 * them. Who is on the list stays as they are: a choice of topics made by the person outranks an old
 * file. */
bool list_import(struct store *store, const struct token_keys *keys, FILE *in, const char *name,
                 const struct list_import_options *options, int64_t now, list_import_report report,
                 void *context, struct list_import_counts *counts, struct failure *why) MUST_CHECK;

/* Takes out whom the import brought and nobody has heard from since; see import_undo_piece().
 * FAILURE_NO_INPUT where there is none of that id. */
bool list_undo(struct store *store, int64_t id, int64_t now, struct import_undone *undone,
               struct failure *why) MUST_CHECK;

enum list_format { LIST_CSV, LIST_JSON };
/* CSV cells that a spreadsheet would take for a formula get an apostrophe in front. */
bool list_export(struct store *store, enum list_format format, const enum subscriber_status *status,
                 FILE *out, struct failure *why) MUST_CHECK;

/* All that is needed to move a list without loss, in `folder`, which is made (0700) and must not
 * exist: people.csv with pauses, bounces and the ledger of consent, suppression.csv with the hashes
 * of suppressed addresses, and suppression.key with the key that made them; each 0600.
 * migrate_run() from "verdicts" takes them. */
bool list_export_full(struct store *store, const struct token_keys *keys, const char *folder,
                      struct failure *why) MUST_CHECK;

/* The person leaves by command: status left, consent entry. *found false if not on the list. */
bool list_remove(struct store *store, const char *address_key, const char *form, int64_t now,
                 bool *found, struct failure *why) MUST_CHECK;

enum list_allowed {
    LIST_ALLOWED,
    LIST_ALLOWED_BEFORE,   /* on the list already */
    LIST_NOTHING_TO_ALLOW, /* not on the list, and nothing keeps it off */
};

/* Puts somebody on the list, confirmed, whom a complaint, an erasure, a bounce or a leaving keeps
 * off; `wording` says how the person asked for it, and goes into the ledger of consent. */
bool list_allow(struct store *store, const struct token_keys *keys, const char *address,
                const char *wording, int64_t now, enum list_allowed *outcome,
                struct failure *why) MUST_CHECK;

/* Erases the person, keeps the keyed hash. Works for addresses that were never on the list. */
bool list_forget(struct store *store, const struct token_keys *keys, const char *address_key,
                 int64_t now, bool *found, struct failure *why) MUST_CHECK;

#endif
