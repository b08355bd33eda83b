/*
 * Who may send now, and what happens to the claims of processes that died.
 *
 * Four mechanisms prevent a copy from being sent twice; each answers a different question:
 *
 *   the senders' lock   DATABASE.senders, held shared by everybody who sends, issues and single
 *                       mails alike: is any other process alive that could hold a claim?
 *   row claims          deliver/outbox.h: who is sending this row?
 *   the weekly lock     DATABASE.weekly (issue/weekly.h): is the week's issue being built and sent?
 *   the guard's lock    deliver/guard.h: is this the database that sent last?
 *
 * The locks are flock(2)s, which the kernel releases when a process dies. (The lock on the mailbox,
 * DATABASE.bounces, has nothing to do with sending.)
 */
#ifndef DELIVER_SENDERS_H
#define DELIVER_SENDERS_H

#include "store/delivery.h"

struct senders {
    int fd;     /* -1: not joined */
    bool alone; /* nobody else sends: all open claims belong to dead processes */
};

/* Takes the lock; waits for a process that is settling claims. `database` is as in the settings. */
bool senders_join(struct senders *senders, const char *database, struct failure *why) MUST_CHECK;

/* Settles the claims of dead processes in one queue: at once if nobody else sends, otherwise those
 * whose lease has expired. Logs each row in doubt. From then on others may join, and nobody is
 * alone any more. Every run calls this once, before it claims anything. */
bool senders_recover(struct senders *senders, struct store *store, struct delivery_queue queue,
                     struct failure *why) MUST_CHECK;

void senders_leave(struct senders *senders);

#endif
