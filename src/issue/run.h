/*
 * What a run of a verb brings along for the functions of this room that approve and send: the open
 * database, the settings in force, the keys, the operator's signals, and the operator's ear.
 *
 * Nothing here prints. A line for the operator goes to `say` as soon as it is known; where it
 * appears is the caller's matter.
 */
#ifndef ISSUE_RUN_H
#define ISSUE_RUN_H

#include "base/token.h"
#include "deliver/deliver.h"
#include "settings/settings.h"

enum issue_say {
    ISSUE_SAY_WARNING, /* the operator has to know, in cron's mail too */
    ISSUE_SAY_SUMMARY, /* how the run ended, for whoever watches it or asked for it */
};

struct issue_run {
    struct store *store;
    struct arena *arena; /* the run's */
    const struct settings *settings;
    const struct token_keys *keys;
    volatile const int *stop; /* set by a signal: finish what is in hand and return */
    /* One line without its end. */
    void (*say)(void *context, enum issue_say kind, const char *line);
    /* Shows how far sending is; called with NULL when the last message has left. */
    deliver_watch watch;
    void *context; /* of both */
};

#endif
