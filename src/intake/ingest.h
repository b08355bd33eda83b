/*
 * Takes files of comparisons into the store: each file in one transaction, whole or not at all.
 *
 * What became of a comparison is reported when its file is committed, not before: a later one of
 * the file may be bad, and then none of it happened. A dry run takes the same path and rolls back.
 * A fault of a file is reported and the next file is tried; a fault of the database ends the run.
 * Prints nothing: the caller learns everything by the callbacks of struct ingest_listener.
 */
#ifndef INTAKE_INGEST_H
#define INTAKE_INGEST_H

#include "intake/way.h"
#include "store/comparison.h"

/* What became of one comparison. Texts are cut to what a message shows. */
struct ingested {
    int64_t id;
    const char *slug;
    struct comparison_outcome outcome;
    bool has_url; /* one of its own */
};

struct ingest_listener {
    /* A file could not be read or was refused; none of it is in. */
    void (*bad)(void *context, const struct failure *why);
    /* A file that brought something is in: how its texts were read. Not called for a file without
     * news, or an hourly import would repeat it every hour. */
    void (*noticed)(void *context, const char *file, const struct way *way);
    /* A comparison of that file about which there is something to report. */
    bool (*arrived)(void *context, const char *file, const struct ingested *item,
                    struct failure *why);
    /* A full import did not bring this comparison, which its source had brought before. A dry run
     * would withdraw it. */
    bool (*withdrawn)(void *context, int64_t id, const char *slug, struct failure *why);
    /* A full import withdraws nothing; what came is in. */
    void (*refused)(void *context, const struct failure *why);
    void *context;
};

struct ingest_options {
    const char *source; /* the source of all paths; NULL: each path is a source of its own */
    bool full;          /* withdraw what the source does not bring any more … */
    bool yes;           /* … also when it is much of it */
    bool dry_run;
    bool html, ignore_unknown; /* how to read: struct way */
    bool brief;                /* report no comparison that is merely new */
    int64_t published;         /* of what has no date of its own; 0: now */
};

struct ingest_result {
    int64_t added, changed, unchanged, withdrawn;
    int64_t bad;                /* files */
    enum failure_kind bad_kind; /* of the first bad file; bad data in any file wins */
    size_t dated;               /* known comparisons that keep another date than `published` */
    bool moved;                 /* dates or withdrawals changed: drafts have to follow */
    bool refused;               /* a full import did not withdraw what is missing */
};

/* Seconds from now: a comparison with a later date is worth a warning. Next week's may come early.
 */
enum { INGEST_FUTURE_FINE = 7 * 86400 };

/* Each path is a file, "-" for standard input, or a folder, which stands for the .txt, .json and
 * .jsonl files right in it, by name. Commits without waiting for the disk between files: what a
 * power cut takes can be imported again. */
bool ingest_paths(struct store *store, struct arena *arena, const struct ingest_options *options,
                  const struct ingest_listener *listener, char **paths, int count,
                  struct ingest_result *result, struct failure *why) MUST_CHECK;

#endif
