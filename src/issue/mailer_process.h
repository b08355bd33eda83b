/*
 * The mailer process of `serve`: sends single mails when they are due, and does other work that
 * must not delay a request. It ends when it is told to stop; an error is logged, and the next turn
 * tries again.
 *
 *   what                                      when
 *   ----------------------------------------  ----------------------------------------------------
 *   requests to leave that were spooled       every turn
 *   what an erasure left in the database's    every turn, and twice a second while one is waiting
 *     log (store/scrub.h)
 *   subscribers/chores.h                      at the start, then every ten minutes
 *   mails                                     when one is due, and with the chores in any case:
 *                                             sending settles the claims of a mailer that died
 *
 * A turn begins when another process writes a byte to wake_fd, and every five seconds besides,
 * because other verbs queue mails too and wake nobody.
 */
#ifndef ISSUE_MAILER_PROCESS_H
#define ISSUE_MAILER_PROCESS_H

#include "base/token.h"
#include "settings/settings.h"
#include "store/store.h"

struct mailer_process {
    struct store *store;
    const struct settings *settings;
    const struct token_keys *keys;
    int wake_fd;
    volatile const int *stop;
    /* Called every turn; true if settings and keys have changed in place. */
    bool (*reload)(void *context);
    void *context;
};

void mailer_process_run(const struct mailer_process *process);

#endif
