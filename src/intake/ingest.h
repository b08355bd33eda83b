/*
 * Imports files of comparisons into the store: each file in one transaction, as a whole or not at
 * all.
 *
 * The fate of a comparison is reported when its file is committed, not before: a later comparison
 * in the file may be bad, and then none is imported. A dry run takes the same path and rolls back.
 * A fault of a file is reported and the next file is tried; a fault of the database ends the run.
 * Prints nothing: the caller learns everything by the callbacks of struct ingest_listener.
 */
#ifndef INTAKE_INGEST_H
#define INTAKE_INGEST_H

#include "intake/way.h"
#include "store/comparison.h"

/* The fate of one comparison. Texts are cut to a length that fits messages. */
struct ingested {
    int64_t id;
    const char *slug;
    struct comparison_outcome outcome;
    bool has_url; /* it has a URL of its own */
};

struct ingest_listener {
    /* A file could not be read or was refused; none of it was imported. */
    void (*bad)(void *context, const struct failure *why);
    /* A file with changes was imported: what was noticed about its texts. Not called for a file
     * without changes, because an hourly import would repeat it every hour. */
    void (*noticed)(void *context, const char *file, const struct way *way);
    /* A comparison of that file about which there is something to report. */
    bool (*arrived)(void *context, const char *file, const struct ingested *item,
                    struct failure *why);
    /* A full import did not contain this comparison, which its source had brought before, so it was
     * withdrawn (a dry run would withdraw it). */
    bool (*withdrawn)(void *context, int64_t id, const char *slug, struct failure *why);
    /* A full import withdraws nothing, because too much is missing or some of it was bad; what it
     * contained is imported. */
    void (*refused)(void *context, const struct failure *why);
    void *context;
};

struct ingest_options {
    const char *source; /* the source of all paths; NULL: each path is a source of its own */
    bool full;          /* withdraw what the source no longer brings … */
    bool yes;           /* … also if that is much of it */
    bool dry_run;
    bool html, ignore_unknown; /* how to read the files: see struct way */
    bool brief;                /* report no comparison that is merely new */
    int64_t published;         /* for comparisons without a date; 0: now */
};

struct ingest_result {
    int64_t added, changed, unchanged, withdrawn;
    int64_t bad;                /* files */
    enum failure_kind bad_kind; /* of the first bad file; bad data in any file wins */
    size_t dated;               /* known comparisons that keep a date other than `published` */
    bool moved;                 /* dates or withdrawals have changed: drafts have to be updated */
    bool refused;               /* a full import did not withdraw what was missing */
};

/* Seconds from now within which a date in the future is normal; later ones cause a warning. Next
 * week's comparisons may arrive early. */
enum { INGEST_FUTURE_FINE = 7 * 86400 };

/* Each path is a file, "-" for standard input, or a folder, which means the .txt, .json and .jsonl
 * files directly in it, in order of names. Between files commits do not wait for the disk: what a
 * power failure loses can be imported again. */
bool ingest_paths(struct store *store, struct arena *arena, const struct ingest_options *options,
                  const struct ingest_listener *listener, char **paths, int count,
                  struct ingest_result *result, struct failure *why) MUST_CHECK;

#endif
