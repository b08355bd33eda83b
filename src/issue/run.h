/*
 * What a verb passes to the functions of this room that approve and send: the open database, the
 * settings in force, the keys, the operator's signals, and callbacks for messages to the operator.
 *
 * Nothing here prints. A line for the operator goes to `say` as soon as it is known; the caller
 * decides where it appears.
 */
#ifndef ISSUE_RUN_H
#define ISSUE_RUN_H

#include "base/token.h"
#include "deliver/deliver.h"
#include "settings/settings.h"

enum issue_say {
    ISSUE_SAY_WARNING, /* the operator has to know this, in cron's mail too */
    ISSUE_SAY_SUMMARY, /* how the run ended, for somebody who is watching or has asked */
};

struct issue_run {
    struct store *store;
    struct arena *arena; /* for the run */
    const struct settings *settings;
    const struct token_keys *keys;
    volatile const int *stop; /* set by a signal handler: finish the current messages and return */
    /* One line without line end. */
    void (*say)(void *context, enum issue_say kind, const char *line);
    /* Shows the progress of sending; called with NULL after the last message. */
    deliver_watch watch;
    void *context; /* for both */
};

#endif
