/*
 * The doctor: checks, before the night of an issue, everything that the issue will need: libraries,
 * settings and the files they name, pages, keys, relays, the bounce mailbox, the web server in
 * front of serve, the database, the disk, the weekly job, the list, and the issue that comes next.
 *
 * Each check reports what it found as findings of its own. A fault does not end the examination:
 * only checks that need what is missing are passed over. Changes nothing. Connects, if asked to, to
 * the relays, the mailbox and the web server, and leaves them as they were. Does not print.
 */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include "settings/settings.h"
#include "store/store.h"

enum finding_kind { FINDING_FINE, FINDING_WARNING, FINDING_FAULT };

struct finding {
    enum finding_kind kind;
    const char *about; /* the subject in a word: "relay", "database" … */
    const char *text;  /* one printable line */
};

/* "fine", "warning", "fault". */
const char *finding_kind_name(enum finding_kind kind);

/* What the checks need, and what each finds or opens for those behind it. */
enum doctor_part {
    DOCTOR_SETTINGS = 1 << 0,
    DOCTOR_KEYS = 1 << 1,
    DOCTOR_STORE = 1 << 2,
    DOCTOR_NETWORK = 1 << 3, /* leave to connect */
};

/* One examination. The caller fills the first group and zeroes the rest. */
struct doctor {
    struct arena *arena;
    bool connect; /* try the relays, the mailbox and the web server too */
    /* Reads or opens one part as every verb does, so that the doctor sees what a verb will see:
     * DOCTOR_SETTINGS fills settings and settings_file, DOCTOR_STORE fills store. */
    bool (*open)(struct doctor *doctor, enum doctor_part part, struct failure *why);
    void (*tell)(void *context, const struct finding *finding);
    void *context;

    const struct settings *settings;
    const char *settings_file; /* NULL: none was found */
    struct store *store;       /* for reading */

    unsigned ready;                /* parts that stand: enum doctor_part */
    enum failure_kind first_fault; /* FAILURE_NONE: no fault was found */
};

/* Runs all checks in their order. */
void doctor_examine(struct doctor *doctor);

#endif
