/*
 * Who may send now, and the claims of processes that died.
 *
 * Four things keep a copy from leaving twice, and each answers a question of its own:
 *
 *   the senders' lock   DATABASE.senders, held shared by whoever sends, issues and single mails
 *                       alike: is anybody else alive who could hold a claim?
 *   row claims          deliver/outbox.h: who has this row in hand?
 *   the lock of weekly  DATABASE.weekly (issue/weekly.h): is the week's issue being built and sent?
 *   the guard's lock    deliver/guard.h: is this the database that sent last?
 *
 * The locks are flock(2)s, which the kernel lets go when a process dies. (The lock on the mailbox,
 * DATABASE.bounces, says nothing about sending.)
 */
#ifndef DELIVER_SENDERS_H
#define DELIVER_SENDERS_H

#include "store/delivery.h"

struct senders {
    int fd;     /* -1: not joined */
    bool alone; /* nobody else sends: all open claims are those of dead processes */
};

/* Joins; waits for one who settles claims. `database` as in the settings. */
bool senders_join(struct senders *senders, const char *database, struct failure *why) MUST_CHECK;

/* Settles claims of processes that died, in one queue: at once where nobody else sends, else those
 * whose lease has run out. Each row in doubt is named in the log. From then on others may join:
 * nobody is alone any more. Every run does this once, before it claims anything. */
bool senders_recover(struct senders *senders, struct store *store, struct delivery_queue queue,
                     struct failure *why) MUST_CHECK;

void senders_leave(struct senders *senders);

#endif
